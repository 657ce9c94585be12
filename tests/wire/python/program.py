"""Does operations with one of the published packages, as the recorder tells them.

The recorder writes lists of operations to the input, one a line, and reads from the output what
came of each list: the results, or which operation failed and how. README.md has the format.
"""

from __future__ import annotations

import asyncio
import inspect
import io
import json
import os
import socket
import sys
from datetime import datetime
from importlib import import_module
from typing import Any

RECORDER = ("127.0.0.1", int(os.environ["RECORDER_PORT"]))
HTTPS = 443
OTHER_NAMES = {"pty.send_input": "pty.send_stdin"}
"""Operations that all packages for Python have another name for."""
DERIVED_NAMES = {"update_network": "set_network"}
"""The same, of those who derived their package from E2B's."""


def redirect() -> None:
    """Leads connections to the recorder, whatever host they are meant for.

    Some packages make requests for which no proxy can be set.
    """
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def connect_to_recorder(self: socket.socket, address: Any) -> None:
        is_meant = isinstance(address, tuple) and address[1] == HTTPS
        return connect(self, RECORDER if is_meant else address)

    def find_recorder(_host: Any, port: Any, *arguments: Any, **options: Any) -> Any:
        return look_up(RECORDER[0], port, *arguments, **options)

    socket.socket.connect = connect_to_recorder
    socket.getaddrinfo = find_recorder


class Package:
    """A published package, and how to call what it has."""

    def __init__(self, core: str, interpreter: str, *, is_asyncio: bool) -> None:
        self.core = import_module(core)
        self.is_derived = core != "e2b"
        self.interpreter = import_module(interpreter)
        self.prefix = "Async" if is_asyncio else ""
        self.loop = asyncio.new_event_loop() if is_asyncio else None

    def named(self, name: str) -> Any:
        """A class that vectors call by name."""
        if name == "CodeInterpreter":
            return getattr(self.interpreter, f"{self.prefix}Sandbox")
        found = getattr(self.core, f"{self.prefix}{name}", None)
        if found is not None:
            return found
        # Not everything is exported at the top.
        module = import_module(f"{self.core.__name__}.{name.lower()}")
        return getattr(module, f"{self.prefix}{name}")

    def settle(self, value: Any) -> Any:
        """What came of a call, awaited where that must be."""
        if self.loop is not None and inspect.isawaitable(value):
            return self.loop.run_until_complete(value)
        return value

    def call(self, method: Any, arguments: dict[str, Any]) -> Any:
        """Calls a method, within the loop where there is one."""
        if self.loop is None:
            return method(**arguments)

        async def call() -> Any:
            given = method(**arguments)
            return await given if inspect.isawaitable(given) else given

        return self.settle(call())

    def typed(self, call: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Makes of some arguments what Python has types for, and adds callbacks that are needed."""
        for name, value in arguments.items():
            match name, value:
                case "query", dict():
                    arguments[name] = self.query(value)
                case "size", dict():
                    arguments[name] = self.core.PtySize(**value)
                case (("start" | "end"), str()):
                    arguments[name] = time(value)
                case "data", list():
                    arguments[name] = bytes(value)
                case "data", {"$chunks": texts}:
                    arguments[name] = io.BytesIO("".join(texts).encode())
        if self.loop is not None and call in ("pty.create", "pty.connect"):
            arguments["on_data"] = lambda _data: None
        if self.loop is not None and call == "files.watch_dir":
            arguments["on_event"] = lambda _event: None
        return arguments

    def query(self, wanted: dict[str, Any]) -> Any:
        """What sandboxes to list."""
        typed = dict(wanted)
        if "state" in wanted:
            typed["state"] = [self.core.SandboxState(state) for state in wanted["state"]]
        if "started_after" in wanted:
            typed["started_after"] = time(wanted["started_after"])
        return self.core.SandboxQuery(**typed)


class Missing(Exception):
    """A package has no such operation, or not with such arguments."""


def time(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def perform(operation: dict[str, Any], saved: dict[str, Any], package: Package) -> Any:
    """Does an operation, and gives its result."""
    on = operation.get("on", "Sandbox")
    target = found(on, saved) if on.partition(".")[0] in saved else package.named(on)
    call = operation["call"]
    arguments = package.typed(call, resolve(operation.get("arguments", {}), saved))
    if call in DERIVED_NAMES and package.is_derived:
        # What is an object of rules elsewhere are arguments there.
        arguments |= arguments.pop("network")
        call = DERIVED_NAMES[call]
    for name in OTHER_NAMES.get(call, call).split("."):
        if not hasattr(target, name):
            raise Missing(call)
        target = getattr(target, name)
    if not callable(target):
        return target
    return package.call(target, arguments)


def found(path: str, saved: dict[str, Any]) -> Any:
    """What was saved, or a part of it."""
    name, *parts = path.split(".")
    value = saved[name]
    for part in parts:
        value = value[int(part)] if part.isdigit() else getattr(value, part)
    return value


def resolve(value: Any, saved: dict[str, Any]) -> Any:
    """Puts in what was saved."""
    match value:
        case {"$saved": path}:
            return found(path, saved)
        case dict():
            return {name: resolve(item, saved) for name, item in value.items()}
        case list():
            return [resolve(item, saved) for item in value]
    return value


def perform_all(operations: list[Any], saved: dict[str, Any], package: Package) -> Any:
    """Does operations until one fails: their results, or how."""
    results = []
    for number, operation in enumerate(operations):
        try:
            result = perform(operation, saved, package)
        except Exception as error:  # noqa: BLE001 (the recorder gets it)
            failure = {
                "operation": number,
                "class": type(error).__name__,
                "message": str(error),
                "is_missing": is_missing(error),
            }
            return {"failure": failure}
        if "save_as" in operation:
            saved[operation["save_as"]] = result
        results.append(result if isinstance(result, (str, int, type(None))) else None)
    return {"results": results}


def is_missing(error: Exception) -> bool:
    """Whether the package has no such operation, or not with such arguments."""
    if not isinstance(error, TypeError):
        return isinstance(error, Missing)
    # What a method does not know itself, it hands on as options of the connection.
    return "unexpected keyword argument" in str(error) or is_refused_at_once(error)


def is_refused_at_once(error: Exception) -> bool:
    """Whether the call itself failed, and not something within it."""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    return last is not None and last.tb_frame.f_code.co_filename == __file__


def main() -> None:
    redirect()
    core, interpreter, flavour = sys.argv[1:]
    package = Package(core, interpreter, is_asyncio=flavour == "asyncio")
    output = sys.stdout
    # Whatever the package prints is no answer.
    sys.stdout = sys.stderr
    saved: dict[str, Any] = {}
    for line in sys.stdin:
        message = json.loads(line)
        if message["is_fresh"]:
            saved.clear()
        answer = perform_all(message["operations"], saved, package)
        print(json.dumps(answer), file=output, flush=True)


if __name__ == "__main__":
    main()
