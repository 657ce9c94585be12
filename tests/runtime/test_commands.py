"""Commands that misbehave hurt nobody but their own sandbox."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from servers import Server, resident_megabytes, wait_until

from sandspan.exceptions import CommandExitException, TimeoutException

COUNT_SLEEPERS = "cat /proc/[0-9]*/comm 2>/dev/null | grep -cx sleep || true"


def test_a_gigabyte_of_output_is_passed_on_in_little_memory(server: Server) -> None:
    assert server.process is not None
    sandbox = server.create()
    agent = server.first_process(sandbox.sandbox_id)
    handle = sandbox.commands.run("head -c 1000000000 /dev/zero", background=True, timeout=0)
    # Nobody reads while this looks on.
    for _ in range(10):
        time.sleep(0.1)
        assert resident_megabytes(agent) < 16
        assert resident_megabytes(server.process.pid) < 60
    handle.disconnect()
    assert sandbox.commands.run("echo well").stdout == "well\n"
    assert sandbox.kill()


def test_forks_without_end_end_with_the_sandbox(server: Server) -> None:
    sandbox, other = server.create(), server.create()
    sandbox.commands.run(":(){ :|:& };:", background=True)
    assert other.commands.run("echo well").stdout == "well\n"
    server.remember()
    begun = time.monotonic()
    assert sandbox.kill()
    assert time.monotonic() - begun < 10
    assert not Path(server.folder, "state/sandboxes", sandbox.sandbox_id).exists()


def test_a_command_that_ignores_signals_is_killed(server: Server) -> None:
    with server.create() as sandbox:
        handle = sandbox.commands.run(
            "trap '' TERM INT; while :; do sleep 1; done", background=True
        )
        assert handle.kill() is True
        with pytest.raises(CommandExitException, match="code -1"):
            handle.wait()
        assert sandbox.commands.list() == []


def test_a_command_ends_at_its_timeout_with_its_children(server: Server) -> None:
    with server.create() as sandbox:
        with pytest.raises(TimeoutException):
            sandbox.commands.run("sleep 1000 & sleep 1000", timeout=1)
        # The client's clock may be a moment ahead of the sandbox's.
        wait_until(lambda: sandbox.commands.run(COUNT_SLEEPERS).stdout == "0\n")


def test_memory_without_end_ends_the_command_alone(server: Server) -> None:
    with server.create() as sandbox:
        limit = sandbox.commands.run("ulimit -v 200000; python3 -c 'bytearray(10**9)' 2>&1 || true")
        assert "MemoryError" in limit.stdout
        assert sandbox.is_running()
