"""What paths, links and special files can make the file routes reach: nothing outside.

The routes work as root of the sandbox, so each path is as good as the isolation of that root.
"""

from __future__ import annotations

import os
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from servers import API_KEY, Server

from sandspan import (
    AuthenticationException,
    InvalidArgumentException,
    NotEnoughSpaceException,
    Sandbox,
)
from sandspan.exceptions import SandboxException

LONGEST = 10
"""How many seconds any answer may take on a busy machine."""


def attempt(call: Callable[[], object]) -> str:
    """What a call answers, or why not; at once in either case."""
    begun = time.monotonic()
    try:
        answer = str(call())
    except (SandboxException, AuthenticationException) as error:
        answer = str(error)
    assert time.monotonic() - begun < LONGEST
    return answer


def attempt_all(sandbox: Sandbox, path: str, user: str) -> str:
    """All that can be read and changed by a path."""
    files = sandbox.files
    calls: list[Callable[[], object]] = [
        lambda: files.read(path, user=user),
        lambda: bytes(files.read(path, "bytes", user=user, gzip=True)),
        lambda: files.get_info(path, user=user),
        lambda: files.list(path, 2, user=user),
        lambda: files.watch_dir(path, user=user).stop(),
        lambda: files.write(path, "changed", user=user),
        lambda: files.make_dir(path, user=user),
        lambda: files.rename(path, "/tmp/moved", user=user),
        lambda: files.read("/tmp/moved", user=user),
        lambda: files.remove("/tmp/moved", user=user),
        lambda: files.remove(path, user=user),
    ]
    return "\n".join(attempt(call) for call in calls)


@pytest.fixture
def secret() -> Iterator[Path]:
    """A file of the host that anybody there may read and write; its name is in no sandbox."""
    with tempfile.TemporaryDirectory(prefix="of-the-host-") as folder:
        Path(folder).chmod(0o777)
        file = Path(folder) / "secret"
        file.write_text(secrets.token_hex(32))
        file.chmod(0o666)
        before = file.read_text(), file.stat()
        yield file
        after = file.read_text(), file.stat()
        assert [before[0], *before[1][:7], before[1].st_mtime_ns] == [
            after[0],
            *after[1][:7],
            after[1].st_mtime_ns,
        ]
        assert os.listdir(folder) == ["secret"]


@pytest.fixture(autouse=True)
def _alive(sandbox: Sandbox) -> Iterator[None]:
    """Whatever a test does, the agent lives on."""
    yield
    assert sandbox.is_running()
    assert sandbox.commands.run("echo well").stdout == "well\n"


@pytest.fixture(params=["user", "root"], ids=["as-user", "as-root"])
def user(request: pytest.FixtureRequest) -> str:
    """Whom the request is made as."""
    return request.param


@pytest.fixture
def directory(sandbox: Sandbox) -> Iterator[str]:
    """A directory of a test's own in the sandbox."""
    path = f"/tmp/{secrets.token_hex(8)}"
    sandbox.files.make_dir(path)
    yield path
    sandbox.files.remove(path)


@pytest.mark.parametrize(
    "way",
    [
        ("true", "{secret}"),
        ("true", "/../../..{secret}"),
        ("true", "~/../../../../..{secret}"),
        ("true", "/proc/1/root{secret}"),
        ("true", "/proc/1/root/..{secret}"),
        ("true", "/proc/1/task/1/root{secret}"),
        ("true", "/proc/1/cwd{secret}"),
        ("true", "/proc/self/root{secret}"),
        ("true", "/proc/thread-self/cwd/..{secret}"),
        ("true", "/proc/1/fd/3{secret}"),
        ("ln -s {secret} way", "way"),
        ("ln -s ../../../../../../..{secret} way", "way"),
        ("ln -s /proc/1/root{secret} way", "way"),
        ("ln -s /proc/1/root{folder} way", "way/secret"),
        ("ln -s {folder} one; ln -s one two; ln -s two way", "way/secret"),
        ("ln -s / way", "way/../..{secret}"),
    ],
)
def test_no_path_leads_to_a_file_of_the_host(
    sandbox: Sandbox, secret: Path, directory: str, user: str, way: tuple[str, str]
) -> None:
    names = {"secret": secret, "folder": secret.parent}
    preparation, path = (part.format_map(names) for part in way)
    sandbox.commands.run(preparation, cwd=directory)
    path = path if path[0] in "/~" else f"{directory}/{path}"
    try:
        assert secret.read_text() not in attempt_all(sandbox, path, user)
    finally:
        # What was made inside has the same name there.
        sandbox.files.remove(str(secret.parent))


@pytest.mark.parametrize(
    "path",
    [
        "/proc/1/environ",
        "/proc/1/mem",
        "/proc/1/exe",
        "/proc/1/maps",
        "/proc/1/fd",
        "/proc/1/map_files",
        "/dev/fd",
        "/dev/stdin",
        "/proc/kcore",
        "/proc/kmsg",
        "/proc/keys",
        *(f"/proc/1/fd/{number}" for number in range(16)),
    ],
)
def test_what_pid_1_has_open_is_nobodys(
    sandbox: Sandbox, server: Server, user: str, path: str
) -> None:
    files = sandbox.files
    calls: list[Callable[[], object]] = [
        lambda: bytes(files.read(path, "bytes", user=user)),
        lambda: files.list(path, 2, user=user),
        lambda: files.write(path, "changed", user=user),
    ]
    answers = "\n".join(attempt(call) for call in calls)
    for outside in (API_KEY, str(server.folder), "access_token", "\\x7fELF"):
        assert outside not in answers
    names = sandbox.files.list("/")
    assert not any("memfd" in entry.name for entry in names)


def test_the_program_of_pid_1_cannot_be_changed(sandbox: Sandbox, server: Server) -> None:
    program = server.program.with_name("sandspan-agent")
    if server.user is not None:
        # As for everybody who installed it without being root.
        os.chown(program, server.user, server.user)
    before, contents = program.stat(), program.read_bytes()
    for way in ("/proc/1/exe", "/proc/1/map_files/*", "/proc/1/task/1/exe"):
        for change in ("chmod 777", "chmod 0", "touch -d 2001-01-01", "chown 1", "truncate -s 0"):
            sandbox.commands.run(f"{change} {way} 2>&1 || true", user="root")
        sandbox.commands.run(f"for it in {way}; do echo x >> $it; done 2>&1 || true", user="root")
        sandbox.commands.run(f"exec 3< {way} && chmod 777 /dev/fd/3 2>&1 || true", user="root")
    after = program.stat()
    assert (after.st_mode, after.st_uid, after.st_mtime_ns, after.st_size) == (
        before.st_mode,
        before.st_uid,
        before.st_mtime_ns,
        before.st_size,
    )
    assert program.read_bytes() == contents


@pytest.mark.parametrize(
    "path",
    [
        "/proc/sys/kernel/core_pattern",
        "/proc/sys/kernel/panic",
        "/proc/sys/vm/swappiness",
        "/proc/sys/vm/overcommit_memory",
        "/proc/sys/fs/file-max",
        "/proc/sysrq-trigger",
        "/proc/irq/default_smp_affinity",
        "/sys/kernel/mm/transparent_hugepage/enabled",
        "/sys/power/state",
        "/sys/fs/cgroup/cgroup.max.depth",
        "/sys/fs/cgroup/memory/memory.limit_in_bytes",
    ],
)
def test_the_kernel_is_not_steered(sandbox: Sandbox, user: str, path: str) -> None:
    def value() -> str | None:
        try:
            return Path(path).read_text()
        except OSError:
            return None

    before = value()
    attempt(lambda: sandbox.files.write(path, "1\n", user=user))
    attempt(lambda: sandbox.files.remove(path, user=user))
    assert value() == before


def test_special_files_hold_nobody_up(sandbox: Sandbox, directory: str) -> None:
    files = sandbox.files
    bind = f"import socket; socket.socket(socket.AF_UNIX).bind('{directory}/socket')"
    sandbox.commands.run(f'mkfifo pipe; python3 -c "{bind}"', cwd=directory)
    for path in (
        f"{directory}/pipe",
        f"{directory}/socket",
        *("/dev/zero", "/dev/random", "/dev/tty", "/dev/ptmx"),
    ):
        with pytest.raises(InvalidArgumentException, match="is not a regular file"):
            files.read(path, request_timeout=LONGEST)
    with pytest.raises(InvalidArgumentException, match="nobody reads from it"):
        files.write(f"{directory}/pipe", "lost", request_timeout=LONGEST)
    with pytest.raises(SandboxException, match="no such device or address"):
        files.write(f"{directory}/socket", "lost", request_timeout=LONGEST)
    with pytest.raises(NotEnoughSpaceException):
        files.write("/dev/full", "lost", request_timeout=LONGEST)
    files.write("/dev/null", "lost", request_timeout=LONGEST)
    assert files.get_info("/dev/null").permissions == "Dcrw-rw-rw-"


def test_a_pipe_that_somebody_reads_takes_an_upload(sandbox: Sandbox, directory: str) -> None:
    sandbox.commands.run("mkfifo pipe", cwd=directory)
    command = "exec 3<>pipe; echo open; head -c 7 <&3"
    reader = sandbox.commands.run(command, background=True, cwd=directory)
    assert next(iter(reader))[0] == "open\n"
    sandbox.files.write(f"{directory}/pipe", "through")
    assert reader.wait().stdout == "open\nthrough"


def test_a_directory_that_becomes_a_link_meanwhile(
    sandbox: Sandbox, secret: Path, directory: str
) -> None:
    program = f"""
import os
while not os.path.exists("stop"):
    os.rename("way", "aside")
    os.symlink("/proc/1/root{secret.parent}", "way")
    os.unlink("way")
    os.rename("aside", "way")
"""
    sandbox.files.write(f"{directory}/swap.py", program)
    sandbox.files.make_dir(f"{directory}/way")
    swapping = sandbox.commands.run("python3 swap.py", background=True, cwd=directory)
    path = f"{directory}/way/secret"
    calls: list[Callable[[], object]] = [
        lambda: sandbox.files.write(path, "changed"),
        lambda: sandbox.files.read(path),
        lambda: sandbox.files.remove(path),
    ]
    answers = [attempt(call) for _ in range(100) for call in calls]
    sandbox.files.write(f"{directory}/stop", "")
    # An upload may have made a directory where the link was, in which case the swapping failed.
    attempt(swapping.wait)
    assert secret.read_text() not in "\n".join(answers)
    names = {entry.name for entry in sandbox.files.list(directory, 3)}
    assert names <= {"swap.py", "stop", "way", "aside", "secret"}
    sandbox.files.remove(str(secret.parent))


def test_a_file_of_the_template_is_one_sandboxs_own(server: Server) -> None:
    programs = [Path("/usr/bin/env"), Path("/usr/bin/id"), Path("/usr/bin/tac")]
    before = [program.read_bytes() for program in programs]
    with server.create() as sandbox:
        # A file that a sandbox does not own gets no second name where there is one id.
        links = "ln /usr/bin/env /usr/bin/hard || cp /usr/bin/env /usr/bin/hard"
        sandbox.commands.run(f"{links}; ln -s /usr/bin/id soft", user="root", cwd="/root")
        sandbox.files.write("/usr/bin/hard", "changed", user="root")
        sandbox.files.write("/root/soft", "changed", user="root")
        sandbox.commands.run("echo changed >> /usr/bin/tac || true", user="root")
        assert sandbox.files.read("/usr/bin/id") == "changed"
    assert [program.read_bytes() for program in programs] == before
    with server.create() as other:
        other.commands.run("env id -u; tac /dev/null")


def test_a_root_directory_of_ones_own_leads_nowhere(sandbox: Sandbox, secret: Path) -> None:
    program = """
import os
os.makedirs("/tmp/prison", exist_ok=True)
above = os.open("/", os.O_RDONLY)
os.chroot("/tmp/prison")
os.fchdir(above)
for _ in range(100):
    os.chdir("..")
os.chroot(".")
print(*sorted(os.listdir("/")))
"""
    sandbox.files.write("/tmp/escape.py", program)
    seen = sandbox.commands.run("python3 /tmp/escape.py", user="root").stdout.split()
    assert seen == sorted(sandbox.commands.run("ls -A /").stdout.split())
    assert not sandbox.files.exists(str(secret))


def test_what_is_roots_stays_roots(sandbox: Sandbox, directory: str) -> None:
    if sandbox.commands.run("id -u").stdout == "0\n":
        pytest.skip("everybody is root where there is one id")
    sandbox.files.write(f"{directory}/roots", "x", user="root")
    refused = "echo y >> roots || ls /var/lib/sandspan || ls /root || echo refused"
    assert sandbox.commands.run(refused, cwd=directory).stdout == "refused\n"
    assert sandbox.files.get_info(f"{directory}/roots").owner == "root"
