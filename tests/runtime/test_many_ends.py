"""Five hundred sandboxes end when they must, with their server and without it."""

from __future__ import annotations

import http.client
import json
import os
import random
import select
import signal
import statistics
import time
from collections.abc import Callable
from datetime import datetime

import pytest
from servers import API_KEY, Server, wait_until

COUNT = 500

WITHIN = 20
"""Seconds in which all of them end."""

TOLERANCE = 0.1
"""How many seconds too late one in a hundred may be."""


class Client:
    """One connection to a server, over which requests follow each other quickly."""

    def __init__(self, server: Server) -> None:
        self.connection = http.client.HTTPConnection(server.url.removeprefix("http://"))

    def request(self, method: str, path: str, body: object = None) -> dict[str, str]:
        content = None if body is None else json.dumps(body)
        self.connection.request(method, path, content, {"X-API-Key": API_KEY})
        response = self.connection.getresponse()
        text = response.read()
        assert response.status < 300, text
        return json.loads(text) if text else {}


def make_many(server: Server) -> dict[int, float]:
    """Makes the sandboxes, and gives the end of each by the handle of its first process."""
    client, ends = Client(server), {}
    body = {"templateID": "base", "timeout": 600}
    ids = [client.request("POST", "/v2/sandboxes", body)["sandboxID"] for _ in range(COUNT)]
    server.remember()
    for sandbox_id in ids:
        timeout = random.randint(2, WITHIN)
        client.request("POST", f"/sandboxes/{sandbox_id}/timeout", {"timeout": timeout})
        end_at = client.request("GET", f"/sandboxes/{sandbox_id}")["endAt"]
        handle = os.pidfd_open(server.first_process(sandbox_id))
        ends[handle] = datetime.fromisoformat(end_at.replace("Z", "+00:00")).timestamp()
    client.connection.close()
    return ends


def wait_for_ends(ends: dict[int, float], at_half: Callable[[], None] | None = None) -> list[float]:
    """How many seconds too late each ended, as told by the kernel."""
    poller = select.epoll()
    for handle in ends:
        poller.register(handle, select.EPOLLIN)
    late: list[float] = []
    while len(late) < len(ends):
        for handle, _ in poller.poll(WITHIN):
            late.append(time.time() - ends[handle])
            poller.unregister(handle)
            os.close(handle)
        if at_half is not None and len(late) > len(ends) / 2:
            at_half()
            at_half = None
    poller.close()
    return late


def check(late: list[float]) -> None:
    worst = statistics.quantiles(late, n=100)[98]
    seen = f"median {statistics.median(late):.4f} s, p99 {worst:.4f} s, at most {max(late):.4f} s"
    assert min(late) >= -0.005, "none too early"
    assert max(late) < 1, seen
    assert worst <= TOLERANCE, seen


@pytest.mark.timeout(180)
def test_ends_of_many(server: Server) -> None:
    check(wait_for_ends(make_many(server)))
    wait_until(lambda: server.remains() == [], 30)


@pytest.mark.timeout(180)
def test_ends_of_many_when_the_server_is_killed_half_way(idle_server: Server) -> None:
    server = idle_server.start()
    ends = make_many(server)
    check(wait_for_ends(ends, lambda: server.end(signal.SIGKILL)))
    server.start()
    assert server.remains() == []
