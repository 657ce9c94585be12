"""Metrics, with the published clients for Python, unmodified."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from clients import CLIENTS, Client
from servers import Server, wait_until

WITHIN = 15
"""How many seconds may pass until a sandbox has its first figures."""


@pytest.fixture(scope="module")
def busy(server: Server) -> Iterator[dict[Client, Any]]:  # noqa: ARG001
    """A busy sandbox of each client, all made before the first one is asked."""
    sandboxes = {client: client.create(timeout=120) for client in CLIENTS}
    for sandbox in sandboxes.values():
        sandbox.commands.run("timeout 60 sh -c 'while :; do :; done' > /dev/null 2>&1 &")
    yield sandboxes
    for sandbox in sandboxes.values():
        sandbox.kill()


def test_figures(client: Client, busy: dict[Client, Any]) -> None:
    sandbox = busy[client]
    started = sandbox.get_info().started_at
    figures: list[Any] = []

    def measured() -> bool:
        figures[:] = sandbox.get_metrics()
        return any(figure.cpu_used_pct > 0 for figure in figures)

    wait_until(measured, WITHIN)
    last = figures[-1]
    assert last.cpu_count > 0
    assert 0 < last.mem_used < last.mem_total
    assert 0 < last.disk_used < last.disk_total
    assert started <= last.timestamp <= datetime.now(timezone.utc) + timedelta(seconds=1)
    assert [it.timestamp for it in figures] == sorted(it.timestamp for it in figures)
    if client.is_newest:
        assert last.mem_cache >= 0


def test_a_range(client: Client, busy: dict[Client, Any]) -> None:
    sandbox = busy[client]
    wait_until(sandbox.get_metrics, WITHIN)
    now = datetime.now(timezone.utc)
    hour = timedelta(hours=1)
    assert sandbox.get_metrics(start=now - hour, end=now + hour)
    assert sandbox.get_metrics(start=now - 2 * hour, end=now - hour) == []
    with pytest.raises(client.SandboxException, match="Invalid time range for metrics"):
        sandbox.get_metrics(start=now, end=now - hour)
