"""What sandboxes use, and what they log."""

from __future__ import annotations

import itertools
import os
import time
from statistics import median
from typing import Any

from servers import API_KEY, Server, wait_until

from sandspan import Sandbox

FIELDS = {
    "cpuCount",
    "cpuUsedPct",
    "diskTotal",
    "diskUsed",
    "memCache",
    "memTotal",
    "memUsed",
    "timestamp",
    "timestampUnix",
}

ENOUGH = 5
"""How many figures show how far they are apart."""


def metrics(server: Server, sandbox: Sandbox, query: str = "") -> list[dict[str, float]]:
    """The figures of a sandbox."""
    status, answer = server.request("GET", f"/sandboxes/{sandbox.sandbox_id}/metrics{query}")
    assert status == 200, answer
    return answer


def test_figures_are_real_and_come_every_five_seconds(server: Server) -> None:
    with server.create() as sandbox:
        (first,) = metrics(server, sandbox)
        assert set(first) == FIELDS
        assert first["memUsed"] > 0
        assert first["memTotal"] > first["memUsed"]
        assert first["diskTotal"] > first["diskUsed"] > 0
        # A control group may allow fewer.
        assert 1 <= first["cpuCount"] <= len(os.sched_getaffinity(0))
        assert abs(first["timestampUnix"] - time.time()) < 10
        sandbox.commands.run("while :; do :; done", background=True, timeout=0)
        wait_until(lambda: len(metrics(server, sandbox)) >= ENOUGH, 60)
        figures = metrics(server, sandbox)
        assert figures[-1]["cpuUsedPct"] > 0
        seconds = [figure["timestampUnix"] for figure in figures]
        assert seconds == sorted(seconds)
        # A single one may be late on a busy machine.
        assert 4 <= median(late - early for early, late in itertools.pairwise(seconds[1:])) <= 7
        query = f"?start={seconds[-1]}&end={seconds[-1]}"
        assert [it["timestampUnix"] for it in metrics(server, sandbox, query)] == [seconds[-1]]


def test_asking_is_no_use_and_wakes_nobody(server: Server) -> None:
    with server.create() as sandbox:
        sandbox.commands.run("true")
        path = f"/sandboxes/{sandbox.sandbox_id}"

        def activity() -> Any:
            return server.request("GET", path)[1]["lifetime"]["lastActivity"]

        # While the command's connection is there, it is now.
        wait_until(lambda: activity() == activity())
        before = activity()
        metrics(server, sandbox)
        assert activity() == before
        assert server.request("POST", f"{path}/pause")[0] == 204
        known = metrics(server, sandbox)
        assert known
        assert server.request("GET", path)[1]["state"] == "paused"


def test_the_last_figures_of_many(server: Server) -> None:
    with server.create() as first, server.create() as second:
        ids = f"{first.sandbox_id},{second.sandbox_id},inotthere"
        status, answer = server.request("GET", f"/sandboxes/metrics?sandbox_ids={ids}")
        assert status == 200
        assert set(answer["sandboxes"]) == {first.sandbox_id, second.sandbox_id}
        many = ",".join(["iabc"] * 101)
        assert server.request("GET", f"/sandboxes/metrics?sandbox_ids={many}")[0] == 400
        assert server.request("GET", "/sandboxes/metrics")[0] == 400


def test_bad_ranges_and_unknown_sandboxes(server: Server) -> None:
    with server.create() as sandbox:
        path = f"/sandboxes/{sandbox.sandbox_id}/metrics"
        assert server.request("GET", f"{path}?start=2&end=1") == (
            400,
            {"code": 400, "message": "Invalid time range for metrics"},
        )
        assert server.request("GET", f"{path}?start=x")[0] == 400
    assert server.request("GET", "/sandboxes/inotthere/metrics") == (200, [])


def test_a_log_tells_of_processes_and_of_the_sandbox(server: Server) -> None:
    with server.create(envs={"SECRET": "not for logs"}) as sandbox:
        sandbox.commands.run("echo hello")
        path = f"/sandboxes/{sandbox.sandbox_id}/logs"
        status, answer = server.request("GET", path)
        assert status == 200
        entries, lines = answer["logEntries"], answer["logs"]
        assert len(entries) == len(lines)
        assert any(entry["fields"].get("event") == "created" for entry in entries)
        assert any("process" in entry["message"].lower() for entry in entries)
        assert "not for logs" not in str(answer)
        newest = server.request("GET", f"/v2{path}?limit=1")[1]["logs"]
        oldest = server.request("GET", f"/v2{path}?limit=1&direction=forward")[1]["logs"]
        assert oldest[0]["timestamp"] < newest[0]["timestamp"]
        found = server.request("GET", f"/v2{path}?search=sandbox%20created")[1]["logs"]
        assert len(found) == 1
        assert server.request("GET", f"/v2{path}?level=error") == (200, {"logs": []})
        for bad in ("limit=1001", "level=loud", "direction=up", f"search={'x' * 257}"):
            assert server.request("GET", f"/v2{path}?{bad}")[0] == 400, bad
    assert server.request("GET", "/sandboxes/inotthere/logs") == (
        200,
        {"logEntries": [], "logs": []},
    )
    assert server.request("GET", "/v2/sandboxes/inotthere/logs") == (200, {"logs": []})
    assert API_KEY not in str(answer)
