"""Idle timeouts, with a server that enforces them and with one that leaves them to the client.

A test of thirty seconds of silence takes thirty seconds, so all of them run side by side: each
scenario is a function in a thread of its own, and the tests only look at what came of it.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timezone
from pathlib import Path

import pytest
from servers import API_KEY, USERS, Server, wait_until

from sandspan import Sandbox

WINDOW = 30
"""The shortest idle timeout that counts, in seconds."""

TOLERANCE = 0.3
"""How many seconds later than its idle timeout a sandbox may end."""

ELSEWHERE = """
import sys, time
from sandspan import Sandbox
api_url, api_key = sys.argv[1:]
sandbox = Sandbox.create(timeout=300, idle_timeout=30, api_url=api_url, api_key=api_key)
handle = sandbox.commands.run("sleep 1000", background=True, timeout=0)
print(sandbox.sandbox_id, flush=True)
time.sleep(1000)
"""


SWITCHING = """
import socket
listener = socket.create_server(("127.0.0.1", 8000))
print("ready", flush=True)
connection, _ = listener.accept()
connection.recv(1000)
answer = ("HTTP/1.1 101 Switching Protocols", "Connection: upgrade", "Upgrade: echo", "", "")
connection.sendall("\\r\\n".join(answer).encode())
while connection.recv(1000):
    pass
"""


def state(server: Server, sandbox: Sandbox) -> str:
    """Asked of the control plane, which is no use of the sandbox."""
    status, answer = server.request("GET", f"/sandboxes/{sandbox.sandbox_id}")
    return answer["state"] if status == 200 else "gone"


def wait_for_end(server: Server, sandbox: Sandbox, expected: str = "gone") -> float:
    """Waits until the sandbox runs no more, and gives when that was seen."""
    while (now := state(server, sandbox)) == "running":
        time.sleep(0.02)
    assert now == expected
    return time.monotonic()


def check(ended: float, earliest: float, latest: float) -> None:
    """It ended an idle timeout after its last use, which was over somewhere between two times."""
    assert ended - earliest >= WINDOW
    assert ended - latest <= WINDOW + TOLERANCE


def no_traffic(server: Server) -> None:
    called = time.monotonic()
    sandbox = server.create(timeout=300, idle_timeout=WINDOW)
    returned = time.monotonic()
    check(wait_for_end(server, sandbox), called, returned)
    assert sandbox.is_running() is False


def one_request(server: Server) -> None:
    sandbox = server.create(timeout=300, idle_timeout=WINDOW)
    time.sleep(5)
    called = time.monotonic()
    sandbox.commands.run("true")
    returned = time.monotonic()
    check(wait_for_end(server, sandbox), called, returned)


def a_long_request(server: Server) -> None:
    sandbox = server.create(timeout=300, idle_timeout=WINDOW)
    called = time.monotonic()
    sandbox.commands.run("sleep 40")
    returned = time.monotonic()
    check(wait_for_end(server, sandbox), called + 40, returned)


def an_open_stream(server: Server) -> None:
    sandbox = server.create(timeout=300, idle_timeout=WINDOW)
    handle = sandbox.commands.run("sleep 1000", background=True, timeout=0)
    time.sleep(WINDOW + 10)
    assert state(server, sandbox) == "running"
    called = time.monotonic()
    handle.disconnect()
    returned = time.monotonic()
    check(wait_for_end(server, sandbox), called, returned)


def a_websocket(server: Server) -> None:
    """A request that switched to another protocol, on a port of the sandbox's own."""
    sandbox = server.create(timeout=300, idle_timeout=WINDOW)
    serving = sandbox.commands.run("python -", stdin=True, background=True, timeout=0)
    serving.send_stdin(SWITCHING)
    serving.close_stdin()
    wait_until(lambda: serving.stdout == "ready\n")
    serving.disconnect()
    host, port = server.url.removeprefix("http://").split(":")
    connection = socket.create_connection((host, int(port)))
    request = f"GET / HTTP/1.1\r\nHost: 8000-{sandbox.sandbox_id}.x\r\n"
    connection.sendall(f"{request}Connection: upgrade\r\nUpgrade: echo\r\n\r\n".encode())
    assert b" 101 " in connection.recv(1000)
    time.sleep(WINDOW + 5)
    assert state(server, sandbox) == "running"
    called = time.monotonic()
    connection.close()
    returned = time.monotonic()
    check(wait_for_end(server, sandbox), called, returned)


def a_pause(server: Server) -> None:
    sandbox = server.create(timeout=300, idle_timeout=WINDOW, auto_pause=True)
    called = time.monotonic()
    sandbox.commands.run("echo kept > file")
    returned = time.monotonic()
    check(wait_for_end(server, sandbox, "paused"), called, returned)
    assert sandbox.is_running() is False
    sandbox.connect()
    assert sandbox.commands.run("cat file").stdout == "kept\n"
    sandbox.kill()


def the_deadline_comes_first(server: Server) -> None:
    called = time.monotonic()
    sandbox = server.create(timeout=35, idle_timeout=WINDOW)
    returned = time.monotonic()
    handle = sandbox.commands.run("sleep 1000", background=True, timeout=0)
    ended = wait_for_end(server, sandbox)
    handle.disconnect()
    assert ended - called >= 35
    assert ended - returned <= 35 + TOLERANCE


def too_short(server: Server) -> None:
    sandbox = server.create(timeout=300, idle_timeout=WINDOW - 1)
    lifetime = sandbox.get_lifetime()
    assert (lifetime.idle_timeout, lifetime.idle_deadline) == (None, None)
    time.sleep(WINDOW + 2)
    assert state(server, sandbox) == "running"
    sandbox.kill()


def too_long(server: Server) -> None:
    sandbox = server.create(timeout=300, idle_timeout=600)
    lifetime = sandbox.get_lifetime()
    assert lifetime.idle_timeout == 300
    sandbox.kill()


def it_tells(server: Server) -> None:
    """The end that is shown is the true one at every moment."""
    sandbox = server.create(timeout=300, idle_timeout=WINDOW)
    now = datetime.now(timezone.utc)
    lifetime = sandbox.get_lifetime()
    assert lifetime.deadline is not None
    assert lifetime.idle_deadline is not None
    assert 299 <= (lifetime.deadline - now).total_seconds() <= 300.5
    assert 29 <= (lifetime.idle_deadline - now).total_seconds() <= 30.5
    assert lifetime.ends_at == lifetime.idle_deadline
    handle = sandbox.commands.run("sleep 1000", background=True, timeout=0)
    in_use = sandbox.get_lifetime()
    assert in_use.idle_deadline is None
    assert in_use.ends_at == in_use.deadline == lifetime.deadline
    assert in_use.last_activity is not None
    handle.disconnect()
    wait_until(lambda: sandbox.get_lifetime().idle_deadline is not None)
    sandbox.set_timeout(10)
    assert sandbox.get_lifetime().ends_at == sandbox.get_lifetime().deadline
    sandbox.kill()


def a_client_that_dies(server: Server) -> None:
    """Whoever kept it in use is gone, and so it is, a window later at most."""
    arguments = [sys.executable, "-c", ELSEWHERE, server.url, API_KEY]
    client = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
    assert client.stdout is not None
    path = f"/sandboxes/{client.stdout.readline().strip()}"
    time.sleep(WINDOW + 5)
    assert server.request("GET", path)[0] == 200
    client.send_signal(signal.SIGKILL)
    client.communicate()
    killed = time.monotonic()
    wait_until(lambda: server.request("GET", path)[0] == 404, WINDOW + 5)
    assert time.monotonic() - killed <= WINDOW + TOLERANCE


def reasons(server: Server) -> None:
    """Who waits for the end learns why it came."""
    sandbox = server.create(timeout=300, idle_timeout=WINDOW)
    assert sandbox.wait_until_ended() == "idle"


def processes_do_not_count(server: Server) -> None:
    sandbox = server.create(timeout=300, idle_timeout=WINDOW)
    handle = sandbox.commands.run("sleep 1000", background=True, timeout=0)
    called = time.monotonic()
    handle.disconnect()
    returned = time.monotonic()
    check(wait_for_end(server, sandbox), called, returned)


def processes_count_if_asked_for(server: Server) -> None:
    fields = {"templateID": "base", "idleCountsProcesses": True, "timeout": 300}
    body = fields | {"metadata": {"idle_timeout": str(WINDOW)}}
    answer = server.request("POST", "/v2/sandboxes", body)[1]
    connection = {"api_url": server.url, "api_key": API_KEY}
    sandbox = Sandbox.connect(answer["sandboxID"], timeout=1, **connection)
    called = time.monotonic()
    handle = sandbox.commands.run("sleep 40", background=True, timeout=0)
    returned = time.monotonic()
    handle.disconnect()
    check(wait_for_end(server, sandbox), called + 40, returned + 40)


BY_BOTH: tuple[Callable[[Server], None], ...] = (
    no_traffic,
    one_request,
    a_long_request,
    an_open_stream,
    a_pause,
    the_deadline_comes_first,
    too_short,
    too_long,
    it_tells,
    a_client_that_dies,
    reasons,
    processes_do_not_count,
)

SCENARIOS = {
    "server": ((), (*BY_BOTH, a_websocket, processes_count_if_asked_for)),
    "lease": (("--ignore-idle-timeouts",), BY_BOTH),
}
"""By who enforces the idle timeout: the options of the server, and what is tried."""

NAMES = [
    (enforcer, user, scenario.__name__)
    for enforcer, (_, scenarios) in SCENARIOS.items()
    for user in USERS
    for scenario in scenarios
]


@pytest.fixture(scope="module")
def outcomes(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[tuple[str, str, str], Future[None]]]:
    """What comes of each scenario, all of which have been started."""
    servers, futures = [], {}
    with ThreadPoolExecutor(len(NAMES)) as threads:
        for enforcer, (options, scenarios) in SCENARIOS.items():
            for name, user in USERS.items():
                folder = tmp_path_factory.mktemp(f"{enforcer}-{name}")
                server = Server(Path(folder), user).start(*options)
                servers.append(server)
                for scenario in scenarios:
                    key = (enforcer, name, scenario.__name__)
                    futures[key] = threads.submit(scenario, server)
        yield futures
        for future in futures.values():
            future.exception()
    for server in servers:
        server.kill_all()
        server.end()


@pytest.mark.parametrize(("enforcer", "user", "scenario"), NAMES)
def test_idle(
    outcomes: dict[tuple[str, str, str], Future[None]], enforcer: str, user: str, scenario: str
) -> None:
    outcomes[enforcer, user, scenario].result()


def test_an_idle_timeout_that_is_too_short_is_warned_of_once(server: Server) -> None:
    program = """
import sys
from sandspan import Sandbox
connection = {"api_url": sys.argv[1], "api_key": sys.argv[2]}
for _ in range(2):
    Sandbox.create(idle_timeout=29, **connection).kill()
"""
    arguments = [sys.executable, "-c", program, server.url, API_KEY]
    environment = {name: value for name, value in os.environ.items() if name != "SANDSPAN_PROVIDER"}
    ran = subprocess.run(arguments, check=True, capture_output=True, text=True, env=environment)
    warnings = [line for line in ran.stderr.splitlines() if "idle" in line]
    assert len(warnings) == 1, ran.stderr
    assert "30 s" in warnings[0]
