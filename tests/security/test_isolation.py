"""What a sandbox cannot see, reach or do. Every test runs as `user` and as root inside."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from servers import Server

from sandspan import InvalidArgumentException, Sandbox

Run = Callable[[str], str]


def test_nothing_of_the_hosts_files_is_there(run: Run) -> None:
    with tempfile.NamedTemporaryFile(prefix="of-the-host-") as secret:
        assert "of-the-host" not in run("ls -a /tmp /run /home /root /mnt /media /srv 2>/dev/null")
        assert "No such file" in run(f"cat {secret.name}")
    assert run("ls -A /home").split() == ["user"]
    assert run("ls -A /run").split() == []


def test_the_way_out_through_proc_leads_nowhere(run: Run) -> None:
    inside = set(run("ls -A /").split())
    for path in ("/proc/1/root/", "/proc/self/root/..", "/proc/1/cwd/", "/.."):
        seen = run(f"ls -A {path}")
        assert "Permission denied" in seen or set(seen.split()) == inside, path
    shadow = run("cat /proc/1/root/etc/shadow")
    assert "Permission denied" in shadow or "No such file" in shadow


def test_the_state_directory_cannot_be_named(run: Run, server: Server) -> None:
    mounts = run("cat /proc/self/mountinfo /proc/self/mounts")
    assert str(server.folder) not in mounts
    assert "No such file" in run(f"ls {server.folder}/state")


def test_no_process_of_the_host_is_seen(run: Run) -> None:
    numbers = [int(name) for name in run("ls /proc | grep -E '^[0-9]+$'").split()]
    assert min(numbers) == 1
    commands = run("cat /proc/[0-9]*/cmdline | tr '\\0' ' '")
    assert "sandspan-agent" in commands
    assert "serve" not in commands
    assert "pytest" not in commands


def test_nothing_of_the_hosts_environment_is_there(run: Run) -> None:
    names = {line.partition("=")[0] for line in run("env").splitlines()}
    known = {"PATH", "HOME", "USER", "LOGNAME", "PWD", "OLDPWD", "SHLVL", "_", "E2B_SANDBOX",
             "E2B_SANDBOX_ID", "E2B_TEMPLATE_ID"}  # fmt: skip
    assert names <= known
    assert "API_KEY" not in run("cat /proc/[0-9]*/environ | tr '\\0' '\\n'")


def test_the_network_is_the_sandboxs_own(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        assert "refused" in run(f"exec 3<>/dev/tcp/127.0.0.1/{port}")
    interfaces = run("cat /proc/net/dev")
    assert [line.split(":")[0].strip() for line in interfaces.splitlines()[2:]] == ["lo"]
    assert "unreachable" in run("exec 3<>/dev/tcp/192.0.2.1/80")


def test_the_loopback_works(run: Run) -> None:
    program = (
        "import socket; s = socket.create_server(('127.0.0.1', 0)); "
        "c = socket.create_connection(s.getsockname()); print('connected')"
    )
    assert run(f'python -c "{program}"') == "connected\n"


@pytest.mark.parametrize(
    "command",
    [
        "mount -t tmpfs none /mnt",
        "mount --bind / /mnt",
        "umount /proc/keys",
        "unshare -U true",
        "unshare -n true",
        "unshare -m true",
        "nsenter -t 1 -m true",
        "mknod /tmp/disk b 8 0",
        "chroot / mount -t proc none /mnt",
        "dmesg",
        "hostname other",
        "sysctl -w kernel.core_pattern=/tmp/x",
        "echo x > /proc/sys/kernel/core_pattern",
        "echo b > /proc/sysrq-trigger",
        "swapoff /dev/zero",
        "ip link set lo down",
        "date -s 2000-01-01",
        "renice -n -5 -p $$",
    ],
)
def test_what_root_of_the_host_could_do_is_refused(run: Run, command: str) -> None:
    output = run(f"if {command}; then echo done; else echo refused; fi")
    assert output.endswith("refused\n"), output


@pytest.mark.parametrize(
    ("number", "arguments", "error"),
    [
        (425, "8, 0", "EPERM"),  # io_uring_setup
        (321, "0, 0, 0", "EPERM"),  # bpf
        (298, "0, 0, 0, 0, 0", "EPERM"),  # perf_event_open
        (323, "0", "EPERM"),  # userfaultfd
        (250, "0, -3, 0", "EPERM"),  # keyctl
        (435, "0, 0", "ENOSYS"),  # clone3
        (272, "0x10000000", "EPERM"),  # unshare of a user namespace
        (308, "3, 0", "EPERM"),  # setns
        (0x40000000 + 39, "", "ENOSYS"),  # getpid of the x32 interface
        (41, "40, 1, 0", "EPERM"),  # a vsock socket
        (41, "38, 5, 0", "EPERM"),  # a socket to the kernel's ciphers
        (16, "0, 0x5412, 0", "EPERM"),  # putting characters into a terminal
    ],
)
@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the numbers are those of x86-64")
def test_calls_that_the_filter_refuses(run: Run, number: int, arguments: str, error: str) -> None:
    call = f"{number}, {arguments}".rstrip(", ")
    program = (
        "import ctypes, errno; libc = ctypes.CDLL(None, use_errno=True); "
        f"print(libc.syscall({call}), errno.errorcode.get(ctypes.get_errno()))"
    )
    assert run(f'python -c "{program}"') == f"-1 {error}\n"


def test_no_capability_reaches_beyond_the_sandbox(run: Run) -> None:
    status = dict(line.split(":\t", 1) for line in run("cat /proc/self/status").splitlines())
    # chown, dac_override, fowner, fsetid, kill, setgid, setuid, setpcap, net_bind_service,
    # sys_chroot and setfcap: all of them about the sandbox's own users and files.
    kept = 0x800405FB
    for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert int(status[name], 16) & ~kept == 0, name
    assert status["Seccomp"] == "2"


def test_root_inside_is_nobody_outside(server: Server, sandbox: Sandbox) -> None:
    sandbox.commands.run("touch /tmp/mine", user="root")
    process = server.first_process(sandbox.sandbox_id)
    owner = Path(f"/proc/{process}").stat().st_uid
    assert owner == (server.user or owner)
    if server.user is None and os.geteuid() == 0:
        status = Path(f"/proc/{process}/status").read_text()
        assert "Uid:\t1900000000" in status


def test_the_limits_hold(run: Run) -> None:
    assert int(run("ulimit -u")) == 2048
    assert run("ulimit -c") == "0\n"
    assert int(run("ulimit -f")) == 16 << 20


def test_sudo_needs_no_password(run: Run) -> None:
    assert run("sudo id -u") == "0\n"
    assert run("sudo -n -- sh -c 'echo $HOME'") == "/root\n"


def test_sandboxes_do_not_see_each_other(run: Run, server: Server) -> None:
    with server.create() as other:
        other.commands.run("touch /tmp/of-another; sleep 1000 & echo started", background=True)
        assert "of-another" not in run("ls -a /tmp; cat /proc/[0-9]*/cmdline")


def test_a_directory_that_a_user_may_not_enter_is_refused(server: Server) -> None:
    with server.create() as sandbox:
        if sandbox.commands.run("id -u").stdout == "0\n":
            pytest.skip("everybody is root where there is one id")
        with pytest.raises(InvalidArgumentException, match="error starting process"):
            sandbox.commands.run("id", cwd="/root")
