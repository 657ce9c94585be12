"""Terminals, with the published clients for Python, unmodified."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from clients import SECONDS, Client, Heard, only_newest


class Terminal:
    """A terminal whose output is collected as it comes."""

    def __init__(self, client: Client, sandbox: Any, opened: Callable[..., Any]) -> None:
        self.sandbox = sandbox
        self.exited = client.CommandExitException
        self.heard = Heard()
        # An asyncio client listens by itself, another while somebody waits for the end.
        how = {"on_data": self.heard} if client.is_asyncio else {}
        self.handle = opened(**how)
        self.waiting = {} if client.is_asyncio else {"on_pty": self.heard}
        self.pid = self.handle.pid
        self.exit_code: int | None = None
        self.thread = threading.Thread(target=self.wait, daemon=True)
        self.thread.start()

    def wait(self) -> None:
        try:
            self.exit_code = self.handle.wait(**self.waiting).exit_code
        except self.exited as exited:
            self.exit_code = exited.exit_code

    def enter(self, line: str) -> None:
        self.sandbox.pty.send_stdin(self.pid, f"{line}\n".encode())

    def until(self, text: str, times: int = 1) -> None:
        """Waits for it to be shown."""
        self.heard.until(lambda pieces: b"".join(pieces).count(text.encode()) >= times)

    def ended(self) -> int | None:
        """Its exit code, as soon as it has one."""
        self.thread.join(SECONDS)
        assert not self.thread.is_alive()
        return self.exit_code


@contextlib.contextmanager
def terminal(client: Client, sandbox: Any, opened: Callable[..., Any]) -> Iterator[Terminal]:
    """A terminal that is there until the end of a block."""
    shell = Terminal(client, sandbox, opened)
    try:
        yield shell
    finally:
        sandbox.pty.kill(shell.pid)
        shell.ended()


def create(
    client: Client, sandbox: Any, **options: Any
) -> contextlib.AbstractContextManager[Terminal]:
    size = client.PtySize(rows=30, cols=100)
    return terminal(client, sandbox, lambda **heard: sandbox.pty.create(size, **heard, **options))


def test_a_login_shell(client: Client, shared: Any) -> None:
    with create(client, shared) as shell:
        shell.enter("echo $TERM=$LANG=$LC_ALL; shopt -q login_shell && echo log''in; pwd; tty")
        shell.until("xterm-256color=C.UTF-8=C.UTF-8")
        shell.until("login")
        shell.until("/home/user\r\n")
        shell.until("/dev/pts/")


def test_where_with_what_and_as_whom(client: Client, shared: Any) -> None:
    options = {"cwd": "/usr", "user": "root", "envs": {"TERM": "dumb", "NAME": "value"}}
    with create(client, shared, **options) as shell:
        shell.enter("echo $PWD=$USER=$TERM=$NAME")
        shell.until("/usr=root=dumb=value")


def test_its_size(client: Client, shared: Any) -> None:
    with create(client, shared) as shell:
        shell.enter("stty size")
        shell.until("30 100\r\n")
        shared.pty.resize(shell.pid, client.PtySize(rows=50, cols=132))
        shell.enter("stty size")
        shell.until("50 132\r\n")
        shell.enter("trap 'echo now $(stty size)' WINCH; echo trap''ped")
        shell.until("trapped")
        shared.pty.resize(shell.pid, client.PtySize(rows=20, cols=40))
        shell.enter("")
        shell.until("now 20 40\r\n")


def test_keys_are_signals(client: Client, shared: Any) -> None:
    with create(client, shared) as shell:
        shell.enter("PS1=prom''pt:")
        shell.until("prompt:")
        # Whoever says that it runs is the one that the signal is for.
        shell.enter("sh -c 'echo run''ning; exec sleep 1000'")
        shell.until("running")
        shared.pty.send_stdin(shell.pid, b"\x03")
        shell.until("prompt:", times=2)
        shell.enter("echo code $?")
        shell.until("code 130")


@pytest.mark.parametrize("code", [0, 7])
def test_it_ends_with_its_shell(client: Client, shared: Any, code: int) -> None:
    with create(client, shared) as shell:
        assert shell.pid in {process.pid for process in shared.commands.list()}
        shell.enter(f"exit {code}")
        assert shell.ended() == code
        assert shell.pid not in {process.pid for process in shared.commands.list()}


def test_it_is_killed(client: Client, shared: Any) -> None:
    with create(client, shared) as shell:
        assert shared.pty.kill(shell.pid)
        assert shell.ended() == -1
        assert not shared.pty.kill(shell.pid)


def test_two_look_at_it(client: Client, shared: Any) -> None:
    with (
        create(client, shared) as shell,
        terminal(client, shared, lambda **heard: shared.pty.connect(shell.pid, **heard)) as other,
    ):
        assert other.pid == shell.pid
        other.enter("echo seen by bo''th")
        shell.until("seen by both")
        other.until("seen by both")


@only_newest
def test_a_stream_of_input(client: Client, shared: Any) -> None:
    with create(client, shared) as shell:
        lines = [f"echo line''{number}\n" for number in range(9)]
        if client.is_asyncio:
            stream = shared.pty.stream_input(shell.pid)
            for line in lines:
                stream.send(line)
            stream.close()
        else:
            shared.pty.stream_input(shell.pid, lines)
        shell.until("line8\r\n")


def of_resizing(client: Client, name: str) -> type[Exception]:
    """What its errors are: derived clients hand on those of their transport."""
    return getattr(client, name) if client.is_newest else Exception


def test_input_of_the_wrong_kind(client: Client, shared: Any) -> None:
    with (
        create(client, shared) as shell,
        pytest.raises(client.SandboxException, match="tty assigned to process"),
    ):
        shared.commands.send_stdin(shell.pid, "lost")
    command = shared.commands.run("sleep 1000", background=True)
    with pytest.raises(client.SandboxException, match="tty not assigned"):
        shared.pty.send_stdin(command.pid, b"lost")
    with pytest.raises(of_resizing(client, "SandboxException"), match="tty not assigned"):
        shared.pty.resize(command.pid, client.PtySize(rows=1, cols=1))
    assert command.kill()


def test_what_is_not_there(client: Client, shared: Any) -> None:
    pid = 4_000_000
    assert not shared.pty.kill(pid)
    missing = f"process with pid {pid} not found"
    with pytest.raises(client.NotFoundException, match=missing):
        shared.pty.send_stdin(pid, b"lost")
    with pytest.raises(of_resizing(client, "NotFoundException"), match=missing):
        shared.pty.resize(pid, client.PtySize(rows=1, cols=1))
    with pytest.raises(client.NotFoundException, match=missing):
        Terminal(client, shared, lambda **heard: shared.pty.connect(pid, **heard))
