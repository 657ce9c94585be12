"""Files and directories: what the package returns and takes.

The package loads this when it is first looked for.
"""

from __future__ import annotations

from enum import Enum
from typing import IO, Any, TypedDict

from sandspan._dataclass import dataclass, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Iterable
    from datetime import datetime


class FileType(str, Enum):
    """What stands under a path."""

    FILE = "file"
    """A file."""
    DIR = "dir"
    """A directory."""
    SYMLINK = "symlink"
    """A symbolic link."""


class FilesystemEventType(str, Enum):
    """What happened to a file or a directory."""

    CHMOD = "chmod"
    """Its permissions or its owner changed."""
    CREATE = "create"
    """It was made."""
    REMOVE = "remove"
    """It was removed."""
    RENAME = "rename"
    """It was renamed; under its new name it was made."""
    WRITE = "write"
    """It was written to."""


@dataclass
class WriteInfo:
    """A file that was written."""

    name: str
    """The last part of its path."""
    type: FileType | None
    """What it is; `None` where the service has another word for it."""
    path: str
    """Its whole path."""
    metadata: dict[str, str] | None = field(default=None, kw_only=True)
    """The names and values that are stored with it, if there are any."""


@dataclass
class EntryInfo(WriteInfo):
    """A file or a directory."""

    size: int
    """Its size in bytes."""
    mode: int
    """Its permission bits; of a symbolic link, those of what it leads to."""
    permissions: str
    """Its permissions as `ls` shows them, such as `-rw-r--r--`."""
    owner: str
    """The name of the user who owns it."""
    group: str
    """The name of the group that it belongs to."""
    modified_time: datetime
    """When it was written to last. In UTC."""
    symlink_target: str | None = None
    """Where a symbolic link leads in the end."""


@dataclass
class FilesystemEvent:
    """Something that happened in a directory that is watched."""

    name: str
    """What it happened to, as a path from that directory."""
    type: FilesystemEventType
    """What happened."""
    entry: EntryInfo | None = None
    """What it happened to, where `include_entry` was asked for and it is still there."""


class WriteEntry(TypedDict):
    """A file to write, for both classes of sandboxes."""

    path: str
    """Its path."""
    data: str | bytes | IO[Any]
    """Text, written as UTF-8, or bytes, or a file to read them from."""


class SyncWriteEntry(TypedDict):
    """A file to write, for `Sandbox`."""

    path: str
    """Its path."""
    data: str | bytes | IO[Any] | Iterable[bytes]
    """As in `WriteEntry`, or an iterable of bytes."""


class AsyncWriteEntry(TypedDict):
    """A file to write, for `AsyncSandbox`."""

    path: str
    """Its path."""
    data: str | bytes | IO[Any] | Iterable[bytes] | AsyncIterable[bytes]
    """As in `WriteEntry`, or an iterable of bytes, asynchronous or not."""
