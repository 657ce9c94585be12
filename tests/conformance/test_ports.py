"""Ports and the network of sandboxes, with the published clients for Python, unmodified."""

from __future__ import annotations

import json
from typing import Any

import plain
import pytest
from clients import Client, only_derived
from servers import Server, wait_until

PORT = 8000
HEADER = "e2b-traffic-access-token"
SERVER = f"python3 -m http.server {PORT} --directory /tmp/served --bind"


def ask(
    server: Server, sandbox: Any, port: int = PORT, path: str = "/", **headers: str
) -> tuple[int, str]:
    """Asks a port by its host name, which resolves to the runtime where it has a domain."""
    status, text = plain.ask(server.url + path, Host=sandbox.get_host(port), **headers)
    return status, text.decode()


def serve(sandbox: Any, address: str = "::") -> Any:
    """Starts a server inside and waits for it."""
    sandbox.commands.run("mkdir -p /tmp/served && echo hello > /tmp/served/page")
    command = sandbox.commands.run(f"{SERVER} {address}", background=True, timeout=0)
    listening = f"grep -q ':{PORT:04X} .* 0A ' /proc/net/tcp /proc/net/tcp6"
    wait_until(lambda: succeeds(sandbox, listening))
    return command


def succeeds(sandbox: Any, command: str) -> bool:
    return sandbox.commands.run(f"({command}) 2>&- && echo yes || true").stdout == "yes\n"


def named(sandbox: Any) -> str:
    """What a sandbox is called in answers: without what some clients append to its id."""
    return sandbox.sandbox_id.partition("-")[0]


@pytest.mark.parametrize("address", ["0.0.0.0", "127.0.0.1", "::", "::1", "localhost"])
def test_a_server_inside(server: Server, sandbox: Any, address: str) -> None:
    assert sandbox.get_host(PORT).startswith(f"{PORT}-{sandbox.sandbox_id}.")
    command = serve(sandbox, address)
    assert ask(server, sandbox, path="/page") == (200, "hello\n")
    assert ask(server, sandbox, path="/missing")[0] == 404
    assert command.kill()


def test_a_closed_port(server: Server, shared: Any) -> None:
    status, text = ask(server, shared, port=9)
    assert status == 502
    assert json.loads(text) == {
        "sandboxId": named(shared),
        "message": "The sandbox is running but port is not open",
        "port": 9,
        "code": 502,
    }
    status, page = ask(server, shared, port=9, User_Agent="Mozilla/5.0", Accept="text/html")
    assert status == 502
    assert page.startswith("<html")


def test_a_killed_sandbox_has_no_ports(server: Server, client: Client) -> None:
    sandbox = client.create(timeout=60)
    sandbox.kill()
    status, text = ask(server, sandbox)
    assert status == 502
    assert json.loads(text) == {
        "sandboxId": named(sandbox),
        "message": "The sandbox was not found",
        "code": 502,
    }


def test_a_traffic_token(server: Server, client: Client, shared: Any) -> None:
    assert not shared.traffic_access_token
    sandbox = client.create(**client.modern, network={"allow_public_traffic": False})
    try:
        command = serve(sandbox)
        secured = "Sandbox is secured with traffic access token."
        header = f"header '{HEADER}'"
        status, text = ask(server, sandbox, path="/page")
        assert status == 403
        assert json.loads(text) == {
            "sandboxId": named(sandbox),
            "message": f"{secured} Token {header} is missing",
            "code": 403,
        }
        status, text = ask(server, sandbox, **{HEADER: "wrong"})
        assert status == 403
        assert json.loads(text)["message"] == f"{secured} Provided token in {header} is invalid"
        token = {HEADER: sandbox.traffic_access_token}
        assert ask(server, sandbox, path="/page", **token) == (200, "hello\n")
        assert command.kill()
    finally:
        sandbox.kill()


@only_derived
def test_a_traffic_token_needs_a_secured_sandbox(client: Client) -> None:
    with pytest.raises(client.SandboxException, match="enable secure envd access"):
        client.create(**client.modern, secure=False, network={"allow_public_traffic": False})


def test_no_internet(client: Client) -> None:
    sandbox = client.create(timeout=60, allow_internet_access=False)
    try:
        # An address for documentation only, which no network has.
        reached = "timeout 2 bash -c 'exec 3<>/dev/tcp/203.0.113.1/80'"
        assert not succeeds(sandbox, reached)
        if client.is_newest:
            assert sandbox.get_info().allow_internet_access is False
    finally:
        sandbox.kill()


def test_its_network_is_replaced(client: Client) -> None:
    rules = {"deny_out": ["203.0.113.0/24"]}
    sandbox = client.create(**client.modern)
    try:
        if not client.is_newest:
            sandbox.set_network(**rules)
            return
        sandbox.update_network(rules)
        assert sandbox.get_info().network["deny_out"] == rules["deny_out"]
        sandbox.update_network({})
        assert not (sandbox.get_info().network or {}).get("deny_out")
    finally:
        sandbox.kill()
    with pytest.raises(client.SandboxNotFoundException):
        sandbox.update_network(rules)
