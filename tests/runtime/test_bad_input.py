"""Bad input gets a clear answer, and the server goes on."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from servers import Server, resident_megabytes

CREATE = "/v2/sandboxes"


@pytest.fixture
def address(server: Server) -> Iterator[tuple[str, int]]:
    """Where the server is; it must be well, and empty, at the end."""
    host, port = server.url.removeprefix("http://").split(":")
    yield host, int(port)
    assert server.request("GET", CREATE) == (200, [])
    assert server.remains() == []


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"templateID": "base", "timeout": 0}, "Timeout must be greater than 0"),
        ({"templateID": "base", "timeout": -1}, "Timeout must be greater than 0"),
        ({"templateID": "base", "timeout": 3601}, "Timeout cannot be greater than 1 hours"),
        ({"templateID": "base", "timeout": 1.5}, "expected i64"),
        ({"templateID": "base", "timeout": "60"}, "expected i64"),
        ({"templateID": "base", "timeout": 10**30}, "expected i64"),
        (b'{"templateID": "base", "timeout": NaN}', "Error when parsing request"),
        ({"templateID": "base", "metadata": {"a": 1}}, "expected a string"),
        ({"templateID": "ba\0se"}, "Invalid template reference"),
        ({"templateID": "../base"}, "Invalid template reference"),
        ({"templateID": "base", "autoPauseMemory": False}, "only applies when autoPause is true"),
        (
            {
                "templateID": "base",
                "autoPause": True,
                "autoPauseMemory": False,
                "autoResume": {"enabled": True},
            },
            "cannot be combined with autoResume",
        ),
        (
            {"templateID": "base", "metadata": {"idle_timeout": "abc"}},
            "Invalid metadata idle_timeo",
        ),
        ({"templateID": "base", "metadata": {"idle_timeout": ""}}, "Invalid metadata idle_timeout"),
        (
            {"templateID": "base", "metadata": {"idle_timeout": "-5"}},
            "Invalid metadata idle_timeou",
        ),
        ({"templateID": "base", "metadata": {"idle_timeout": "1e9"}}, "whole number of seconds"),
        ({"templateID": "base", "metadata": {"idle_timeout": "45.5"}}, "whole number of seconds"),
        ({"templateID": "base", "metadata": {"idle_timeout": 45}}, "expected a string"),
        ({"templateID": "base", "envVars": {"A": "b\0c"}}, "Invalid environment variable"),
        ({"templateID": "base", "envVars": {"A=B": "c"}}, "Invalid environment variable"),
        ({}, "missing field `templateID`"),
        (b"{", "Error when parsing request"),
        (b"", "Error when parsing request"),
    ],
)
@pytest.mark.usefixtures("address")
def test_creations_that_are_refused(server: Server, body: object, message: str) -> None:
    status, answer = server.request("POST", CREATE, body)
    assert (status, answer["code"]) == (400, 400)
    assert message in answer["message"]


@pytest.mark.usefixtures("address")
def test_an_unknown_template(server: Server) -> None:
    answer = server.request("POST", CREATE, {"templateID": "nothing"})
    assert answer == (404, {"code": 404, "message": "template 'nothing' not found"})


@pytest.mark.parametrize(
    "sandbox_id", ["a%2Fb", "a%20b", "a%00b", "..%2f..", "a-b-c", "A", "a" * 10_000]
)
@pytest.mark.usefixtures("address")
def test_malformed_ids(server: Server, sandbox_id: str) -> None:
    for method in ("GET", "DELETE"):
        status, answer = server.request(method, f"/sandboxes/{sandbox_id}")
        assert (status, answer["message"]) == (400, "Invalid sandbox ID")


@pytest.mark.usefixtures("address")
def test_a_foreign_id(server: Server) -> None:
    status, answer = server.request("GET", "/sandboxes/inotmine-6532622b")
    told = "Sandbox \"inotmine-6532622b\" doesn't exist or you don't have access to it"
    assert (status, answer["message"]) == (404, told)


@pytest.mark.usefixtures("address")
def test_a_wrong_key_is_told_before_anything_else(server: Server) -> None:
    for headers in ({"X-API-Key": "wrong"}, {"X-API-Key": ""}, {"X-API-Key": "e2b_0123"}):
        status, answer = server.request("POST", CREATE, b"{", headers)
        assert (status, answer["code"]) == (401, 401)


@pytest.mark.parametrize(
    "content",
    [
        b"\x16\x03\x01 this is not HTTP\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nContent-Length: x\r\n\r\n",
        b"\r\n\r\n\r\n" * 100,
        bytes(range(256)) * 64,
    ],
)
def test_garbage(address: tuple[str, int], content: bytes) -> None:
    answer = b""
    with (
        socket.create_connection(address, timeout=15) as connection,
        contextlib.suppress(OSError),  # the server may hang up at any byte
    ):
        connection.sendall(content)
        connection.shutdown(socket.SHUT_WR)
        answer = connection.recv(1000)
    assert answer == b"" or b" 400 " in answer or b" 401 " in answer, answer


def test_a_hundred_megabytes_of_headers(server: Server, address: tuple[str, int]) -> None:
    assert server.process is not None
    line = b"X-Much: " + b"a" * 10_000 + b"\r\n"
    with socket.create_connection(address, timeout=15) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n")
        with pytest.raises(OSError, match=r"Connection reset|Broken pipe"):
            connection.sendall(line * 10_000)
    assert resident_megabytes(server.process.pid) < 100


def test_half_a_request_holds_up_nobody(server: Server, address: tuple[str, int]) -> None:
    with socket.create_connection(address, timeout=15) as connection:
        connection.sendall(b"POST /v2/sandboxes HTTP/1.1\r\nHost: localhost\r\nX-API-")
        with server.create() as sandbox:
            assert sandbox.commands.run("echo well").stdout == "well\n"


def test_the_same_idempotency_key_makes_one_sandbox(server: Server) -> None:
    headers = {"Idempotency-Key": "a-key"}
    answers = [server.request("POST", CREATE, {"templateID": "base"}, headers) for _ in range(3)]
    assert answers[0][0] == 201
    assert answers == [answers[0]] * 3
    assert len(server.request("GET", CREATE)[1]) == 1
    status, _ = server.request("POST", CREATE, {"templateID": "base"}, {"Idempotency-Key": "Ä"})
    assert status == 400


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_full_disk(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", state], check=True)
    server = Server(tmp_path)
    try:
        server.start()
        with pytest.raises(OSError, match="No space left"):
            fill(state / "fill")
        status, answer = server.request("POST", CREATE, {"templateID": "base"})
        assert status == 507, answer
        assert "make room on the disk of the state directory" in answer["message"]
        assert server.remains() == []
        (state / "fill").unlink()
        with server.create() as sandbox:
            assert sandbox.is_running()
    finally:
        server.end()
        subprocess.run(["umount", state], check=True)


def fill(file: Path) -> None:
    """Writes until the disk is full, which is an error."""
    with file.open("wb", buffering=0) as writer:
        while True:
            writer.write(bytes(4096))
