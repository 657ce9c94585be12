"""Keeping a sandbox alive: with a block, or from a start to a stop."""

from __future__ import annotations

import asyncio
import os
import warnings
from datetime import datetime, timezone
from typing import Any

import pytest

from sandspan import AsyncSandbox, InvalidArgumentException, Sandbox, SandboxNotFoundException


def seconds_left(sandbox: Sandbox) -> float:
    end_at = sandbox.get_info().end_at
    return (end_at - datetime.now(timezone.utc)).total_seconds()


def test_starting_and_stopping_twice() -> None:
    with Sandbox.create(timeout=20) as sandbox:
        keep = sandbox.keep_alive()
        keep.stop()
        assert not keep.is_running
        assert seconds_left(sandbox) <= 20
        keep.start()
        keep.start()
        assert keep.is_running
        assert 50 < seconds_left(sandbox) <= 60
        keep.stop()
        keep.stop()
        assert not keep.is_running
        keep.start()
        assert keep.is_running
        keep.stop()
        assert (keep.limited_until, keep.failure) == (None, None)


def test_a_block() -> None:
    with Sandbox.create(timeout=20) as sandbox:
        with sandbox.keep_alive(extend_by=40) as keep:
            text = f"KeepAlive(sandbox_id='{sandbox.sandbox_id}', is_running=True)"
            assert repr(keep) == text
            assert 30 < seconds_left(sandbox) <= 40
        assert not keep.is_running


def test_a_block_of_asyncio() -> None:
    async def run() -> None:
        async with await AsyncSandbox.create(timeout=20) as sandbox:
            async with sandbox.keep_alive() as keep:
                assert keep.is_running
                assert repr(keep).startswith("AsyncKeepAlive(")
            assert not keep.is_running
            await asyncio.gather(keep.start(), keep.start(), keep.start())
            assert keep.is_running
            await asyncio.gather(keep.stop(), keep.stop())
            assert not keep.is_running

    asyncio.run(run())


def test_what_ended_is_not_kept_alive(sandbox: Sandbox) -> None:
    sandbox.kill()
    with pytest.raises(SandboxNotFoundException), sandbox.keep_alive():
        pytest.fail("it has ended")


def test_what_is_killed_meanwhile_does_not_raise(sandbox: Sandbox) -> None:
    with sandbox.keep_alive():
        sandbox.kill()


@pytest.mark.parametrize(
    ("extend_by", "text"),
    [
        ("abc", "extend_by must be a number of seconds, got 'abc'"),
        (1, "extend_by must be 15 s to 3600 s (got 1 s)"),
        (3601, "extend_by must be 15 s to 3600 s (got 3601 s)"),
    ],
)
def test_extensions_have_limits(sandbox: Sandbox, extend_by: Any, text: str) -> None:  # noqa: ANN401
    with pytest.raises(InvalidArgumentException) as raised:
        sandbox.keep_alive(extend_by=extend_by).start()
    assert str(raised.value) == text


def test_a_forked_child_leaves_the_block_alone(sandbox: Sandbox) -> None:
    with sandbox.keep_alive() as keep:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
        if child == 0:
            is_running = keep.is_running
            keep.stop()
            os._exit(1 if is_running else 0)
        assert os.waitpid(child, 0) == (child, 0)
        assert keep.is_running
