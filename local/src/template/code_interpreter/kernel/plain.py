"""Values as JSON can say them."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

MOST = 500_000
"""How many values are told of one thing: longer messages would not be passed on."""


class NotJsonError(TypeError):
    """JSON has no word for a value."""

    def __init__(self, value: Any) -> None:
        """Names the class of the value."""
        super().__init__(f"JSON has no {type(value).__name__}")


def of(value: Any) -> Any:
    """Gives a value in the types of JSON.

    Raises:
        NotJsonError: It holds something that JSON has no word for.

    """
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, (list, tuple)):
        return [of(item) for item in value]
    if isinstance(value, dict):
        return {key_of(key): of(item) for key, item in value.items()}
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if type(value).__module__ == "numpy":
        return of_numpy(value)
    raise NotJsonError(value)


def is_large(value: Any) -> bool:
    """Whether lists and dictionaries hold more than can be told, or themselves."""
    waiting, count = [value], 0
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            item = item.values()
        elif not isinstance(item, (list, tuple)):
            continue
        count += len(item)
        if count > MOST:
            return True
        waiting.extend(item)
    return False


def of_list(values: list[Any]) -> list[Any]:
    """Gives values in the types of JSON, as text where it has none for them."""
    return [of_anything(value) for value in values]


def of_anything(value: Any) -> Any:
    """Gives a value in the types of JSON, as text where it has none for it."""
    try:
        return of(value)
    except (TypeError, RecursionError):
        return str(value)


def of_numpy(value: Any) -> Any:
    """Gives a number or an array of numpy in the types of JSON."""
    if value.dtype.kind == "M":
        text = value.astype("datetime64[s]").astype(str)
        return text.tolist() if value.ndim else str(text)
    simple = value.tolist()
    if type(simple) is type(value):
        raise NotJsonError(value)
    return of(simple)


def key_of(key: Any) -> str:
    """Gives the key of a dictionary as JSON has it."""
    if isinstance(key, str):
        return key
    if key is None or isinstance(key, bool):
        return {None: "null", True: "true", False: "false"}[key]
    simple = of(key)
    if isinstance(simple, (list, dict)):
        raise NotJsonError(key)
    return str(simple)
