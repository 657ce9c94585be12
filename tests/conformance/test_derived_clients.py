"""The published clients for Python that were derived from earlier versions of `e2b`, unmodified."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest


@pytest.mark.parametrize("package", ["novita_sandbox.core", "ppio_sandbox.core"])
def test_a_life(package: str) -> None:
    sandbox = import_module(package).Sandbox.create(timeout=60)
    try:
        info = sandbox.get_info()
        assert info.sandbox_id == sandbox.sandbox_id
        assert abs(info.end_at - info.started_at - timedelta(seconds=60)) < timedelta(seconds=0.1)
        assert sandbox.is_running()
        assert sandbox.commands.run("echo out").stdout == "out\n"
    finally:
        assert sandbox.kill()
    assert not sandbox.kill()
    assert not sandbox.is_running()
