"""Servers that cannot start say why, and clients start one server only."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from servers import Server

CLIENT = """
from sandspan import Sandbox
with Sandbox.create() as sandbox:
    print(sandbox.commands.run("echo started").stdout, end="")
"""


def test_two_servers_on_one_state_directory(server: Server) -> None:
    assert server.process is not None
    second = server.spawn()
    assert second.wait(timeout=10) == 1
    second.communicate()
    assert f"in use by another server (process {server.process.pid})" in server.log()
    with server.create() as sandbox:
        assert sandbox.is_running()


def test_a_port_in_use(server: Server, tmp_path_factory: pytest.TempPathFactory) -> None:
    second = Server(tmp_path_factory.mktemp("second"))
    process = second.spawn(listen=server.url.removeprefix("http://"))
    assert process.wait(timeout=10) == 1
    process.communicate()
    assert "cannot listen on 127.0.0.1:" in second.log()
    assert "choose another port" in second.log()


def test_a_missing_agent(idle_server: Server) -> None:
    programs = idle_server.folder / "incomplete"
    programs.mkdir(mode=0o755)
    shutil.copy2(idle_server.program, programs)
    shutil.copy2(idle_server.program.parent / "sandspan-sudo", programs)
    idle_server.program = programs / "sandspan"
    process = idle_server.spawn()
    assert process.wait(timeout=10) == 1
    process.communicate()
    assert "sandspan-agent: No such file" in idle_server.log()


def test_the_key_is_private(server: Server) -> None:
    file = server.folder / "run/server.json"
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    key = json.loads(file.read_text())["api_key"]
    sandbox = server.create()
    assert key not in server.log() + repr(sandbox)


def test_clients_that_start_at_once_share_one_server(tmp_path: Path) -> None:
    clients = [client(tmp_path) for _ in range(4)]
    try:
        assert [process.communicate(timeout=60) for process in clients] == [("started\n", "")] * 4
        assert (tmp_path / "run/server.log").read_text().count("the server is up") == 1
    finally:
        end_background_server(tmp_path)


def test_a_stale_address_file_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir(mode=0o700)
    stale = {"url": "http://127.0.0.1:1", "api_key": "e2b_00", "pid": 4194303}
    (tmp_path / "run/server.json").write_text(json.dumps(stale))
    try:
        assert client(tmp_path).communicate(timeout=60) == ("started\n", "")
    finally:
        end_background_server(tmp_path)


def client(folder: Path) -> subprocess.Popen[str]:
    """A program that uses a sandbox and finds, or starts, the server by itself."""
    environment = os.environ | {
        "SANDSPAN_PROVIDER": "local",
        "SANDSPAN_RUNTIME_DIR": str(folder / "run"),
        "SANDSPAN_STATE_DIR": str(folder / "state"),
    }
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([sys.executable, "-c", CLIENT], env=environment, text=True, **pipes)


def end_background_server(folder: Path) -> None:
    """Ends the server that clients have started."""
    os.kill(json.loads((folder / "run/server.json").read_text())["pid"], signal.SIGTERM)
