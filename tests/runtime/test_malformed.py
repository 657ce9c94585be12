"""Requests that no client would make. The random ones are the same in each run."""

from __future__ import annotations

import base64
import contextlib
import gzip
import json
import random
import socket
import struct
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from servers import Server, resident_megabytes

from sandspan import Sandbox

SEED = 20261123

START = "/process.Process/Start"

STAT = "/filesystem.Filesystem/Stat"

CALLS = [
    *(f"/process.Process/{name}" for name in ("List", "Connect", "Start", "Update", "StreamInput")),
    *(f"/process.Process/{name}" for name in ("SendInput", "SendSignal", "CloseStdin", "Nothing")),
    *(f"/filesystem.Filesystem/{name}" for name in ("Stat", "MakeDir", "Move", "ListDir")),
    *(f"/filesystem.Filesystem/{name}" for name in ("Remove", "WatchDir", "CreateWatcher")),
    *(f"/filesystem.Filesystem/{name}" for name in ("GetWatcherEvents", "RemoveWatcher")),
]

TYPES = [
    "application/json",
    "application/proto",
    "application/connect+json",
    "application/connect+proto",
    "application/grpc",
    "text/plain",
    "",
]


class Wire:
    """Sends bytes to the agent of a sandbox, by way of the server."""

    def __init__(self, server: Server, sandbox: Sandbox) -> None:
        host, port = server.url.removeprefix("http://").split(":")
        self.address = host, int(port)
        record = server.folder / "state/sandboxes" / sandbox.sandbox_id / "record.json"
        self.token = json.loads(record.read_text())["settings"]["access_token"]
        self.sandbox_id = sandbox.sandbox_id

    def head(self, method: str, path: str, headers: dict[str, str]) -> bytes:
        """The head of a request that the agent would answer."""
        lines = {
            "Host": f"49983-{self.sandbox_id}.localhost",
            "X-Access-Token": self.token,
            "Connection": "close",
        } | headers
        text = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        return f"{method} {path} HTTP/1.1\r\n{text}\r\n".encode()

    def send(self, content: bytes, *, ends: bool = False) -> tuple[int, bytes]:
        """The status of the answer to these bytes and what follows; 0 when there was none."""
        answer = b""
        with socket.create_connection(self.address, timeout=20) as connection:
            # The other side may hang up at any byte.
            with contextlib.suppress(ConnectionError):
                connection.sendall(content)
                if ends:
                    connection.shutdown(socket.SHUT_WR)
            with contextlib.suppress(ConnectionError):
                while part := connection.recv(1 << 16):
                    answer += part
        head, _, body = answer.partition(b"\r\n\r\n")
        if b"transfer-encoding: chunked" in head.lower():
            body = b"".join(chunks(body))
        return (int(head.split(b" ", 2)[1]), body) if head else (0, b"")

    def post(self, path: str, body: bytes, **headers: str) -> tuple[int, bytes]:
        """Posts a body whose length is told as it is."""
        lines = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.send(self.head("POST", path, {"Content-Length": str(len(body))} | lines) + body)


def chunks(body: bytes) -> Iterator[bytes]:
    """The parts of a body that came in parts; it may have been cut off."""
    while body:
        length, _, body = body.partition(b"\r\n")
        size = int(length, 16)
        yield body[:size]
        body = body[size + 2 :]


@pytest.fixture
def wire(server: Server) -> Iterator[Wire]:
    """A sandbox that must be well at the end, as must the server, and neither grown large."""
    assert server.process is not None
    with server.create() as sandbox:
        sandbox.commands.run("echo well")
        agent = server.first_process(sandbox.sandbox_id)
        before = resident_megabytes(agent), resident_megabytes(server.process.pid)
        yield Wire(server, sandbox)
        after = resident_megabytes(agent), resident_megabytes(server.process.pid)
        assert after[0] - before[0] < 16
        assert after[1] - before[1] < 32
        assert sandbox.is_running()
        assert sandbox.commands.run("echo well").stdout == "well\n"
        assert server.first_process(sandbox.sandbox_id) == agent
    assert server.request("GET", "/v2/sandboxes") == (200, [])


def frame(body: bytes, flags: int = 0, length: int | None = None) -> bytes:
    """A message of a stream, which may lie about its length."""
    return struct.pack(">BI", flags, len(body) if length is None else length) + body


ASKED = json.dumps({"process": {"cmd": "/bin/true"}}).encode()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (frame(ASKED, length=len(ASKED) + 1), "invalid_argument"),
        (frame(ASKED, length=len(ASKED) - 1), "unimplemented"),
        (frame(ASKED, length=2**32 - 1), "resource_exhausted"),
        (frame(b"", length=2**31), "resource_exhausted"),
        (frame(ASKED)[:3], "invalid_argument"),
        (frame(ASKED, flags=1), "internal"),
        (frame(ASKED, flags=0xFF), "internal"),
        (frame(b"{"), "invalid_argument"),
        (frame(b"1"), "invalid_argument"),
        (frame(b'{"process": {"cmd": 1}}'), "invalid_argument"),
        (frame(b'{"process": {"cmd": "\xff"}}'), "invalid_argument"),
        (b"", "unimplemented"),
    ],
)
def test_a_stream_that_begins_badly(wire: Wire, body: bytes, code: str) -> None:
    status, answer = wire.post(START, body, Content_Type="application/connect+json")
    assert status in {200, 400, 429}, (status, answer)
    assert f'"code":"{code}"'.encode() in answer.replace(b" ", b""), answer
    assert b"start" not in answer


def test_unknown_fields_mean_nothing(wire: Wire) -> None:
    body = json.dumps({"path": "/tmp", "unknown": {"a": [1, None]}}).encode()
    status, answer = wire.post(STAT, body, Content_Type="application/json")
    assert (status, json.loads(answer)["entry"]["name"]) == (200, "tmp")


@pytest.mark.parametrize("encoded", ["?", "a", "====", "YQ=", "\u00e9"])
def test_base64_that_is_none(wire: Wire, encoded: str) -> None:
    body = json.dumps({"process": {"pid": 1}, "input": {"stdin": encoded}}).encode()
    status, answer = wire.post("/process.Process/SendInput", body, Content_Type="application/json")
    assert (status, json.loads(answer)["code"]) in {(400, "invalid_argument"), (404, "not_found")}


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"[" * 200_000, "application/json"),
        (b'{"a":' * 100_000, "application/json"),
        (b"\x0b" * 500_000, "application/proto"),
        (b"\x0a\xff\xff\xff\xff\x0f", "application/proto"),
        (b"\xff" * 1000, "application/proto"),
        (b"\x0a\x84\x80\x80\x80\x10", "application/proto"),
    ],
)
def test_messages_that_are_too_deep_or_lie(wire: Wire, body: bytes, content_type: str) -> None:
    for call in (STAT, "/process.Process/SendInput", "/filesystem.Filesystem/ListDir"):
        status, answer = wire.post(call, body, Content_Type=content_type)
        assert status == 400, (call, status, answer)


def test_a_message_that_unpacks_to_much(wire: Wire) -> None:
    body = gzip.compress(b'{"path": "' + b"a" * 200_000_000 + b'"}')
    headers = {"Content_Type": "application/json", "Content_Encoding": "gzip"}
    status, answer = wire.post(STAT, body, **headers)
    # Whoever packs messages is told not to.
    assert (status, json.loads(answer)["code"]) == (501, "unimplemented")


def test_a_form_that_has_no_end(wire: Wire) -> None:
    start = b'--b\r\nContent-Disposition: form-data; name="file"; filename="left"\r\n'
    for body in (
        start,
        start + b"\r\n" + b"x" * 100_000,
        start + b"X-Much: " + b"a" * 50_000_000,
        b"a" * 50_000_000,
        b"--b" * 1_000_000,
        start + b"\r\n--c\r\n\r\n--c--\r\n",
        b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nx\r\n--b--\r\n',
        b"--b\r\n\r\nx\r\n--b--\r\n",
    ):
        kind = "multipart/form-data; boundary=b"
        status, answer = wire.post("/files", body, Content_Type=kind)
        assert status in {0, 200, 400}, (status, answer[:200])
        if status == 200:
            assert json.loads(answer) == []
    status, answer = wire.post(STAT, b'{"path": "left"}', Content_Type="application/json")
    assert status == 404, answer
    for kind in (
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/x; boundary=b",
    ):
        status, answer = wire.post("/files", b"--b--", Content_Type=kind)
        assert status in {200, 400}, (kind, status, answer)


def test_an_upload_that_stops_half_way_leaves_nothing(wire: Wire) -> None:
    for headers, body in (
        ({"Content-Length": "1000000"}, b"x" * 500_000),
        ({"Transfer-Encoding": "chunked"}, b"7a120\r\n" + b"x" * 400_000),
        ({"Content-Length": "40", "Content-Encoding": "gzip"}, gzip.compress(b"x" * 99)[:-9]),
    ):
        kind = {"Content-Type": "application/octet-stream"}
        head = wire.head("POST", "/files?path=/tmp/half/file", headers | kind)
        status, answer = wire.send(head + body, ends=True)
        # Nobody is there to read the answer, which may be that of the proxy.
        assert status in {0, 400, 502}, (status, answer)
        listing = json.dumps({"path": "/tmp", "depth": 5}).encode()
        # The end of a connection reaches the agent a moment later.
        status, answer = wire.post(
            "/filesystem.Filesystem/ListDir", listing, Content_Type="application/json"
        )
        assert status == 200
        assert "file" not in [entry["name"] for entry in json.loads(answer).get("entries", [])]


@pytest.mark.parametrize(
    "query",
    [
        {"signature": "v1_" + "A" * 43},
        {"signature": ""},
        {"signature": "v1_" + "A" * 10_000},
        {"signature": "v2_x", "signature_expiration": "99999999999"},
        {"signature": "\u00e9\0", "signature_expiration": "-1"},
    ],
)
def test_forged_signatures(wire: Wire, query: dict[str, str]) -> None:
    wire.token = ""
    shared = {"Host": f"{wire.address[0]}:{wire.address[1]}"}
    for host in ({}, shared):
        path = "/files?" + urlencode({"path": "/etc/passwd"} | query)
        head = wire.head("GET", path, host).replace(b"X-Access-Token: \r\n", b"")
        status, answer = wire.send(head)
        assert (status, json.loads(answer)["message"]) == (401, "invalid signature")


def random_json(chance: random.Random, depth: int = 3) -> object:
    """Any document, with some names that mean something in it."""
    names = ["path", "process", "pid", "cmd", "input", "stdin", "pty", "size", "cols", "depth", "x"]
    simple = [None, True, -1, 2**63, 1e308, "", "~", "/proc/1/mem", "\0", "YQ==", "\ud83d\ude00"]
    if depth == 0 or chance.random() < 0.3:
        return chance.choice(simple)
    if chance.random() < 0.2:
        return [random_json(chance, depth - 1) for _ in range(chance.randrange(3))]
    return {
        chance.choice(names): random_json(chance, depth - 1) for _ in range(chance.randrange(4))
    }


def test_random_requests_to_the_agent(wire: Wire) -> None:
    chance = random.Random(SEED)
    for number in range(300):
        body = json.dumps(random_json(chance)).encode()
        if chance.random() < 0.3:
            body = chance.randbytes(chance.randrange(200))
        kind = chance.choice(TYPES)
        if "connect" in kind and chance.random() < 0.8:
            body = frame(body, chance.choice([0, 0, 0, 1, 2, 255]))
        headers = {"Content_Type": kind, "Connect_Timeout_Ms": "1000"}
        path = chance.choice([*CALLS, "/files?path=/tmp/random", "/files/compose"])
        if "Remove" in path:
            body = body.replace(b"/proc/1/mem", b"/tmp/none").replace(b'"~"', b'"/tmp/none"')
        status, answer = wire.post(path, body, **headers)
        assert status < 500 or status == 501 or b'"code":"internal"' in answer, (
            *(number, path, kind, body),
            *(status, answer[:300]),
        )


def test_random_requests_to_the_server(server: Server, wire: Wire) -> None:
    chance = random.Random(SEED)
    paths = ["/sandboxes/iabc/timeout", "/v2/sandboxes", "/sandboxes", "/sandboxes/metrics"]
    paths += [f"/sandboxes/{wire.sandbox_id}/{name}" for name in ("network", "timeout", "connect")]
    headers = {"Content-Type": "application/json"}
    for number in range(300):
        body = json.dumps(random_json(chance)).encode()
        if chance.random() < 0.3:
            body = chance.randbytes(chance.randrange(200))
        path = chance.choice(paths)
        method = chance.choice(["GET", "POST", "PUT", "PATCH", "OPTIONS"])
        status, answer = server.request(method, path, body, headers)
        assert status < 500, (number, method, path, body, status, answer)
        assert status != 201


def test_random_lines_to_the_proxy(wire: Wire) -> None:
    chance = random.Random(SEED)
    signs = "abc019-.:_%/\\@[] \t\u00e9"
    for _ in range(300):
        host = "".join(chance.choice(signs) for _ in range(chance.randrange(30)))
        port = chance.choice(["49983", "0", "65536", "-1", "", "x", "8000"])
        name = chance.choice(["E2b", "Novita", "PPIO"])
        value = chance.choice([wire.sandbox_id, "i", "", host])
        lines = {
            "Host": chance.choice([host, "localhost", f"{port}-{host}.localhost"]),
            f"{name}-Sandbox-Id": value,
            f"{name}-Sandbox-Port": port,
            "E2b-Traffic-Access-Token": base64.b64encode(chance.randbytes(9)).decode(),
        }
        status, answer = wire.send(wire.head("GET", "/health", lines))
        assert status < 500 or status == 502, (lines, status, answer)
