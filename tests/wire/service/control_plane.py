"""The answers of control planes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from recording_server import Request, Response

from .answers import Answers, always, as_json, body_of
from .values import (
    AGENT_VERSION,
    CLIENT_ID,
    END_AT,
    ENVD_TOKEN,
    OTHER_SANDBOX_ID,
    SANDBOX_ID,
    STARTED_AT,
    TRAFFIC_TOKEN,
    VOLUME_TOKEN,
)

if TYPE_CHECKING:
    from . import Service

OLD_AGENT = "agent-"
"""What the names of templates with an older agent start with; its version follows."""


def created(service: Service, request: Request) -> Response:
    return as_json(201, sandbox(service, body_of(request)))


def connected(service: Service, request: Request, _sandbox_id: str) -> Response:
    return as_json(200, sandbox(service, body_of(request) | {"templateID": "base"}))


def sandbox(service: Service, wanted: dict[str, Any], sandbox_id: str = SANDBOX_ID) -> Any:
    """What is told of a new sandbox."""
    template = wanted.get("templateID", "base")
    is_old = template.startswith(OLD_AGENT)
    described = {
        "templateID": template,
        "sandboxID": sandbox_id,
        "clientID": CLIENT_ID,
        "envdVersion": template.removeprefix(OLD_AGENT) if is_old else AGENT_VERSION,
        "domain": service.domain,
    }
    if wanted.get("secure", service.secures):
        described["envdAccessToken"] = ENVD_TOKEN
    network = wanted.get("network") or {}
    if network.get("allowPublicTraffic") is False or wanted.get("allowPublicTraffic") is False:
        described["trafficAccessToken"] = TRAFFIC_TOKEN
    return described


def cloned(service: Service, request: Request, _sandbox_id: str) -> Response:
    count = body_of(request).get("count", 1)
    copies = [sandbox(service, {}, OTHER_SANDBOX_ID)] * count
    return as_json(201, {"sandboxes": copies, "count": count, "snapshotTemplateId": "snapshot"})


def forked(service: Service, request: Request, _sandbox_id: str) -> Response:
    count = body_of(request).get("count", 1)
    return as_json(201, [{"sandbox": sandbox(service, {}, OTHER_SANDBOX_ID)}] * count)


DETAIL = {
    "templateID": "base",
    "alias": "base",
    "sandboxID": SANDBOX_ID,
    "clientID": CLIENT_ID,
    "startedAt": STARTED_AT,
    "endAt": END_AT,
    "envdVersion": AGENT_VERSION,
    "cpuCount": 2,
    "memoryMB": 512,
    "diskSizeMB": 1024,
    "state": "running",
    "metadata": {},
}


def listed(_service: Service, request: Request) -> Response:
    """One page of one sandbox, and where more follows, the token of the next."""
    query = parse_qs(urlsplit(request.target).query)
    is_first = "limit" in query and "nextToken" not in query
    following = {"x_next_token": "next-page"} if is_first else {}
    return as_json(200, [DETAIL], x_total_running="1", **following)


METRIC = {
    "timestamp": STARTED_AT,
    "timestampUnix": 1767225600,
    "cpuCount": 2,
    "cpuUsedPct": 1.5,
    "memUsed": 100,
    "memTotal": 1000,
    "memCache": 10,
    "diskUsed": 100,
    "diskTotal": 1000,
}
LEGACY_METRIC = {
    "timestamp": STARTED_AT,
    "cpuCount": 2,
    "cpuUsedPct": 1.5,
    "memUsedMiB": 100,
    "memTotalMiB": 1000,
}


def measured(service: Service, _request: Request, _sandbox_id: str) -> Response:
    return as_json(200, [LEGACY_METRIC if service.suffixes_ids else METRIC])


SNAPSHOT = {"snapshotID": "snapshot:default", "names": ["team/snapshot"]}
VOLUME = {"volumeID": "volume", "name": "data", "token": VOLUME_TOKEN}
SECRET = {
    # As E2B describes one, and as the others do.
    "secretID": "secret",
    "name": "token",
    "currentVersion": 1,
    "metadata": {},
    "createdAt": STARTED_AT,
    "updatedAt": STARTED_AT,
    "hosts": ["api.example.com"],
    "placeholder": "placeholder",
    "hasSecret": True,
    "status": "active",
}
ENTRY = {
    "name": "note.txt",
    "type": "file",
    "path": "/note.txt",
    "size": 5,
    "mode": 420,
    "uid": 1000,
    "gid": 1000,
    "atime": STARTED_AT,
    "mtime": STARTED_AT,
    "ctime": STARTED_AT,
}


def secrets(service: Service, _request: Request) -> Response:
    """A bare list, as E2B gives one, or an object with it."""
    return as_json(200, [SECRET] if service.speaks_e2b else {"secrets": [SECRET]})


def secret_deleted(service: Service, _request: Request, name: str) -> Response:
    return Response(204) if service.speaks_e2b else as_json(200, {"deleted": name})


def content(_service: Service, _request: Request, _volume_id: str) -> Response:
    return Response(200, {"content-type": "application/octet-stream"}, b"hello")


ANSWERS: Answers = [
    (r"POST (?:/v2)?/sandboxes", created),
    (r"GET /v2/sandboxes", listed),
    (r"GET /sandboxes", listed),
    (r"GET /sandboxes/quota", always(200, {"limit": {}, "usage": {}})),
    (r"GET /sandboxes/events", always(200, {"items": [], "total": 0})),
    (r"GET /sandboxes/[^/]+", always(200, DETAIL)),
    (r"DELETE /sandboxes/[^/]+", always(204)),
    (r"POST (?:/v2)?/sandboxes/([^/]+)/connect", connected),
    (r"POST /sandboxes/([^/]+)/resume", connected),
    (r"POST /sandboxes/[^/]+/(?:timeout|pause|refreshes|hotplug-memory)", always(204)),
    (r"PUT /sandboxes/[^/]+/network", always(204)),
    (r"GET /sandboxes/([^/]+)/metrics", measured),
    (r"POST /sandboxes/([^/]+)/reset", connected),
    (r"POST /sandboxes/([^/]+)/clone", cloned),
    (r"POST /sandboxes/([^/]+)/fork", forked),
    (r"POST /sandboxes/[^/]+/commit", always(201, {"templateID": "template", "aliases": []})),
    (r"POST /sandboxes/[^/]+/snapshots", always(201, SNAPSHOT)),
    (r"GET /snapshots", always(200, [SNAPSHOT])),
    (r"DELETE /templates/.+", always(204)),
    (r"(?:POST|DELETE) /sandboxes/[^/]+/volume-mounts", always(200, DETAIL)),
    (r"POST /volumes", always(201, VOLUME)),
    (r"GET /volumes", always(200, [VOLUME])),
    (r"(?:GET|PATCH) /volumes/[^/]+", always(200, VOLUME)),
    (r"DELETE /volumes/[^/]+", always(204)),
    (r"GET /volumecontent/([^/]+)/file", content),
    (r"GET /volumecontent/[^/]+/dir", always(200, [ENTRY])),
    (r"(?:GET|PATCH) /volumecontent/[^/]+/path", always(200, ENTRY)),
    (r"(?:POST|PUT) /volumecontent/[^/]+/(?:dir|file)", always(201, ENTRY)),
    (r"DELETE /volumecontent/[^/]+/path", always(204)),
    (r"GET /secrets", secrets),
    (r"POST /secrets", always(201, SECRET)),
    (r"(?:GET|POST|PUT|PATCH) /secrets/[^/]+", always(200, SECRET)),
    (r"DELETE /secrets/([^/]+)", secret_deleted),
]
