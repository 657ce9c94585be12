"""What sandboxes reach: the internet when they ask for it, and never this machine.

The internet of these tests is a network of their own, with public addresses.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from servers import API_KEY, USERS, Server, is_alive, wait_until

from sandspan import Sandbox

PROGRAMS = {"pasta": "passt", "ip": "iproute2", "setpriv": "util-linux"}
"""What these tests need, and the packages that have it."""

PUBLIC, ALSO_PUBLIC, NEIGHBOUR = "203.0.113.1", "198.51.100.1", "10.77.0.1"
"""Addresses of a machine out there: two public ones and a private one."""

OWN_PUBLIC, OWN_PRIVATE, SERVER = "203.0.113.2", "10.77.0.2", "10.78.0.2"
"""Addresses of the machine that the server runs on."""

WEB = "import http.server as it; it.test(it.SimpleHTTPRequestHandler, port=8080)"

NAMES = f"""
import socket
it = socket.socket(type=socket.SOCK_DGRAM)
it.bind(("0.0.0.0", 53))
print("ready")
while True:
    asked, client = it.recvfrom(1000)
    end = asked.index(0, 12) + 5
    is_v4 = asked[end - 4 : end - 2] == b"\\0\\1"
    head = asked[:2] + b"\\x81\\x80\\0\\1" + (b"\\0\\1" if is_v4 else b"\\0\\0") + b"\\0\\0\\0\\0"
    answer = b"\\xc0\\x0c\\0\\1\\0\\1\\0\\0\\0\\x3c\\0\\4" + socket.inet_aton("{PUBLIC}")
    it.sendto(head + asked[12:end] + (answer if is_v4 else b""), client)
"""

PROBE = """
import socket, sys
SO_BINDTODEVICE = 25
for asked in sys.argv[2:]:
    host, _, seconds = asked.partition("=")
    it = socket.socket()
    it.settimeout(int(seconds))
    if sys.argv[1] != "-":
        it.setsockopt(socket.SOL_SOCKET, SO_BINDTODEVICE, sys.argv[1].encode())
    try:
        it.connect((host, 8080))
        it.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n")
        print(host, "reached" if it.recv(4) == b"HTTP" else "silent")
    except OSError:
        print(host, "refused")
"""


class Network:
    """The network of a server's machine, and a machine out there."""

    def __init__(self) -> None:
        self.here, self.there = f"here-{os.getpid()}", f"there-{os.getpid()}"
        # It may have 15 characters.
        self.device = f"sandspan{os.getpid()}"
        self.programs: list[subprocess.Popen[bytes]] = []

    def make(self) -> None:
        """Makes both, with servers on all addresses, a route between them and a resolver."""
        remove_leftovers()
        for name in (self.here, self.there):
            run("ip", "netns", "add", name)
            run("ip", "-n", name, "link", "set", "lo", "up")
        pair(self.device, "host", self.here)
        run("ip", "address", "add", "10.78.0.1/24", "dev", self.device)
        run("ip", "link", "set", self.device, "up")
        pair("out", "out", self.there, "-n", self.here)
        for name, device, addresses in (
            (self.here, "host", (f"{SERVER}/24",)),
            (self.here, "out", (f"{OWN_PUBLIC}/24", f"{OWN_PRIVATE}/24")),
            (self.there, "out", (f"{PUBLIC}/24", f"{NEIGHBOUR}/24", f"{ALSO_PUBLIC}/32")),
        ):
            for address in addresses:
                run("ip", "-n", name, "address", "add", address, "dev", device)
            run("ip", "-n", name, "link", "set", device, "up")
        run("ip", "-n", self.here, "route", "add", "default", "via", PUBLIC)
        # This is where `ip netns exec` finds what to show as /etc/resolv.conf.
        folder = Path("/etc/netns", self.here)
        folder.mkdir(parents=True)
        Path(folder, "resolv.conf").write_text(f"nameserver {PUBLIC}\n")
        for name, program in ((self.here, WEB), (self.there, WEB), (self.there, NAMES)):
            self.programs.append(
                subprocess.Popen(
                    ["ip", "netns", "exec", name, sys.executable, "-u", "-c", program],
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    cwd="/var/empty" if Path("/var/empty").exists() else "/usr/share/doc",
                )
            )
        for started in self.programs:
            # Each says one line when it listens.
            assert started.stdout is not None
            assert started.stdout.readline()

    def remove(self) -> None:
        """Removes all of it."""
        for program in self.programs:
            program.kill()
            program.communicate()
        for name in (self.here, self.there):
            subprocess.run(["ip", "netns", "delete", name], check=False)
        subprocess.run(["ip", "link", "delete", self.device], check=False)
        shutil.rmtree(f"/etc/netns/{self.here}", ignore_errors=True)


def remove_leftovers() -> None:
    """Removes what runs left that were killed: their addresses would be in the way."""
    for _, name in socket.if_nameindex():
        left = re.fullmatch(r"sandspan(\d+)", name)
        if left is not None and not is_alive(int(left[1])):
            subprocess.run(["ip", "link", "delete", name], check=False)
    for place in Path("/run/netns").glob("*here-*"):
        left = re.fullmatch(r"t?here-(\d+)", place.name)
        if left is not None and not is_alive(int(left[1])):
            subprocess.run(["ip", "netns", "delete", place.name], check=False)
            shutil.rmtree(f"/etc/netns/{place.name}", ignore_errors=True)


def pair(name: str, other: str, network: str, *here: str) -> None:
    """Connects this network, or another one, with a network."""
    peer = ("peer", "name", other, "netns", network)
    run("ip", *here, "link", "add", name, "type", "veth", *peer)


def run(*command: str) -> None:
    """Runs a program that must succeed."""
    subprocess.run(command, check=True)


class ServerInNetwork(Server):
    """A server whose machine has only the network of these tests."""

    network: Network

    def spawn(self, *options: str, listen: str = "") -> subprocess.Popen[str]:
        """Starts the program there, with the device that distributions open for everybody."""
        del listen  # That network has one address for servers.
        user, self.user = self.user, None
        program = self.program
        prepare = (
            "mount -t tmpfs tmpfs /dev/net && mknod -m 666 /dev/net/tun c 10 200 && "
            'echo $$ > "$0" && exec "$@"'
        )
        become = [] if user is None else [
            "setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"
        ]  # fmt: skip
        script = self.folder / "start"
        command = ["ip", "netns", "exec", self.network.here, "sh", "-c", prepare]
        command += [str(self.folder / "pid"), *become, str(program)]
        quoted = " ".join(f"'{part}'" for part in command)
        script.write_text(f'#!/bin/sh\nexec {quoted} "$@"\n')
        script.chmod(0o755)
        self.program = script
        try:
            return super().spawn(*options, listen=SERVER + ":0")
        finally:
            self.program, self.user = program, user


@pytest.fixture(scope="session")
def network() -> Iterator[Network]:
    """The network, made once."""
    if os.geteuid() != 0:
        pytest.skip("only root can make networks to reach")
    for program, package in PROGRAMS.items():
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed: install the package {package}")
    made = Network()
    try:
        made.make()
        yield made
    finally:
        made.remove()


@pytest.fixture(params=USERS.values(), ids=USERS.keys())
def connected(
    request: pytest.FixtureRequest, tmp_path: Path, network: Network
) -> Iterator[ServerInNetwork]:
    """A server that can connect its sandboxes."""
    server = ServerInNetwork(tmp_path, request.param)
    server.network = network
    server.start()
    yield server
    server.remember()
    server.kill_all()
    assert server.remains() == []
    assert gateways(server) == []
    server.end()


def create(server: Server, **body: Any) -> Sandbox:
    """Makes a sandbox with anything that the API knows."""
    body = {"templateID": "base", "timeout": 60} | body
    status, answer = server.request("POST", "/v2/sandboxes", body)
    assert status == 201, answer
    return Sandbox.connect(answer["sandboxID"], api_url=server.url, api_key=API_KEY)


def check_reached(
    sandbox: Sandbox,
    expected: list[str],
    hosts: Iterable[str] = (PUBLIC, ALSO_PUBLIC),
    interface: str = "-",
) -> None:
    """Makes sure which of some hosts a sandbox reaches; those get time on a busy machine too."""
    asked = [f"{host}={10 if host in expected else 1}" for host in hosts]
    script = f"cat > /tmp/probe.py <<'END'\n{PROBE}\nEND\n"
    sandbox.commands.run(script)
    command = f"python3 /tmp/probe.py {interface} {' '.join(asked)}"
    lines = sandbox.commands.run(command, timeout=60).stdout.splitlines()
    assert [line.split()[0] for line in lines if line.endswith("reached")] == expected


def gateways(server: Server) -> list[int]:
    """The processes that connect sandboxes of a server, or did."""
    records = server.folder.glob("state/sandboxes/*/internet.json")
    processes = [json.loads(record.read_text()) for record in records]
    return [it["pid"] for both in processes for it in both.values() if is_alive(it["pid"])]


def update(server: Server, sandbox: Sandbox, **rules: Any) -> tuple[int, Any]:
    """Replaces what a sandbox may reach."""
    return server.request("PUT", f"/sandboxes/{sandbox.sandbox_id}/network", rules)


def test_the_internet_is_for_who_asks(connected: ServerInNetwork) -> None:
    check_reached(create(connected, allow_internet_access=True), [PUBLIC, ALSO_PUBLIC])
    check_reached(create(connected), [])
    check_reached(create(connected, allow_internet_access=False), [])


def test_names_are_resolved(connected: ServerInNetwork) -> None:
    sandbox = create(connected, allow_internet_access=True)
    check_reached(sandbox, ["example.com"], ["example.com"])


def test_this_machine_and_private_addresses_are_never_reached(connected: ServerInNetwork) -> None:
    private = (OWN_PUBLIC, OWN_PRIVATE, SERVER, NEIGHBOUR, "127.0.0.1", "10.0.2.2", "192.0.0.53")
    for network in ({}, {"allowOut": ["0.0.0.0/0"]}):
        sandbox = create(connected, allow_internet_access=True, network=network)
        check_reached(sandbox, [], private)
        # The kernel ignores routes for such a socket, and anybody may have one.
        check_reached(sandbox, [], private, interface="eth0")
        check_reached(sandbox, [PUBLIC], [PUBLIC], interface="eth0")


def test_not_even_root_inside_can_change_that(connected: ServerInNetwork) -> None:
    sandbox = create(connected, allow_internet_access=True)
    result = sandbox.commands.run(
        "ip route del default; ip link set eth0 down; ip addr add 10.77.0.9/24 dev eth0; true",
        user="root",
    )
    assert "Operation not permitted" in result.stderr or "not found" in result.stderr
    check_reached(sandbox, [], [NEIGHBOUR, OWN_PUBLIC])
    check_reached(sandbox, [PUBLIC, ALSO_PUBLIC])


@pytest.mark.parametrize(
    ("internet", "rules", "expected"),
    [
        (True, {"denyOut": ["203.0.113.0/24"]}, [ALSO_PUBLIC]),
        (True, {"denyOut": ["0.0.0.0/0"]}, []),
        (True, {"denyOut": ["0.0.0.0/0"], "allowOut": [PUBLIC]}, [PUBLIC]),
        (None, {"denyOut": ["203.0.113.0/24"], "allowOut": ["203.0.113.0/30"]},
         [PUBLIC, ALSO_PUBLIC]),
        (False, {"allowOut": ["198.51.100.0/24"]}, [ALSO_PUBLIC]),
        (None, {"denyOut": [PUBLIC]}, []),
    ],
)  # fmt: skip
def test_rules(
    connected: ServerInNetwork,
    internet: bool | None,  # noqa: FBT001, pytest gives it by name
    rules: dict[str, list[str]],
    expected: list[str],
) -> None:
    asked = {} if internet is None else {"allow_internet_access": internet}
    sandbox = create(connected, network=rules, **asked)
    check_reached(sandbox, expected)
    detail = connected.request("GET", f"/sandboxes/{sandbox.sandbox_id}")[1]
    assert detail["network"] == rules


def test_rules_are_replaced_while_the_sandbox_runs(connected: ServerInNetwork) -> None:
    sandbox = create(connected, allow_internet_access=True)
    assert update(connected, sandbox, denyOut=[PUBLIC])[0] == 204
    check_reached(sandbox, [ALSO_PUBLIC])
    detail = connected.request("GET", f"/sandboxes/{sandbox.sandbox_id}")[1]
    assert detail["network"] == {"denyOut": [PUBLIC]}
    assert update(connected, sandbox)[0] == 204
    check_reached(sandbox, [PUBLIC, ALSO_PUBLIC])
    assert update(connected, sandbox, allow_internet_access=False)[0] == 204
    check_reached(sandbox, [])
    offline = create(connected)
    assert update(connected, offline, allow_internet_access=True)[0] == 204
    check_reached(offline, [PUBLIC, ALSO_PUBLIC])
    path = f"/sandboxes/{sandbox.sandbox_id}"
    assert connected.request("POST", f"{path}/pause")[0] == 204
    assert update(connected, sandbox)[0] == 404
    assert connected.request("PUT", "/sandboxes/inotthere/network", {})[0] == 404


def test_a_connection_outlives_pauses_and_servers(connected: ServerInNetwork) -> None:
    sandbox = create(connected, network={"allowOut": [PUBLIC], "denyOut": ["0.0.0.0/0"]})
    path = f"/sandboxes/{sandbox.sandbox_id}"
    for memory in (True, False):
        status, answer = connected.request("POST", f"{path}/pause", {"memory": memory})
        assert status == 204, answer
        assert connected.request("POST", f"{path}/connect", {"timeout": 60})[0] == 201
        check_reached(sandbox, [PUBLIC])
    pid = int((connected.folder / "pid").read_text())
    os.kill(pid, signal.SIGKILL)
    connected.end(signal.SIGKILL)
    connected.start()
    sandbox = Sandbox.connect(sandbox.sandbox_id, api_url=connected.url, api_key=API_KEY)
    check_reached(sandbox, [PUBLIC])
    assert update(connected, sandbox, allow_internet_access=True)[0] == 204
    check_reached(sandbox, [PUBLIC, ALSO_PUBLIC])


def test_a_connection_ends_with_its_sandbox_though_the_server_is_dead(
    connected: ServerInNetwork,
) -> None:
    sandbox = create(connected, allow_internet_access=True)
    processes = gateways(connected)
    assert len(processes) == 2
    first = connected.first_process(sandbox.sandbox_id)
    connected.end(signal.SIGKILL)
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: not any(map(is_alive, processes)))
    connected.start()
    assert connected.request("GET", "/v2/sandboxes") == (200, [])


def test_a_connection_that_broke_is_made_anew(connected: ServerInNetwork) -> None:
    sandbox = create(connected, allow_internet_access=True)
    broken = gateways(connected)
    for process in broken:
        os.kill(process, signal.SIGKILL)
    wait_until(lambda: not any(map(is_alive, broken)))
    check_reached(sandbox, [])
    assert update(connected, sandbox, allow_internet_access=True)[0] == 204
    check_reached(sandbox, [PUBLIC, ALSO_PUBLIC])


@pytest.mark.parametrize(
    ("network", "message"),
    [
        ({"allowOut": ["example.com"]}, 'allowOut cannot hold the host name "example.com"'),
        ({"allowOut": ["10.0.0.1"]}, "no sandbox reaches private"),
        ({"allowOut": ["2001:db8::1"]}, "IPv6"),
        ({"denyOut": ["example.com"]}, "invalid denied CIDR example.com"),
        ({"denyOut": ["1.2.3.4/33"]}, "invalid denied CIDR 1.2.3.4/33"),
        ({"denyOut": ["192.0.2.1"] * 501}, "may name 500"),
        ({"rules": {"a.example": [{}]}}, "network.rules is not supported"),
        ({"egressProxy": {"address": "a:1"}}, "network.egressProxy is not supported"),
        ({"dnsServers": ["192.0.2.1"]}, "network.dnsServers is not supported"),
        ({"httpsPorts": [443]}, "network.httpsPorts is not supported"),
    ],
)
def test_what_cannot_be_done_is_refused(
    server: Server, network: dict[str, object], message: str
) -> None:
    status, answer = server.request(
        "POST", "/v2/sandboxes", {"templateID": "base", "network": network}
    )
    assert status == 400
    assert message in answer["message"]
    body = {"templateID": "base", "iam": {"tokens": {"x": {}}}}
    assert server.request("POST", "/v2/sandboxes", body)[0] == 400
    assert server.remains() == []


def test_without_pasta_only_who_asks_is_refused(
    idle_server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    server = idle_server.start()
    for asked in ({"allow_internet_access": True}, {"network": {"allowOut": [PUBLIC]}}):
        status, answer = server.request("POST", "/v2/sandboxes", {"templateID": "base"} | asked)
        assert status == 400
        assert "install the package passt" in answer["message"]
    sandbox = server.create(timeout=60)
    assert update(server, sandbox, denyOut=["0.0.0.0/0"])[0] == 204
    assert update(server, sandbox, allow_internet_access=True)[0] == 400
    # Clients of the first version always ask.
    body = {"templateID": "base", "allow_internet_access": True}
    assert server.request("POST", "/sandboxes", body)[0] == 201
