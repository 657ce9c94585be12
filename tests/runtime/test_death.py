"""Whoever is in the middle of something when a sandbox dies, or is paused, learns it at once."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
from servers import API_KEY, Server

from sandspan import AsyncSandbox, PtySize, Sandbox
from sandspan.exceptions import SandboxNotRunningException

PROMISED = 1
"""Within how many seconds after the end everybody knows, as documented."""

ALLOWED = 4
"""By how many more a busy machine, where other tests run too, may give a thread its turn late. All
limits at which a client gives up by itself are far beyond."""

SOON = PROMISED + ALLOWED

TICK = 0.01

PIECE = bytes(64 * 1024)

ENDS = ["kill", "pause"]


class Blocked:
    """A call of the blocking client on a thread of its own, which is to fail."""

    def __init__(self, call: Callable[[], object]) -> None:
        self.error: BaseException | None = None
        self.begun = time.monotonic()
        self.ended = 0.0
        self.thread = threading.Thread(target=self.run, args=[call], daemon=True)
        self.thread.start()

    def run(self, call: Callable[[], object]) -> None:
        try:
            call()
        except BaseException as error:  # noqa: BLE001 the test looks at it
            self.error = error
        self.ended = time.monotonic()


def slow_upload(begun: threading.Event, over: threading.Event) -> Iterator[bytes]:
    """A file whose end does not come before the sandbox's."""
    yield PIECE
    begun.set()
    over.wait(10)
    yield PIECE


@pytest.mark.parametrize("end", ENDS)
def test_blocking_callers_are_told(server: Server, end: str) -> None:
    sandbox = server.create()
    try:
        blocking_callers(server, sandbox, end)
    finally:
        Sandbox.kill(sandbox.sandbox_id, api_url=server.url, api_key=API_KEY)


def blocking_callers(server: Server, sandbox: Sandbox, end: str) -> None:
    """All callers, each in a thread."""
    sandbox.commands.run("truncate -s 4G large")
    begun, over = threading.Event(), threading.Event()
    command = sandbox.commands.run("echo on; sleep 1000", background=True)
    assert next(iter(command))[0] == "on\n"
    terminal = sandbox.pty.create(PtySize(24, 80))
    reader = sandbox.files.read("large", "stream")
    assert next(reader)
    watch = sandbox.files.watch_dir("/tmp")
    callers = {
        "command": Blocked(command.wait),
        "terminal": Blocked(terminal.wait),
        "download": Blocked(lambda: [None for _ in reader]),
        "upload": Blocked(lambda: sandbox.files.write("up", slow_upload(begun, over))),
    }
    assert begun.wait(10)
    getattr(Sandbox, end)(sandbox.sandbox_id, api_url=server.url, api_key=API_KEY)
    ended = time.monotonic()
    try:
        for name, caller in callers.items():
            if name != "upload":
                caller.thread.join(10)
        callers["watch"] = Blocked(watch.get_new_events)
        callers["watch"].thread.join(10)
    finally:
        # The source of the upload is asked for nothing more, and need not be waited for.
        over.set()
        callers["upload"].thread.join(10)
    for name, caller in callers.items():
        assert isinstance(caller.error, SandboxNotRunningException), (name, caller.error)
        delay = caller.ended - max(ended, caller.begun)
        assert name == "upload" or delay < SOON, (name, delay)


@pytest.mark.parametrize("end", ENDS)
def test_asyncio_callers_are_told_and_their_loop_lives_on(server: Server, end: str) -> None:
    asyncio.run(in_one_loop(server, end))


async def in_one_loop(server: Server, end: str) -> None:
    connection = {"api_url": server.url, "api_key": API_KEY}
    sandbox = await AsyncSandbox.create(**connection)
    try:
        await asyncio_callers(sandbox, end, connection)
    finally:
        await AsyncSandbox.kill(sandbox.sandbox_id, **connection)


async def asyncio_callers(sandbox: AsyncSandbox, end: str, connection: dict[str, str]) -> None:
    """All callers of one loop, in which something ticks."""
    await sandbox.commands.run("truncate -s 4G large")
    begun, over = asyncio.Event(), asyncio.Event()
    watch_ended: asyncio.Future[Exception | None] = asyncio.get_running_loop().create_future()

    async def source() -> AsyncIterator[bytes]:
        yield PIECE
        begun.set()
        await over.wait()
        yield PIECE

    async def download() -> None:
        async for _ in await sandbox.files.read("large", "stream"):
            pass

    async def watched() -> None:
        error = await watch_ended
        if error is not None:
            raise error

    async def tick(gaps: list[float]) -> None:
        while True:
            before = time.monotonic()
            await asyncio.sleep(TICK)
            gaps.append(time.monotonic() - before)

    gaps: list[float] = []
    ticking = asyncio.create_task(tick(gaps))
    command = await sandbox.commands.run("sleep 1000", background=True)
    terminal = await sandbox.pty.create(PtySize(24, 80), lambda _: None)
    await sandbox.files.watch_dir("/tmp", lambda _: None, on_exit=watch_ended.set_result)
    calls = {
        "command": command.wait(),
        "terminal": terminal.wait(),
        "download": download(),
        "upload": sandbox.files.write("up", source()),
        "watch": watched(),
    }
    tasks = {name: asyncio.create_task(call, name=name) for name, call in calls.items()}
    await asyncio.wait_for(begun.wait(), 10)
    gaps.clear()
    await getattr(AsyncSandbox, end)(sandbox.sandbox_id, **connection)
    _, late = await asyncio.wait(tasks.values(), timeout=SOON)
    ticks = len(gaps)
    await asyncio.sleep(5 * TICK)
    assert len(gaps) > ticks
    ticking.cancel()
    over.set()
    assert late == set()
    for name, task in tasks.items():
        assert isinstance(task.exception(), SandboxNotRunningException), (name, task.exception())
    # The gap that the last caller ended in is the last one that counts.
    assert max(gaps[: ticks + 1]) < SOON
