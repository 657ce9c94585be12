"""Files, with the published clients for Python, unmodified."""

from __future__ import annotations

import hashlib
import io
import secrets
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta, timezone
from itertools import count
from typing import Any

import pytest
from clients import Client, only_newest

TEXT = "first line\nKlänge 音 🎵\n"
MEGABYTES = secrets.token_bytes(3_000_000)
NUMBERS = count()


@pytest.fixture
def folder(shared: Any) -> str:
    """A directory of a test's own."""
    path = f"/home/user/{next(NUMBERS)}"
    shared.files.make_dir(path)
    return path


def sha256_inside(sandbox: Any, path: str) -> str:
    return sandbox.commands.run(f"sha256sum {path}").stdout.split()[0]


def names(entries: list[Any]) -> list[tuple[str, str]]:
    return [(entry.path, entry.type.value) for entry in entries]


@pytest.mark.parametrize(
    "data",
    [TEXT, TEXT.encode(), io.BytesIO(TEXT.encode()), io.StringIO(TEXT)],
    ids=["str", "bytes", "binary-file", "text-file"],
)
@pytest.mark.parametrize("how", ["plain", "octet-stream", "gzip"])
def test_a_write_and_a_read(client: Client, shared: Any, folder: str, data: Any, how: str) -> None:
    options = {"plain": {}, "octet-stream": client.octet_stream, "gzip": {"gzip": True}}
    if hasattr(data, "seek"):
        data.seek(0)
    written = shared.files.write(f"{folder}/new/text", data, **options[how])
    assert (written.name, written.path) == ("text", f"{folder}/new/text")
    assert shared.commands.run(f"cat {written.path}").stdout == TEXT
    compressed = {"gzip": how == "gzip"}
    assert shared.files.read(written.path, **compressed) == TEXT
    assert shared.files.read(written.path, format="bytes", **compressed) == TEXT.encode()
    stream = shared.files.read(written.path, format="stream", **compressed)
    assert b"".join(stream) == TEXT.encode()


@pytest.mark.parametrize("data", ["", b"\0\xff\xfe", MEGABYTES], ids=["empty", "binary", "large"])
def test_contents_are_kept(shared: Any, folder: str, data: Any) -> None:
    path = f"{folder}/file"
    shared.files.write(path, data)
    expected = data or b""
    assert shared.files.read(path, format="bytes") == expected
    assert b"".join(shared.files.read(path, format="stream")) == expected
    assert sha256_inside(shared, path) == hashlib.sha256(expected).hexdigest()


@only_newest
def test_a_write_from_an_iterator(client: Client, shared: Any, folder: str) -> None:
    def pieces() -> Iterator[bytes]:
        for start in range(0, len(MEGABYTES), 70_000):
            yield MEGABYTES[start : start + 70_000]

    async def pieces_later() -> AsyncIterator[bytes]:
        for piece in pieces():
            yield piece

    for gzip in (False, True):
        data = pieces_later() if client.is_asyncio else pieces()
        shared.files.write(f"{folder}/file", data, gzip=gzip)
        assert sha256_inside(shared, f"{folder}/file") == hashlib.sha256(MEGABYTES).hexdigest()


def test_several_files_at_once(shared: Any, folder: str) -> None:
    entries = [
        {"path": f"{folder}/a", "data": "one"},
        {"path": f"{folder}/deep/b c+&=é", "data": b"two"},
        {"path": f"{folder}/c", "data": io.BytesIO(b"three")},
    ]
    written = shared.files.write_files(entries)
    assert [(it.name, it.path) for it in written] == [
        (entry["path"].rpartition("/")[2], entry["path"]) for entry in entries
    ]
    assert [shared.files.read(it.path) for it in written] == ["one", "two", "three"]
    assert shared.files.write_files([]) == []


def test_a_write_replaces(shared: Any, folder: str) -> None:
    path = f"{folder}/file"
    shared.files.write(path, "something long")
    shared.commands.run(f"chmod 600 {path} && ln -s file {folder}/link")
    shared.files.write(f"{folder}/link", "short")
    assert shared.files.read(path) == "short"
    assert shared.commands.run(f"stat -c %a {path}; readlink {folder}/link").stdout == "600\nfile\n"


def test_information(shared: Any, folder: str, owner: str) -> None:
    shared.files.write(f"{folder}/file", "12345")
    shared.commands.run("chmod 640 file; ln -s file link; ln -s / root", cwd=folder)
    info = shared.files.get_info(f"{folder}/file")
    assert (info.name, info.path, info.type.value) == ("file", f"{folder}/file", "file")
    assert (info.size, info.mode, info.permissions) == (5, 0o640, "-rw-r-----")
    assert (info.owner, info.group, info.symlink_target) == (owner, owner, None)
    assert abs(
        datetime.now(timezone.utc) - info.modified_time.replace(tzinfo=timezone.utc)
    ) < timedelta(seconds=60)
    directory = shared.files.get_info(folder)
    assert (directory.type.value, directory.permissions) == ("dir", "drwxr-xr-x")
    assert shared.files.get_info(f"{folder}/link").symlink_target == f"{folder}/file"
    assert shared.files.get_info(f"{folder}/root").symlink_target == "/"


def test_a_list(client: Client, shared: Any, folder: str) -> None:
    shared.files.write(f"{folder}/b/c/file", "")
    shared.files.write(f"{folder}/a", "")
    assert names(shared.files.list(folder)) == [(f"{folder}/a", "file"), (f"{folder}/b", "dir")]
    deep = names(shared.files.list(folder, depth=2))
    assert deep == [(f"{folder}/a", "file"), (f"{folder}/b", "dir"), (f"{folder}/b/c", "dir")]
    assert len(shared.files.list(folder, depth=9)) == 4
    assert shared.files.list(f"{folder}/b/c")[0].size == 0
    with pytest.raises(client.InvalidArgumentException, match="depth should be at least 1"):
        shared.files.list(folder, depth=0)


def test_directories(shared: Any, folder: str, owner: str) -> None:
    assert shared.files.make_dir(f"{folder}/a/b") is True
    assert shared.files.make_dir(f"{folder}/a/b") is False
    assert shared.files.exists(f"{folder}/a")
    made = shared.commands.run(f"stat -c '%U %a' {folder}/a").stdout
    assert made == f"{owner} 755\n"
    shared.files.write(f"{folder}/a/b/file", "")
    shared.files.remove(f"{folder}/a")
    assert not shared.files.exists(f"{folder}/a")
    shared.files.remove(f"{folder}/a")


def test_a_rename(client: Client, shared: Any, folder: str) -> None:
    shared.files.write(f"{folder}/old", "kept")
    moved = shared.files.rename(f"{folder}/old", f"{folder}/deep/new")
    assert (moved.name, moved.path, moved.size) == ("new", f"{folder}/deep/new", 4)
    assert not shared.files.exists(f"{folder}/old")
    assert shared.files.read(f"{folder}/deep/new") == "kept"
    with pytest.raises(client.FileNotFoundException, match="source file not found"):
        shared.files.rename(f"{folder}/old", f"{folder}/newer")


def test_paths_and_users(shared: Any, folder: str) -> None:
    name = folder.rpartition("/")[2]
    assert shared.files.write(f"{name}/relative", "a").path == f"{folder}/relative"
    assert shared.files.read(f"~/{name}/relative") == "a"
    path = f"of-root-{name}"
    assert shared.files.write(path, "b", user="root").path == f"/root/{path}"
    assert shared.files.read(f"/root/{path}") == "b"
    assert shared.files.get_info(path, user="root").owner == "root"
    assert not shared.files.exists(path)


def test_what_is_not_there(client: Client, shared: Any, folder: str) -> None:
    missing = f"{folder}/missing"
    for call in (shared.files.read, shared.files.get_info, shared.files.list):
        with pytest.raises(client.FileNotFoundException, match="missing"):
            call(missing)
    assert not shared.files.exists(missing)


def test_what_is_of_another_kind(client: Client, shared: Any, folder: str) -> None:
    shared.files.write(f"{folder}/file", "")
    with pytest.raises(client.InvalidArgumentException, match=f"path '{folder}' is a directory"):
        shared.files.read(folder)
    with pytest.raises(client.InvalidArgumentException, match=f"path is a directory: {folder}"):
        shared.files.write(folder, "")
    with pytest.raises(client.InvalidArgumentException, match="path is not a directory"):
        shared.files.list(f"{folder}/file")
    with pytest.raises(client.InvalidArgumentException):
        shared.files.make_dir(f"{folder}/file")
    with pytest.raises(client.SandboxException, match="path is a file"):
        shared.files.write(f"{folder}/file/below", "")


def test_nobody_known(client: Client, shared: Any) -> None:
    user = {"user": "nobody-known"}
    with pytest.raises(client.AuthenticationException, match="unknown user nobody-known"):
        shared.files.read("file", **user)
    with pytest.raises(client.AuthenticationException, match="unknown user nobody-known"):
        shared.files.write("file", "", **user)
    for call in (shared.files.list, shared.files.get_info, shared.files.make_dir):
        with pytest.raises(client.AuthenticationException, match="invalid username"):
            call("/home/user", **user)


@only_newest
def test_metadata(client: Client, shared: Any, folder: str) -> None:
    path = f"{folder}/file"
    for octets in (False, True):
        metadata = {"Purpose": "conformance, of all", "n": str(octets)}
        kept = {name.lower(): value for name, value in metadata.items()}
        written = shared.files.write(path, "", metadata=metadata, use_octet_stream=octets)
        assert written.metadata == kept
        assert shared.files.get_info(path).metadata == kept
        assert shared.files.list(folder)[0].metadata == kept
    assert shared.files.rename(path, f"{path}2").metadata == kept
    shared.files.write(f"{path}2", "")
    assert shared.files.get_info(f"{path}2").metadata is None
    with pytest.raises(client.InvalidArgumentException, match="metadata"):
        shared.files.write(path, "", metadata={"n": "é"})
