"""Directories that are watched."""

from __future__ import annotations

import asyncio
import time

import pytest

from sandspan import (
    AsyncSandbox,
    FilesystemEvent,
    FilesystemEventType,
    Sandbox,
    SandboxException,
    SandboxNotRunningException,
)


def test_events_are_kept_until_they_are_asked_for(sandbox: Sandbox) -> None:
    watch = sandbox.files.watch_dir(".")
    assert watch.get_new_events() == []
    sandbox.files.write("file", "x")
    events: list[FilesystemEvent] = []
    end = time.monotonic() + 10
    while len(events) < 3:
        events += watch.get_new_events()
        assert time.monotonic() < end, events
    types = [event.type for event in events if event.name == "file"]
    assert types[0] is FilesystemEventType.CREATE
    watch.stop()
    with pytest.raises(SandboxException, match="The watcher is already stopped"):
        watch.get_new_events()


def test_asyncio_is_told_of_events_and_of_the_end() -> None:
    async def run() -> None:
        events: asyncio.Queue[FilesystemEvent] = asyncio.Queue()
        ends: list[Exception | None] = []

        async def on_event(event: FilesystemEvent) -> None:
            await asyncio.sleep(0)
            events.put_nowait(event)

        async with await AsyncSandbox.create() as sandbox:
            watch = await sandbox.files.watch_dir(".", on_event, ends.append, include_entry=True)
            await sandbox.files.write("file", "x")
            while (await asyncio.wait_for(events.get(), 10)).type != FilesystemEventType.WRITE:
                pass
            assert ends == []
            await watch.stop()
            assert ends == [None]
            await watch.stop()
            assert ends == [None]

    asyncio.run(run())


def test_a_callback_can_stop_its_watch() -> None:
    async def run() -> None:
        ended = asyncio.Event()

        async def on_event(_: FilesystemEvent) -> None:
            await watch.stop()

        async def on_exit(error: Exception | None) -> None:
            assert error is None
            ended.set()

        async with await AsyncSandbox.create() as sandbox:
            watch = await sandbox.files.watch_dir(".", on_event, on_exit)
            await sandbox.files.write("file", "x")
            await asyncio.wait_for(ended.wait(), timeout=10)

    asyncio.run(run())


def test_what_a_callback_raises_ends_the_watch() -> None:
    async def run() -> None:
        ended: asyncio.Future[Exception | None] = asyncio.get_running_loop().create_future()

        def fail(_: FilesystemEvent) -> None:
            raise ZeroDivisionError

        async with await AsyncSandbox.create() as sandbox:
            await sandbox.files.watch_dir(".", fail, ended.set_result)
            await sandbox.files.write("file", "x")
            assert isinstance(await asyncio.wait_for(ended, 10), ZeroDivisionError)

    asyncio.run(run())


def test_the_end_of_the_sandbox_ends_its_watches() -> None:
    async def run() -> None:
        ended: asyncio.Future[Exception | None] = asyncio.get_running_loop().create_future()
        async with await AsyncSandbox.create() as sandbox:
            await sandbox.files.watch_dir(".", print, ended.set_result)
            await sandbox.kill()
            failure = await asyncio.wait_for(ended, 10)
            assert isinstance(failure, SandboxNotRunningException)

    asyncio.run(run())


def test_without_on_exit_the_event_loop_is_told() -> None:
    async def run() -> None:
        told: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: told.set_result(context["exception"]))

        def fail(_: FilesystemEvent) -> None:
            raise ZeroDivisionError

        async with await AsyncSandbox.create() as sandbox:
            await sandbox.files.watch_dir(".", fail)
            await sandbox.files.write("file", "x")
            assert isinstance(await asyncio.wait_for(told, 10), ZeroDivisionError)

    asyncio.run(run())
