"""Runs the shared vectors with the blocking and the asyncio class. README.md has the format."""

from __future__ import annotations

import asyncio
import inspect
import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import things
from conftest import LocalRuntime

from sandspan import (
    AsyncKeepAlive,
    AsyncSandbox,
    AuthenticationException,
    KeepAlive,
    PtySize,
    Sandbox,
    SandboxException,
    SandboxQuery,
    ServiceBusyException,
    code_interpreter,
)

ERRORS = (AuthenticationException, SandboxException, ServiceBusyException)
CAPABILITIES = {"retain_output", "untyped_arguments"}
TYPES = {"integer": int, "number": (int, float), "string": str}
OTHER_NAMES = {"pty.send_input": "pty.send_stdin"}
"""Operations that the hosted service's package for Python has another name for."""


class Api(NamedTuple):
    """The class under test, and how to get the result of what its methods return."""

    sandbox: type[Sandbox | AsyncSandbox]
    settle: Callable[[Any], Any]

    def of(self, case: dict[str, Any]) -> Api:
        """The one that a case needs: only some classes run code."""
        if not any("code" in operation.get("call", "") for operation in case["operations"]):
            return self
        return self._replace(sandbox=getattr(code_interpreter, self.sandbox.__name__))


@pytest.fixture(params=["blocking", "asyncio"])
def api(request: pytest.FixtureRequest) -> Iterator[Api]:
    if request.param == "blocking":
        yield Api(Sandbox, lambda value: value)
        return
    loop = asyncio.new_event_loop()
    yield Api(
        AsyncSandbox,
        lambda value: loop.run_until_complete(value) if inspect.isawaitable(value) else value,
    )
    loop.close()


def cases(folder: str) -> list[object]:
    files = sorted((Path(__file__).parent / folder).glob("*.json"))
    return [
        pytest.param(case, id=f"{file.stem}: {case['description']}")
        for file in files
        for case in json.loads(file.read_text())["cases"]
    ]


@pytest.mark.parametrize("case", cases("."))
def test_vector(case: dict[str, Any], api: Api, local_runtime: LocalRuntime) -> None:
    missing = set(case.get("requires", [])) - CAPABILITIES
    if missing:
        pytest.skip(f"requires {missing}")
    run(case, api.of(case), local_runtime)


@pytest.mark.parametrize("case", cases("meta/must_fail"))
def test_must_fail(case: dict[str, Any], api: Api, local_runtime: LocalRuntime) -> None:
    with pytest.raises(AssertionError):
        run(case, api.of(case), local_runtime)


def run(case: dict[str, Any], api: Api, local_runtime: LocalRuntime) -> None:
    saved = {"server": local_runtime.server()}
    created = []
    try:
        for operation in case["operations"]:
            result = perform(operation, saved, api)
            if isinstance(result.get("result"), api.sandbox):
                created.append(result["result"])
            check(operation, result, saved)
            if "save_as" in operation:
                saved[operation["save_as"]] = result["result"]
    finally:
        local_runtime.sandbox_ids.update(sandbox.sandbox_id for sandbox in created)
        for sandbox in created:
            api.settle(sandbox.kill())


def perform(operation: dict[str, Any], saved: dict[str, Any], api: Api) -> dict[str, Any]:
    """Does an operation, and gives its result or its error."""
    target = saved[operation["on"]] if "on" in operation else api.sandbox
    if "call" not in operation:
        return {"result": target}
    call = OTHER_NAMES.get(operation["call"], operation["call"])
    arguments = typed(resolve(operation.get("arguments", {}), saved), api)
    if call == "fetch":
        return {"result": things.fetch(**arguments)}
    for name in call.split("."):
        target = getattr(target, name)
    try:
        result = things.call(target, call, arguments, api.settle, api.sandbox)
        return {"result": things.readable(started(result, api), api.settle)}
    except ERRORS as error:
        return {"error": error}


def typed(arguments: dict[str, Any], api: Api) -> dict[str, Any]:
    """Makes of some arguments what Python has types for."""
    for name, value in arguments.items():
        match name, value:
            case "query", dict():
                arguments[name] = SandboxQuery(**value)
            case "size", dict():
                arguments[name] = PtySize(**value)
            case (("start" | "end"), str()):
                arguments[name] = datetime.fromisoformat(value.replace("Z", "+00:00"))
            case "data", {"$chunks": texts}:
                arguments[name] = things.chunks(texts, api.sandbox)
            case "data", list():
                arguments[name] = bytes(value)
            case "files", [dict(), *_]:
                arguments[name] = [typed(entry, api) for entry in value]
    return arguments


def started(result: Any, api: Api) -> Any:
    """Starts what other languages start at once."""
    if isinstance(result, (KeepAlive, AsyncKeepAlive)):
        api.settle(result.start())
    return result


def resolve(value: Any, saved: dict[str, Any]) -> Any:
    """Puts in the values that special objects stand for."""
    match value:
        case {"$saved": path}:
            name, *fields = path.split(".")
            value = saved[name]
            for name in fields:
                value = field(value, name)
            return value
        case {"$repeat": [text, count]}:
            return text * count
        case {"$number": name}:
            return float(name)
        case dict():
            return {name: resolve(item, saved) for name, item in value.items()}
        case list():
            return [resolve(item, saved) for item in value]
    return value


def check(operation: dict[str, Any], outcome: dict[str, Any], saved: dict[str, Any]) -> None:
    expected = resolve(operation.get("expect", {"result": {}}), saved)
    assert outcome.keys() == expected.keys(), f"{operation} gave {outcome}"
    compare(expected, outcome, operation.get("call", "it"))


def compare(expected: Any, actual: Any, where: str) -> None:
    match expected:
        case {"$exists": exists}:
            assert (actual is not None) == exists, where
        case {"$type": name}:
            assert isinstance(actual, TYPES[name]), where
            assert not isinstance(actual, bool), where
        case {"$every": item}:
            assert actual, f"{where} is {actual!r}"
            compare([item] * len(actual), actual, where)
        case {"$matches": pattern}:
            assert isinstance(actual, str), where
            assert re.search(pattern, actual), f"{where} is {actual!r}"
        case {"$seconds_from_now": [earliest, latest]}:
            assert isinstance(actual, datetime), where
            seconds = (actual - datetime.now(timezone.utc)).total_seconds()
            assert earliest <= seconds <= latest, where
        case dict():
            for name, value in expected.items():
                compare(value, field(actual, name), f"{where}.{name}")
        case list():
            assert len(actual) == len(expected), where
            for position, (item, found) in enumerate(zip(expected, actual, strict=True)):
                compare(item, found, f"{where}[{position}]")
        case _:
            assert isinstance(actual, bool) == isinstance(expected, bool), where
            assert actual == expected, where


def field(value: Any, name: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(name)
    if name == "as_text":
        return str(value)
    if isinstance(value, ERRORS) and name == "message":
        return str(value)
    if isinstance(value, ERRORS) and name == "status":
        return value.status_code
    return getattr(value, name, None)
