"""Sandboxes end when they must."""

from __future__ import annotations

import random
import time

import pytest
from servers import API_KEY, Server, is_alive, wait_until

from sandspan import Sandbox
from sandspan.exceptions import SandboxNotFoundException


def test_a_sandbox_is_gone_on_time(server: Server) -> None:
    # Its time starts when it is ready, which is somewhere within the call.
    called = time.monotonic()
    sandbox = server.create(timeout=2)
    returned = time.monotonic()
    process = server.first_process(sandbox.sandbox_id)
    server.remember()
    wait_until(lambda: not sandbox.is_running())
    ended = time.monotonic()
    assert ended - called >= 2.0
    assert ended - returned <= 2.2
    with pytest.raises(SandboxNotFoundException):
        sandbox.get_info()
    assert sandbox.kill() is False
    assert not is_alive(process)
    wait_until(lambda: server.remains() == [])


def test_processes_end_with_their_sandbox(server: Server) -> None:
    sandbox = server.create()
    # One that ignores signals, one that hides in a session of its own.
    sandbox.commands.run(
        "trap '' TERM INT HUP; sleep 1000 & setsid sleep 1000 & sleep 0.1; true", background=True
    )
    sandbox.commands.run("sleep 1000", background=True)
    server.remember()
    assert sandbox.kill() is True
    assert server.remains() == []


def test_fifty_sandboxes_end_on_time(server: Server) -> None:
    ends = {}
    for _ in range(50):
        timeout = random.randint(3, 6)
        # Its time starts when it is ready, which is somewhere within the call.
        called = time.monotonic()
        sandbox_id = server.create(timeout=timeout).sandbox_id
        ends[sandbox_id] = (called + timeout, time.monotonic() + timeout)
    while ends:
        alive = {listed["sandboxID"] for listed in server.request("GET", "/v2/sandboxes")[1]}
        now = time.monotonic()
        for earliest, latest in [ends.pop(sandbox_id) for sandbox_id in set(ends) - alive]:
            assert now >= earliest
            assert now - latest <= 0.3
        time.sleep(0.005)


def test_a_shorter_timeout_counts_at_once(server: Server) -> None:
    sandbox = server.create(timeout=300)
    begun = time.monotonic()
    sandbox.set_timeout(1)
    wait_until(lambda: not sandbox.is_running())
    assert 1.0 <= time.monotonic() - begun <= 1.2


def test_an_extension_holds_when_the_first_deadline_passes(server: Server) -> None:
    sandbox = server.create(timeout=1)
    sandbox.set_timeout(300)
    time.sleep(1.2)
    assert sandbox.is_running()


def test_the_cap_is_the_servers(idle_server: Server) -> None:
    server = idle_server.start("--max-timeout", "100")
    status, answer = server.request("POST", "/v2/sandboxes", {"templateID": "base", "timeout": 101})
    assert (status, answer["message"]) == (400, "Timeout cannot be greater than 100 seconds")
    sandbox = server.create(timeout=100)
    sandbox.set_timeout(5000)
    info = sandbox.get_info()
    assert (info.end_at - info.started_at).total_seconds() == 100
    assert Sandbox.kill(sandbox.sandbox_id, api_url=server.url, api_key=API_KEY)


def test_a_server_without_sandboxes_ends(idle_server: Server) -> None:
    server = idle_server.start("--idle-exit", "1")
    sandbox = server.create(timeout=2)
    assert server.process is not None
    time.sleep(1.5)
    assert server.process.poll() is None, "it ended although there was a sandbox"
    assert sandbox.kill()
    server.process.communicate(timeout=5)
    assert server.process.returncode == 0
    assert not (server.folder / "run/server.json").exists()
    server.process = None
