"""The published clients for Python, blocking and asyncio ones, as the same tests use them."""

from __future__ import annotations

import asyncio
import inspect
import queue
import sys
import threading
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import pytest

PACKAGES = ["novita_sandbox.core", "ppio_sandbox.core"]
if sys.version_info >= (3, 11):
    PACKAGES.append("e2b")

SECONDS = 20
"""How long a test waits for what must come."""


class Client:
    """One class of a package, and what its tests need to know about it."""

    def __init__(self, package: str, *, asyncio: bool) -> None:
        self.package = package
        self.module = import_module(package)
        self.is_asyncio = asyncio
        """Whether it is an asyncio client: what watches and terminals give is called back then."""
        self.modern: dict[str, Any] = {"timeout": 60}
        """How it makes sandboxes with everything it has."""
        if package == "ppio_sandbox.core":
            # By default it speaks as to an older service.
            self.modern["domain"] = "cn-beijing-1.sandbox.ppio.com"
        self.octet_stream = {} if package == "ppio_sandbox.core" else {"use_octet_stream": True}
        """How it is told to send contents without a form, unless it always does."""
        self.is_newest = package == "e2b"
        """Whether it has the surface of today. The others were derived from earlier versions."""

    def __str__(self) -> str:
        return f"{self.package.partition('_')[0]}{'-asyncio' if self.is_asyncio else ''}"

    def __getattr__(self, name: str) -> Any:
        """An exception, a type or another class of the package."""
        return getattr(self.module, name)

    def create(self, **options: Any) -> Any:
        """Makes a sandbox, which can be used in the same way whichever class it is of."""
        if self.is_asyncio:
            return Blocking(LOOP.value(), self.module.AsyncSandbox).create(**options)
        return self.module.Sandbox.create(**options)


class Blocking:
    """Something of an asyncio client. What it would have awaited is waited for."""

    def __init__(self, loop: asyncio.AbstractEventLoop, subject: Any) -> None:
        self._loop = loop
        self._subject = subject

    def __getattr__(self, name: str) -> Any:
        return self._give(getattr(self._subject, name))

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        async def call() -> Any:
            # Within the loop, for some start tasks in it without being coroutines.
            given = self._subject(*arguments, **options)
            return await given if inspect.isawaitable(given) else given

        return self._give(self._wait(call()))

    def __iter__(self) -> Iterator[Any]:
        pieces = aiter(self._subject)
        while (piece := self._wait(anext(pieces, END))) is not END:
            yield piece

    def _wait(self, awaited: Any) -> Any:
        async def wait() -> Any:
            return await awaited

        return asyncio.run_coroutine_threadsafe(wait(), self._loop).result()

    def _give(self, value: Any) -> Any:
        """Hands out what is data as it is."""
        is_data = not (
            callable(value)
            or hasattr(value, "__aiter__")
            or ".sandbox_async." in type(value).__module__
            or type(value).__name__.startswith("Async")
        )
        return value if is_data else Blocking(self._loop, value)


END = object()
"""What cannot be a piece of a stream."""


class Loop:
    """The event loop of all asyncio clients, in a thread of its own once one is used."""

    def __init__(self) -> None:
        self.running: asyncio.AbstractEventLoop | None = None
        self.thread: threading.Thread | None = None

    def value(self) -> asyncio.AbstractEventLoop:
        if self.running is None:
            self.running = asyncio.new_event_loop()
            self.thread = threading.Thread(target=self.running.run_forever, daemon=True)
            self.thread.start()
        return self.running

    def end(self) -> None:
        if self.running is not None and self.thread is not None:
            asyncio.run_coroutine_threadsafe(cancel_all(), self.running).result()
            self.running.call_soon_threadsafe(self.running.stop)
            self.thread.join()
            self.running.close()
            self.running = None


LOOP = Loop()


async def cancel_all() -> None:
    """Ends what still listens, for nobody will."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


class Heard:
    """What was called back, in its order."""

    def __init__(self) -> None:
        self.queue: queue.Queue[Any] = queue.Queue()
        self.so_far: list[Any] = []

    def __call__(self, news: Any) -> None:
        self.queue.put(news)

    def until(self, enough: Callable[[list[Any]], bool]) -> list[Any]:
        """Everything so far, as soon as it is enough."""
        try:
            while not enough(self.so_far):
                self.so_far.append(self.queue.get(timeout=SECONDS))
        except queue.Empty:
            message = f"only {self.so_far!r} came"
            raise AssertionError(message) from None
        return self.so_far


CLIENTS = [Client(package, asyncio=which) for package in PACKAGES for which in (False, True)]


def only(wanted: Callable[[Client], bool]) -> pytest.MarkDecorator:
    """For tests of what not all clients can do."""
    clients = [client for client in CLIENTS if wanted(client)]
    return pytest.mark.parametrize("client", clients, indirect=True, ids=str)


only_newest = only(lambda client: client.is_newest)
only_derived = only(lambda client: not client.is_newest)
only_asyncio = only(lambda client: client.is_asyncio)
