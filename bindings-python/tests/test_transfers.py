"""What goes on beside a transfer, and what may interrupt it."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sandspan import AsyncSandbox, Sandbox, SandboxNotRunningException

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

PIECE = b"x" * (1 << 20)
LARGE = 200
LONG = 10_000

HEAR_CTRL_C = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
WRITING = """
from sandspan import Sandbox
def pieces():
    print("ready", flush=True)
    while True:
        yield bytes(100_000)
with Sandbox.create() as sandbox:
    sandbox.files.write("file", pieces())
"""


def peak() -> int:
    """The most memory that this process had since `forget_peak`, in bytes."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024


def forget_peak() -> int:
    Path("/proc/self/clear_refs").write_text("5")
    return peak()


def pieces(count: int) -> Iterator[bytes]:
    for _ in range(count):
        yield bytes(PIECE)


def test_large_files_take_little_memory(sandbox: Sandbox) -> None:
    before = forget_peak()
    sandbox.files.write("file", pieces(LARGE))
    with sandbox.files.read("file", format="stream") as stream:
        assert sum(map(len, stream)) == LARGE * len(PIECE)
    assert peak() - before < 40 * len(PIECE)


def test_much_output_is_in_memory_once(sandbox: Sandbox) -> None:
    sandbox.commands.run("true")
    before = forget_peak()
    result = sandbox.commands.run("head -c 100000000 /dev/zero | tr '\\0' x")
    assert len(result.stdout) == 100_000_000
    assert peak() - before < 130_000_000


def test_the_event_loop_lives_on_during_a_transfer() -> None:
    async def run() -> None:
        def slow() -> Iterator[bytes]:
            for _ in range(2):
                time.sleep(1)
                yield PIECE

        async with await AsyncSandbox.create() as sandbox:
            transfer = asyncio.ensure_future(sandbox.files.write("file", slow()))
            longest, last = 0.0, time.monotonic()
            while not transfer.done():
                await asyncio.sleep(0.001)
                now = time.monotonic()
                longest, last = max(longest, now - last), now
            assert (await transfer).name == "file"
            # Each reading alone takes longer than this, and a loaded machine's pauses do not.
            assert longest < 0.8

    asyncio.run(run())


def test_ctrl_c_interrupts_an_upload() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HEAR_CTRL_C + WRITING],
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


def test_cancelling_an_upload_leaves_nothing_of_the_file() -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield PIECE
            begun.set()
            await asyncio.sleep(0.01)

    async def run() -> None:
        async with await AsyncSandbox.create() as sandbox:
            task = asyncio.ensure_future(sandbox.files.write("file", endless()))
            await asyncio.wait_for(begun.wait(), timeout=10)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            # What was begun is removed as soon as the connection is found to be gone.
            await sandbox.commands.run(
                "while ls -A | grep -q file; do sleep 0.01; done", timeout=10
            )

    begun = asyncio.Event()
    asyncio.run(run())


def test_a_killed_sandbox_ends_an_upload(sandbox: Sandbox) -> None:
    def killing() -> Iterator[bytes]:
        yield PIECE
        sandbox.kill()
        for _ in range(LONG):
            yield PIECE

    started = time.monotonic()
    with pytest.raises(SandboxNotRunningException):
        sandbox.files.write("file", killing())
    assert time.monotonic() - started < 5


def test_a_killed_sandbox_ends_an_upload_that_waits_for_its_source() -> None:
    async def killing(sandbox: AsyncSandbox) -> AsyncIterator[bytes]:
        yield PIECE
        await sandbox.kill()
        await asyncio.sleep(30)
        yield PIECE

    async def run() -> None:
        async with await AsyncSandbox.create() as sandbox:
            started = time.monotonic()
            with pytest.raises(SandboxNotRunningException):
                await sandbox.files.write("file", killing(sandbox))
            assert time.monotonic() - started < 5

    asyncio.run(run())


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_child_transfers(sandbox: Sandbox) -> None:
    sandbox.files.write("parent", pieces(2))
    child = os.fork()
    if child == 0:
        sandbox.files.write("child", pieces(2))
        with sandbox.files.read("parent", format="stream") as stream:
            os._exit(0 if sum(map(len, stream)) == 2 * len(PIECE) else 1)
    assert os.waitpid(child, 0) == (child, 0)
    assert sandbox.files.get_info("child").size == 2 * len(PIECE)
