"""A program that used asyncio ends well, whatever is still open when it does."""

from __future__ import annotations

import subprocess
import sys

import pytest

AT_ONCE = 4
RUNS = 20

FINISHED = """
import asyncio
from sandspan import AsyncSandbox
async def main():
    sandbox = await AsyncSandbox.create()
    await sandbox.kill()
asyncio.run(main())
"""
OPEN_HANDLE = """
import asyncio
from sandspan import AsyncSandbox
kept = []
async def main():
    sandbox = await AsyncSandbox.create(timeout=5)
    called = asyncio.Event()
    kept.append(await sandbox.commands.run(
        "while echo tick; do sleep 0.001; done", background=True, on_stdout=lambda _: called.set()
    ))
    await called.wait()
asyncio.new_event_loop().run_until_complete(main())
"""
CALLS_AT_EXIT = """
import asyncio, atexit
def call():
    async def main():
        async with await AsyncSandbox.create() as sandbox:
            runs = (sandbox.commands.run(f"echo {number}") for number in range(2))
            assert [run.stdout for run in await asyncio.gather(*runs)] == ["0\\n", "1\\n"]
    asyncio.run(main())
    with Sandbox.create() as sandbox:
        assert sandbox.commands.run("echo called").stdout == "called\\n"
    print("called")
atexit.register(call)
from sandspan import AsyncSandbox, Sandbox
asyncio.run(AsyncSandbox.list().next_items())
"""
FORKED = """
import asyncio, os, sys
from sandspan import AsyncSandbox
async def main():
    async with await AsyncSandbox.create() as sandbox:
        await sandbox.is_running()
asyncio.run(main())
child = os.fork()
if child:
    assert os.waitpid(child, 0) == (child, 0)
"""


def start(program: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize("program", [FINISHED, OPEN_HANDLE], ids=["finished", "open handle"])
def test_programs_exit_well(program: str) -> None:
    for _ in range(RUNS // AT_ONCE):
        for process in [start(program) for _ in range(AT_ONCE)]:
            _, errors = process.communicate()
            assert process.returncode == 0, errors


@pytest.mark.parametrize(
    ("program", "output"), [(CALLS_AT_EXIT, "called\n"), (FORKED, "")], ids=["late calls", "forked"]
)
def test_what_runs_at_exit_works(program: str, output: str) -> None:
    process = start(program)
    assert process.communicate() == (output, "")
    assert process.returncode == 0
