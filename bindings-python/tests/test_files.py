"""Files from and to Python's own objects."""

from __future__ import annotations

import asyncio
import io
import tempfile
from typing import IO, TYPE_CHECKING, Any

import pytest

from sandspan import (
    AsyncFileStreamReader,
    AsyncSandbox,
    FileStreamReader,
    FileType,
    InvalidArgumentException,
    Sandbox,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

SIZE = 3 << 20


class Upload:
    """What a web framework hands over: it has `read`, and is no file of Python's."""

    def __init__(self, text: str | bytes) -> None:
        self.file: IO[Any] = io.StringIO(text) if isinstance(text, str) else io.BytesIO(text)

    def read(self, size: int = -1) -> Any:  # noqa: ANN401 (text or bytes)
        return self.file.read(size)


def pieces() -> Iterator[Any]:
    yield b"one "
    yield b""
    yield bytearray(b"two ")
    yield memoryview(b"three")


def sources() -> list[Any]:
    return [
        "one two three",
        b"one two three",
        bytearray(b"one two three"),
        memoryview(b"one two three"),
        io.BytesIO(b"one two three"),
        io.StringIO("one two three"),
        Upload(b"one two three"),
        Upload("one two three"),
        [b"one ", b"two ", b"three"],
        pieces(),
    ]


def test_all_that_has_bytes_is_written(sandbox: Sandbox) -> None:
    for source in sources():
        sandbox.files.write("file", source)
        assert sandbox.files.read("file") == "one two three"


def test_asyncio_writes_the_same_and_what_is_awaited() -> None:
    async def awaited() -> AsyncIterator[bytes]:
        for piece in pieces():
            await asyncio.sleep(0)
            yield piece

    async def run() -> None:
        async with await AsyncSandbox.create() as sandbox:
            for source in [*sources(), awaited()]:
                await sandbox.files.write("file", source)
                assert await sandbox.files.read("file") == "one two three"

    asyncio.run(run())


def test_many_files_come_from_different_sources(sandbox: Sandbox) -> None:
    with tempfile.TemporaryFile() as file:
        file.write(b"x" * SIZE)
        file.seek(0)
        written = sandbox.files.write_files(
            [
                {"path": "a", "data": "text"},
                {"path": "b", "data": file},
                {"path": "c", "data": pieces()},
            ]
        )
    assert [info.path for info in written] == ["/home/user/a", "/home/user/b", "/home/user/c"]
    assert written[0].type is FileType.FILE
    assert sandbox.files.get_info("b").size == SIZE
    assert sandbox.files.read("c") == "one two three"


def test_bytes_are_a_bytearray(sandbox: Sandbox) -> None:
    sandbox.files.write("file", b"\0\xff")
    content = sandbox.files.read("file", format="bytes")
    assert type(content) is bytearray
    assert content == b"\0\xff"


def test_a_stream_is_read_and_closed(sandbox: Sandbox) -> None:
    sandbox.files.write("file", b"x" * SIZE)
    with sandbox.files.read("file", format="stream") as stream:
        assert isinstance(stream, FileStreamReader)
        assert sum(len(piece) for piece in stream) == SIZE
    with sandbox.files.read("file", format="stream") as stream:
        assert type(next(stream)) is bytes
    assert list(stream) == []
    stream.close()


def test_a_stream_of_asyncio_is_read_and_closed() -> None:
    async def run() -> None:
        async with await AsyncSandbox.create() as sandbox:
            await sandbox.files.write("file", b"x" * SIZE)
            async with await sandbox.files.read("file", format="stream") as stream:
                assert isinstance(stream, AsyncFileStreamReader)
                assert sum([len(piece) async for piece in stream]) == SIZE
            stream = await sandbox.files.read("file", format="stream")
            assert type(await stream.__anext__()) is bytes
            await stream.aclose()
            assert [piece async for piece in stream] == []

    asyncio.run(run())


def test_what_a_source_raises_is_raised_and_nothing_is_written(sandbox: Sandbox) -> None:
    def fail() -> Iterator[bytes]:
        yield b"x" * SIZE
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        sandbox.files.write("file", fail())
    with pytest.raises(ZeroDivisionError):
        sandbox.files.write_files([{"path": "file", "data": fail()}])
    assert sandbox.files.list(".") == []


def test_what_a_source_of_asyncio_raises_is_raised_and_nothing_is_written() -> None:
    async def fail() -> AsyncIterator[bytes]:
        yield b"x" * SIZE
        raise ZeroDivisionError

    def fail_in_thread() -> Iterator[bytes]:
        yield b"x" * SIZE
        raise ZeroDivisionError

    async def run() -> None:
        async with await AsyncSandbox.create() as sandbox:
            for source in (fail(), fail_in_thread()):
                with pytest.raises(ZeroDivisionError):
                    await sandbox.files.write("file", source)
            assert await sandbox.files.list(".") == []

    asyncio.run(run())


def test_a_source_can_call_and_block(sandbox: Sandbox) -> None:
    def echo() -> Iterator[bytes]:
        for number in range(3):
            yield sandbox.commands.run(f"echo {number}").stdout.encode()

    sandbox.files.write("file", echo())
    assert sandbox.files.read("file") == "0\n1\n2\n"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (1, "data must be a string, bytes, a file or an iterable of bytes, got int"),
        (None, "data must be a string, bytes, a file or an iterable of bytes, got NoneType"),
        (["text"], "Iterable upload data must yield bytes chunks, got str"),
        ("\ud800", "data has characters that UTF-8 has not"),
    ],
)
def test_other_data_is_refused(sandbox: Sandbox, data: Any, message: str) -> None:  # noqa: ANN401
    with pytest.raises(InvalidArgumentException, match=message):
        sandbox.files.write("file", data)
    assert not sandbox.files.exists("file")


def test_awaited_data_is_for_asyncio(sandbox: Sandbox) -> None:
    async def awaited() -> AsyncIterator[bytes]:
        yield b""

    with pytest.raises(InvalidArgumentException, match="only supported by `AsyncSandbox`"):
        sandbox.files.write("file", awaited())  # type: ignore[arg-type]


def test_entries_are_dictionaries_with_path_and_data(sandbox: Sandbox) -> None:
    for entries, message in [
        ("ab", "files must be a list of dictionaries"),
        ([{"path": "a"}], r"files\[0\] has no `data`"),
        ([{"path": "a", "data": "", "mode": 1}], r"files\[0\] has the unknown key 'mode'"),
        ([{"path": 1, "data": ""}], "path must be a string, got int"),
    ]:
        with pytest.raises(InvalidArgumentException, match=message):
            sandbox.files.write_files(entries)  # type: ignore[arg-type]


def test_a_format_is_one_of_three(sandbox: Sandbox) -> None:
    with pytest.raises(InvalidArgumentException, match="must be one of: text, bytes, stream"):
        sandbox.files.read("file", format="blob")  # type: ignore[call-overload]


def test_an_entry_looks_as_expected(sandbox: Sandbox) -> None:
    sandbox.files.write("file", "x", metadata={"author": "me"})
    info = sandbox.files.get_info("file")
    assert repr(info).startswith(
        "EntryInfo(name='file', type=<FileType.FILE: 'file'>, path='/home/user/file', "
        "metadata={'author': 'me'}, size=1, mode=420, permissions='-rw-r--r--', owner='user', "
    )
