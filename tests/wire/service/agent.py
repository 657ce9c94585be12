"""The answers of the agent in a sandbox."""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from recording_server import Request, Response

from .answers import Answers, always, as_json
from .values import PROCESS_ID, STARTED_AT

if TYPE_CHECKING:
    from . import Service

LAST_FRAME = 2
"""The flag of the frame that ends a stream."""


def stream(*messages: object) -> Callable[..., Response]:
    """Answers a call with a stream of messages, which ends well."""
    frames = [(0, message) for message in messages] + [(LAST_FRAME, {})]
    content = b"".join(frame(flag, message) for flag, message in frames)
    response = Response(200, {"content-type": "application/connect+json"}, content)
    return lambda _service, _request: response


def frame(flag: int, message: object) -> bytes:
    """A message of a stream: a flag, its length, and its JSON."""
    content = json.dumps(message, separators=(",", ":")).encode()
    return struct.pack(">BI", flag, len(content)) + content


def text(content: str) -> str:
    """Bytes as JSON has them."""
    return base64.b64encode(content.encode()).decode()


ENTRY = {
    "name": "note.txt",
    "type": "FILE_TYPE_FILE",
    "path": "/home/user/note.txt",
    "size": "5",
    "mode": 420,
    "permissions": "-rw-r--r--",
    "owner": "user",
    "group": "user",
    "modifiedTime": STARTED_AT,
}
STARTED = {"event": {"start": {"pid": PROCESS_ID}}}
ENDED = {"event": {"end": {"exited": True, "status": "exit status 0"}}}
RUNNING = {
    "processes": [
        {"config": {"cmd": "/bin/bash", "args": ["-l", "-c", "sleep 60"]}, "pid": PROCESS_ID}
    ]
}


def read(_service: Service, _request: Request) -> Response:
    return Response(200, {"content-type": "text/plain; charset=utf-8"}, b"hello")


def written(_service: Service, request: Request) -> Response:
    """What was written: as many files as came, and of one its path."""
    query = parse_qs(urlsplit(request.target).query)
    path = query.get("path", ["/home/user/note.txt"])[0]
    count = max(request.body.count(b"Content-Disposition"), request.body.count(b"filename="), 1)
    files = [{"name": "note.txt", "type": "file", "path": path}] * count
    return as_json(200, files)


PROCESS = "POST /process.Process"
FILESYSTEM = "POST /filesystem.Filesystem"

ANSWERS: Answers = [
    (r"GET /health", always(204)),
    (r"GET /files", read),
    (r"POST /files", written),
    (f"{PROCESS}/Start", stream(STARTED, {"event": {"data": {"stdout": text("hello\n")}}}, ENDED)),
    (f"{PROCESS}/Connect", stream(STARTED, ENDED)),
    (f"{PROCESS}/StreamInput", stream({})),
    (f"{PROCESS}/List", always(200, RUNNING)),
    (f"{PROCESS}/(?:SendInput|SendSignal|CloseStdin|Update)", always(200, {})),
    (f"{FILESYSTEM}/(?:Stat|MakeDir|Move)", always(200, {"entry": ENTRY})),
    (f"{FILESYSTEM}/ListDir", always(200, {"entries": [ENTRY]})),
    (f"{FILESYSTEM}/WatchDir", stream({"start": {}})),
    (f"{FILESYSTEM}/CreateWatcher", always(200, {"watcherId": "watcher"})),
    (f"{FILESYSTEM}/GetWatcherEvents", always(200, {"events": []})),
    (f"{FILESYSTEM}/(?:Remove|RemoveWatcher)", always(200, {})),
]
