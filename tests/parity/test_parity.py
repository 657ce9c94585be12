"""The Python and the Node package offer the same, but for the differences that are listed here."""

from __future__ import annotations

import json
import subprocess

import javascript_surface
import pytest
import python_surface

from sandspan import exceptions
from sandspan._native import list_error_codes

CLASSES = [
    "CommandHandle",
    "Commands",
    "Files",
    "Git",
    "KeepAlive",
    "Pty",
    "Sandbox",
    "SandboxPaginator",
]
RECORDS = [
    "BarChart",
    "BarData",
    "BoxAndWhiskerChart",
    "BoxAndWhiskerData",
    "Chart",
    "Chart2D",
    "CommandResult",
    "Context",
    "EntryInfo",
    "Execution",
    "ExecutionError",
    "FilesystemEvent",
    "GitBranches",
    "GitFileStatus",
    "GitStatus",
    "LineChart",
    "Logs",
    "OutputMessage",
    "PieChart",
    "PieData",
    "PointChart",
    "PointData",
    "ProcessInfo",
    "PtySize",
    "Result",
    "SandboxActivity",
    "SandboxEgressProxyOpts",
    "SandboxInfo",
    "SandboxLifecycle",
    "SandboxLifetime",
    "SandboxMetrics",
    "SandboxNetworkOpts",
    "SandboxNetworkRule",
    "SandboxNetworkSelectorContext",
    "SandboxNetworkUpdate",
    "SandboxOnTimeoutPause",
    "SandboxQuery",
    "ScatterChart",
    "SuperChart",
    "WriteEntry",
    "WriteInfo",
]
WORDS = [
    # A class of Python, its field if the words are that one's, and the type in JavaScript.
    ("EndReason", None, "EndReason"),
    ("SandboxActivity", "kind", "ActivityKind"),
    ("SandboxLifetime", "on_timeout", "OnTimeout"),
]

NOT_COMPARED = {
    # What cancels a callback of `on_end` is a plain function in JavaScript.
    "EndWatch",
    # It has one key, whose value says which dictionary it is.
    "SandboxOnTimeoutKill",
    # A blocking program asks it for events, and gives all input at once instead of holding a
    # handle; a download is a `ReadableStream` in JavaScript.
    "WatchHandle",
    "CommandInputHandle",
    "FileStreamReader",
    # What differs in them is only what may be read from.
    "AsyncWriteEntry",
    "SyncWriteEntry",
    # The hosted service's own packages have these in Python alone.
    "SandboxEgressProxyTLSOpts",
    # In JavaScript, headers that a function makes are not available yet: they need tokens.
    "SandboxNetworkTransform",
    "SandboxNetworkTransformContext",
    "SandboxNetworkTransformIam",
    # In JavaScript it is a text, and has no class.
    "MIMEType",
}
OTHER_NAMES = {
    # In JavaScript the dictionaries of a union need no names; this is the native half's.
    "SandboxOnTimeoutPause": "TimeoutAction",
}
ONLY_IN_ASYNCIO = {
    # A blocking program has nobody who could call callbacks while it does something else.
    "Commands.connect": {"on_stdout", "on_stderr"},
    "Pty.connect": {"on_data"},
    "Pty.create": {"on_data"},
    "Files.watch_dir": {"on_event", "on_exit", "timeout"},
}
ONLY_IN_BLOCKING = {
    # The same callbacks, called by the one who waits.
    "CommandHandle.wait": {"on_stdout", "on_stderr", "on_pty"},
    # All the input that there will be.
    "Commands.stream_input": {"data"},
    "Pty.stream_input": {"data"},
}
ONLY_IN_PYTHON = {
    # The hosted service's own packages have it in Python alone.
    "SandboxInfo": {"envd_unresponsive_at_pause"},
    # They have the newer name of `keep_memory` in Python alone, too.
    "Sandbox.pause": {"mode"},
    "Sandbox.static pause": {"mode"},
    "Sandbox.beta_pause": {"mode"},
    "Sandbox.static beta_pause": {"mode"},
    "SandboxOnTimeoutPause": {"mode"},
    # In JavaScript it has started when `keepAlive` has been awaited.
    "KeepAlive": {"start"},
    "SandboxEgressProxyOpts": {"tls"},
    "SandboxNetworkUpdate": {"dns_servers"},
    # Terminals have other names for the same there, as those packages do.
    "Pty": {"send_stdin"},
    "Pty.create": {"size"},
}
ONLY_IN_JAVASCRIPT = {
    # How long the end of the input may take.
    "Commands.stream_input": {"request_timeout"},
    "Pty.stream_input": {"request_timeout"},
    "Pty": {"send_input"},
    "Pty.create": {"cols", "rows"},
    # Instead of a path, it takes what `write_files` does, too.
    "Files.write": {"files"},
    # The hosted service's own packages have it in JavaScript alone.
    "Result": {"raw"},
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
        lists = (ONLY_IN_PYTHON, ONLY_IN_JAVASCRIPT)
        if any(name in known.get(class_name, ()) for known in lists):
            continue
        if arguments is None:
            lines.append(name)
            continue
        place = f"{class_name}.{name}"
        lists = (ONLY_IN_ASYNCIO, ONLY_IN_BLOCKING, ONLY_IN_PYTHON, ONLY_IN_JAVASCRIPT)
        known = set().union(*(known.get(place, ()) for known in lists))
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


def test_methods_that_run_code() -> None:
    blocking, asyncio = map(python_surface.code_members, ("Sandbox", "AsyncSandbox"))
    assert blocking == asyncio
    javascript = javascript_surface.Declarations().members("code-sandbox.d.ts: Sandbox")
    assert described(asyncio, "CodeSandbox") == described(javascript, "CodeSandbox")


@pytest.mark.parametrize("class_name", RECORDS)
def test_fields(class_name: str) -> None:
    python = python_surface.fields(class_name) - ONLY_IN_PYTHON.get(class_name, set())
    other_name = OTHER_NAMES.get(class_name, class_name)
    javascript = javascript_surface.Declarations().fields(other_name)
    assert sorted(python) == sorted(javascript - ONLY_IN_JAVASCRIPT.get(class_name, set()))


@pytest.mark.parametrize(("class_name", "field", "alias"), WORDS)
def test_words(class_name: str, field: str | None, alias: str) -> None:
    python = python_surface.words(class_name, field)
    assert sorted(python) == sorted(javascript_surface.Declarations().words(alias))


def test_every_class_is_compared() -> None:
    native = {name.removeprefix("Async") for name in python_surface.classes("_native.pyi")}
    every = native | python_surface.records().keys()
    assert sorted(every - NOT_COMPARED) == sorted(CLASSES + RECORDS)


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
