"""What only hosted services answer, from a server that answers the same every time."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest

from sandspan import AuthenticationException, Sandbox, ServiceBusyException

if TYPE_CHECKING:
    from collections.abc import Iterator

DETAIL = {
    "sandboxID": "isb1",
    "templateID": "base",
    "clientID": "client",
    "startedAt": "2026-01-01T00:00:00.123456Z",
    "endAt": "2026-01-01T02:05:00+02:00",
    "state": "snapshotting",
    "cpuCount": 2,
    "memoryMB": 512,
    "diskSizeMB": 1024,
    "envdVersion": "0.6.7",
    "volumeMounts": [{"name": "data", "path": "/data"}],
    "lifecycle": {"autoResume": True, "onTimeout": "pause"},
    "network": {
        "allowPublicTraffic": True,
        "maskRequestHost": None,
        "httpsPorts": [443],
        "rules": {"api.Example.com": [{"transform": {"headers": {"X-Name": "value"}}}]},
    },
}
ANSWERS = {
    "isb1": (200, DETAIL),
    "forbidden": (401, {"code": 401, "message": "no such key"}),
    "busy": (503, {"code": 503, "message": "no capacity"}),
}


class Service(BaseHTTPRequestHandler):
    """Answers with what stands under the last part of the path."""

    def do_GET(self) -> None:
        status, answer = ANSWERS[self.path.rsplit("/", 1)[1]]
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, *_: object, **__: object) -> None:
        """Keeps quiet."""


@pytest.fixture
def api_url() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Service) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_all_of_an_info_is_converted(api_url: str) -> None:
    info = Sandbox.get_info("isb1", api_url=api_url, api_key="key", provider="e2b")
    assert repr(info) == (
        "SandboxInfo(sandbox_id='isb1', sandbox_domain=None, template_id='base', name=None, "
        "metadata={}, started_at=datetime.datetime(2026, 1, 1, 0, 0, 0, 123456, "
        "tzinfo=datetime.timezone.utc), end_at=datetime.datetime(2026, 1, 1, 0, 5, "
        "tzinfo=datetime.timezone.utc), state=<SandboxState.SNAPSHOTTING: 'snapshotting'>, "
        "cpu_count=2, memory_mb=512, envd_version='0.6.7', allow_internet_access=None, "
        "network={'allow_public_traffic': True, 'https_ports': [443], 'rules': "
        "{'api.Example.com': [{'transform': {'headers': {'X-Name': 'value'}}}]}}, "
        "lifecycle={'on_timeout': <SandboxOnTimeout.PAUSE: 'pause'>, 'auto_resume': True}, "
        "volume_mounts=[{'name': 'data', 'path': '/data'}], envd_unresponsive_at_pause=None)"
    )


def test_errors_carry_their_status(api_url: str) -> None:
    with pytest.raises(AuthenticationException) as unauthenticated:
        Sandbox.get_info("forbidden", api_url=api_url, api_key="key", provider="e2b")
    assert unauthenticated.value.status_code == 401
    with pytest.raises(ServiceBusyException) as busy:
        Sandbox.get_info("busy", api_url=api_url, api_key="key", provider="e2b", request_timeout=1)
    assert busy.value.status_code == 503
