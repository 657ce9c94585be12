"""The code interpreters for Python, the published ones and ours, as the same tests use them."""

from __future__ import annotations

import asyncio
import platform
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import pytest
from clients import LOOP, Client
from gateway import DOMAINS, Gateway

DERIVED = ["novita_sandbox.code_interpreter", "ppio_sandbox.code_interpreter"]
PACKAGES = ["sandspan.code_interpreter", *DERIVED]
if sys.version_info >= (3, 11):
    PACKAGES.append("e2b_code_interpreter")


class Interpreter(Client):
    """One class of a package that runs code."""

    def __init__(self, package: str, *, asyncio: bool) -> None:
        super().__init__(package, asyncio=asyncio)
        self.is_newest = package == "e2b_code_interpreter"
        self.options: dict[str, Any] = {}
        """What every sandbox is made with."""
        if package.startswith("ppio"):
            # By default it speaks as to an older service.
            self.options["domain"] = DOMAINS[1]

    @property
    def charts(self) -> Any:
        """The classes of charts."""
        return import_module(f"{self.package}.charts")

    def create(self, **options: Any) -> Any:
        return super().create(**self.options, **options)

    @contextmanager
    def through(self, gateway: Gateway) -> Iterator[Interpreter]:
        """Makes it use a gateway, where it cannot do without."""
        if self.package not in DERIVED:
            yield self
            return
        api = f"{self.package.partition('.')[0]}.core.api"
        blocking = import_module(f"{api}.client_sync").TransportWithLogger
        waiting = import_module(f"{api}.client_async").AsyncTransportWithLogger
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("SSL_CERT_FILE", str(gateway.certificate))
            # A process has one of each, which the `proxy` of its first sandbox makes.
            transport, other = blocking(proxy=gateway.url), waiting(proxy=gateway.url)
            patch.setattr(blocking, "singleton", transport)
            patch.setattr(waiting, "_instances", {id(LOOP.value()): other})
            yield self
            transport.close()
            asyncio.run_coroutine_threadsafe(other.aclose(), LOOP.value()).result()


INTERPRETERS = [
    Interpreter(package, asyncio=which) for package in PACKAGES for which in (False, True)
]


def only(wanted: Callable[[Interpreter], bool]) -> pytest.MarkDecorator:
    """For tests of what not all of them can do, or what is the same for several."""
    clients = [client for client in INTERPRETERS if wanted(client)]
    return pytest.mark.parametrize("client", clients, indirect=True, ids=str)


only_newest = only(lambda client: client.is_newest)


def error_of(execution: Any) -> tuple[str, str]:
    """What an execution failed with."""
    assert execution.error is not None, execution
    return execution.error.name, execution.error.value


def printed(execution: Any) -> str:
    """All that it printed, after it came to a good end."""
    assert execution.error is None, execution.error.traceback
    return "".join(execution.logs.stdout)


needs_deno = pytest.mark.skipif(
    platform.machine() not in {"x86_64", "aarch64"} or platform.libc_ver()[0] != "glibc",
    reason="there is no Deno for this machine",
)
"""For tests of the languages that Deno runs, of which there are wheels for some machines."""
