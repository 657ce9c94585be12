"""A gateway with TLS in front of the runtime, as providers have one.

The code interpreters that were derived from earlier versions of `e2b` ask
`https://49999-<id>.<domain of the provider>`, and none of their variables changes that. They reach
the runtime through a proxy for HTTP, which takes every such name for this gateway. The runtime
finds the sandbox by the name, as it does behind any gateway.
"""

from __future__ import annotations

import asyncio
import ssl
import subprocess
import threading
from pathlib import Path
from urllib.parse import urlsplit

DOMAINS = ["us-phx-1.sandbox.novita.ai", "cn-beijing-1.sandbox.ppio.com"]
"""Those whose names it has a certificate for."""

OPENSSL = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
EXTENSIONS = [
    f"subjectAltName={','.join(f'DNS:*.{domain}' for domain in DOMAINS)}",
    "keyUsage=critical,digitalSignature,keyCertSign",
]


class Gateway:
    """A proxy, and the end of the TLS connections that are made through it."""

    def __init__(self, folder: Path, runtime: str) -> None:
        self.certificate = folder / "certificate.pem"
        self.key = folder / "key.pem"
        self.runtime = urlsplit(runtime)
        self.url = ""
        """The proxy's."""
        make_certificate(self.certificate, self.key)
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._run(),))

    @property
    def environment(self) -> dict[str, str]:
        """What tells programs that use proxies about this one."""
        return {
            "HTTPS_PROXY": self.url,
            "SSL_CERT_FILE": str(self.certificate),
            "NODE_EXTRA_CA_CERTS": str(self.certificate),
        }

    def start(self) -> Gateway:
        self._thread.start()
        self._ready.wait()
        return self

    def end(self) -> None:
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join()
        self._loop.close()

    async def _run(self) -> None:
        self._ended = asyncio.Event()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        inside = await asyncio.start_server(self._forward, "127.0.0.1", 0, ssl=context)
        self._inside = inside.sockets[0].getsockname()
        proxy = await asyncio.start_server(self._tunnel, "127.0.0.1", 0)
        self.url = "http://{}:{}".format(*proxy.sockets[0].getsockname())
        self._ready.set()
        await self._ended.wait()
        inside.close()
        proxy.close()
        for writer in self._open:
            writer.transport.abort()
        await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}))

    async def _tunnel(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serves the proxy. A request that asks for no tunnel is one to the runtime."""
        self._open.add(writer)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()
            return
        finally:
            self._open.discard(writer)
        if head.startswith(b"CONNECT "):
            is_named = head.split()[1].endswith(b":443")
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            await self._splice(reader, writer, self._inside if is_named else self._address())
        else:
            await self._splice(reader, writer, self._address(), head)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hands on what came over TLS."""
        await self._splice(reader, writer, self._address())

    async def _splice(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        address: tuple[str, int],
        first: bytes = b"",
    ) -> None:
        """Joins a connection with a new one, until one of both sides has gone."""
        other_reader, other_writer = await asyncio.open_connection(*address)
        self._open |= {writer, other_writer}
        other_writer.write(first)
        copies = [
            asyncio.ensure_future(copy(reader, other_writer)),
            asyncio.ensure_future(copy(other_reader, writer)),
        ]
        await asyncio.wait(copies, return_when=asyncio.FIRST_COMPLETED)
        for task in copies:
            task.cancel()
        writer.close()
        other_writer.close()
        closing = (writer.wait_closed(), other_writer.wait_closed())
        await asyncio.gather(*copies, *closing, return_exceptions=True)
        self._open -= {writer, other_writer}

    def _address(self) -> tuple[str, int]:
        return self.runtime.hostname or "", self.runtime.port or 80


async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(1 << 16):
        writer.write(piece)
        await writer.drain()


def make_certificate(certificate: Path, key: Path) -> None:
    """Makes a certificate that vouches for itself."""
    command = [*OPENSSL.split(), "-subj", "/CN=gateway", "-keyout", key, "-out", certificate]
    for extension in EXTENSIONS:
        command += ["-addext", extension]
    subprocess.run(command, check=True, capture_output=True)
