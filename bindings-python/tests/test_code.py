"""Running code: what comes back, callbacks, and how a call ends early."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from sandspan import InvalidArgumentException, NotFoundException
from sandspan.code_interpreter import (
    AsyncSandbox,
    Context,
    ExecutionError,
    OutputMessage,
    Result,
    Sandbox,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

# Its template may have to be made first.
pytestmark = pytest.mark.timeout(600)

ENDLESS = "print('ready', flush=True)\nwhile True: pass"
QUICKLY = 10
"""Seconds within which a context answers again that was interrupted."""

# Programs that a shell starts in the background are deaf to Ctrl-C, and so are their children.
INTERRUPTED = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)
from sandspan.code_interpreter import Sandbox
sandbox = Sandbox.connect(sys.argv[1])
try:
    sandbox.run_code(sys.argv[2], on_stdout=lambda message: print(message, end="", flush=True))
except KeyboardInterrupt:
    print(time.monotonic())
"""


def until_there(name: str) -> str:
    """Code that waits for a file in /tmp."""
    return f"import os, time\nwhile not os.path.exists('/tmp/{name}'): time.sleep(0.01)\n"


@pytest.fixture(scope="module")
def sandbox(local_runtime: None) -> Iterator[Sandbox]:  # noqa: ARG001 (it is to be there)
    """A sandbox for all tests of this file, for their kernels take a while to start."""
    with Sandbox.create() as sandbox:
        yield sandbox


def test_an_execution_is_shown(sandbox: Sandbox) -> None:
    execution = sandbox.run_code("print('hi')\n1 + 1")
    assert repr(execution) == (
        "Execution(Results: [Result(2)], Logs: Logs(stdout: ['hi\\n'], stderr: []), Error: None)"
    )
    assert (execution.text, execution.error) == ("2", None)
    assert isinstance(execution.execution_count, int)
    assert execution.to_json() == (
        '{"results": [{"text": "2"}], "logs": "{\\"stdout\\": [\\"hi\\\\n\\"], \\"stderr\\": []}",'
        ' "error": null}'
    )


def test_an_exception_is_a_value(sandbox: Sandbox) -> None:
    errors: list[ExecutionError] = []
    execution = sandbox.run_code("1 / 0", on_error=errors.append)
    assert errors == [execution.error]
    assert execution.error is errors[0]
    assert (errors[0].name, errors[0].value) == ("ZeroDivisionError", "division by zero")
    assert "division by zero" in errors[0].traceback
    assert execution.text is None


def test_callbacks_are_called_in_order_on_this_thread(sandbox: Sandbox) -> None:
    calls: list[tuple[int, object]] = []

    def keep(value: object) -> None:
        calls.append((threading.get_ident(), value))
        sandbox.files.write("/tmp/in-order", "")

    execution = sandbox.run_code(
        f"import sys\nprint(1, flush=True)\n{until_there('in-order')}print(2, file=sys.stderr)\n3",
        on_stdout=keep,
        on_stderr=keep,
        on_result=keep,
        on_error=keep,
    )
    assert {thread for thread, _ in calls} == {threading.get_ident()}
    first, second, third = (value for _, value in calls)
    assert isinstance(first, OutputMessage)
    assert isinstance(second, OutputMessage)
    assert (first.line, first.error, second.line, second.error) == ("1\n", False, "2\n", True)
    assert str(first) == "1\n"
    assert first.timestamp is not None
    assert third is execution.results[0]
    assert repr(execution.logs) == "Logs(stdout: ['1\\n'], stderr: ['2\\n'])"


def test_a_callback_can_call_and_block(sandbox: Sandbox) -> None:
    states: list[bool] = []
    sandbox.run_code("print(1)", on_stdout=lambda _: states.append(sandbox.is_running()))
    assert states == [True]


def test_an_exception_in_a_callback_ends_the_call_and_the_code(sandbox: Sandbox) -> None:
    def fail(_: OutputMessage) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        sandbox.run_code(ENDLESS, on_stdout=fail)
    assert sandbox.run_code("1 + 1", timeout=QUICKLY).text == "2"


def test_a_callback_is_callable(sandbox: Sandbox) -> None:
    with pytest.raises(InvalidArgumentException, match="must be callable, got int"):
        sandbox.run_code("1", on_result=1)  # type: ignore[arg-type]


def test_contexts_are_named_or_given(sandbox: Sandbox) -> None:
    context = sandbox.create_code_context(cwd="/tmp")
    assert repr(context) == f"Context(id={context.id!r}, language='python', cwd='/tmp')"
    assert context in sandbox.list_code_contexts()
    sandbox.run_code("here = 1", context=context)
    assert sandbox.run_code("here", context=context.id).text == "1"
    assert sandbox.run_code("'here' in globals()").text == "False"
    sandbox.restart_code_context(context)
    assert sandbox.run_code("'here' in globals()", context=context).text == "False"
    sandbox.remove_code_context(context.id)
    assert context not in sandbox.list_code_contexts()
    with pytest.raises(NotFoundException, match=context.id):
        sandbox.run_code("1", context=context)


def test_what_is_not_a_context_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(InvalidArgumentException, match=r"must be a context or its id, got int"):
        sandbox.run_code("1", context=1)  # type: ignore[arg-type]
    with pytest.raises(InvalidArgumentException, match=r"code must be a string, got bytes"):
        sandbox.run_code(b"1")  # type: ignore[arg-type]
    context = Context("some", "python", "/")
    with pytest.raises(InvalidArgumentException, match="not both at the same time"):
        sandbox.run_code("1", language="python", context=context)


def test_a_result_is_as_it_was_sent(sandbox: Sandbox) -> None:
    shown: list[Result] = []
    code = """
        from IPython.display import display
        display({"application/json": {"b": [1, 2.5, None, 2**60], "a": {"ü": True}}}, raw=True)
        """
    execution = sandbox.run_code(
        "\n".join(map(str.strip, code.split("\n"))), on_result=shown.append
    )
    assert execution.error is None
    assert shown == execution.results
    assert repr(shown[0].json) == "{'b': [1, 2.5, None, 1152921504606846976], 'a': {'ü': True}}"


def test_numbers_of_any_size_are_exact(sandbox: Sandbox) -> None:
    code = 'display({"application/json": {"a": [10**400, -2**63 - 1, 2**64 + 1]}}, raw=True)'
    execution = sandbox.run_code(code)
    assert execution.error is None
    assert execution.results[0].json == {"a": [10**400, -(2**63) - 1, 2**64 + 1]}


def test_what_python_does_not_read_is_its_text(sandbox: Sandbox) -> None:
    context = sandbox.create_code_context()
    code = """
        import sys
        sys.set_int_max_str_digits(0)
        print("out")
        display({"application/json": [10**5000], "text/plain": "t", "a/b": [1]}, raw=True)
        """
    execution = sandbox.run_code("\n".join(map(str.strip, code.split("\n"))), context=context)
    assert (execution.error, execution.logs.stdout) == (None, ["out\n"])
    (result,) = execution.results
    assert str(result.json) == f"[1{5000 * '0'}]"
    assert (result.text, result.extra) == ("t", {"a/b": [1]})


def test_ctrl_c_interrupts(sandbox: Sandbox) -> None:
    command = [sys.executable, "-c", INTERRUPTED, sandbox.sandbox_id, ENDLESS]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        interrupted = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert float(process.stdout.readline()) - interrupted < 1
    assert sandbox.run_code("1 + 1", timeout=QUICKLY).text == "2"


def test_a_signal_handler_can_call_and_block(sandbox: Sandbox) -> None:
    texts: list[str | None] = []
    context = sandbox.create_code_context()

    def handle(*_: object) -> None:
        texts.append(sandbox.run_code("open('/tmp/handled', 'w'); 1 + 1", context=context).text)

    def alarm(_: OutputMessage) -> None:
        # Not at once, for the handler is to run in the call, and not in this callback.
        signal.setitimer(signal.ITIMER_REAL, 0.05)

    previous = signal.signal(signal.SIGALRM, handle)
    try:
        code = f"print('ready', flush=True)\n{until_there('handled')}"
        sandbox.run_code(code, on_stdout=alarm, timeout=30)
    finally:
        signal.signal(signal.SIGALRM, previous)
    assert texts == ["2"]


def test_threads_run_code_at_once(sandbox: Sandbox) -> None:
    contexts = [sandbox.create_code_context() for _ in range(2)]

    def run(number: int) -> str | None:
        meet = f"open('/tmp/at-once-{number}', 'w')\n{until_there(f'at-once-{1 - number}')}"
        return sandbox.run_code(f"{meet}{number}", context=contexts[number], timeout=30).text

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(run, range(2))) == ["0", "1"]


def test_callbacks_of_asyncio_are_awaited_in_order(sandbox: Sandbox) -> None:
    async def run() -> None:
        values: list[str] = []
        own = await AsyncSandbox.connect(sandbox.sandbox_id)

        async def keep(value: object) -> None:
            await own.files.write("/tmp/awaited", "")
            values.append(str(value))

        execution = await own.run_code(
            f"print(1, flush=True)\n{until_there('awaited')}print(2, flush=True)\n3",
            on_stdout=keep,
            on_result=keep,
        )
        assert values == ["1\n", "2\n", "Result(3)"]
        await own.run_code("print(4)", on_stdout=lambda message: values.append(message.line))
        assert values[-1] == "4\n"
        assert execution.text == "3"

    asyncio.run(run())


def test_an_exception_in_a_callback_of_asyncio_ends_the_call(sandbox: Sandbox) -> None:
    async def run() -> None:
        async def fail(_: OutputMessage) -> None:
            raise ZeroDivisionError

        own = await AsyncSandbox.connect(sandbox.sandbox_id)
        with pytest.raises(ZeroDivisionError):
            await own.run_code(ENDLESS, on_stdout=fail)
        assert (await own.run_code("1 + 1", timeout=QUICKLY)).text == "2"

    asyncio.run(run())


def test_cancelling_a_task_interrupts_its_code(sandbox: Sandbox) -> None:
    async def run() -> None:
        started = asyncio.Event()
        own = await AsyncSandbox.connect(sandbox.sandbox_id)
        task = asyncio.ensure_future(own.run_code(ENDLESS, on_stdout=lambda _: started.set()))
        await asyncio.wait_for(started.wait(), timeout=10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await own.run_code("1 + 1", timeout=QUICKLY)).text == "2"

    asyncio.run(run())


def test_a_call_can_be_given_a_time(sandbox: Sandbox) -> None:
    async def run() -> None:
        own = await AsyncSandbox.connect(sandbox.sandbox_id)
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(own.run_code("while True: pass"), timeout=0.2)
        assert (await own.run_code("1 + 1", timeout=QUICKLY)).text == "2"

    asyncio.run(run())
