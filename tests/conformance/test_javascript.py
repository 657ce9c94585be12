"""Runs the tests of the published clients for JavaScript against the same runtime."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest


@pytest.mark.parametrize("name", ["e2b.test.mjs", "pausing.test.mjs"])
def test_javascript(environment: dict[str, str], name: str) -> None:
    script = Path(__file__).with_name(name)
    run = subprocess.run(["node", "--test", script], env=environment, check=False)
    assert run.returncode == 0
