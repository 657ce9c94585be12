"""The git helper of the published clients for Python, unmodified, with no network."""

from __future__ import annotations

import shutil
from typing import Any

import pytest
from clients import Client

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")

NAMES = ["Ada", "ada@example.org"]


def test_a_repository(client: Client, sandbox: Any) -> None:
    git = sandbox.git
    git.configure_user(*NAMES)
    assert git.get_config("user.email") == NAMES[1]
    git.init("/home/user/work", initial_branch="main")
    sandbox.files.write("work/file", "one\n")
    status = git.status("/home/user/work")
    assert (status.current_branch, status.is_clean, status.untracked_count) == ("main", False, 1)
    git.add("/home/user/work")
    assert [it.name for it in git.status("/home/user/work").file_status] == ["file"]
    assert "1 file changed" in git.commit("/home/user/work", "first").stdout
    assert git.status("/home/user/work").is_clean
    git.create_branch("/home/user/work", "other")
    branches = git.branches("/home/user/work")
    assert sorted(branches.branches) == ["main", "other"]
    assert branches.current_branch == "other"
    git.checkout_branch("/home/user/work", "main")
    git.delete_branch("/home/user/work", "other")
    assert git.branches("/home/user/work").branches == ["main"]
    with pytest.raises(client.CommandExitException):
        git.checkout_branch("/home/user/work", "missing")


def test_a_remote_repository(client: Client, sandbox: Any) -> None:
    git = sandbox.git
    git.configure_user(*NAMES)
    git.init("/home/user/bare", bare=True, initial_branch="main")
    git.clone("/home/user/bare", path="/home/user/one")
    assert git.remote_get("/home/user/one", "origin") == "/home/user/bare"
    sandbox.files.write("one/file", "one\n")
    git.add("/home/user/one", files=["file"])
    git.commit("/home/user/one", "first", author_name="Bea", author_email="bea@example.org")
    git.push("/home/user/one", remote="origin", branch="main")
    status = git.status("/home/user/one")
    assert (status.upstream, status.ahead, status.behind) == ("origin/main", 0, 0)
    git.clone("/home/user/bare", path="/home/user/two", branch="main", depth=1)
    author = sandbox.commands.run("git log --format=%an", cwd="/home/user/two").stdout
    assert author == "Bea\n"
    sandbox.files.write("one/file", "two\n")
    git.add("/home/user/one")
    git.commit("/home/user/one", "second")
    git.push("/home/user/one")
    git.pull("/home/user/two")
    assert sandbox.files.read("two/file") == "two\n"
    git.init("/home/user/alone")
    with pytest.raises(client.GitUpstreamException):
        git.pull("/home/user/alone")
