"""Runs the tests of the published `e2b` client for JavaScript against the same runtime."""

from __future__ import annotations

import subprocess
from pathlib import Path


def test_e2b_for_javascript(environment: dict[str, str]) -> None:
    script = Path(__file__).with_name("e2b.test.mjs")
    run = subprocess.run(["node", "--test", script], env=environment, check=False)
    assert run.returncode == 0
