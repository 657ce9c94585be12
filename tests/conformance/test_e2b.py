"""The published `e2b` client for Python, unmodified, against the local runtime."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

if sys.version_info < (3, 11):
    pytest.skip("e2b 2.63.0 needs Python 3.11", allow_module_level=True)

from e2b import (
    AsyncSandbox,
    CommandExitException,
    Sandbox,
    SandboxNotFoundException,
    SandboxNotRunningException,
    SandboxQuery,
    SandboxState,
)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox that is killed after the test."""
    with Sandbox.create(timeout=60, metadata={"purpose": "conformance"}) as sandbox:
        yield sandbox


def test_information(sandbox: Sandbox) -> None:
    info = sandbox.get_info()
    assert info.sandbox_id == sandbox.sandbox_id
    assert info.state is SandboxState.RUNNING
    assert info.metadata == {"purpose": "conformance"}
    assert abs(info.end_at - info.started_at - timedelta(seconds=60)) < timedelta(seconds=0.1)
    assert sandbox.is_running()


@pytest.mark.parametrize("timeout", [10, 600])
def test_the_timeout_counts_from_now_and_shortens_as_well_as_extends(
    sandbox: Sandbox, timeout: int
) -> None:
    before = sandbox.get_info().started_at
    sandbox.set_timeout(timeout)
    lifetime = sandbox.get_info().end_at - before
    assert timedelta(seconds=timeout) <= lifetime < timedelta(seconds=timeout + 5)


def test_a_list_is_filtered_by_metadata(sandbox: Sandbox) -> None:
    def listed(metadata: dict[str, str]) -> list[str]:
        page = Sandbox.list(query=SandboxQuery(metadata=metadata)).next_items()
        return [info.sandbox_id for info in page]

    assert listed({"purpose": "conformance"}) == [sandbox.sandbox_id]
    assert listed({"purpose": "another"}) == []


def test_a_command_gives_its_output(sandbox: Sandbox) -> None:
    result = sandbox.commands.run("echo out; echo err >&2")
    assert (result.stdout, result.stderr, result.exit_code) == ("out\n", "err\n", 0)


def test_a_command_that_fails_is_an_error(sandbox: Sandbox) -> None:
    with pytest.raises(CommandExitException) as failure:
        sandbox.commands.run("echo out; exit 3")
    assert (failure.value.exit_code, failure.value.stdout) == (3, "out\n")


def test_a_background_command_is_killed_once(sandbox: Sandbox) -> None:
    command = sandbox.commands.run("sleep 1000", background=True)
    assert [process.pid for process in sandbox.commands.list()] == [command.pid]
    assert command.kill()
    with pytest.raises(CommandExitException):
        command.wait()
    assert not sandbox.commands.kill(command.pid)


def test_another_client_connects(sandbox: Sandbox) -> None:
    sandbox.commands.run("echo kept > note")
    other = Sandbox.connect(sandbox.sandbox_id)
    assert other.commands.run("cat note").stdout == "kept\n"
    assert other.kill()
    assert not sandbox.is_running()


def test_what_was_killed_is_gone(sandbox: Sandbox) -> None:
    assert sandbox.kill()
    assert not sandbox.kill()
    assert not sandbox.is_running()
    assert_is_gone(sandbox)


def test_it_ends_on_time() -> None:
    before = time.monotonic()
    sandbox = Sandbox.create(timeout=2)
    created = time.monotonic()
    with pytest.raises(SandboxNotRunningException):
        sandbox.commands.run("sleep 1000")
    ended = time.monotonic()
    assert ended - before >= 2.0
    assert ended - created <= 2.2
    assert not sandbox.is_running()
    assert not sandbox.kill()
    assert_is_gone(sandbox)


def test_the_asyncio_client() -> None:
    async def live() -> None:
        async with await AsyncSandbox.create(timeout=60) as sandbox:
            pieces: list[str] = []
            result = await sandbox.commands.run("echo out", on_stdout=pieces.append)
            assert (result.exit_code, pieces) == (0, ["out\n"])
            assert (await sandbox.get_info()).sandbox_id == sandbox.sandbox_id
        assert not await sandbox.is_running()

    asyncio.run(live())


def assert_is_gone(sandbox: Sandbox) -> None:
    """Whatever is asked of it, the answer is the error for a sandbox that is not there."""
    with pytest.raises(SandboxNotFoundException):
        sandbox.get_info()
    with pytest.raises(SandboxNotFoundException):
        sandbox.set_timeout(60)
    with pytest.raises(SandboxNotFoundException):
        sandbox.connect()
    with pytest.raises(SandboxNotRunningException):
        sandbox.commands.run("true")
