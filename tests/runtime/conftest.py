"""Servers for the tests of the runtime."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from servers import USERS, Server


@pytest.fixture(params=USERS.values(), ids=USERS.keys())
def idle_server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    """A server of this user, and of an ordinary one when this is root, not started yet."""
    server = Server(tmp_path, request.param)
    yield server
    if server.process is not None:
        server.kill_all()
        server.end()


@pytest.fixture
def server(idle_server: Server) -> Server:
    """A server that runs."""
    return idle_server.start()


@pytest.fixture(scope="module")
def closed_port() -> Iterator[int]:
    """A port that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]
