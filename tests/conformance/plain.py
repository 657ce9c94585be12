"""HTTP requests of those who have no client."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit


def ask(url: str, content: bytes | None = None, **headers: str) -> tuple[int, bytes]:
    """The answer to a request; one with content is a POST. Headers are named with underscores."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=20)
    try:
        connection.request(
            "GET" if content is None else "POST",
            f"{parts.path or '/'}?{parts.query}",
            content,
            {name.replace("_", "-"): value for name, value in headers.items()},
        )
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()
