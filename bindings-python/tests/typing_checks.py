"""What type checkers make of the public names. `mypy` reads this file; it is not run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandspan import (
    AsyncFileStreamReader,
    AsyncKeepAlive,
    AsyncSandbox,
    AsyncWatchHandle,
    CommandHandle,
    CommandResult,
    EndReason,
    EntryInfo,
    FileStreamReader,
    FilesystemEvent,
    GitStatus,
    KeepAlive,
    PtySize,
    Sandbox,
    SandboxInfo,
    SandboxLifetime,
    SandboxMetrics,
    WriteInfo,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from typing_extensions import assert_type

    from sandspan import AsyncCommandHandle, EndWatch, SandboxLifecycle


class Mine(Sandbox): ...


class AsyncMine(AsyncSandbox):
    async def kill_because(self, reason: EndReason) -> None: ...


def blocking(mine: Mine) -> None:
    assert_type(Mine.create(timeout=5), Mine)
    assert_type(Mine.connect("id", timeout=5, api_key="key"), Mine)
    assert_type(mine.connect(timeout=5), Mine)
    assert_type(Sandbox.kill("id", domain="example.com"), bool)
    assert_type(mine.kill(), bool)
    assert_type(Sandbox.get_info("id"), SandboxInfo)
    assert_type(mine.get_info(), SandboxInfo)
    assert_type(Sandbox.list().next_items(), list[SandboxInfo])
    assert_type(mine.commands.run("ls"), CommandResult)
    assert_type(mine.commands.run("ls", background=False), CommandResult)
    assert_type(mine.commands.run("ls", background=True), CommandHandle)
    assert_type(Mine.beta_create(auto_pause=True), Mine)
    assert_type(Sandbox.pause("id", mode="filesystem", provider="local"), bool)
    assert_type(mine.pause(), bool)
    assert_type(mine.beta_pause(keep_memory=False), bool)
    assert_type(Sandbox.get_lifetime("id"), SandboxLifetime)
    assert_type(mine.get_lifetime(request_timeout=5), SandboxLifetime)
    assert_type(Sandbox.wait_until_ended("id"), EndReason)
    assert_type(mine.wait_until_ended(), EndReason)
    assert_type(mine.on_end(lambda reason: assert_type(reason, EndReason)), EndWatch)
    with mine.keep_alive(extend_by=30) as keep:
        assert_type(keep, KeepAlive)
        assert_type(keep.failure, Exception | None)
    with mine as itself:
        assert_type(itself, Mine)


async def asynchronous(mine: AsyncMine) -> None:
    assert_type(await AsyncMine.create(timeout=5), AsyncMine)
    assert_type(await AsyncMine.connect("id", timeout=5, api_key="key"), AsyncMine)
    assert_type(await mine.connect(timeout=5), AsyncMine)
    assert_type(await AsyncSandbox.kill("id", domain="example.com"), bool)
    assert_type(await mine.kill(), bool)
    assert_type(await AsyncSandbox.get_info("id"), SandboxInfo)
    assert_type(await mine.get_info(), SandboxInfo)
    assert_type(await AsyncSandbox.list().next_items(), list[SandboxInfo])
    assert_type(await mine.commands.run("ls"), CommandResult)
    assert_type(await mine.commands.run("ls", background=True), AsyncCommandHandle)
    assert_type(await AsyncMine.beta_create(auto_pause=True), AsyncMine)
    assert_type(await AsyncSandbox.pause("id", mode="filesystem"), bool)
    assert_type(await mine.pause(), bool)
    assert_type(await AsyncSandbox.get_lifetime("id"), SandboxLifetime)
    assert_type(await mine.get_lifetime(), SandboxLifetime)
    assert_type(await AsyncSandbox.wait_until_ended("id"), EndReason)
    assert_type(await mine.wait_until_ended(), EndReason)
    assert_type(mine.on_end(mine.kill_because), EndWatch)
    async with mine.keep_alive(extend_by=30) as keep:
        assert_type(keep, AsyncKeepAlive)
        assert_type(await keep.stop(), None)
    async with mine as itself:
        assert_type(itself, AsyncMine)


def files(mine: Mine) -> None:
    assert_type(mine.files.read("file"), str)
    assert_type(mine.files.read("file", format="bytes", gzip=True), bytearray)
    with mine.files.read("file", "stream") as reader:
        assert_type(reader, FileStreamReader)
        assert_type(next(reader), bytes)
    assert_type(mine.files.write("file", [b"data"]), WriteInfo)
    assert_type(mine.files.write_files([{"path": "a", "data": "text"}]), list[WriteInfo])
    assert_type(mine.files.list("."), list[EntryInfo])
    assert_type(mine.files.watch_dir(".").get_new_events(), list[FilesystemEvent])
    assert_type(mine.get_metrics(), list[SandboxMetrics])
    assert_type(Sandbox.get_metrics("id"), list[SandboxMetrics])
    assert_type(mine.git.status("repository"), GitStatus)
    mine.update_network({"deny_out": lambda context: [context.all_traffic]})
    mine.pty.create(PtySize(rows=24, cols=80))
    mine.files.write("file", 1)  # type: ignore[arg-type]
    mine.files.write_files([{"path": "a"}])  # type: ignore[typeddict-item]
    mine.update_network({"denyOut": []})  # type: ignore[typeddict-unknown-key]


async def asynchronous_files(mine: AsyncMine) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"data"

    async def on_event(event: FilesystemEvent) -> None: ...

    def on_exit(failure: Exception | None) -> None: ...

    assert_type(await mine.files.read("file"), str)
    async with await mine.files.read("file", format="stream") as reader:
        assert_type(reader, AsyncFileStreamReader)
        async for piece in reader:
            assert_type(piece, bytes)
    assert_type(await mine.files.write("file", pieces()), WriteInfo)
    assert_type(await mine.files.watch_dir(".", on_event, on_exit), AsyncWatchHandle)


def lifecycles() -> None:
    lifecycle: SandboxLifecycle = {"on_timeout": {"action": "pause", "mode": "full"}}
    Sandbox.create(lifecycle=lifecycle)
    Sandbox.create(lifecycle={"on_timeout": "pause", "auto_resume": True})
    Sandbox.create(lifecycle={"on_timeout": "stop"})  # type: ignore[arg-type]
    Sandbox.create(lifecycle={"onTimeout": "kill"})  # type: ignore[arg-type]
    Sandbox.create(
        lifecycle={"on_timeout": {"action": "kill", "mode": "full"}}  # type: ignore[arg-type]
    )


def mistakes(mine: Mine) -> None:
    Sandbox.pause()  # type: ignore[call-arg]
    Sandbox.beta_create(auto_pause="yes")  # type: ignore[arg-type]
    mine.pause(mode="memory")  # type: ignore[arg-type]
    mine.on_end(lambda: None)  # type: ignore[arg-type,misc]
    Sandbox.kill()  # type: ignore[call-arg]
    mine.kill(sandbox_id="id")  # type: ignore[call-arg]
    Sandbox.create(timeout="5")  # type: ignore[arg-type]
    Sandbox.create(metadata={"a": 1})  # type: ignore[dict-item]
    Sandbox.create(api_keys="key")  # type: ignore[call-arg]
    Sandbox.list(order="up")  # type: ignore[arg-type]
