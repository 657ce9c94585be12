"""The form of an answer, and of the tables of answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from recording_server import Request, Response

Answers = list[tuple[str, Callable[..., Response]]]
"""Patterns of a method and a path, and what answers a request that matches.

That is called with the service, the request and the groups of the pattern.
"""


def as_json(status: int, body: object, **headers: str) -> Response:
    """An answer of JSON."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    content = json.dumps(body, separators=(",", ":")).encode()
    return Response(status, {"content-type": "application/json"} | named, content)


def always(status: int, body: object = None, **headers: str) -> Callable[..., Response]:
    """Answers the same to every request, nothing where there is no body."""
    answer = Response(status) if body is None else as_json(status, body, **headers)
    return lambda _service, _request, *_groups: answer


def body_of(request: Request) -> dict[str, Any]:
    """The object that a request brought, empty where it brought none."""
    return json.loads(request.body) if request.body else {}
