"""Arguments that make no sense are refused by name, before anything is asked of a server."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from sandspan import (
    AsyncSandbox,
    InvalidArgumentException,
    Sandbox,
    SandboxQuery,
    SandboxState,
)

WRONG: Any = 5
"""A number where none belongs, past type checkers."""


@pytest.mark.parametrize("timeout", ["5", "abc", True, [], b"5"])
def test_a_timeout_is_a_number(timeout: object) -> None:
    arguments: dict[str, Any] = {"timeout": timeout}
    text = f"timeout must be a number of seconds, got {timeout!r}"
    with pytest.raises(InvalidArgumentException) as raised:
        Sandbox.create(**arguments)
    assert str(raised.value) == text
    with pytest.raises(InvalidArgumentException) as raised:
        asyncio.run(AsyncSandbox.create(**arguments))
    assert str(raised.value) == text


@pytest.mark.parametrize(
    "timeout",
    [float("nan"), float("inf"), float("-inf"), -1, -0.5, 1e300, timedelta(seconds=-1)],
)
def test_a_timeout_is_a_possible_number(timeout: float) -> None:
    with pytest.raises(InvalidArgumentException, match="timeout"):
        Sandbox.create(timeout=timeout)


def test_a_request_timeout_is_named() -> None:
    arguments: dict[str, Any] = {"request_timeout": "soon"}
    with pytest.raises(InvalidArgumentException, match="request_timeout must be a number"):
        Sandbox.kill("id", **arguments)


@pytest.mark.parametrize(
    ("metadata", "text"),
    [
        ({"a": 1}, "metadata['a'] must be a string, got int"),
        ({"a": None}, "metadata['a'] must be a string, got NoneType"),
        ({1: "a"}, "keys of metadata must be strings, got int"),
        ([("a", "b")], "metadata must be a mapping of strings, got list"),
        ("a", "metadata must be a mapping of strings, got str"),
    ],
)
def test_metadata_are_strings(metadata: object, text: str) -> None:
    arguments: dict[str, Any] = {"metadata": metadata}
    with pytest.raises(InvalidArgumentException) as raised:
        Sandbox.create(**arguments)
    assert str(raised.value) == text


def test_a_secret_is_not_shown() -> None:
    arguments: dict[str, Any] = {"envs": {"TOKEN": b"secret"}}
    with pytest.raises(InvalidArgumentException) as raised:
        Sandbox.create(**arguments)
    assert str(raised.value) == "envs['TOKEN'] must be a string, got bytes"


def test_an_order_is_one_of_two() -> None:
    arguments: dict[str, Any] = {"order": "up"}
    with pytest.raises(InvalidArgumentException) as raised:
        Sandbox.list(**arguments)
    assert str(raised.value) == "Invalid order 'up', expected 'asc' or 'desc'"


@pytest.mark.parametrize("name", ["template", "idempotency_key", "api_key", "domain", "provider"])
def test_texts_are_strings(name: str) -> None:
    arguments: dict[str, Any] = {name: 5}
    with pytest.raises(InvalidArgumentException) as raised:
        Sandbox.create(**arguments)
    assert str(raised.value) == f"{name} must be a string, got int"


def test_text_without_utf_8_is_refused() -> None:
    with pytest.raises(InvalidArgumentException) as raised:
        Sandbox.create(template="\ud800")
    assert str(raised.value) == "template has characters that UTF-8 has not"


@pytest.mark.parametrize("name", ["secure", "allow_internet_access"])
def test_flags_are_true_or_false(name: str) -> None:
    arguments: dict[str, Any] = {name: "no"}
    with pytest.raises(InvalidArgumentException) as raised:
        Sandbox.create(**arguments)
    assert str(raised.value) == f"{name} must be True or False, got str"


@pytest.mark.parametrize("port", [70000, -1, 1 << 70, "80", True, 1.5])
def test_a_port_is_a_possible_number(sandbox: Sandbox, port: Any) -> None:  # noqa: ANN401
    with pytest.raises(InvalidArgumentException) as raised:
        sandbox.get_host(port)
    assert str(raised.value) == f"port must be a whole number from 0 to 65535, got {port!r}"


def test_a_process_id_is_a_possible_number(sandbox: Sandbox) -> None:
    with pytest.raises(InvalidArgumentException, match=r"pid must be .*, got -1"):
        sandbox.commands.kill(-1)


@pytest.mark.parametrize("name", ["cmd", "cwd", "user"])
def test_texts_of_a_command_are_strings(sandbox: Sandbox, name: str) -> None:
    arguments: dict[str, Any] = {"cmd": "true", name: 5}
    with pytest.raises(InvalidArgumentException) as raised:
        sandbox.commands.run(**arguments)
    assert str(raised.value) == f"{name} must be a string, got int"


def test_input_is_text_or_bytes(sandbox: Sandbox) -> None:
    with pytest.raises(InvalidArgumentException) as raised:
        sandbox.commands.send_stdin(1, WRONG)
    assert str(raised.value) == "data must be a string or bytes, got int"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"query": {"state": "running"}}, "query must be a SandboxQuery, got dict"),
        (
            {"query": SandboxQuery(state=WRONG)},
            "state must be a SandboxState or a sequence of them, got int",
        ),
        (
            {"query": SandboxQuery(started_after=WRONG)},
            "started_after must be a datetime, got int",
        ),
        ({"query": SandboxQuery(template=WRONG)}, "template must be a string, got int"),
        ({"limit": -1}, "limit must be a whole number from 0 to 4294967295, got -1"),
        ({"next_token": 5}, "next_token must be a string, got int"),
        ({"order": 5}, "order must be a string, got int"),
    ],
)
def test_what_to_list_is_checked(arguments: dict[str, Any], text: str) -> None:
    with pytest.raises(InvalidArgumentException) as raised:
        Sandbox.list(**arguments)
    assert str(raised.value) == text


def test_a_query_takes_one_state(sandbox: Sandbox) -> None:
    pages = Sandbox.list(SandboxQuery(state=SandboxState.RUNNING), limit=100)
    assert sandbox.sandbox_id in [info.sandbox_id for info in pages.next_items()]
