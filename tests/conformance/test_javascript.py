"""Runs the tests of the published clients for JavaScript against the same runtime."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from gateway import Gateway

SCRIPTS = sorted(Path(__file__).parent.glob("*.test.mjs"))


@pytest.mark.parametrize("script", SCRIPTS, ids=[script.name for script in SCRIPTS])
def test_javascript(environment: dict[str, str], gateway: Gateway, script: Path) -> None:
    if script.name == "git.test.mjs" and shutil.which("git") is None:
        pytest.skip("git is not installed")
    # Of a call that failed the clients keep the timer, for a minute.
    command = ["node", "--test", "--test-force-exit", script]
    run = subprocess.run(command, env=environment | gateway.environment, check=False)
    assert run.returncode == 0
