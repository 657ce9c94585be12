"""What answers like the services: control plane, agent and code interpreter, for one sandbox.

It keeps no state. Whatever it is asked, it gives the same answer each time, so that requests can
be compared.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from recording_server import Request, Response

from . import agent, control_plane, interpreter
from .answers import Answers, as_json

AGENT_PORT = "49983"
INTERPRETER_PORT = "49999"
GATEWAY = "gateway.example.com"
"""A host that answers for everything: the control plane below a path, and all sandboxes."""
GATEWAY_PATH = "/api"


@dataclass(frozen=True)
class Service:
    """A provider's service, as far as its answers differ from those of others."""

    api_host: str
    domain: str | None
    """What it says the domain of a sandbox is; nothing where clients know."""
    suffixes_ids: bool
    """Whether clients put the id of the client behind that of the sandbox."""
    speaks_e2b: bool
    """Whether it is E2B, or another service for its packages."""
    secures: bool
    """Whether sandboxes have a token unless the client wants none."""

    def answer(self, request: Request) -> Response:
        """The answer to any request."""
        path = urlsplit(request.target).path
        if request.header("host") == GATEWAY:
            path = path.removeprefix(GATEWAY_PATH)
        for pattern, give in self._answers(request):
            found = re.fullmatch(pattern, f"{request.method} {path}")
            if found:
                return give(self, request, *found.groups())
        message = f"nothing answers {request.method} {request.target} of {request.header('host')}"
        return as_json(404, {"code": 404, "message": message})

    def _answers(self, request: Request) -> Answers:
        host = request.header("host")
        if host == GATEWAY:
            # Some packages do not say there which sandbox, and which port of it, they mean.
            return [*control_plane.ANSWERS, *agent.ANSWERS, *interpreter.ANSWERS]
        # The files of volumes are asked for at the domain that clients know, whatever the URL is.
        if host == self.api_host or host.startswith("api."):
            return control_plane.ANSWERS
        port = host.partition("-")[0]
        if not port.isdigit():
            named = [value for name, value in request.headers if name.endswith("-sandbox-port")]
            port = named[0] if named else ""
        return {AGENT_PORT: agent.ANSWERS, INTERPRETER_PORT: interpreter.ANSWERS}.get(port, [])
