"""The Python and the Node package offer the same, but for the differences that are listed here."""

from __future__ import annotations

import json
import subprocess

import javascript_surface
import pytest
import python_surface

from sandspan import exceptions
from sandspan._native import list_error_codes

CLASSES = ["CommandHandle", "Commands", "Sandbox", "SandboxPaginator"]
RECORDS = ["CommandResult", "ProcessInfo", "SandboxInfo", "SandboxQuery"]

ONLY_IN_ASYNCIO = {
    # A blocking program has nobody who could call callbacks while it does something else.
    "Commands.connect": {"on_stdout", "on_stderr"},
}
ONLY_IN_BLOCKING = {
    # The same callbacks, called by the one who waits.
    "CommandHandle.wait": {"on_stdout", "on_stderr"},
}
ONLY_IN_PYTHON = {
    # The hosted service's own packages have it in Python alone.
    "SandboxInfo": {"envd_unresponsive_at_pause"},
}
OTHER_ERROR_CLASSES = {
    # In Python the two kinds of timeouts have classes of their own, under the one of upstream.
    "COMMAND_TIMEOUT": ("CommandTimeoutException", "TimeoutError"),
    "REQUEST_TIMEOUT": ("RequestTimeoutException", "TimeoutError"),
}


def described(members: dict[str, frozenset[str] | None], class_name: str) -> list[str]:
    """Members as lines, without what one side is known not to have."""
    lines = []
    for name, arguments in members.items():
        if arguments is None:
            lines.append(name)
            continue
        place = f"{class_name}.{name}"
        known = ONLY_IN_ASYNCIO.get(place, set()) | ONLY_IN_BLOCKING.get(place, set())
        lines.append(f"{name}({', '.join(sorted(arguments - known))})")
    return sorted(lines)


@pytest.mark.parametrize("class_name", CLASSES)
def test_blocking_and_asyncio(class_name: str) -> None:
    blocking = python_surface.members(class_name)
    asyncio = python_surface.members(f"Async{class_name}")
    assert described(blocking, class_name) == described(asyncio, class_name)


@pytest.mark.parametrize("class_name", CLASSES)
def test_methods(class_name: str) -> None:
    python = python_surface.members(f"Async{class_name}")
    javascript = javascript_surface.Declarations().members(class_name)
    assert described(python, class_name) == described(javascript, class_name)


@pytest.mark.parametrize("class_name", RECORDS)
def test_fields(class_name: str) -> None:
    python = python_surface.fields(class_name) - ONLY_IN_PYTHON.get(class_name, set())
    assert sorted(python) == sorted(javascript_surface.Declarations().fields(class_name))


def test_every_error_code_has_a_class_in_both_languages() -> None:
    python = {
        vars(it)["code"]: it.__name__
        for it in vars(exceptions).values()
        if isinstance(it, type) and "code" in vars(it)
    }
    script = """
        const { listErrorCodes } = require('./native.js')
        const { errorClasses, CommandExitError } = require('./dist/errors.js')
        const classes = { ...errorClasses, COMMAND_EXIT: CommandExitError }
        const names = Object.entries(classes).map(([code, { name }]) => [code, name])
        console.log(JSON.stringify([listErrorCodes(), Object.fromEntries(names)]))
    """
    node = ["node", "--input-type=commonjs", "--eval", script]
    output = subprocess.check_output(node, cwd=javascript_surface.PACKAGE)
    codes, javascript = json.loads(output)
    expected = {
        code: OTHER_ERROR_CLASSES.get(code, (name, name.replace("Exception", "Error")))
        for code, name in python.items()
    }
    assert sorted(list_error_codes()) == sorted(codes) == sorted(python)
    assert {code: (python[code], javascript.get(code)) for code in codes} == expected
