"""Commands: handles, iteration, input, and callbacks on the caller's own thread."""

from __future__ import annotations

import asyncio
import threading

import pytest

from sandspan import (
    AsyncSandbox,
    CommandExitException,
    CommandResult,
    CommandTimeoutException,
    InvalidArgumentException,
    NotFoundException,
    Sandbox,
)

COUNT = "for i in 1 2 3; do echo $i; sleep 0.05; done"


def test_a_command_gives_its_result(sandbox: Sandbox) -> None:
    result = sandbox.commands.run("echo out; echo err >&2", cwd="/tmp", envs={"A": "b"})
    assert result == CommandResult(stderr="err\n", stdout="out\n", exit_code=0, error=None)


def test_a_failed_command_raises_its_result(sandbox: Sandbox) -> None:
    with pytest.raises(CommandExitException) as raised:
        sandbox.commands.run("echo out; echo err >&2; exit 3")
    assert repr(raised.value) == (
        "CommandExitException(stderr='err\\n', stdout='out\\n', exit_code=3, error='exit status 3')"
    )


def test_a_command_has_its_time(sandbox: Sandbox) -> None:
    with pytest.raises(CommandTimeoutException):
        sandbox.commands.run("sleep 30", timeout=0.2)


def test_callbacks_are_called_in_order_on_this_thread(sandbox: Sandbox) -> None:
    calls: list[tuple[str, int]] = []
    result = sandbox.commands.run(
        COUNT, on_stdout=lambda text: calls.append((text, threading.get_ident()))
    )
    assert calls == [(text, threading.get_ident()) for text in ("1\n", "2\n", "3\n")]
    assert result.stdout == "1\n2\n3\n"


def test_a_callback_can_call_and_block(sandbox: Sandbox) -> None:
    states: list[bool] = []
    sandbox.commands.run("echo 1", on_stdout=lambda _: states.append(sandbox.is_running()))
    assert states == [True]


def test_an_exception_in_a_callback_ends_the_call_and_not_the_command(sandbox: Sandbox) -> None:
    def fail(_: str) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        sandbox.commands.run("echo 1; sleep 30", on_stdout=fail)
    assert any("sleep 30" in " ".join(process.args) for process in sandbox.commands.list())


def test_a_handle_is_iterated(sandbox: Sandbox) -> None:
    handle = sandbox.commands.run(f"{COUNT}; echo err >&2; exit 3", background=True)
    assert repr(handle) == f"CommandHandle(pid={handle.pid})"
    assert list(handle) == [
        ("1\n", None, None),
        ("2\n", None, None),
        ("3\n", None, None),
        (None, "err\n", None),
    ]
    assert (handle.stdout, handle.stderr, handle.exit_code) == ("1\n2\n3\n", "err\n", 3)
    assert handle.error == "exit status 3"
    with pytest.raises(CommandExitException):
        handle.wait()


def test_a_handle_is_waited_for_with_callbacks(sandbox: Sandbox) -> None:
    texts: list[str] = []
    handle = sandbox.commands.run(f"{COUNT} >&2", background=True)
    assert handle.exit_code is None
    assert handle.wait(on_stderr=texts.append).stderr == "1\n2\n3\n"
    assert texts == ["1\n", "2\n", "3\n"]


def test_callbacks_of_a_background_command_belong_to_wait(sandbox: Sandbox) -> None:
    with pytest.raises(InvalidArgumentException, match="`wait`"):
        sandbox.commands.run("echo 1", background=True, on_stdout=print)  # type: ignore[call-overload]


def test_a_callback_is_callable(sandbox: Sandbox) -> None:
    with pytest.raises(InvalidArgumentException, match="must be callable, got int"):
        sandbox.commands.run("echo 1", on_stdout=1)  # type: ignore[call-overload]


def test_a_command_reads_what_is_written_to_it(sandbox: Sandbox) -> None:
    handle = sandbox.commands.run("cat", background=True, stdin=True)
    handle.send_stdin("grüße ")
    sandbox.commands.send_stdin(handle.pid, b"bytes")
    handle.close_stdin()
    assert handle.wait().stdout == "grüße bytes"


def test_a_command_is_left_and_found_again(sandbox: Sandbox) -> None:
    handle = sandbox.commands.run("sleep 30", background=True)
    handle.disconnect()
    again = sandbox.commands.connect(handle.pid)
    assert again.kill()
    with pytest.raises(CommandExitException, match="exited with code -1"):
        again.wait()
    assert not sandbox.commands.kill(handle.pid)
    with pytest.raises(NotFoundException):
        sandbox.commands.connect(999_999)


def test_callbacks_of_asyncio_are_awaited_in_order() -> None:
    async def run() -> None:
        texts: list[str] = []

        async def keep(text: str) -> None:
            await asyncio.sleep(0.01)
            texts.append(text)

        async with await AsyncSandbox.create() as sandbox:
            await sandbox.commands.run(COUNT, on_stdout=keep)
            assert texts == ["1\n", "2\n", "3\n"]
            await sandbox.commands.run("echo 4", on_stdout=texts.append)
            assert texts[-1] == "4\n"

    asyncio.run(run())


def test_callbacks_of_asyncio_are_called_while_nobody_waits() -> None:
    async def run() -> None:
        called = asyncio.Event()
        async with await AsyncSandbox.create() as sandbox:
            handle = await sandbox.commands.run(
                "echo 1; sleep 30", background=True, on_stdout=lambda _: called.set()
            )
            await asyncio.wait_for(called.wait(), timeout=10)
            assert await handle.kill()
            with pytest.raises(CommandExitException):
                await handle.wait()

    asyncio.run(run())


def test_an_exception_in_a_callback_of_asyncio_reaches_wait() -> None:
    async def run() -> None:
        async def fail(_: str) -> None:
            raise ZeroDivisionError

        async with await AsyncSandbox.create() as sandbox:
            with pytest.raises(ZeroDivisionError):
                await sandbox.commands.run("echo 1; sleep 30", on_stdout=fail)
            handle = await sandbox.commands.run("echo 1", background=True, on_stdout=fail)
            with pytest.raises(ZeroDivisionError):
                await handle.wait()

    asyncio.run(run())
