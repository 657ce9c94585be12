"""What runners of vectors do themselves, beside the calls of the package."""

from __future__ import annotations

import asyncio
import queue
import threading
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import code_runs
import pytest

from sandspan import AsyncSandbox, Sandbox

PATIENCE = 20
"""How long what a vector waits for may take to come, in seconds."""

Settle = Callable[[Any], Any]
"""Gets the result of what a method returned."""


class BlockingTerminal:
    """A terminal of a blocking program, and what it showed."""

    def __init__(self, method: Callable[..., Any], arguments: dict[str, Any]) -> None:
        self.handle = method(**arguments)
        self.seen = b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self.handle, name)

    def read_until(self, text: str) -> str:
        """What it showed, once a text is in it or it ended."""
        while text.encode() not in self.seen:
            piece = next(self.handle, None)
            if piece is None:
                break
            assert piece[:2] == (None, None)
            self.seen += piece[2]
        return self.seen.decode()


class AsyncTerminal:
    """A terminal of an asyncio program, and what it showed."""

    def __init__(
        self, method: Callable[..., Any], arguments: dict[str, Any], settle: Settle
    ) -> None:
        self.seen = b""
        self.changed = asyncio.Event()
        self.handle = settle(method(**arguments, on_data=self.show))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.handle, name)

    def show(self, data: bytes) -> None:
        self.seen += data
        self.changed.set()

    async def read_until(self, text: str) -> str:
        """What it showed, once a text is in it."""
        async with _patience():
            while text.encode() not in self.seen:
                await self.changed.wait()
                self.changed.clear()
        return self.seen.decode()


class BlockingWatch:
    """A directory that a blocking program watches."""

    def __init__(self, method: Callable[..., Any], arguments: dict[str, Any]) -> None:
        self.handle = method(**arguments)
        self.events: list[Any] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.handle, name)

    def wait_for(self, **wanted: str) -> Any:
        """Takes events until one of this name and type comes."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            while self.events:
                event = self.events.pop(0)
                if {"name": event.name, "type": event.type} == wanted:
                    return event
            self.events += self.handle.get_new_events()
            time.sleep(0.01)
        pytest.fail(f"the event {wanted} did not come")


class AsyncWatch:
    """A directory that an asyncio program watches."""

    def __init__(
        self, method: Callable[..., Any], arguments: dict[str, Any], settle: Settle
    ) -> None:
        self.events: asyncio.Queue[Any] = asyncio.Queue()
        on_event, on_exit = self.events.put_nowait, self.end
        self.handle = settle(method(**arguments, on_event=on_event, on_exit=on_exit))

    def end(self, error: Exception | None) -> None:
        self.events.put_nowait(error or AssertionError("the watch is over"))

    async def wait_for(self, **wanted: str) -> Any:
        """Takes events until one of this name and type comes."""
        async with _patience():
            while True:
                event = await self.events.get()
                if isinstance(event, Exception):
                    raise event
                if {"name": event.name, "type": event.type} == wanted:
                    return event

    def stop(self) -> Awaitable[None]:
        return self.handle.stop()


class BlockingInput:
    """A way into a process, whose input a blocking program sends from an iterable."""

    def __init__(self, method: Callable[..., Any], arguments: dict[str, Any]) -> None:
        self.pieces: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.failure: Exception | None = None
        self.is_closed = False
        self.thread = threading.Thread(target=self.run, args=(method, arguments), daemon=True)
        self.thread.start()

    def run(self, method: Callable[..., Any], arguments: dict[str, Any]) -> None:
        try:
            method(**arguments, data=iter(self.pieces.get, self))
        except Exception as failure:  # noqa: BLE001 (whoever closes it gets it)
            self.failure = failure

    def send(self, data: str) -> None:
        if self.is_closed:
            pytest.skip("blocking programs have no handle that something could be sent to")
        self.pieces.put(data)

    def close(self) -> None:
        self.is_closed = True
        self.pieces.put(self)
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive()
        if self.failure is not None:
            raise self.failure


BLOCKING = {
    "commands.stream_input": BlockingInput,
    "files.watch_dir": BlockingWatch,
    "pty.connect": BlockingTerminal,
    "pty.create": BlockingTerminal,
    "pty.stream_input": BlockingInput,
}
ASYNCIO = {
    "files.watch_dir": AsyncWatch,
    "pty.connect": AsyncTerminal,
    "pty.create": AsyncTerminal,
}


def call(
    method: Callable[..., Any], name: str, arguments: dict[str, Any], settle: Settle, own: type
) -> Any:
    """Makes a call, and keeps what is told without being asked for."""
    if name == "run_code":
        return code_runs.run(method, arguments, settle)
    if issubclass(own, Sandbox):
        return BLOCKING[name](method, arguments) if name in BLOCKING else method(**arguments)
    if name in ASYNCIO:
        return ASYNCIO[name](method, arguments, settle)
    if name.endswith(".stream_input"):
        return settle(opened(method, arguments))
    return settle(method(**arguments))


async def opened(method: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    """Opens something on the event loop."""
    return method(**arguments)


def fetch(url: str, method: str = "GET", body: str | None = None) -> dict[str, Any]:
    """Makes a request as something does that knows a URL and no more."""
    headers = {"Content-Type": "application/octet-stream"}
    data = None if body is None else body.encode()
    request = urllib.request.Request(url, data, headers, method=method)  # noqa: S310 (our own URLs)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
            return {"status": answer.status, "body": answer.read().decode()}
    except urllib.error.HTTPError as refusal:
        return {"status": refusal.code, "body": refusal.read().decode()}


def chunks(texts: list[str], own: type[Sandbox | AsyncSandbox]) -> Any:
    """A source of bytes that come one after the other."""

    def blocking() -> Iterator[bytes]:
        yield from (text.encode() for text in texts)

    async def asynchronous() -> AsyncIterator[bytes]:
        for text in texts:
            yield text.encode()

    return blocking() if issubclass(own, Sandbox) else asynchronous()


def readable(result: Any, settle: Settle) -> Any:
    """What was read from a file, in the form that vectors compare."""
    if isinstance(result, bytearray):
        return list(result)
    if type(result).__name__ == "FileStreamReader":
        return b"".join(result).decode()
    if type(result).__name__ == "AsyncFileStreamReader":
        return settle(_joined(result)).decode()
    return result


async def _joined(pieces: Any) -> bytes:
    return b"".join([piece async for piece in pieces])


class _patience:  # noqa: N801 (used like a function)
    """Ends a block that takes too long. `asyncio.timeout` is newer than our oldest Python."""

    async def __aenter__(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.timer = asyncio.get_running_loop().call_later(PATIENCE, task.cancel)

    async def __aexit__(self, *_: object) -> None:
        self.timer.cancel()
