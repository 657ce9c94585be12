"""Runs `sandspan template` as the user of a server."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from servers import Server

NAME = "code-interpreter-v1"
"""The template of code interpreters."""


def command(server: Server, *arguments: str, **variables: str) -> subprocess.Popen[str]:
    """Starts `sandspan template` as the server's user, with templates of the test's own."""
    user = {}
    if server.user is not None:
        user = {"user": server.user, "group": server.user, "extra_groups": []}
    environment = os.environ | {
        "SANDSPAN_TEMPLATES_DIR": str(server.templates),
        # What was downloaded once is not downloaded by each test.
        "HOME": str(server.folder if server.user is not None else Path.home()),
    }
    return subprocess.Popen(
        [server.program, "template", *arguments],
        env=environment | variables,
        cwd=server.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **user,
    )


def done(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Waits for a command and gives its exit code and all that it said."""
    output, problems = process.communicate(timeout=300)
    return process.returncode, output + problems


def states(server: Server) -> list[str]:
    """The states of all templates that there are."""
    code, output = done(command(server, "list", "--json"))
    assert code == 0, output
    return [template["state"] for template in json.loads(output)]
