"""Makes vectors of what was recorded: requests as data, without what differs each time."""

from __future__ import annotations

import gzip
import json
import re
import struct
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from recording_server import Exchange, Request, Response

KEPT = re.compile(
    r"host|authorization|x-api-key|x-access-token|e2b-traffic-access-token|idempotency-key"
    r"|.*-sandbox-(id|port)|content-type|content-encoding|connect-.*|keepalive-ping-interval"
    r"|x-metadata-.*|x-custom"
)
"""The headers that a service goes by, and one of the tests' own."""
TRANSPORT = {
    *("accept", "accept-encoding", "accept-language", "connection", "content-length"),
    *("sec-fetch-mode", "transfer-encoding", "te"),
}
"""Headers that say nothing but how a client's library speaks HTTP."""
UNCHANGED = "identity"
"""The encoding that is none, which some packages name and others do not."""
ASYNCIO_CLASS = re.compile(r"\bAsync(?=[A-Z])")
"""How the names of classes for asyncio start, where an error names one."""
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
CONNECT_STREAM = "application/connect+json"


def exchange(recorded: Exchange) -> dict[str, Any]:
    """An exchange as vectors have it."""
    return {"request": request(recorded.request), "response": response(recorded.response)}


def request(recorded: Request) -> dict[str, Any]:
    """A request as vectors have it."""
    parts = urlsplit(recorded.target)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    headers = {name: value for name, value in sorted(recorded.headers) if is_kept(name, value)}
    if "content-type" in headers:
        # The boundary of a form is another one each time.
        headers["content-type"] = headers["content-type"].partition("; boundary=")[0]
    described: dict[str, Any] = {"method": recorded.method, "path": parts.path}
    if query:
        described["query"] = query
    return described | {"headers": headers} | body(recorded.header("content-type"), recorded)


def is_kept(name: str, value: str) -> bool:
    """Whether a header is part of what is asked."""
    if name == "accept-encoding":
        # Callers ask for compression by it. What libraries accept by themselves is longer.
        return value == "gzip"
    return KEPT.fullmatch(name) is not None and value != UNCHANGED


def response(recorded: Response) -> dict[str, Any]:
    """An answer as vectors have it."""
    described: dict[str, Any] = {"status": recorded.status}
    body = content(recorded.headers.get("content-type", ""), recorded.body)
    # The form of the body tells its type.
    headers = {
        name: value
        for name, value in recorded.headers.items()
        if name != "content-type" or "text" in body
    }
    return described | ({"headers": headers} if headers else {}) | body


def body(content_type: str, recorded: Request) -> dict[str, Any]:
    """The body of a request."""
    raw = recorded.body
    if recorded.header("content-encoding") == "gzip":
        raw = gzip.decompress(raw)
    if content_type.startswith("multipart/form-data"):
        return {"form": form(content_type, raw)}
    return content(content_type, raw)


def content(content_type: str, raw: bytes) -> dict[str, Any]:
    """A body by its type: JSON, the frames of a stream, a text, or the numbers of its bytes."""
    if not raw:
        return {}
    if content_type.startswith(CONNECT_STREAM):
        return {"frames": frames(raw)}
    if content_type.startswith("application/json"):
        return {"json": in_order(json.loads(raw))}
    try:
        return {"text": raw.decode()}
    except UnicodeDecodeError:
        return {"bytes": list(raw)}


def in_order(value: Any) -> Any:
    """JSON with the names of objects in one order, for some packages send them in any."""
    match value:
        case dict():
            return {name: in_order(value[name]) for name in sorted(value)}
        case list():
            return [in_order(item) for item in value]
    return value


def frames(raw: bytes) -> list[Any]:
    """The messages of a stream, the one that ends it under `end`."""
    messages = []
    while raw:
        flag, length = struct.unpack(">BI", raw[:5])
        message = in_order(json.loads(raw[5 : 5 + length]))
        messages.append({"end": message} if flag & 2 else message)
        raw = raw[5 + length :]
    return messages


def form(content_type: str, raw: bytes) -> list[dict[str, Any]]:
    """The parts of a form."""
    boundary = re.search(r'boundary="?([^";]+)', content_type)
    assert boundary is not None
    # Before the first one is nothing, and after the last the mark of the end.
    pieces = (b"\r\n" + raw).split(f"\r\n--{boundary[1]}".encode())[1:-1]
    return [part(piece.removeprefix(b"\r\n")) for piece in pieces]


def part(raw: bytes) -> dict[str, Any]:
    """A part of a form."""
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = [line.partition(":") for line in head.decode().splitlines()]
    headers = {name.lower(): value.strip() for name, _, value in lines}
    named = dict(re.findall(r'(\w+\*?)="?([^";]*)', headers.pop("content-disposition")))
    return named | {"headers": headers} | content("", body)


def without_volatile(value: Any, placeholders: dict[str, str]) -> Any:
    """Puts names in the place of what another service, or another run, has otherwise."""
    text = json.dumps(value, ensure_ascii=False)
    for name, found in placeholders.items():
        text = text.replace(found, f"{{{name}}}")
    return json.loads(UUID.sub("{uuid}", ASYNCIO_CLASS.sub("", text)))


def left_out(recorded: list[Exchange]) -> list[str]:
    """The headers that were sent and are not in the vectors: what a package says of itself."""
    sent = {name for each in recorded for name, _ in each.request.headers}
    return sorted(name for name in sent - TRANSPORT if not KEPT.fullmatch(name))


def variants(outcomes: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Puts those together that did the same, in the order of their packages."""
    found: list[dict[str, Any]] = []
    for package, outcome in outcomes.items():
        for variant in found:
            if {name: value for name, value in variant.items() if name != "sdks"} == outcome:
                variant["sdks"].append(package)
                break
        else:
            found.append({"sdks": [package], **outcome})
    return found
