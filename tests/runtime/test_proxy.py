"""Traffic to sandboxes, as any HTTP client sees it."""

from __future__ import annotations

import http.client
import json
import socket
import struct
from collections.abc import Iterator

import pytest
from servers import Server, wait_until

from sandspan import Sandbox

ECHO = """
import http.server

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.headers.get("Upgrade") == "echo":
            self.send_response(101)
            self.send_header("Connection", "upgrade")
            self.send_header("Upgrade", "echo")
            self.end_headers()
            while data := self.connection.recv(1000):
                self.connection.sendall(data)
            return
        body = f"{self.path} {self.headers['Host']} {self.headers['X-Forwarded-For']}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

http.server.ThreadingHTTPServer(("127.0.0.1", 8000), Handler).serve_forever()
"""


@pytest.fixture
def sandbox(server: Server) -> Iterator[Sandbox]:
    """A sandbox with a server on port 8000."""
    with server.create() as sandbox:
        handle = sandbox.commands.run("python -", stdin=True, background=True, timeout=0)
        handle.send_stdin(ECHO)
        handle.close_stdin()
        wait_until(lambda: get(server, sandbox, "/")[0] == 200)
        yield sandbox


def get(
    server: Server, sandbox: Sandbox, path: str, port: int = 8000, **headers: str
) -> tuple[int, str]:
    """Asks a port of a sandbox by its host name."""
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=10)
    host = f"{port}-{sandbox.sandbox_id}.localhost"
    connection.request("GET", path, headers={"Host": host} | headers)
    response = connection.getresponse()
    body = response.read().decode()
    connection.close()
    return response.status, body


def test_requests_reach_a_port(server: Server, sandbox: Sandbox) -> None:
    host = f"8000-{sandbox.sandbox_id}.localhost"
    answer = get(server, sandbox, "/path?query=1", **{"X-Forwarded-For": "203.0.113.9"})
    assert answer == (200, f"/path?query=1 {host} None")
    routed = server.request(
        "GET", "/", headers={"E2b-Sandbox-Id": sandbox.sandbox_id, "E2b-Sandbox-Port": "8000"}
    )
    assert routed[0] == 200


def test_a_closed_port_and_a_missing_sandbox_say_so(server: Server, sandbox: Sandbox) -> None:
    closed = {
        "sandboxId": sandbox.sandbox_id,
        "message": "The sandbox is running but port is not open",
        "port": 81,
        "code": 502,
    }
    assert get(server, sandbox, "/", port=81) == (502, json.dumps(closed, separators=(",", ":")))
    status, answer = server.request(
        "GET", "/", headers={"PPIO-Sandbox-Id": "inotthere", "PPIO-Sandbox-Port": "80"}
    )
    assert status == 502
    assert answer == {
        "sandboxId": "inotthere",
        "message": "The sandbox was not found",
        "code": 502,
    }


def test_what_the_runtime_alone_may_ask_is_not_passed_on(server: Server, sandbox: Sandbox) -> None:
    own = ("deadline", "suspend", "resume", "unused")
    for path in ("/init", "//init", "/x/../sandspan/deadline", *(f"/sandspan/{it}" for it in own)):
        status, body = get(server, sandbox, path, port=49983)
        assert (status, json.loads(body)["code"]) == (404, 404)
    status, body = get(server, sandbox, "/process.Process/List", port=49983)
    assert (status, json.loads(body)["code"]) == (401, 401)


def test_protocols_can_be_switched_and_end_with_the_sandbox(
    server: Server, sandbox: Sandbox
) -> None:
    with connect(
        server, sandbox, 8000, "GET / HTTP/1.1", "Connection: Upgrade", "Upgrade: echo"
    ) as it:
        assert b" 101 " in receive_until(it, b"\r\n\r\n")
        it.sendall(b"hello")
        assert it.recv(100) == b"hello"
        assert sandbox.kill()
        with pytest.raises(ConnectionResetError):
            it.recv(100)


def test_a_stream_is_reset_when_its_sandbox_is_killed(server: Server, sandbox: Sandbox) -> None:
    body = json.dumps({"process": {"cmd": "sleep", "args": ["100"]}}).encode()
    frame = struct.pack(">BI", 0, len(body)) + body
    token = server.request("POST", f"/sandboxes/{sandbox.sandbox_id}/connect", {"timeout": 60})[1]
    lines = (
        "POST /process.Process/Start HTTP/1.1",
        "Content-Type: application/connect+json",
        f"Content-Length: {len(frame)}",
        f"X-Access-Token: {token['envdAccessToken']}",
    )
    with connect(server, sandbox, 49983, *lines) as connection:
        connection.sendall(frame)
        assert b'"start"' in receive_until(connection, b'"start"')
        assert sandbox.kill()
        with pytest.raises(ConnectionResetError):
            receive_until(connection, b"the end, which never comes")


def connect(server: Server, sandbox: Sandbox, port: int, *lines: str) -> socket.socket:
    """Sends the head of a request for a port of a sandbox."""
    host, own_port = server.url.removeprefix("http://").split(":")
    connection = socket.create_connection((host, int(own_port)), timeout=10)
    head = (*lines, f"Host: {port}-{sandbox.sandbox_id}.localhost", "", "")
    connection.sendall("\r\n".join(head).encode())
    return connection


def receive_until(connection: socket.socket, end: bytes) -> bytes:
    """Receives up to a text that must come."""
    received = b""
    while end not in received:
        piece = connection.recv(1000)
        assert piece, received
        received += piece
    return received
