"""Pausing and resuming: nothing of a sandbox goes on, and nothing of it is lost."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from servers import API_KEY, Server, is_alive, wait_until

from sandspan import Sandbox
from sandspan.exceptions import SandboxNotFoundException, SandboxPausedException

COUNTER = "i=0; while :; do i=$((i+1)); echo $i; done > numbers"
"""Writes numbers as fast as it can."""

FORKER = "while :; do (:) & done"
"""Makes a child all the time, each of which is gone at once."""


def created(server: Server, **body: object) -> Sandbox:
    """A sandbox that was asked for with fields as they are on the wire."""
    status, answer = server.request("POST", "/v2/sandboxes", {"templateID": "base"} | body)
    assert status == 201, answer
    return connected(server, answer["sandboxID"])


def connected(server: Server, sandbox_id: str) -> Sandbox:
    """Connects, which resumes what is paused."""
    return Sandbox.connect(sandbox_id, timeout=1, api_url=server.url, api_key=API_KEY)


def pause(server: Server, sandbox: Sandbox, **body: bool) -> None:
    assert server.request("POST", f"/sandboxes/{sandbox.sandbox_id}/pause", body) == (204, "")


def connect(server: Server, sandbox: Sandbox, timeout: int = 60) -> tuple[int, dict[str, object]]:
    path = f"/v2/sandboxes/{sandbox.sandbox_id}/connect"
    return server.request("POST", path, {"timeout": timeout})


def info(server: Server, sandbox: Sandbox) -> dict[str, object]:
    status, answer = server.request("GET", f"/sandboxes/{sandbox.sandbox_id}")
    assert status == 200
    return answer


def ask(server: Server, sandbox: Sandbox, port: int = 49983, **headers: str) -> int:
    """The status that a port of the sandbox answers with."""
    address = server.url.removeprefix("http://")
    connection = http.client.HTTPConnection(address, timeout=10)
    host = f"{port}-{sandbox.sandbox_id}.localhost"
    connection.request("GET", "/health", headers={"Host": host} | headers)
    status = connection.getresponse().status
    connection.close()
    return status


def processes_in(server: Server, sandbox: Sandbox) -> set[int]:
    """All processes of a sandbox, as the host numbers them."""
    own = namespace(server.first_process(sandbox.sandbox_id))
    processes = (int(entry.name) for entry in Path("/proc").glob("[0-9]*"))
    return {pid for pid in processes if namespace(pid) == own}


def namespace(pid: int) -> Path | None:
    """Which process ids a process sees; nothing when it has ended."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/ns/pid").readlink()
    return None


def processor_time(processes: set[int]) -> int:
    """How long processes have run, in clock ticks; those that have ended are not counted."""
    total = 0
    for pid in processes:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total


def thaw(sandbox: Sandbox) -> None:
    """Lets a process that was killed while it stood still die, where control groups hold it."""
    for group in Path("/sys/fs/cgroup").glob(f"**/sandspan-{sandbox.sandbox_id}"):
        for name, word in (("freezer.state", "THAWED"), ("cgroup.freeze", "0")):
            if Path(group, name).exists():
                Path(group, name).write_text(word)


def test_nothing_goes_on_and_nothing_is_lost(server: Server) -> None:
    with server.create() as sandbox:
        sandbox.commands.run("echo kept > file")
        handle = sandbox.commands.run("sleep 1000", background=True)
        sandbox.commands.run(COUNTER, background=True)
        sandbox.commands.run(FORKER, background=True)
        pause(server, sandbox)
        processes = processes_in(server, sandbox)
        before = processor_time(processes)
        time.sleep(0.3)
        assert processes_in(server, sandbox) == processes
        # The agent of a machine without freezer still runs, and has nothing to do.
        assert processor_time(processes) - before <= 1
        assert connect(server, sandbox)[0] == 201
        assert handle.pid in {it.pid for it in sandbox.commands.list()}
        again = sandbox.commands.connect(handle.pid)
        assert again.kill() is True
        assert sandbox.commands.run("cat file").stdout == "kept\n"
        before = processor_time(processes_in(server, sandbox))
        wait_until(lambda: processor_time(processes_in(server, sandbox)) > before)


def test_a_hundred_pauses_lose_no_line(server: Server) -> None:
    with server.create() as sandbox:
        counting = sandbox.commands.run(COUNTER, background=True)
        for _ in range(100):
            pause(server, sandbox)
            assert connect(server, sandbox)[0] == 201
        assert sandbox.commands.kill(counting.pid) is True
        check = "awk '$1 != NR { print NR; exit 1 }' <(head -n -1 numbers) && wc -l < numbers"
        assert int(sandbox.commands.run(check).stdout) > 100


def test_a_paused_sandbox_is_not_there_but_known(server: Server) -> None:
    sandbox = server.create(timeout=60)
    begun = info(server, sandbox)
    pause(server, sandbox)
    paused = info(server, sandbox)
    assert (paused["state"], paused["startedAt"]) == ("paused", begun["startedAt"])
    assert begun["startedAt"] < paused["endAt"] < begun["endAt"]
    assert sandbox.is_running() is False
    assert ask(server, sandbox) == 502
    assert ask(server, sandbox, port=8000) == 502
    with pytest.raises(SandboxNotFoundException):
        sandbox.set_timeout(60)
    listed = {state: server.request("GET", f"/v2/sandboxes?state={state}") for state in STATES}
    counts = {state: len(found) for state, (_, found) in listed.items()}
    assert counts == {"paused": 1, "running": 0, "running,paused": 1}
    assert server.request("GET", "/sandboxes") == (200, [])
    path = f"/sandboxes/{sandbox.sandbox_id}"
    assert server.request("POST", f"{path}/pause") == (
        409,
        {
            "code": 409,
            "message": f"Error pausing sandbox - sandbox '{sandbox.sandbox_id}' is already paused",
        },
    )
    assert server.request("POST", f"{path}/refreshes")[0] == 404
    server.remember()
    assert sandbox.kill() is True
    assert server.remains() == []


STATES = ("paused", "running", "running,paused")


def test_a_resumed_sandbox_has_a_new_span(server: Server) -> None:
    with server.create(timeout=3600) as sandbox:
        before = info(server, sandbox)
        pause(server, sandbox)
        status, handle = connect(server, sandbox, timeout=120)
        assert (status, handle["sandboxID"]) == (201, sandbox.sandbox_id)
        after = info(server, sandbox)
        assert after["state"] == "running"
        assert after["startedAt"] > before["startedAt"]
        assert after["endAt"] < before["endAt"]
        assert connect(server, sandbox, timeout=60)[0] == 200
        assert info(server, sandbox)["endAt"] == after["endAt"]


def test_the_older_way_to_resume(server: Server) -> None:
    with server.create() as sandbox:
        path = f"/sandboxes/{sandbox.sandbox_id}/resume"
        running = f"Sandbox {sandbox.sandbox_id} is already running"
        assert server.request("POST", path) == (409, {"code": 409, "message": running})
        pause(server, sandbox)
        assert server.request("POST", path, {"timeout": 60, "autoPause": True})[0] == 201
        assert info(server, sandbox)["lifecycle"] == {"autoResume": False, "onTimeout": "pause"}


def test_open_streams_are_reset(server: Server) -> None:
    with server.create() as sandbox:
        handle = sandbox.commands.run("echo on; sleep 1000", background=True)
        wait_until(lambda: handle.stdout == "on\n")
        pause(server, sandbox)
        with pytest.raises(SandboxPausedException):
            handle.wait()


def test_who_follows_a_command_does_not_undo_a_pause(server: Server) -> None:
    with server.create(lifecycle={"on_timeout": "pause", "auto_resume": True}) as sandbox:
        handle = sandbox.commands.run("sleep 1000", background=True)
        assert sandbox.pause() is True
        with pytest.raises(SandboxPausedException):
            handle.wait()
        assert info(server, sandbox)["state"] == "paused"


def test_the_time_of_a_command_stands_still(server: Server) -> None:
    with server.create() as sandbox:
        handle = sandbox.commands.run("sleep 1000", background=True, timeout=1)
        pause(server, sandbox)
        time.sleep(1.5)
        connect(server, sandbox)
        resumed = time.monotonic()
        assert handle.pid in {it.pid for it in sandbox.commands.list()}
        wait_until(lambda: handle.pid not in {it.pid for it in sandbox.commands.list()})
        assert time.monotonic() - resumed >= 0.5


def test_five_pauses_at_once_all_succeed(server: Server) -> None:
    with server.create() as sandbox, ThreadPoolExecutor(5) as threads:
        path = f"/sandboxes/{sandbox.sandbox_id}/pause"
        for _ in range(20):
            answers = list(threads.map(lambda _: server.request("POST", path)[0], range(5)))
            assert sorted(set(answers)) in ([204], [204, 409])
            assert answers.count(204) >= 1
            assert connect(server, sandbox)[0] == 201


def test_requests_at_once_are_answered_in_some_order(server: Server) -> None:
    """Whatever comes first, each answer is one that the reference knows."""
    with ThreadPoolExecutor(4) as threads:
        for _ in range(10):
            sandbox = server.create()
            path = f"/sandboxes/{sandbox.sandbox_id}"
            paused = threads.submit(server.request, "POST", f"{path}/pause")
            moved = threads.submit(server.request, "POST", f"{path}/timeout", {"timeout": 60})
            joined = threads.submit(server.request, "POST", f"{path}/connect", {"timeout": 60})
            assert paused.result()[0] == 204
            assert moved.result()[0] in (204, 404, 409)
            assert joined.result()[0] in (200, 201)
            killed = threads.submit(server.request, "DELETE", path)
            paused = threads.submit(server.request, "POST", f"{path}/pause")
            assert killed.result()[0] == 204
            assert paused.result()[0] in (204, 404, 409)
            assert server.request("GET", path)[0] == 404


def test_time_over_means_a_pause_where_that_was_asked_for(server: Server) -> None:
    sandbox = created(server, timeout=2, autoPause=True)
    assert info(server, sandbox)["lifecycle"] == {"autoResume": False, "onTimeout": "pause"}
    sandbox.commands.run("echo kept > file")
    wait_until(lambda: info(server, sandbox)["state"] == "paused")
    assert ask(server, sandbox) == 502
    connect(server, sandbox)
    assert sandbox.commands.run("cat file").stdout == "kept\n"
    sandbox.kill()


def test_traffic_resumes_where_that_was_asked_for(server: Server) -> None:
    fields = {"timeout": 1, "autoPause": True, "autoResume": {"enabled": True}}
    sandbox = created(server, **fields)
    token = server.request("GET", f"/sandboxes/{sandbox.sandbox_id}")[1]["envdAccessToken"]
    sandbox.commands.run("python -m http.server", background=True, timeout=0)
    wait_until(lambda: ask(server, sandbox, port=8000) == 404)
    pause(server, sandbox)
    assert ask(server, sandbox) == 403, "without the token of the agent"
    assert info(server, sandbox)["state"] == "paused"
    assert ask(server, sandbox, port=8000) == 404, "the server in it has no /health"
    resumed = info(server, sandbox)
    assert resumed["state"] == "running"
    pause(server, sandbox)
    assert ask(server, sandbox, **{"X-Access-Token": token}) == 204
    with ThreadPoolExecutor(8) as threads:
        for _ in range(5):
            pause(server, sandbox)
            asked = [threads.submit(ask, server, sandbox, 8000) for _ in range(8)]
            assert [it.result() for it in asked] == [404] * 8
    lifetime = info(server, sandbox)["lifetime"]
    seconds = sandbox.get_info().end_at - sandbox.get_info().started_at
    assert seconds.total_seconds() == 300, lifetime
    sandbox.kill()


def test_a_pause_without_memory_keeps_the_files(server: Server) -> None:
    with server.create(envs={"KEY": "value"}) as sandbox:
        sandbox.commands.run("echo kept > file")
        sandbox.commands.run("sleep 1000", background=True)
        process = server.first_process(sandbox.sandbox_id)
        pause(server, sandbox, memory=False)
        assert not is_alive(process)
        assert info(server, sandbox)["state"] == "paused"
        assert connect(server, sandbox)[0] == 201
        assert sandbox.commands.list() == []
        assert sandbox.commands.run("cat file; echo $KEY").stdout == "kept\nvalue\n"
        pause(server, sandbox, memory=False)
        server.remember_files()
        assert sandbox.kill() is True
        assert server.remains() == []


def test_time_over_can_mean_a_pause_without_memory(server: Server) -> None:
    sandbox = created(server, timeout=2, autoPause=True, autoPauseMemory=False)
    sandbox.commands.run("echo kept > file")
    wait_until(lambda: info(server, sandbox)["state"] == "paused")
    wait_until(lambda: connect(server, sandbox)[0] == 201)
    assert sandbox.commands.run("cat file").stdout == "kept\n"
    sandbox.kill()


def test_paused_sandboxes_outlive_their_server(idle_server: Server) -> None:
    server = idle_server.start()
    with_memory, without_memory, over, alone = (
        server.create(),
        server.create(),
        created(server, timeout=4, autoPause=True),
        created(server, timeout=4, autoPause=True, autoPauseMemory=False),
    )
    for sandbox in (with_memory, without_memory, over, alone):
        sandbox.commands.run("echo kept > file")
    handle = with_memory.commands.run("sleep 1000", background=True)
    counting = over.commands.run(COUNTER, background=True)
    pause(server, with_memory)
    pause(server, without_memory, memory=False)
    processes = processes_in(server, over)
    last = server.first_process(alone.sandbox_id)
    server.end(signal.SIGKILL)
    # Nobody but the agents is there to act.
    wait_until(lambda: not is_alive(last))
    time.sleep(0.2)
    before = processor_time(processes)
    time.sleep(0.3)
    assert processor_time(processes) - before <= 1
    server.start()
    wait_until(lambda: server.request("GET", "/v2/sandboxes?state=running")[1] == [])
    for old in (with_memory, without_memory, over, alone):
        sandbox = connected(server, old.sandbox_id)
        sandbox.set_timeout(60)
        assert sandbox.commands.run("cat file").stdout == "kept\n"
        running = {it.pid for it in sandbox.commands.list()}
        expected = {with_memory: {handle.pid}, over: {counting.pid}}.get(old, set())
        assert running == expected
        assert sandbox.kill() is True


def test_a_paused_sandbox_that_loses_its_processes_keeps_its_files(server: Server) -> None:
    with server.create() as sandbox:
        sandbox.commands.run("echo kept > file")
        pause(server, sandbox)
        process = server.first_process(sandbox.sandbox_id)
        os.kill(process, signal.SIGKILL)
        thaw(sandbox)
        wait_until(lambda: "lost" in [it["eventName"] for it in server.events(sandbox)])
        assert connect(server, sandbox)[0] == 201
        assert sandbox.commands.run("cat file").stdout == "kept\n"


def test_what_is_not_there_cannot_be_paused(server: Server) -> None:
    missing = {
        "code": 404,
        "message": "Sandbox \"inotthere\" doesn't exist or you don't have access to it",
    }
    for action in ("pause", "resume", "connect"):
        assert server.request("POST", f"/sandboxes/inotthere/{action}") == (404, missing)
    sandbox = server.create()
    sandbox.kill()
    assert server.request("POST", f"/sandboxes/{sandbox.sandbox_id}/pause")[0] == 404


def test_processes_that_were_kept_are_not_thrown_away_unasked(server: Server) -> None:
    with server.create() as sandbox:
        pause(server, sandbox)
        path = f"/v2/sandboxes/{sandbox.sandbox_id}/connect"
        status, answer = server.request("POST", path, {"memory": False})
        assert (status, answer["error_code"]) == (400, "sandbox_memory_override_disabled")
        assert connect(server, sandbox)[0] == 201
