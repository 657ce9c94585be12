"""An HTTPS server that stands for every host of a service, and keeps what it is asked."""

from __future__ import annotations

import socket
import socketserver
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path

TLS_HANDSHAKE = 0x16
"""The first byte of a connection that encrypts from its start."""


@dataclass
class Request:
    """A request as it came, with its body whole."""

    method: str
    target: str
    """The path and the query, as they were sent."""
    headers: list[tuple[str, str]]
    """In their order, with names in lower case."""
    body: bytes

    def header(self, name: str) -> str:
        """The value of a header, empty where there is none."""
        return dict(self.headers).get(name, "")


@dataclass
class Response:
    """What is answered."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass
class Exchange:
    """A request and its answer."""

    request: Request
    response: Response


class RecordingServer(socketserver.ThreadingTCPServer):
    """Listens on a free port of this machine, as a proxy and as the host that was meant.

    Clients reach it either through `CONNECT`, or directly when their connections are led here.
    Either way they see a certificate for the host that they wanted, and their requests say which
    that was.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, authority: Path, certificate: Path, key: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        # What the service's own servers would also speak, HTTP/2, differs only in framing.
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(certificate, key)
        self.tls.set_alpn_protocols(["http/1.1"])
        self.authority = authority
        """The file of what clients must trust."""
        self.answer: Callable[[Request], Response] = lambda _request: Response(503)
        """What answers requests."""
        self.exchanges: list[Exchange] = []
        self._lock = threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.server_address[1]

    def take(self) -> list[Exchange]:
        """What was exchanged since this was called last."""
        with self._lock:
            taken, self.exchanges = self.exchanges, []
        return taken

    def exchange(self, request: Request) -> Response:
        """Answers a request, and keeps both."""
        with self._lock:
            response = self.answer(request)
            self.exchanges.append(Exchange(request, response))
        return response

    def handle_error(self, request: object, client_address: object) -> None:
        """Says nothing of clients that hang up, for that is how they end streams."""


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: RecordingServer

    def setup(self) -> None:
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.request.recv(1, socket.MSG_PEEK) != bytes([TLS_HANDSHAKE]):
            self._accept_tunnel()
        self.request = self.server.tls.wrap_socket(self.request, server_side=True)
        super().setup()

    def _accept_tunnel(self) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            byte = self.request.recv(1)
            if not byte:
                raise ConnectionError
            head += byte
        if not head.startswith(b"CONNECT "):
            raise ConnectionError
        self.request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")

    def do_POST(self) -> None:
        """Reads a request of any method whole, and answers."""
        request = Request(
            self.command,
            self.path,
            [(name.lower(), value) for name, value in self.headers.items()],
            b"".join(self._body()),
        )
        response = self.server.exchange(request)
        self.send_response_only(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        if response.status not in (204, 304):
            self.send_header("content-length", str(len(response.body)))
        self.end_headers()
        self.wfile.write(response.body)

    do_GET = do_PUT = do_PATCH = do_DELETE = do_POST  # noqa: N815 (so they are looked for)

    def _body(self) -> Iterable[bytes]:
        if "chunked" not in self.headers.get("transfer-encoding", ""):
            yield self.rfile.read(int(self.headers.get("content-length", 0)))
            return
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass


def make_certificate(folder: Path, hosts: Iterable[str]) -> tuple[Path, Path, Path]:
    """Makes an authority and a certificate for hosts, valid for a day.

    Gives the files of the authority's certificate, of the certificate, and of its key.
    """
    authority, authority_key = folder / "authority.pem", folder / "authority.key"
    certificate, key = folder / "certificate.pem", folder / "certificate.key"
    names = ",".join(f"DNS:{host}" for host in hosts)
    new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    _openssl(
        *["req", "-x509", "-days", "1", *new_key, "-subj", "/CN=recorder's authority"],
        *["-keyout", authority_key, "-out", authority],
    )
    request, extensions = folder / "request.pem", folder / "extensions"
    extensions.write_text(f"subjectAltName={names}\nbasicConstraints=CA:FALSE\n")
    _openssl("req", *new_key, "-subj", "/CN=recorder", "-keyout", key, "-out", request)
    _openssl(
        *["x509", "-req", "-days", "1", "-in", request, "-CA", authority, "-CAkey", authority_key],
        *["-CAcreateserial", "-extfile", extensions, "-out", certificate],
    )
    return authority, certificate, key


def _openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)
