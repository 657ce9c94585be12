"""Writes JSON for people: what fits on a line stands on one."""

from __future__ import annotations

import json
from typing import Any

WIDTH = 120


def rendered(value: Any) -> str:
    """A value as the text of a file."""
    return laid_out(value, "", 0) + "\n"


def laid_out(value: Any, indent: str, used: int) -> str:
    """A value whose first line has so many characters before it."""
    line = one_line(value)
    if len(line) + used <= WIDTH or not isinstance(value, (dict, list)):
        return line
    inner = indent + "  "
    if isinstance(value, list):
        items = [inner + laid_out(item, inner, len(inner)) for item in value]
        return "[\n" + ",\n".join(items) + f"\n{indent}]"
    items = []
    for name, item in value.items():
        head = f"{inner}{json.dumps(name, ensure_ascii=False)}: "
        items.append(head + laid_out(item, inner, len(head)))
    return "{\n" + ",\n".join(items) + f"\n{indent}}}"


def one_line(value: Any) -> str:
    """A value on one line, with room inside of the braces."""
    match value:
        case dict() if value:
            items = [
                f"{json.dumps(name, ensure_ascii=False)}: {one_line(item)}"
                for name, item in value.items()
            ]
            return "{ " + ", ".join(items) + " }"
        case list():
            return "[" + ", ".join(one_line(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)
