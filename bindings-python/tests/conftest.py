"""A local runtime of its own for each run of the tests."""

from __future__ import annotations

import json
import os
import signal
from typing import TYPE_CHECKING

import pytest

from sandspan import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session", autouse=True)
def local_runtime(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keeps the runtime that the first call starts apart from the user's, and ends it."""
    folder = tmp_path_factory.mktemp("runtime")
    with pytest.MonkeyPatch.context() as environment:
        for name in [name for name in os.environ if name.startswith(("SANDSPAN_", "E2B_"))]:
            if name != "SANDSPAN_PROGRAM":
                environment.delenv(name)
        environment.setenv("SANDSPAN_PROVIDER", "local")
        environment.setenv("SANDSPAN_RUNTIME_DIR", str(folder / "run"))
        environment.setenv("SANDSPAN_STATE_DIR", str(folder / "state"))
        yield
        kill_all(folder / "run" / "server.json")


def kill_all(server_file: Path) -> None:
    """Kills what tests left behind, then the server, if one was started."""
    if not server_file.exists():
        return
    pages = Sandbox.list()
    while pages.has_next:
        for info in pages.next_items():
            Sandbox.kill(info.sandbox_id)
    os.kill(json.loads(server_file.read_text())["pid"], signal.SIGTERM)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox for one test."""
    with Sandbox.create() as sandbox:
        yield sandbox
