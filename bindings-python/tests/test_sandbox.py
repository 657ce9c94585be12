"""The two classes: methods on the class and on an object, subclasses, context managers."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sandspan import (
    AsyncSandbox,
    RequestTimeoutException,
    Sandbox,
    SandboxException,
    SandboxNotFoundException,
    SandboxQuery,
    SandboxState,
)

if TYPE_CHECKING:
    from collections.abc import Callable


class Mine(Sandbox):
    """A subclass with a constructor and a method of its own."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        self.made_with = (args, kwargs)

    def short_id(self) -> str:
        return self.sandbox_id[:4]


class AsyncMine(AsyncSandbox):
    """The same for asyncio."""

    def short_id(self) -> str:
        return self.sandbox_id[:4]


def test_methods_work_on_the_class_and_on_an_object(sandbox: Sandbox) -> None:
    sandbox.set_timeout(100)
    Sandbox.set_timeout(sandbox.sandbox_id, timedelta(seconds=200))
    assert Sandbox.get_info(sandbox.sandbox_id).sandbox_id == sandbox.get_info().sandbox_id
    assert sandbox.connect(timeout=300) is sandbox
    assert Sandbox.connect(sandbox.sandbox_id).sandbox_id == sandbox.sandbox_id
    assert sandbox.is_running()
    assert Sandbox.kill(sandbox.sandbox_id)
    assert not sandbox.kill()
    assert not sandbox.is_running()
    with pytest.raises(SandboxNotFoundException, match=f"Sandbox {sandbox.sandbox_id} not found"):
        sandbox.get_info()


def test_methods_work_on_the_class_and_on_an_object_in_asyncio() -> None:
    async def run() -> None:
        sandbox = await AsyncSandbox.create()
        await sandbox.set_timeout(100)
        await AsyncSandbox.set_timeout(sandbox.sandbox_id, timedelta(seconds=200))
        assert (await sandbox.get_info()).sandbox_id == sandbox.sandbox_id
        assert (await AsyncSandbox.get_info(sandbox.sandbox_id)).sandbox_id == sandbox.sandbox_id
        assert await sandbox.connect(timeout=300) is sandbox
        assert (await AsyncSandbox.connect(sandbox.sandbox_id)).sandbox_id == sandbox.sandbox_id
        assert await sandbox.is_running()
        assert await AsyncSandbox.kill(sandbox.sandbox_id)
        assert not await sandbox.kill()
        assert not await sandbox.is_running()

    asyncio.run(run())


def test_what_is_known_of_a_sandbox() -> None:
    before = datetime.now(timezone.utc)
    with Sandbox.create(timeout=60, metadata={"a": "ü"}, envs={"NAME": "value"}) as sandbox:
        info = sandbox.get_info()
        assert info.state is SandboxState.RUNNING
        assert info.metadata == {"a": "ü"}
        assert info.started_at.tzinfo is timezone.utc
        assert abs(info.started_at - before) < timedelta(seconds=5)
        assert abs(info.end_at - before - timedelta(seconds=60)) < timedelta(seconds=5)
        assert sandbox.commands.run('echo "$NAME"').stdout == "value\n"


def test_a_subclass_makes_its_own_objects() -> None:
    with Mine.create() as mine:
        assert type(mine) is Mine
        assert mine.short_id() == mine.sandbox_id[:4]
        assert type(Mine.connect(mine.sandbox_id)) is Mine
        assert mine.connect() is mine
        assert Mine.kill(mine.sandbox_id)


def test_a_subclass_makes_its_own_objects_in_asyncio() -> None:
    async def run() -> None:
        async with await AsyncMine.create() as mine:
            assert type(mine) is AsyncMine
            assert mine.short_id() == mine.sandbox_id[:4]
            assert type(await AsyncMine.connect(mine.sandbox_id)) is AsyncMine

    asyncio.run(run())


def test_a_context_manager_kills_on_exit() -> None:
    with pytest.raises(ZeroDivisionError), Sandbox.create() as sandbox:
        _ = 1 / 0
    assert not sandbox.is_running()


def test_a_context_manager_kills_on_exit_in_asyncio() -> None:
    async def run() -> AsyncSandbox:
        async with await AsyncSandbox.create() as sandbox:
            assert await sandbox.is_running()
        return sandbox

    sandbox = asyncio.run(run())
    assert not asyncio.run(AsyncSandbox.kill(sandbox.sandbox_id))


def test_repr_shows_the_id_and_no_token(sandbox: Sandbox) -> None:
    assert repr(sandbox) == f"Sandbox(sandbox_id='{sandbox.sandbox_id}')"
    assert repr(Mine.connect(sandbox.sandbox_id)) == f"Mine(sandbox_id='{sandbox.sandbox_id}')"


def test_a_list_has_pages_and_an_end() -> None:
    of = {"of": "pages"}
    with Sandbox.create(metadata=of) as first, Sandbox.create(metadata=of) as second:
        query = SandboxQuery(metadata=of, state=[SandboxState.RUNNING])
        pages = Sandbox.list(query, limit=1, order="desc")
        assert [info.sandbox_id for info in pages.next_items()] == [second.sandbox_id]
        rest = Sandbox.list(query, limit=1, next_token=pages.next_token)
        assert [info.sandbox_id for info in rest.next_items()] == [first.sandbox_id]
        assert [info.sandbox_id for info in pages.next_items()] == [first.sandbox_id]
        assert not pages.has_next
        with pytest.raises(SandboxException, match="No more items to fetch"):
            pages.next_items()


def test_a_list_can_start_at_a_time_without_a_zone(sandbox: Sandbox) -> None:
    started = sandbox.get_info().started_at.astimezone().replace(tzinfo=None)

    def ids(started_after: datetime) -> list[str]:
        pages = Sandbox.list(SandboxQuery(started_after=started_after))
        return [info.sandbox_id for info in pages.next_items()]

    assert sandbox.sandbox_id in ids(started)
    assert sandbox.sandbox_id not in ids(started + timedelta(seconds=1))


def test_one_call_can_have_its_own_request_timeout(sandbox: Sandbox) -> None:
    calls: list[Callable[[], object]] = [
        lambda: sandbox.is_running(request_timeout=0.1),
        lambda: sandbox.get_info(request_timeout=0.1),
        lambda: sandbox.set_timeout(60, request_timeout=0.1),
        lambda: sandbox.connect(request_timeout=0.1),
        lambda: sandbox.kill(request_timeout=0.1),
    ]
    server_file = Path(os.environ["SANDSPAN_RUNTIME_DIR"], "server.json")
    server = json.loads(server_file.read_text())["pid"]
    os.kill(server, signal.SIGSTOP)
    try:
        for call in calls:
            started = time.monotonic()
            with pytest.raises(RequestTimeoutException):
                call()
            assert time.monotonic() - started < 5
    finally:
        os.kill(server, signal.SIGCONT)
