"""The answers of the code interpreter in a sandbox."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from recording_server import Request, Response

from .answers import Answers, always
from .values import STARTED_AT

if TYPE_CHECKING:
    from . import Service

CONTEXT = {"id": "context", "language": "python", "cwd": "/home/user"}
EVENTS = [
    {"type": "number_of_executions", "execution_count": 1},
    {"type": "stdout", "text": "hello\n", "timestamp": STARTED_AT},
    {"type": "result", "text": "2", "is_main_result": True},
    {"type": "end_of_execution"},
]


def executed(_service: Service, _request: Request) -> Response:
    return Response(200, {}, b"".join(json.dumps(event).encode() + b"\n" for event in EVENTS))


ANSWERS: Answers = [
    (r"GET /health", always(200, "OK")),
    (r"POST /execute", executed),
    (r"POST /contexts", always(200, CONTEXT)),
    (r"GET /contexts", always(200, [CONTEXT])),
    (r"DELETE /contexts/[^/]+", always(200, {})),
    (r"POST /contexts/[^/]+/restart", always(200, {})),
]
