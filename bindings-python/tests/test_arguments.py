"""Arguments that make no sense are refused by name, before anything is asked of a server."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from sandspan import AsyncSandbox, InvalidArgumentException, Sandbox


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
