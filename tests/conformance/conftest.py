"""A local runtime in the foreground, with the published clients pointed at it."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from servers import API_KEY, USERS, Server


@pytest.fixture(scope="session", params=USERS.values(), ids=USERS.keys())
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """The runtime: of this user, and of an ordinary one too when this is root."""
    server = Server(tmp_path_factory.mktemp("server"), request.param).start()
    yield server
    server.kill_all()
    server.end()


@pytest.fixture(autouse=True)
def environment(server: Server, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
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
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return os.environ | variables
