"""Ctrl-C, signal handlers and cancellation end a call long before its own end."""

from __future__ import annotations

import asyncio
import gc
import signal
import subprocess
import sys
import time
import weakref

import pytest

from sandspan import AsyncSandbox, Sandbox, SandboxNotRunningException

# Programs that a shell starts in the background are deaf to Ctrl-C, and so are their children.
HEAR_CTRL_C = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
BLOCKING = """
from sandspan import Sandbox
with Sandbox.create() as sandbox:
    sandbox.commands.run("echo ready; sleep 30", on_stdout=lambda text: print(text, flush=True))
"""
ASYNCIO = """
import asyncio
from sandspan import AsyncSandbox
async def main():
    async with await AsyncSandbox.create() as sandbox:
        await sandbox.commands.run("echo ready; sleep 30", on_stdout=lambda t: print(t, flush=True))
asyncio.run(main())
"""


@pytest.mark.parametrize("program", [BLOCKING, ASYNCIO], ids=["blocking", "asyncio"])
def test_ctrl_c_interrupts(program: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HEAR_CTRL_C + program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        interrupted = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate()
        assert time.monotonic() - interrupted < 5
        assert errors.rstrip().endswith("KeyboardInterrupt")


def test_a_signal_handler_can_call_and_block(sandbox: Sandbox) -> None:
    killed: list[bool] = []
    previous = signal.signal(signal.SIGALRM, lambda *_: killed.append(sandbox.kill()))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        with pytest.raises(SandboxNotRunningException):
            sandbox.commands.run("sleep 30")
    finally:
        signal.signal(signal.SIGALRM, previous)
    assert killed == [True]


def test_cancelling_a_task_drops_its_call() -> None:
    class Callback:
        def __call__(self, _: str) -> None:
            started.set()

    async def run() -> None:
        async with await AsyncSandbox.create() as sandbox:
            callback = Callback()
            dropped = weakref.ref(callback)
            task = asyncio.ensure_future(
                sandbox.commands.run("echo ready; sleep 30", on_stdout=callback)
            )
            del callback
            await asyncio.wait_for(started.wait(), timeout=10)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            del task
            gc.collect()
            assert dropped() is None

    started = asyncio.Event()
    asyncio.run(run())


def test_a_call_can_be_given_a_time() -> None:
    async def run() -> None:
        async with await AsyncSandbox.create() as sandbox:
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(sandbox.commands.run("sleep 30"), timeout=0.2)

    asyncio.run(run())


def test_calls_of_asyncio_run_at_once() -> None:
    async def run() -> None:
        async with await AsyncSandbox.create() as sandbox:
            started = time.monotonic()
            results = await asyncio.gather(
                *(sandbox.commands.run(f"sleep 0.5; echo {number}") for number in range(8))
            )
            assert [result.stdout for result in results] == [f"{n}\n" for n in range(8)]
            assert time.monotonic() - started < 8 * 0.5

    asyncio.run(run())
