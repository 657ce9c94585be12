"""What happened to sandboxes can be asked for."""

from __future__ import annotations

import threading
import time
from urllib.parse import urlencode

import pytest
from servers import Server, wait_until


def events(server: Server, **query: object) -> list[dict[str, object]]:
    status, answer = server.request("GET", f"/sandboxes/events?{urlencode(query)}")
    assert status == 200, answer
    return answer["items"]


def test_a_life_is_told_in_its_order(server: Server) -> None:
    sandbox = server.create(timeout=60)
    path = f"/sandboxes/{sandbox.sandbox_id}"
    sandbox.set_timeout(30)
    server.request("POST", f"{path}/pause")
    server.request("POST", f"{path}/connect", {"timeout": 1})
    wait_until(lambda: server.request("GET", path)[0] == 404)
    told = events(server, sandboxID=sandbox.sandbox_id, orderAsc="true")
    assert [(it["eventName"], it["who"]) for it in told] == [
        ("created", "client"),
        ("updated", "client"),
        ("paused", "client"),
        ("resumed", "client"),
        ("expired", "deadline"),
    ]
    assert [it["reason"] for it in told][-1] == "its time was over"
    assert sorted(told, key=lambda it: it["time"]) == told
    killed = server.create()
    killed.kill()
    assert [it["eventName"] for it in events(server)[:2]] == ["killed", "created"]
    assert {it["sandboxID"] for it in events(server, events="expired,idle")} == {sandbox.sandbox_id}


def test_pages(server: Server) -> None:
    for _ in range(3):
        server.create().kill()
    query = urlencode({"limit": 4, "offset": 4})
    status, page = server.request("GET", f"/sandboxes/events?{query}")
    assert (status, len(page["items"]), page["total"], page["hasMore"]) == (200, 2, 6, False)
    assert server.request("GET", "/sandboxes/events?limit=4")[1]["hasMore"] is True


def test_waiting_for_an_event_ends_with_it(server: Server) -> None:
    sandbox = server.create()
    (last,) = events(server, limit=1)
    killing = threading.Timer(0.3, sandbox.kill)
    begun = time.monotonic()
    killing.start()
    query = {"sandboxID": sandbox.sandbox_id, "after": last["eventID"], "wait": 30}
    assert [it["eventName"] for it in events(server, **query)] == ["killed"]
    assert 0.3 <= time.monotonic() - begun < 10
    killing.join()
    (last,) = events(server, limit=1)
    assert events(server, after=last["eventID"], wait=0) == []


def test_events_outlive_their_server(idle_server: Server) -> None:
    server = idle_server.start()
    sandbox = server.create()
    sandbox.kill()
    before = events(server)
    server.end()
    server.start()
    assert events(server) == before
    server.create().kill()
    assert int(events(server)[0]["eventID"]) == int(before[0]["eventID"]) + 2


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("events=created,died", '"died" is none of created, updated'),
        ("limit=0", "from 1 to 100"),
        ("limit=101", "from 1 to 100"),
        ("wait=61", "at most 60"),
        ("after=abc", "invalid"),
        ("sandboxID=..%2Fx", "Invalid sandbox ID"),
    ],
)
def test_questions_that_are_refused(server: Server, query: str, message: str) -> None:
    status, answer = server.request("GET", f"/sandboxes/events?{query}")
    assert (status, answer["code"]) == (400, 400)
    assert message in answer["message"]
