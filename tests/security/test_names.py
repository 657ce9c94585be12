"""Names and trees that few programs are ready for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from servers import Server

from sandspan import FileNotFoundException, InvalidArgumentException, Sandbox
from sandspan.exceptions import SandboxException

DEPTH = 3_000

DEEP = f"""
import os
os.mkdir("/tmp/deep")
os.chdir("/tmp/deep")
for _ in range({DEPTH}):
    os.mkdir("d")
    os.chdir("d")
open("end", "w")
"""
"""A tree that no path leads down to."""


@pytest.fixture(autouse=True)
def _alive(sandbox: Sandbox) -> Iterator[None]:
    """Whatever a test does, the agent lives on."""
    yield
    assert sandbox.commands.run("echo well").stdout == "well\n"


def test_the_longest_name_works_and_a_longer_one_is_told(sandbox: Sandbox) -> None:
    files = sandbox.files
    longest, longer = "n" * 255, "n" * 256
    files.write(longest, "x")
    assert files.read(longest) == "x"
    assert longest in [entry.name for entry in files.list(".")]
    assert files.rename(longest, "m" * 255).name == "m" * 255
    files.remove("m" * 255)
    for call in (files.read, files.list, files.get_info, files.make_dir, files.remove):
        with pytest.raises(InvalidArgumentException, match="too long"):
            call(longer)
    with pytest.raises(InvalidArgumentException, match="too long"):
        files.write(longer, "x")
    with pytest.raises(InvalidArgumentException, match="too long"):
        files.rename("/etc/passwd", longer)


@pytest.mark.parametrize("path", ["/" + "a/" * 2500, "d/" * 2500, "/".join(["d" * 100] * 50)])
def test_a_path_of_5000_characters_is_told(sandbox: Sandbox, path: str) -> None:
    files = sandbox.files
    for call in (files.read, files.get_info, files.make_dir, files.exists):
        with pytest.raises(InvalidArgumentException, match="too long"):
            call(path)
    with pytest.raises(InvalidArgumentException, match="too long"):
        files.write(path, "x")


def test_the_longest_path_works(sandbox: Sandbox) -> None:
    path = "/tmp/long" + "/d" * 2000
    sandbox.files.write(f"{path}/file", "x")
    assert sandbox.files.read(f"{path}/file") == "x"
    assert len(sandbox.files.list("/tmp/long", 3000)) == 2001
    sandbox.files.remove("/tmp/long")


def test_names_that_are_no_text(sandbox: Sandbox) -> None:
    files, run = sandbox.files, sandbox.commands.run
    files.make_dir("odd")
    watch = files.watch_dir("odd", include_entry=True)
    run(r"touch $'no\377text' $'two\nlines'; ln -s $'to\376' link", cwd="odd")
    entries = {entry.name: entry for entry in files.list("odd")}
    # A link that leads nowhere is of no type, and clients leave it out.
    assert {"no\ufffdtext", "two\nlines"} <= set(entries)
    assert {event.name for event in watch.get_new_events()} >= {"no\ufffdtext", "two\nlines"}
    watch.stop()
    assert files.read("odd/two\nlines") == ""
    with pytest.raises(FileNotFoundException):
        files.read("odd/no\ufffdtext")
    files.remove("odd")
    assert not files.exists("odd")


def test_a_loop_of_links_is_told(sandbox: Sandbox) -> None:
    files = sandbox.files
    sandbox.commands.run("mkdir loop; ln -s b loop/a; ln -s a loop/b; ln -s . loop/c")
    many = "many symbolic links"
    with pytest.raises(SandboxException, match=many):
        files.read("loop/a")
    with pytest.raises(SandboxException, match=many):
        files.list("loop/a")
    with pytest.raises(SandboxException, match=many):
        files.write("loop/a", "x")
    # A link to a directory is not entered.
    assert "loop/c/c" not in [entry.path for entry in files.list("loop", 10)]
    files.remove("loop")
    assert not files.exists("loop")


def test_a_tree_without_end_is_removed(sandbox: Sandbox) -> None:
    sandbox.files.write("/tmp/deep.py", DEEP)
    sandbox.commands.run("python3 /tmp/deep.py")
    sandbox.files.remove("/tmp/deep")
    assert not sandbox.files.exists("/tmp/deep")


def test_a_sandbox_with_a_tree_without_end_is_removed(server: Server) -> None:
    doomed = server.create()
    doomed.files.write("/tmp/deep.py", DEEP)
    doomed.commands.run("chmod 0 /root; python3 /tmp/deep.py", user="root")
    doomed.commands.run("chmod 0 /tmp/deep/d /tmp/deep/d/d", user="root")
    assert doomed.kill()
    directories = [path.name for path in server.folder.glob("state/sandboxes/*")]
    assert doomed.sandbox_id not in directories
