"""Commands, with the published clients for Python, unmodified."""

from __future__ import annotations

from typing import Any

import pytest
from clients import Client, only_newest
from servers import wait_until


def pids(sandbox: Any) -> set[int]:
    return {process.pid for process in sandbox.commands.list()}


def test_where_with_what_and_as_whom(shared: Any) -> None:
    where = shared.commands.run("pwd; echo $NAME $USER $HOME", cwd="/usr", envs={"NAME": "value"})
    assert where.stdout == "/usr\nvalue user /home/user\n"
    whom = shared.commands.run("echo $USER; pwd; id -u; touch /etc/written", user="root")
    assert whom.stdout == "root\n/root\n0\n"
    assert shared.commands.run("pwd", cwd="~/..").stdout == "/home\n"


def test_output_is_called_back(shared: Any) -> None:
    out: list[str] = []
    err: list[str] = []
    result = shared.commands.run(
        "echo one; echo two >&2; head -c 300000 /dev/zero | tr '\\0' x; printf '\\342\\202\\254'",
        on_stdout=out.append,
        on_stderr=err.append,
    )
    assert (result.stdout, result.stderr, result.exit_code) == (
        "one\n" + 300000 * "x" + "€",
        "two\n",
        0,
    )
    assert ("".join(out), "".join(err)) == (result.stdout, result.stderr)


def test_what_cannot_be_started(client: Client, shared: Any) -> None:
    with pytest.raises(client.CommandExitException) as failure:
        shared.commands.run("no-such-command")
    assert failure.value.exit_code == 127
    assert "no-such-command" in failure.value.stderr
    with pytest.raises(client.AuthenticationException, match="invalid username: 'nobody-known'"):
        shared.commands.run("true", user="nobody-known")
    with pytest.raises(client.InvalidArgumentException, match="cwd '/missing' does not exist"):
        shared.commands.run("true", cwd="/missing")


def test_a_timeout_ends_the_command(client: Client, sandbox: Any) -> None:
    with pytest.raises(client.TimeoutException, match="timeout"):
        sandbox.commands.run("sleep 1000 & sleep 1000", timeout=0.3)
    wait_until(lambda: pids(sandbox) == set())
    wait_until(lambda: running(sandbox, "sleep") == 0)


def running(sandbox: Any, name: str) -> int:
    """How many processes of that name live, whosever children they are."""
    count = f"cat /proc/[0-9]*/stat 2>&- | grep -c '({name}) [RSD]' || true"
    return int(sandbox.commands.run(count).stdout)


def test_a_list_tells_what_runs(sandbox: Any) -> None:
    command = sandbox.commands.run(
        "sleep 1000", background=True, cwd="/usr", envs={"NAME": "value"}
    )
    (listed,) = sandbox.commands.list()
    assert (listed.pid, listed.cmd) == (command.pid, "/bin/bash")
    assert (listed.args, listed.cwd) == (["-l", "-c", "sleep 1000"], "/usr")
    assert listed.envs == {"NAME": "value"}
    assert command.kill()


def test_kill_takes_the_whole_tree(client: Client, sandbox: Any) -> None:
    command = sandbox.commands.run(
        "sleep 1000 & setsid sleep 1000 & (sleep 1000 & wait) & echo ready; wait", background=True
    )
    wait_until(lambda: running(sandbox, "sleep") == 3)
    assert sandbox.commands.kill(command.pid)
    with pytest.raises(client.CommandExitException) as failure:
        command.wait()
    assert failure.value.exit_code == -1
    assert failure.value.error == "signal: killed"
    wait_until(lambda: running(sandbox, "sleep") == 0)
    assert not sandbox.commands.kill(command.pid)


def test_standard_input(shared: Any) -> None:
    command = shared.commands.run("head -n 2; exit 0", background=True, stdin=True)
    shared.commands.send_stdin(command.pid, "one\ntw")
    shared.commands.send_stdin(command.pid, "o €\n")
    assert command.wait().stdout == "one\ntwo €\n"


@only_newest
def test_the_end_of_standard_input(shared: Any) -> None:
    command = shared.commands.run("cat; echo end", background=True, stdin=True)
    command.send_stdin(b"one\n")
    command.close_stdin()
    assert command.wait().stdout == "one\nend\n"


@only_newest
def test_a_stream_of_input(client: Client, shared: Any) -> None:
    pieces = [f"{number}\n" for number in range(1000)]
    command = shared.commands.run("head -n 1000 | sha1sum", background=True, stdin=True)
    if client.is_asyncio:
        stream = shared.commands.stream_input(command.pid)
        for piece in pieces:
            stream.send(piece)
        stream.close()
    else:
        shared.commands.stream_input(command.pid, iter(pieces))
    expected = shared.commands.run("seq 0 999 | sha1sum").stdout
    assert command.wait().stdout == expected


def test_without_standard_input(client: Client, shared: Any) -> None:
    assert shared.commands.run("cat").stdout == ""
    command = shared.commands.run("sleep 1000", background=True)
    with pytest.raises(client.SandboxException, match="stdin not enabled or closed"):
        shared.commands.send_stdin(command.pid, "lost")
    assert command.kill()


def test_a_connection_by_pid(shared: Any) -> None:
    first = shared.commands.run("head -n 2", background=True, stdin=True)
    first.disconnect()
    assert first.pid in pids(shared)
    second = shared.commands.connect(first.pid)
    third = shared.commands.connect(first.pid)
    assert second.pid == third.pid == first.pid
    shared.commands.send_stdin(first.pid, "one\ntwo\n")
    assert second.wait().stdout == third.wait().stdout == "one\ntwo\n"


def test_a_command_that_is_not_there(client: Client, shared: Any) -> None:
    pid = 4_000_000
    assert not shared.commands.kill(pid)
    with pytest.raises(client.NotFoundException, match=f"process with pid {pid} not found"):
        shared.commands.connect(pid)
    with pytest.raises(client.NotFoundException, match=f"process with pid {pid} not found"):
        shared.commands.send_stdin(pid, "lost")


def test_an_ended_command_can_still_be_asked(client: Client, shared: Any) -> None:
    command = shared.commands.run("exit 3", background=True)
    with pytest.raises(client.CommandExitException):
        command.wait()
    with pytest.raises(client.CommandExitException) as failure:
        shared.commands.connect(command.pid).wait()
    assert failure.value.exit_code == 3


def test_a_child_in_the_background_delays_the_end(shared: Any) -> None:
    command = shared.commands.run(
        "(until test -e go; do sleep 0.01; done; echo late) & echo soon", background=True
    )
    there = f"if test -e /proc/{command.pid}; then echo there; fi"
    wait_until(lambda: shared.commands.run(there).stdout == "")
    assert command.pid in pids(shared)
    shared.commands.run("touch go")
    assert command.wait().stdout == "soon\nlate\n"
    assert shared.commands.run("sleep 1000 >&- 2>&- & echo detached").stdout == "detached\n"


@only_newest
def test_output_need_not_be_kept(shared: Any) -> None:
    pieces: list[str] = []
    result = shared.commands.run("seq 9", on_stdout=pieces.append, retain_output=False)
    assert (result.stdout, result.exit_code) == (None, 0)
    assert "".join(pieces) == "1\n2\n3\n4\n5\n6\n7\n8\n9\n"
