"""Servers inside sandboxes: how they are reached, and by whom."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import http.client
import json
import os
import socket
import time
import urllib.parse
from typing import Any

import pytest
from servers import API_KEY, Server, wait_until

from sandspan import Sandbox

MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""What a WebSocket server shows that it has read the key with."""

BINDS = ("0.0.0.0", "127.0.0.1", "::", "::1", "localhost")

ECHO = """
import base64, hashlib, http.server, json, os, socket, sys

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.headers.get("Upgrade") == "websocket":
            return self.web_socket()
        if self.path == "/slow":
            return self.slow()
        body = json.dumps({key.lower(): value for key, value in self.headers.items()}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def slow(self):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"5\\r\\nfirst\\r\\n")
        with open("/tmp/go") as go:
            # To its end: a pipe that is closed before it is written to would kill the writer.
            go.read()
            self.wfile.write(b"6\\r\\nsecond\\r\\n0\\r\\n\\r\\n")

    def web_socket(self):
        key = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
        self.send_header("Sec-WebSocket-Accept", accept)
        self.end_headers()
        while head := self.rfile.read(2):
            length = head[1] & 127
            mask = self.rfile.read(4)
            text = bytes(byte ^ mask[at % 4] for at, byte in enumerate(self.rfile.read(length)))
            self.wfile.write(bytes([head[0], length]) + text)

class Server(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET

os.path.exists("/tmp/go") or os.mkfifo("/tmp/go")
Server((sys.argv[1], int(sys.argv[2])), Handler).serve_forever()
"""


def serve(sandbox: Sandbox, port: int = 8000, bind: str = "0.0.0.0") -> None:
    """Starts a server in a sandbox and waits until it listens."""
    handle = sandbox.commands.run(
        f"cat > /tmp/{port}.py; exec python3 /tmp/{port}.py {bind} {port}",
        stdin=True,
        background=True,
        timeout=0,
    )
    handle.send_stdin(ECHO)
    handle.close_stdin()
    listening = f":{port:04X} "
    wait_until(lambda: listening in sandbox.commands.run("cat /proc/net/tcp /proc/net/tcp6").stdout)


def create(server: Server, version: str = "/v2", **body: Any) -> tuple[Sandbox, dict[str, Any]]:
    """Makes a sandbox with anything that the API knows, and gives the API's answer too."""
    body = {"templateID": "base", "timeout": 60, "secure": True} | body
    status, answer = server.request("POST", f"{version}/sandboxes", body)
    assert status == 201, answer
    sandbox = Sandbox.connect(answer["sandboxID"], api_url=server.url, api_key=API_KEY)
    return sandbox, answer


def get(
    server: Server, sandbox_id: str, path: str = "/", port: int = 8000, **headers: str
) -> tuple[int, str, http.client.HTTPMessage]:
    """Asks a port of a sandbox by its host name."""
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=20)
    host = f"{port}-{sandbox_id}.localhost"
    with contextlib.closing(connection):
        connection.request("GET", path, headers={"Host": host} | headers)
        with connection.getresponse() as response:
            return response.status, response.read().decode(), response.headers


def test_every_way_to_bind_is_reached_by_host_and_by_headers(server: Server) -> None:
    with server.create() as sandbox:
        for port, bind in enumerate(BINDS, 8000):
            serve(sandbox, port, bind)
            assert get(server, sandbox.sandbox_id, port=port)[0] == 200, bind
            for family in ("E2b", "Novita", "PPIO"):
                names = {
                    f"{family}-Sandbox-Id": sandbox.sandbox_id,
                    f"{family}-Sandbox-Port": str(port),
                }
                assert server.request("GET", "/", headers=names)[0] == 200, bind


def test_a_server_sees_the_request_and_nothing_of_the_proxy(server: Server) -> None:
    with server.create() as sandbox:
        serve(sandbox)
        sent = {
            "X-Forwarded-For": "203.0.113.9",
            "X-Forwarded-Port": "443",
            "Forwarded": "for=203.0.113.9",
            "X-Own": "kept",
            "X-Hop": "1",
            "Connection": "x-hop",
        }
        status, body, _ = get(server, sandbox.sandbox_id, **sent)
        seen = json.loads(body)
        assert status == 200
        assert seen["host"] == f"8000-{sandbox.sandbox_id}.localhost"
        assert seen["x-own"] == "kept"
        assert not {"x-forwarded-for", "x-forwarded-port", "forwarded", "x-hop"} & set(seen)


def test_a_host_can_be_masked(server: Server) -> None:
    network = {"maskRequestHost": "localhost:${PORT}"}
    sandbox, answer = create(server, network=network)
    serve(sandbox)
    seen = json.loads(get(server, sandbox.sandbox_id)[1])
    assert seen["host"] == "localhost:8000"
    assert seen["x-forwarded-host"] == f"8000-{sandbox.sandbox_id}.localhost"
    detail = server.request("GET", f"/sandboxes/{answer['sandboxID']}")[1]
    assert detail["network"] == network
    status, problem = server.request(
        "POST", "/v2/sandboxes", {"templateID": "base", "network": {"maskRequestHost": "a b"}}
    )
    assert status == 400
    assert "invalid maskRequestHost" in problem["message"]


def test_what_a_server_sends_arrives_at_once(server: Server) -> None:
    with server.create() as sandbox:
        serve(sandbox)
        connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=10)
        host = f"8000-{sandbox.sandbox_id}.localhost"
        connection.request("GET", "/slow", headers={"Host": host})
        response = connection.getresponse()
        assert response.read(5) == b"first"
        sandbox.commands.run("echo > /tmp/go")
        assert response.read() == b"second"
        connection.close()


def test_web_sockets(server: Server) -> None:
    with server.create() as sandbox:
        serve(sandbox)
        host, own_port = server.url.removeprefix("http://").split(":")
        key = base64.b64encode(os.urandom(16)).decode()
        with socket.create_connection((host, int(own_port)), timeout=10) as connection:
            lines = (
                "GET /socket HTTP/1.1",
                f"Host: 8000-{sandbox.sandbox_id}.localhost",
                "Connection: keep-alive, Upgrade",
                "Upgrade: websocket",
                "Sec-WebSocket-Version: 13",
                f"Sec-WebSocket-Key: {key}",
            )
            connection.sendall("\r\n".join((*lines, "", "")).encode())
            stream = connection.makefile("rb")
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                head += stream.readline()
            accept = hashlib.sha1(f"{key}{MAGIC}".encode(), usedforsecurity=False).digest()
            assert head.startswith(b"HTTP/1.1 101 ")
            assert base64.b64encode(accept) in head
            for text in (b"hello", b"again"):
                mask = os.urandom(4)
                masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(text))
                connection.sendall(bytes([0x81, 0x80 | len(text)]) + mask + masked)
                assert stream.read(2 + len(text)) == bytes([0x81, len(text)]) + text


def test_a_closed_port_says_so_to_programs_and_to_people(server: Server) -> None:
    with server.create() as sandbox:
        status, body, headers = get(server, sandbox.sandbox_id, port=81)
        closed = {
            "sandboxId": sandbox.sandbox_id,
            "message": "The sandbox is running but port is not open",
            "port": 81,
            "code": 502,
        }
        assert (status, body) == (502, json.dumps(closed, separators=(",", ":")))
        assert headers["Content-Type"] == "application/json; charset=utf-8"
        assert "Access-Control-Allow-Origin" not in headers
        browser = {"User-Agent": "Mozilla/5.0"}
        status, page, headers = get(server, sandbox.sandbox_id, port=81, **browser)
        assert (status, headers["Content-Type"]) == (502, "text/html; charset=utf-8")
        assert page.startswith("<html")
        assert page.endswith("</html>")
        for more in ({"Sec-Fetch-Mode": "cors"}, {"Accept": "application/json"}):
            assert get(server, sandbox.sandbox_id, port=81, **browser, **more)[1] == body


def refusal(sandbox_id: str, message: str) -> str:
    """The body of a refusal that is about a token."""
    start = "Sandbox is secured with traffic access token. "
    body = {"sandboxId": sandbox_id, "message": start + message, "code": 403}
    return json.dumps(body, separators=(",", ":"))


def test_private_traffic_needs_its_token(idle_server: Server) -> None:
    server = idle_server.start()
    sandbox, answer = create(server, network={"allowPublicTraffic": False})
    token = answer["trafficAccessToken"]
    missing = refusal(sandbox.sandbox_id, "Token header 'e2b-traffic-access-token' is missing")
    invalid = refusal(
        sandbox.sandbox_id, "Provided token in header 'e2b-traffic-access-token' is invalid"
    )
    serve(sandbox)
    assert get(server, sandbox.sandbox_id)[:2] == (403, missing)
    wrong = {"E2B-Traffic-Access-Token": token[:-1]}
    assert get(server, sandbox.sandbox_id, **wrong)[:2] == (403, invalid)
    right = {"E2B-Traffic-Access-Token": token}
    assert get(server, sandbox.sandbox_id, **right)[0] == 200
    # The agent has a token of its own, and health is everybody's.
    assert get(server, sandbox.sandbox_id, "/health", 49983)[0] == 204
    server.end()
    server.start()
    assert get(server, sandbox.sandbox_id)[:2] == (403, missing)
    assert get(server, sandbox.sandbox_id, **right)[0] == 200
    path = f"/sandboxes/{sandbox.sandbox_id}"
    assert server.request("GET", path)[1]["network"] == {"allowPublicTraffic": False}
    again = server.request("POST", f"{path}/connect", {"timeout": 60})[1]
    assert again["trafficAccessToken"] == token


def test_private_traffic_needs_a_secure_sandbox(server: Server) -> None:
    body = {"templateID": "base", "network": {"allowPublicTraffic": False}}
    assert server.request("POST", "/sandboxes", body) == (
        400,
        {
            "code": 400,
            "message": "You cannot create a sandbox without public access unless you enable secure "
            "envd access via 'secure' flag.",
        },
    )


def test_only_traffic_with_the_token_resumes_a_private_sandbox(server: Server) -> None:
    sandbox, answer = create(
        server,
        network={"allowPublicTraffic": False},
        autoPause=True,
        autoResume={"enabled": True},
    )
    serve(sandbox)
    path = f"/sandboxes/{sandbox.sandbox_id}"
    assert server.request("POST", f"{path}/pause")[0] == 204
    status, body, _ = get(server, sandbox.sandbox_id)
    assert (status, json.loads(body)["message"]) == (
        403,
        (
            "This sandbox can't be resumed with the credentials provided. Check your access token "
            "and try again."
        ),
    )
    assert server.request("GET", path)[1]["state"] == "paused"
    right = {"E2B-Traffic-Access-Token": answer["trafficAccessToken"]}
    assert get(server, sandbox.sandbox_id, **right)[0] == 200
    assert server.request("GET", path)[1]["state"] == "running"


def signature(token: str, path: str, operation: str, user: str, expiration: int | None) -> str:
    """Signs as clients do, and gives the query."""
    text = f"{path}:{operation}:{user}:{token}" + ("" if expiration is None else f":{expiration}")
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
    query = {"path": path, "username": user, "signature": f"v1_{digest}"}
    if expiration is not None:
        query["signature_expiration"] = str(expiration)
    return "/files?" + urllib.parse.urlencode(query)


def test_signed_urls_find_their_sandbox(server: Server) -> None:
    others = [create(server)[0] for _ in range(2)]
    sandbox, answer = create(server)
    token, later = answer["envdAccessToken"], int(time.time()) + 60
    write = signature(token, "a b+ü.txt", "write", "user", later)
    stream = {"Content-Type": "application/octet-stream"}
    status, written = server.request("POST", write, b"content", stream)
    assert status == 200
    assert [file["name"] for file in written] == ["a b+ü.txt"]
    assert sandbox.commands.run("cat 'a b+ü.txt'").stdout == "content"
    for other in others:
        assert other.commands.run("ls").stdout == ""
    read = signature(token, "a b+ü.txt", "read", "user", None)
    assert server.request("GET", read) == (200, "content")
    # Writing is not reading, and the agent tells the two apart.
    assert server.request("GET", write) == (401, {"code": 401, "message": "invalid signature"})


def test_signed_urls_that_lead_nowhere_say_why(server: Server) -> None:
    _, answer = create(server)
    expired = signature(answer["envdAccessToken"], "a", "read", "user", 1_700_000_000)
    forged = signature("0" * 40, "a", "read", "user", None)
    for path, message in (
        ("/files?path=a", "missing signature query parameter"),
        (forged, "invalid signature"),
        (expired, "signature is already expired"),
    ):
        assert server.request("GET", path) == (401, {"code": 401, "message": message})


def test_signed_urls_resume_only_while_they_hold(server: Server) -> None:
    sandbox, answer = create(server, autoPause=True, autoResume={"enabled": True})
    sandbox.commands.run("echo -n content > a")
    path = f"/sandboxes/{sandbox.sandbox_id}"
    assert server.request("POST", f"{path}/pause")[0] == 204
    token = answer["envdAccessToken"]
    expired = signature(token, "a", "read", "user", 1_700_000_000)
    assert server.request("GET", expired)[0] == 403
    assert server.request("GET", path)[1]["state"] == "paused"
    holds = signature(token, "a", "read", "user", int(time.time()) + 60)
    assert server.request("GET", holds) == (200, "content")


def test_browsers_may_ask_before_they_load(server: Server) -> None:
    _, answer = create(server)
    asked = {"Origin": "https://app.example", "Access-Control-Request-Method": "GET"}
    url = signature(answer["envdAccessToken"], "a", "read", "user", None)
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=10)
    connection.request("OPTIONS", url, headers=asked)
    response = connection.getresponse()
    response.read()
    assert response.status == 204
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Access-Control-Allow-Methods"] == "GET"
    connection.request("GET", url, headers={"Origin": "https://app.example"})
    response = connection.getresponse()
    response.read()
    assert response.status == 404
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    connection.close()


def test_a_name_that_is_cut_or_too_long_is_no_sandbox(server: Server) -> None:
    for host, status in (
        ("8000-.localhost", 400),
        ("-iabc.localhost", 400),
        (f"8000-{'i' * 64}.localhost", 400),
        ("99999-iabc.localhost", 400),
        ("8000-iabc.localhost", 502),
    ):
        connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=10)
        connection.request("GET", "/", headers={"Host": host})
        assert connection.getresponse().status == status, host
        connection.close()


def test_a_server_that_breaks_off_is_a_reset(server: Server) -> None:
    with server.create() as sandbox:
        sandbox.commands.run(
            "python3 -c 'import socket,struct\n"
            's = socket.create_server(("", 8000))\n'
            "while True:\n"
            "    c, _ = s.accept(); c.recv(1000)\n"
            '    c.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 10\\r\\n\\r\\nabc")\n'
            '    c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))\n'
            "    c.close()'",
            background=True,
            timeout=0,
        )
        listening = ":1F40 "
        wait_until(lambda: listening in sandbox.commands.run("cat /proc/net/tcp").stdout)
        with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
            get(server, sandbox.sandbox_id)
