"""A local runtime in the foreground, with the published clients pointed at it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from clients import CLIENTS, LOOP, Client
from gateway import Gateway
from servers import API_KEY, USERS, Server


@pytest.fixture(scope="session", params=USERS.values(), ids=USERS.keys())
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """The runtime: of this user, and of an ordinary one too when this is root."""
    server = Server(tmp_path_factory.mktemp("server"), request.param).share_templates().start()
    yield server
    server.kill_all()
    server.end()


@pytest.fixture(scope="session", autouse=True)
def environment(server: Server) -> Iterator[dict[str, str]]:
    """Points the clients at the runtime, by nothing but their own variables."""
    variables = {
        f"{prefix}_{name}": value
        for prefix in ("E2B", "NOVITA", "PPIO")
        for name, value in {
            "API_KEY": API_KEY,
            "API_URL": server.url,
            "SANDBOX_URL": server.url,
        }.items()
    }
    # Ours takes the same variables as the one of that name.
    variables["SANDSPAN_PROVIDER"] = "e2b"
    with pytest.MonkeyPatch.context() as environment:
        for name, value in variables.items():
            environment.setenv(name, value)
        yield os.environ | variables


@pytest.fixture(scope="session")
def gateway(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """What clients need that insist on TLS and on the names of their provider."""
    gateway = Gateway(tmp_path_factory.mktemp("gateway"), server.url).start()
    yield gateway
    gateway.end()


@pytest.fixture(scope="session", autouse=True)
def loop() -> Iterator[None]:
    """Ends the event loop of the asyncio clients after the last test."""
    yield
    LOOP.end()


@pytest.fixture(scope="module", params=CLIENTS, ids=str)
def client(request: pytest.FixtureRequest) -> Client:
    """Each class of each package."""
    return request.param


@pytest.fixture(scope="module")
def shared(client: Client, environment: dict[str, str]) -> Iterator[Any]:  # noqa: ARG001
    """A sandbox for all tests of a file."""
    sandbox = client.create(timeout=600)
    yield sandbox
    sandbox.kill()


@pytest.fixture
def owner(shared: Any) -> str:
    """Whose its files are: where a runtime has only one id, `user` is another name for root."""
    return shared.commands.run("id -un").stdout.strip()


@pytest.fixture
def sandbox(client: Client) -> Iterator[Any]:
    """A sandbox for one test."""
    sandbox = client.create(timeout=60)
    yield sandbox
    sandbox.kill()
