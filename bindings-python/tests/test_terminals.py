"""Terminals, and input that is streamed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from sandspan import (
    AsyncSandbox,
    CommandExitException,
    InvalidArgumentException,
    PtySize,
    Sandbox,
    SandboxException,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

SIZE = PtySize(24, 80)


def test_a_terminal_is_iterated_and_waited_for(sandbox: Sandbox) -> None:
    terminal = sandbox.pty.create(SIZE)
    sandbox.pty.send_stdin(terminal.pid, b"echo $((6 * 7))\nexit 3\n")
    seen = b""
    for stdout, stderr, data in terminal:
        assert (stdout, stderr) == (None, None)
        assert type(data) is bytes
        seen += data
    assert b"\r42\r\n" in seen
    with pytest.raises(CommandExitException) as failure:
        terminal.wait()
    assert (failure.value.exit_code, failure.value.stdout) == (3, "")


def test_the_output_of_a_terminal_goes_to_a_callback(sandbox: Sandbox) -> None:
    terminal = sandbox.pty.create(SIZE)
    sandbox.pty.send_stdin(terminal.pid, "echo ß\nexit\n")
    pieces: list[bytes] = []
    assert terminal.wait(on_pty=pieces.append).exit_code == 0
    assert "ß\r\n" in b"".join(pieces).decode()


def test_asyncio_awaits_what_a_callback_returns() -> None:
    async def run() -> None:
        seen = b""

        async def on_data(data: bytes) -> None:
            nonlocal seen
            await asyncio.sleep(0)
            seen += data

        async with await AsyncSandbox.create() as sandbox:
            terminal = await sandbox.pty.create(SIZE, on_data)
            async with sandbox.pty.stream_input(terminal.pid) as keyboard:
                await keyboard.send("echo $((6 ")
                await keyboard.send(b"* 7))\nexit\n")
            assert (await terminal.wait()).exit_code == 0
            assert b"\r42\r\n" in seen

    asyncio.run(run())


def test_a_size_is_a_pty_size(sandbox: Sandbox) -> None:
    assert repr(SIZE) == "PtySize(rows=24, cols=80)"
    with pytest.raises(InvalidArgumentException, match="size must be a PtySize, got tuple"):
        sandbox.pty.create((24, 80))  # type: ignore[arg-type]
    with pytest.raises(InvalidArgumentException, match="rows must be a whole number"):
        sandbox.pty.create(PtySize(-1, 80))


def test_a_terminal_has_no_other_input(sandbox: Sandbox) -> None:
    terminal = sandbox.pty.create(SIZE)
    with pytest.raises(SandboxException, match="not supported for this command handle"):
        terminal.send_stdin("x")
    assert terminal.kill()


def test_input_is_streamed_as_it_is_yielded(sandbox: Sandbox) -> None:
    command = sandbox.commands.run("read a; echo $a; cat", background=True, stdin=True)

    def lines() -> Iterator[str | bytes]:
        yield "one\n"
        assert next(command) == ("one\n", None, None)
        yield b"two\n"

    sandbox.commands.stream_input(command.pid, lines())
    command.close_stdin()
    assert command.wait().stdout == "one\ntwo\n"


def test_what_the_input_raises_is_raised(sandbox: Sandbox) -> None:
    def lines() -> Iterator[str]:
        yield "one\n"
        raise ZeroDivisionError

    command = sandbox.commands.run("cat", background=True, stdin=True)
    with pytest.raises(ZeroDivisionError):
        sandbox.commands.stream_input(command.pid, lines())
    assert next(command) == ("one\n", None, None)


def test_input_is_an_iterable(sandbox: Sandbox) -> None:
    with pytest.raises(InvalidArgumentException, match="wrap it in a list"):
        sandbox.commands.stream_input(1, "text")
    with pytest.raises(InvalidArgumentException, match="data must be an iterable"):
        sandbox.commands.stream_input(1, 1)  # type: ignore[arg-type]


def test_output_that_is_not_kept(sandbox: Sandbox) -> None:
    pieces: list[str] = []
    result = sandbox.commands.run("echo 1", on_stdout=pieces.append, retain_output=False)
    assert pieces == ["1\n"]
    assert result.stdout is None
    assert result.stderr is None


def test_text_of_all_kinds_stays_what_it_is(sandbox: Sandbox) -> None:
    for character in ("a", "ä", "€", "😀"):
        text = "x" * 700_000 + character * 700_000
        sandbox.files.write("text", text)
        assert sandbox.commands.run("cat text").stdout == text
        assert sandbox.commands.run("cat text >&2").stderr == text
