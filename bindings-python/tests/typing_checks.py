"""What type checkers make of the public names. `mypy` reads this file; it is not run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandspan import AsyncSandbox, CommandHandle, CommandResult, Sandbox, SandboxInfo

if TYPE_CHECKING:
    from typing_extensions import assert_type

    from sandspan import AsyncCommandHandle


class Mine(Sandbox): ...


class AsyncMine(AsyncSandbox): ...


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
    async with mine as itself:
        assert_type(itself, AsyncMine)


def mistakes(mine: Mine) -> None:
    Sandbox.kill()  # type: ignore[call-arg]
    mine.kill(sandbox_id="id")  # type: ignore[call-arg]
    Sandbox.create(timeout="5")  # type: ignore[arg-type]
    Sandbox.create(metadata={"a": 1})  # type: ignore[dict-item]
    Sandbox.create(api_keys="key")  # type: ignore[call-arg]
    Sandbox.list(order="up")  # type: ignore[arg-type]
