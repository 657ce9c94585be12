"""Sandboxes outlive their server, and never their deadline."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

from servers import API_KEY, Server, is_alive, wait_until

ELSEWHERE = """
import sys
from sandspan import Sandbox
api_url, api_key, sandbox_id, command = sys.argv[1:]
sandbox = Sandbox.connect(sandbox_id, timeout=1, api_url=api_url, api_key=api_key)
print(sandbox.commands.run(command).stdout, end="")
"""


def test_a_new_server_adopts_the_sandboxes_of_a_killed_one(idle_server: Server) -> None:
    server = idle_server.start()
    sandboxes = [server.create(timeout=6) for _ in range(20)]
    begun = time.monotonic()
    sandboxes[0].commands.run("echo still here > note")
    server.remember()
    server.end(signal.SIGKILL)
    listen = server.url.removeprefix("http://")
    server.start(listen=listen)
    listed = server.request("GET", "/v2/sandboxes")[1]
    assert {it["sandboxID"] for it in listed} == server.known
    assert run_elsewhere(server, sandboxes[0].sandbox_id, "cat note") == "still here\n"
    sandboxes[1].set_timeout(300)
    assert sandboxes[2].kill() is True
    ending = sandboxes[3:] + sandboxes[:1]
    wait_until(lambda: not any(sandbox.is_running() for sandbox in ending))
    assert 5.5 <= time.monotonic() - begun <= 6.5
    assert sandboxes[1].is_running()
    assert sandboxes[1].kill() is True
    wait_until(lambda: server.remains() == [])


def test_deadlines_hold_without_any_server(idle_server: Server) -> None:
    server = idle_server.start()
    for _ in range(3):
        server.create(timeout=2)
    begun = time.monotonic()
    server.remember()
    server.end(signal.SIGKILL)
    wait_until(lambda: not any(is_alive(pid) for pid in server.processes))
    assert 1.9 <= time.monotonic() - begun <= 2.3
    server.start()
    assert server.request("GET", "/v2/sandboxes")[1] == []
    assert server.remains() == []


def test_an_extension_holds_without_any_server(idle_server: Server) -> None:
    server = idle_server.start()
    sandbox = server.create(timeout=1)
    sandbox.set_timeout(300)
    server.remember()
    server.end(signal.SIGKILL)
    time.sleep(1.3)
    assert all(is_alive(pid) for pid in server.processes)
    server.start()


def test_a_repeated_creation_is_known_to_the_next_server(idle_server: Server) -> None:
    server = idle_server.start()
    body, headers = {"templateID": "base", "timeout": 300}, {"Idempotency-Key": "once"}
    status, first = server.request("POST", "/v2/sandboxes", body, headers)
    assert status == 201
    server.end(signal.SIGKILL)
    server.start()
    assert server.request("POST", "/v2/sandboxes", body, headers) == (201, first)
    assert len(server.request("GET", "/v2/sandboxes")[1]) == 1


def run_elsewhere(server: Server, sandbox_id: str, command: str) -> str:
    """Runs a command from another program.

    This one may still hold connections of the killed server, and a command that broke with such a
    connection is not sent again: it might then run twice.
    """
    arguments = [sys.executable, "-c", ELSEWHERE, server.url, API_KEY, sandbox_id, command]
    return subprocess.run(arguments, check=True, capture_output=True, text=True).stdout
