"""Names for types. The package loads this when it is first looked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeVar

_Value = TypeVar("_Value")

RunCodeLanguage = Literal["python", "javascript", "typescript", "r", "java", "bash"] | str  # noqa: PYI051 (editors offer the names)
"""The name of a language. Which ones there are is the template's choice."""

OutputHandler = Callable[[_Value], Any]
"""A function that gets what code writes, or what it comes to."""
