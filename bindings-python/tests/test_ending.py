"""Waiting for the end of a sandbox, and being called then."""

from __future__ import annotations

import asyncio
import gc
import queue
import signal
import subprocess
import sys
import threading
import time
from typing import Any

import pytest

from sandspan import (
    AsyncSandbox,
    EndReason,
    InvalidArgumentException,
    Sandbox,
    SandboxNotFoundException,
)

LONG_ENOUGH = 10
"""Seconds that an event has to arrive in."""

CALL_AT_EXIT = """
import threading, time
from sandspan import Sandbox
called = threading.Event()
def callback(reason):
    called.set()
    time.sleep(0.5)
    sandbox.kill()
    print(reason.value)
sandbox = Sandbox.create()
sandbox.on_end(callback)
sandbox.kill()
assert called.wait(10)
"""
STILL_WAITING = """
from sandspan import Sandbox
sandbox = Sandbox.create(timeout=5)
sandbox.on_end(print)
"""
STILL_WAITING_IN_ASYNCIO = """
import asyncio
from sandspan import AsyncSandbox
async def main():
    sandbox = await AsyncSandbox.create(timeout=5)
    sandbox.on_end(print)
asyncio.run(main())
"""
WAITING = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from sandspan import Sandbox
sandbox = Sandbox.create(timeout=60)
print("ready", flush=True)
try:
    sandbox.wait_until_ended()
finally:
    sandbox.kill()
"""


def test_the_reason_is_told() -> None:
    sandbox = Sandbox.create()
    killer = threading.Timer(0.2, sandbox.kill)
    killer.start()
    assert sandbox.wait_until_ended() is EndReason.KILLED
    killer.join()
    assert Sandbox.wait_until_ended(sandbox.sandbox_id) is EndReason.KILLED
    with pytest.raises(SandboxNotFoundException):
        Sandbox.wait_until_ended("isb1")


def test_the_reason_is_told_in_asyncio() -> None:
    async def run() -> None:
        sandbox = await AsyncSandbox.create()
        waits = (sandbox.wait_until_ended(), AsyncSandbox.wait_until_ended(sandbox.sandbox_id))
        waiting = asyncio.gather(*waits)
        await asyncio.sleep(0.1)
        await sandbox.kill()
        assert set(await waiting) == {EndReason.KILLED}

    asyncio.run(run())


def test_ctrl_c_interrupts_the_waiting() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WAITING], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        interrupted = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate()
        assert time.monotonic() - interrupted < 5
        assert errors.rstrip().endswith("KeyboardInterrupt")


def test_a_function_is_called_once() -> None:
    calls: queue.Queue[tuple[EndReason, str]] = queue.Queue()
    sandbox = Sandbox.create()
    watch = sandbox.on_end(lambda it: calls.put((it, threading.current_thread().name)))
    sandbox.kill()
    reason, thread = calls.get(timeout=LONG_ENOUGH)
    assert reason is EndReason.KILLED
    assert thread != threading.current_thread().name
    watch.cancel()
    watch.cancel()
    with pytest.raises(queue.Empty):
        calls.get(timeout=0.2)


def test_functions_that_block_do_not_wait_for_each_other() -> None:
    called = threading.Barrier(5)
    sandbox = Sandbox.create()
    for _ in range(4):
        sandbox.on_end(lambda _: (sandbox.kill(), called.wait(LONG_ENOUGH)))
    sandbox.kill()
    called.wait(LONG_ENOUGH)


def test_a_cancelled_function_is_not_called() -> None:
    calls: queue.Queue[str] = queue.Queue()
    sandbox = Sandbox.create()
    sandbox.on_end(lambda _: calls.put("cancelled")).cancel()
    sandbox.on_end(lambda _: calls.put("other"))
    sandbox.kill()
    assert calls.get(timeout=LONG_ENOUGH) == "other"
    with pytest.raises(queue.Empty):
        calls.get(timeout=0.2)


def test_what_a_function_raises_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: queue.Queue[BaseException | None] = queue.Queue()
    monkeypatch.setattr(sys, "unraisablehook", lambda it: shown.put(it.exc_value))
    sandbox = Sandbox.create()
    sandbox.on_end(lambda _: 1 / 0)
    sandbox.kill()
    assert isinstance(shown.get(timeout=LONG_ENOUGH), ZeroDivisionError)


def test_a_callback_is_callable(sandbox: Sandbox) -> None:
    with pytest.raises(InvalidArgumentException) as raised:
        sandbox.on_end(5)  # type: ignore[arg-type]
    assert str(raised.value) == "a callback must be callable, got int"


def test_functions_and_coroutines_are_called_on_the_loop() -> None:
    async def run() -> None:
        calls: asyncio.Queue[tuple[str, EndReason]] = asyncio.Queue()

        async def later(reason: EndReason) -> None:
            await asyncio.sleep(0)
            calls.put_nowait(("coroutine", reason))

        sandbox = await AsyncSandbox.create()
        sandbox.on_end(later)
        sandbox.on_end(lambda reason: calls.put_nowait(("function", reason)))
        cancelled = sandbox.on_end(lambda reason: calls.put_nowait(("cancelled", reason)))
        await asyncio.sleep(0.1)
        gc.collect()
        cancelled.cancel()
        cancelled.cancel()
        await sandbox.kill()
        both = [await asyncio.wait_for(calls.get(), LONG_ENOUGH) for _ in range(2)]
        assert sorted(both) == [
            ("coroutine", EndReason.KILLED),
            ("function", EndReason.KILLED),
        ]
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(calls.get(), 0.2)

    asyncio.run(run())


@pytest.mark.parametrize(
    ("program", "output"),
    [(CALL_AT_EXIT, "killed\n"), (STILL_WAITING, ""), (STILL_WAITING_IN_ASYNCIO, "")],
    ids=["a call runs", "waiting", "waiting in asyncio"],
)
def test_programs_end_well(program: str, output: str) -> None:
    started = time.monotonic()
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=False, text=True
    )
    assert (run.stdout, run.stderr, run.returncode) == (output, "", 0)
    assert time.monotonic() - started < 4


def test_outside_of_a_loop_there_is_nobody_to_call() -> None:
    sandbox: Any = asyncio.run(AsyncSandbox.create())
    with pytest.raises(RuntimeError):
        sandbox.on_end(print)
    asyncio.run(sandbox.kill())
