"""Network rules, as a server gets them."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from sandspan import ALL_TRAFFIC, InvalidArgumentException, Sandbox, SandboxNetworkOpts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SANDBOX = {"sandboxID": "isb1", "templateID": "base", "clientID": "c", "envdVersion": "0.6.13"}


@pytest.fixture
def sent() -> Iterator[Callable[[SandboxNetworkOpts], Any]]:
    """Creates a sandbox with rules, and gives these as they were sent."""
    bodies: list[Any] = []

    class Service(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            answer = json.dumps(SANDBOX).encode()
            self.send_response(201)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_request(self, *_: object, **__: object) -> None:
            """Keeps quiet."""

    with HTTPServer(("127.0.0.1", 0), Service) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()

        def create(network: SandboxNetworkOpts) -> Any:  # noqa: ANN401 (JSON)
            api_url = f"http://127.0.0.1:{server.server_port}"
            Sandbox.create(network=network, provider="e2b", api_key="e2b_1", api_url=api_url)
            return bodies.pop()["network"]

        yield create
        server.shutdown()
        thread.join()


def test_rules_have_the_names_of_the_service(sent: Callable[[SandboxNetworkOpts], Any]) -> None:
    network: SandboxNetworkOpts = {
        "allow_out": ["1.1.1.1"],
        "deny_out": lambda context: [context.all_traffic],
        "allow_public_traffic": False,
        "mask_request_host": "localhost:${PORT}",
        "https_ports": [443],
        "dns_servers": [],
        "egress_proxy": {
            "address": "proxy:1080",
            "username": "me",
            "password": None,
            "tls": {"server_name": "proxy.example.com"},
        },
    }
    assert sent(network) == {
        "allowOut": ["1.1.1.1"],
        "denyOut": [ALL_TRAFFIC],
        "allowPublicTraffic": False,
        "maskRequestHost": "localhost:${PORT}",
        "httpsPorts": [443],
        "dnsServers": [],
        "egressProxy": {
            "address": "proxy:1080",
            "username": "me",
            "tls": {"enabled": True, "serverName": "proxy.example.com"},
        },
    }


def test_functions_choose_among_the_rules(sent: Callable[[SandboxNetworkOpts], Any]) -> None:
    placeholder = "${e2b.identity.tokens.aws}"
    network: SandboxNetworkOpts = {
        "allow_out": lambda context: list(context.rules),
        "rules": {
            "api.Example_1.com": [
                {"transform": {"headers": {"X-Name_1": "value"}}},
                {
                    "transform": lambda context: {
                        "headers": {"Authorization": context.iam.tokens["aws"]}
                    }
                },
                {},
            ]
        },
    }
    assert sent(network) == {
        "allowOut": ["api.Example_1.com"],
        "rules": {
            "api.Example_1.com": [
                {"transform": {"headers": {"X-Name_1": "value"}}},
                {"transform": {"headers": {"Authorization": placeholder}}},
                {},
            ]
        },
    }


async def later(_: object) -> dict[str, str]:
    return {}


@pytest.mark.parametrize(
    ("network", "message"),
    [
        ([], "network must be a dictionary, got list"),
        ({"allowOut": []}, "network has the unknown key 'allowOut': it takes allow_out, "),
        ({"allow_out": "1.1.1.1"}, "allow_out must be a list of strings"),
        ({"deny_out": [1]}, "deny_out must be a list of strings"),
        ({"allow_public_traffic": "no"}, "allow_public_traffic must be True or False"),
        ({"egress_proxy": {}}, "network egress_proxy must be a dict with a string 'address'"),
        ({"egress_proxy": {"address": "a", "tls": 1}}, "tls must be a bool or a dict"),
        ({"egress_proxy": {"address": "a", "tls": {"enabled": True}}}, "tls takes no 'enabled'"),
        ({"rules": {"host": [{"transform": later}]}}, "must be synchronous, it returned an await"),
        ({"rules": {"host": [{"transform": lambda _: 1}]}}, "must return a transform dict, got i"),
    ],
)
def test_wrong_rules_are_refused(network: Any, message: str) -> None:  # noqa: ANN401
    with pytest.raises(InvalidArgumentException, match=message):
        Sandbox.create(network=network)


def test_what_a_function_raises_is_raised() -> None:
    def fail(_: object) -> list[str]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Sandbox.create(network={"allow_out": fail})
