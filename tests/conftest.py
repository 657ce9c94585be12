"""A local runtime of the tests' own."""

from __future__ import annotations

import json
import os
import select
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import sandspan


class LocalRuntime:
    """The runtime that the first call of a client starts, in a directory of its own."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.sandbox_ids: set[str] = set()
        """The sandboxes that are known to have been in it."""

    def environment(self) -> dict[str, str]:
        """What tells clients, and the server, about the directory."""
        return {
            "SANDSPAN_PROVIDER": "local",
            "SANDSPAN_RUNTIME_DIR": str(self.directory / "run"),
            "SANDSPAN_STATE_DIR": str(self.directory / "state"),
        }

    def server(self) -> dict[str, object]:
        """Where the server is, its key and its process id."""
        return json.loads((self.directory / "run/server.json").read_text())

    def kill_all(self) -> list[str]:
        """Kills all sandboxes, and gives their ids."""
        killed = [info.sandbox_id for info in sandspan.Sandbox.list().next_items()]
        for sandbox_id in killed:
            sandspan.Sandbox.kill(sandbox_id)
        return killed

    def end(self) -> None:
        """Ends the server, and waits for its end."""
        process = os.pidfd_open(self.server()["pid"])
        signal.pidfd_send_signal(process, signal.SIGTERM)
        ended, _, _ = select.select([process], [], [], 10)
        os.close(process)
        assert ended, "the server does not end on SIGTERM"

    def remains(self) -> list[str]:
        """What is left of sandboxes: directories, and processes that see files of one."""
        directories = [str(path) for path in self.directory.glob("state/sandboxes/*")]
        traces = [f"sandboxes/{sandbox_id}/" for sandbox_id in self.sandbox_ids]
        processes = [
            str(mounts.parent)
            for mounts in Path("/proc").glob("[0-9]*/mountinfo")
            if any(trace in read(mounts) for trace in traces)
        ]
        return directories + processes


def read(file: Path) -> str:
    """What a file of a process says; nothing where that has ended or is another user's."""
    try:
        return file.read_text()
    except OSError:
        return ""


@pytest.fixture(scope="session")
def local_runtime() -> Iterator[LocalRuntime]:
    """A local runtime, of which nothing must be left at the end."""
    if "SANDSPAN_PROGRAM" not in os.environ:
        pytest.exit("SANDSPAN_PROGRAM must name the sandspan program", returncode=2)
    with (
        tempfile.TemporaryDirectory(prefix="sandspan-tests-") as directory,
        pytest.MonkeyPatch.context() as environment,
    ):
        for name in [name for name in os.environ if name.startswith(("SANDSPAN_", "E2B_"))]:
            if name != "SANDSPAN_PROGRAM":
                environment.delenv(name)
        runtime = LocalRuntime(Path(directory))
        for name, value in runtime.environment().items():
            environment.setenv(name, value)
        sandspan.Sandbox.list().next_items()
        yield runtime
        forgotten = runtime.kill_all()
        runtime.end()
        assert forgotten == [], "tests left sandboxes running"
        assert runtime.remains() == []
