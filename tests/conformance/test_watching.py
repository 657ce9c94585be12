"""Watched directories, with the published clients for Python, unmodified."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from clients import Client, Heard, only_asyncio, only_newest
from servers import wait_until

NUMBERS = count()


@pytest.fixture
def folder(shared: Any) -> str:
    """A directory of a test's own."""
    path = f"/home/user/{next(NUMBERS)}"
    shared.files.make_dir(path)
    return path


class Watch:
    """A watch of either kind: an asyncio client streams, another one asks."""

    def __init__(self, client: Client, sandbox: Any, path: str, **options: Any) -> None:
        self.heard = Heard()
        self.ended = Heard()
        self.is_asked = not client.is_asyncio
        if client.is_asyncio:
            options |= {"on_event": self.heard, "on_exit": self.ended}
        self.handle = sandbox.files.watch_dir(path, **options)

    def until(self, *expected: tuple[str, str]) -> list[Any]:
        """All events so far, as soon as the expected ones are there, in any order."""

        def enough(events: list[Any]) -> bool:
            return set(expected) <= {(event.name, event.type.value) for event in events}

        if not self.is_asked:
            return self.heard.until(enough)
        events = self.heard.so_far

        def asked() -> bool:
            events.extend(self.handle.get_new_events())
            return enough(events)

        wait_until(asked)
        return events


@contextlib.contextmanager
def watch(client: Client, sandbox: Any, path: str, **options: Any) -> Iterator[Watch]:
    """A watch until the end of a block."""
    watched = Watch(client, sandbox, path, **options)
    try:
        yield watched
    finally:
        watched.handle.stop()


def told(events: list[Any]) -> list[tuple[str, str]]:
    return [(event.name, event.type.value) for event in events]


@pytest.mark.parametrize("octets", [False, True])
def test_an_upload_is_three_events(
    client: Client, shared: Any, folder: str, *, octets: bool
) -> None:
    with watch(client, shared, folder) as watched:
        how = client.octet_stream if octets else {}
        shared.files.write(f"{folder}/file", "new", **how)
        shared.files.make_dir(f"{folder}/end")
        events = watched.until(("end", "create"))
        assert told(events)[:4] == [
            ("file", "create"),
            ("file", "chmod"),
            ("file", "write"),
            ("end", "create"),
        ]


def test_a_rewrite_is_told(client: Client, shared: Any, folder: str) -> None:
    shared.files.write(f"{folder}/file", "old")
    with watch(client, shared, folder) as watched:
        shared.files.write(f"{folder}/file", "new")
        events = watched.until(("file", "write"))
        assert {event.name for event in events} == {"file"}


def test_what_commands_do(client: Client, shared: Any, folder: str) -> None:
    with watch(client, shared, folder) as watched:
        shared.commands.run("echo a > a; chmod 600 a; mv a b; rm b; mkdir c", cwd=folder)
        assert told(watched.until(("c", "create"))) == [
            ("a", "create"),
            ("a", "write"),
            ("a", "chmod"),
            ("a", "rename"),
            ("b", "create"),
            ("b", "remove"),
            ("c", "create"),
        ]


def test_what_the_client_does(client: Client, shared: Any, folder: str) -> None:
    with watch(client, shared, folder) as watched:
        shared.files.make_dir(f"{folder}/old")
        shared.files.rename(f"{folder}/old", f"{folder}/new")
        shared.files.remove(f"{folder}/new")
        events = told(watched.until(("new", "remove")))
        wanted = ("old", "create"), ("old", "rename"), ("new", "create"), ("new", "remove")
        assert [event for event in events if event in wanted] == list(wanted)


def test_below_a_directory(client: Client, shared: Any, folder: str) -> None:
    shared.files.make_dir(f"{folder}/there/already")
    with (
        watch(client, shared, folder, recursive=True) as deep,
        watch(client, shared, folder) as flat,
    ):
        shared.files.write(f"{folder}/there/already/file", "new")
        deep.until(("there/already/file", "create"), ("there/already/file", "write"))
        shared.files.make_dir(f"{folder}/later")
        deep.until(("later", "create"))
        # The news of a directory says that it is watched.
        shared.files.write(f"{folder}/later/file", "new")
        deep.until(("later/file", "create"))
        assert {event.name for event in flat.until(("later", "create"))} == {"later"}


@only_newest
def test_what_an_event_is_about(client: Client, shared: Any, folder: str, owner: str) -> None:
    with watch(client, shared, folder, include_entry=True) as watched:
        shared.commands.run("umask 27; echo 1234 > file", cwd=folder)
        shared.files.write(f"{folder}/noted", "12", metadata={"purpose": "conformance"})
        shared.files.remove(f"{folder}/file")
        events = watched.until(("file", "remove"))
        last = {(event.name, event.type.value): event.entry for event in events}
        entry = last["noted", "write"]
        assert (entry.path, entry.size, entry.owner) == (f"{folder}/noted", 2, owner)
        assert entry.metadata == {"purpose": "conformance"}
        assert last["file", "remove"] is None


def test_an_end(client: Client, shared: Any, folder: str) -> None:
    with watch(client, shared, folder) as watched:
        shared.files.make_dir(f"{folder}/seen")
        watched.until(("seen", "create"))
    shared.files.make_dir(f"{folder}/unseen")
    if watched.is_asked:
        with pytest.raises(client.SandboxException, match="already stopped"):
            watched.handle.get_new_events()
    assert {event.name for event in watched.heard.so_far} == {"seen"}


@only_asyncio
def test_a_timeout(client: Client, shared: Any, folder: str) -> None:
    watched = Watch(client, shared, folder, timeout=2)
    (error,) = watched.ended.until(bool)
    assert isinstance(error, client.TimeoutException)


def test_what_cannot_be_watched(client: Client, shared: Any, folder: str) -> None:
    with pytest.raises(client.FileNotFoundException, match="missing"):
        Watch(client, shared, f"{folder}/missing")
    shared.files.write(f"{folder}/file", "")
    with pytest.raises(client.InvalidArgumentException, match="not a directory"):
        Watch(client, shared, f"{folder}/file")
    with pytest.raises(client.AuthenticationException, match="nobody-known"):
        Watch(client, shared, folder, user="nobody-known")


def test_a_killed_sandbox_ends_it(client: Client) -> None:
    sandbox = client.create(timeout=60)
    watched = Watch(client, sandbox, "/home/user")
    sandbox.kill()
    if watched.is_asked:
        with pytest.raises(client.TimeoutException):
            watched.handle.get_new_events()
    else:
        (error,) = watched.ended.until(bool)
        # Derived clients hand on what their transport says.
        assert isinstance(error, client.SandboxException if client.is_newest else Exception)
