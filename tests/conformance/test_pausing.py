"""Idle timeouts, pauses and automatic pauses, with the published clients for Python, unmodified."""

from __future__ import annotations

import sys
import time
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest

PACKAGES = ["novita_sandbox.core", "novita_sandbox.code_interpreter", "ppio_sandbox.core"]
if sys.version_info >= (3, 11):
    PACKAGES.append("e2b")

AUTO_PAUSE = {"e2b": {"lifecycle": {"on_timeout": "pause", "auto_resume": True}}}
"""How a client is told to pause at the deadline, where it differs from the others."""


@pytest.fixture(params=PACKAGES)
def package(request: pytest.FixtureRequest) -> str:
    """The name of a client's package."""
    return request.param


@pytest.fixture
def client(package: str) -> Any:
    """The class of a client; its template is the one that the runtime has."""
    return import_module(package).Sandbox


def create(client: Any, package: str, **options: Any) -> Any:
    """Creates a sandbox; the code interpreters would ask for a template that is not there yet."""
    template = {"template": "base"} if package.endswith("code_interpreter") else {}
    return client.create(**template, **options)


def auto_pause(package: str) -> dict[str, Any]:
    return AUTO_PAUSE.get(package, {"auto_pause": True})


def state(sandbox: Any) -> str:
    return sandbox.get_info().state.value


def test_an_idle_timeout_in_the_metadata(client: Any, package: str) -> None:
    metadata = {"idle_timeout": "60", "purpose": "conformance"}
    sandbox = create(client, package, timeout=300, metadata=metadata)
    try:
        info = sandbox.get_info()
        assert info.metadata == metadata
        assert abs(info.end_at - info.started_at - timedelta(seconds=60)) < timedelta(seconds=0.1)
        time.sleep(1)
        sandbox.commands.run("true")
        # The stream of a command ends a moment after the news of its end; till then it is in use.
        end = time.monotonic() + 10
        while (moved := sandbox.get_info().end_at - info.end_at) > timedelta(seconds=15):
            assert time.monotonic() < end
            time.sleep(0.01)
        assert moved >= timedelta(seconds=1)
    finally:
        sandbox.kill()


def test_a_pause_and_a_connection(client: Any, package: str) -> None:
    sandbox = create(client, package, timeout=60)
    try:
        sandbox.commands.run("echo kept > file")
        sleeping = sandbox.commands.run("sleep 1000", background=True)
        sandbox.pause()
        assert state(sandbox) == "paused"
        assert not sandbox.is_running()
        paused = client.list().next_items()
        assert [(it.sandbox_id, it.state.value) for it in paused] == [
            (sandbox.sandbox_id, "paused")
        ]
        again = client.connect(sandbox.sandbox_id, timeout=120)
        assert again.sandbox_id == sandbox.sandbox_id
        assert state(again) == "running"
        # By the first object: what the derived clients give for a connection names no sandbox to a
        # listener that all of them share.
        assert sleeping.pid in {it.pid for it in sandbox.commands.list()}
        assert sandbox.commands.run("cat file").stdout == "kept\n"
    finally:
        assert sandbox.kill()


def test_an_automatic_pause(client: Any, package: str) -> None:
    sandbox = create(client, package, timeout=2, **auto_pause(package))
    try:
        sandbox.commands.run("echo kept > file")
        end = time.monotonic() + 10
        while state(sandbox) == "running":
            assert time.monotonic() < end
            time.sleep(0.02)
        assert client.connect(sandbox.sandbox_id).sandbox_id == sandbox.sandbox_id
        assert sandbox.commands.run("cat file").stdout == "kept\n"
    finally:
        assert sandbox.kill()


@pytest.mark.skipif(sys.version_info < (3, 11), reason="e2b 2.63.0 needs Python 3.11")
def test_traffic_resumes() -> None:
    sandbox = import_module("e2b").Sandbox.create(timeout=60, **AUTO_PAUSE["e2b"])
    try:
        assert sandbox.pause() is True
        assert sandbox.pause() is False
        assert sandbox.commands.run("echo awake").stdout == "awake\n"
        info = sandbox.get_info()
        assert info.state.value == "running"
        assert info.lifecycle == {"on_timeout": "pause", "auto_resume": True}
        assert info.end_at - info.started_at == timedelta(seconds=300)
    finally:
        sandbox.kill()


@pytest.mark.skipif(sys.version_info < (3, 11), reason="e2b 2.63.0 needs Python 3.11")
def test_a_pause_without_memory() -> None:
    sandbox = import_module("e2b").Sandbox.create(timeout=60)
    try:
        sandbox.commands.run("echo kept > file")
        sandbox.commands.run("sleep 1000", background=True)
        assert sandbox.pause(keep_memory=False) is True
        sandbox.connect()
        assert sandbox.commands.list() == []
        assert sandbox.commands.run("cat file").stdout == "kept\n"
    finally:
        sandbox.kill()
