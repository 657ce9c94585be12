"""Code that fails, hangs and dies, with the published clients for Python, unmodified."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from interpreters import Interpreter, error_of, only, printed

PATIENCE = 5
"""Seconds that the news of an end may take."""

DEATHS = ["import os; os._exit(3)", "import os; os.kill(os.getpid(), 9)"]
"""How a kernel ends by itself, and as the system ends one that has taken too much memory."""


def test_an_exception_is_data(shared: Any) -> None:
    heard: list[Any] = []
    code = "def divide(by):\n    return 1 / by\n\nprint('before')\ndivide(0)"
    execution = shared.run_code(code, on_error=heard.append)
    assert error_of(execution) == ("ZeroDivisionError", "division by zero")
    assert heard == [execution.error]
    assert execution.logs.stdout == ["before\n"]
    assert execution.results == []
    traceback = execution.error.traceback
    assert "Traceback (most recent call last)" in traceback
    assert "divide" in traceback


def test_code_that_is_none(shared: Any) -> None:
    assert error_of(shared.run_code("this is no code"))[0] == "SyntaxError"
    assert error_of(shared.run_code("exec('x = (')"))[0] == "SyntaxError"
    assert shared.run_code("").results == []


def test_input_is_refused(shared: Any) -> None:
    execution = shared.run_code("input('name? ')")
    name, value = error_of(execution)
    assert "StdinNotImplemented" in name
    assert "input" in value
    assert shared.run_code("1 + 1").text == "2"


@pytest.mark.parametrize("code", ["raise SystemExit(3)", "exit()"])
def test_an_exit_is_no_death(shared: Any, code: str) -> None:
    process = shared.run_code("import os; kept = os.getpid(); kept").text
    shared.run_code(code)
    for _ in range(2):
        assert shared.run_code("os.getpid(), kept").text == f"({process}, {process})"


@pytest.mark.parametrize("code", ["while True: pass", "import time; time.sleep(1000)"])
def test_a_timeout_interrupts(client: Interpreter, shared: Any, code: str) -> None:
    context = shared.create_code_context()
    shared.run_code("kept = 1", context=context)
    with pytest.raises(client.TimeoutException, match="Execution timed out"):
        shared.run_code(code, context=context, timeout=0.5)
    began = time.monotonic()
    assert shared.run_code("kept", context=context).text == "1"
    assert time.monotonic() - began < PATIENCE
    shared.remove_code_context(context)


@pytest.mark.parametrize("code", DEATHS)
def test_a_kernel_that_dies(shared: Any, code: str) -> None:
    context = shared.create_code_context()
    shared.run_code("gone = 1", context=context)
    began = time.monotonic()
    # What a kernel has not sent yet dies with it, so it lives until that was heard.
    heard = f"/tmp/{context.id}"
    last = f"""
import os, time
print('last', flush=True)
while not os.path.exists({heard!r}):
    time.sleep(0.01)
"""
    # The callback itself may be on the loop that the writing needs.
    with ThreadPoolExecutor(1) as others:
        execution = shared.run_code(
            f"{last}\n{code}",
            context=context,
            on_stdout=lambda _: others.submit(shared.files.write, heard, ""),
        )
    assert time.monotonic() - began < PATIENCE
    name, value = error_of(execution)
    assert name
    assert value
    assert execution.logs.stdout == ["last\n"]
    shared.restart_code_context(context)
    assert error_of(shared.run_code("gone", context=context))[0] == "NameError"
    assert printed(shared.run_code("print('new')", context=context)) == "new\n"
    shared.remove_code_context(context)


def test_the_others_outlive_a_death(shared: Any) -> None:
    context = shared.create_code_context()
    shared.run_code("kept = 1")
    assert shared.run_code(DEATHS[0], context=context).error is not None
    assert shared.run_code("kept").text == "1"
    shared.remove_code_context(context)


def test_memory_that_is_not_there(shared: Any) -> None:
    context = shared.create_code_context()
    limit = "import resource; resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))"
    shared.run_code(limit, context=context)
    assert error_of(shared.run_code("bytearray(1 << 40)", context=context))[0] == "MemoryError"
    assert shared.run_code("1 + 1", context=context).text == "2"
    shared.remove_code_context(context)


def test_code_with_a_nul(client: Interpreter, shared: Any) -> None:
    with pytest.raises(client.SandboxException, match="NUL"):
        shared.run_code("x = 'a\0b'")


@only(lambda client: client.is_newest and not client.is_asyncio)
def test_a_lot_of_code(shared: Any) -> None:
    execution = shared.run_code(f"text = '{10_000_000 * 'x'}'\nlen(text)")
    assert execution.text == "10000000"
