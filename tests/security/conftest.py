"""A sandbox to break out of."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from servers import USERS, Server

from sandspan import Sandbox


@pytest.fixture(scope="module", params=USERS.values(), ids=USERS.keys())
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A server of this user, and of an ordinary one when this is root."""
    server = Server(tmp_path_factory.mktemp("server"), request.param).start()
    yield server
    server.kill_all()
    server.end()


@pytest.fixture(scope="module")
def sandbox(server: Server) -> Iterator[Sandbox]:
    """A sandbox of that server."""
    with server.create() as sandbox:
        yield sandbox


@pytest.fixture(params=["user", "root"], ids=["as-user", "as-root"])
def run(request: pytest.FixtureRequest, sandbox: Sandbox) -> Callable[[str], str]:
    """Runs a command inside, as either user, and gives all its output; it may fail."""

    def run(command: str) -> str:
        result = sandbox.commands.run(f"{{ {command}\n}} 2>&1; true", user=request.param)
        return result.stdout

    return run
