"""Running code, and what came of it in the form that vectors compare."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandspan.code_interpreter import Context, Execution, OutputMessage, Result

NOT_LISTED = {"text", "chart"}
"""The formats that not every language lists."""


def run(
    method: Callable[..., Any], arguments: dict[str, Any], settle: Callable[[Any], Any]
) -> dict[str, Any]:
    """Runs code, with all callbacks if it is to `stream`."""
    arguments = dict(arguments)
    if isinstance(arguments.get("context"), dict):
        arguments["context"] = Context(arguments["context"]["id"], language="", cwd="")
    events: list[dict[str, Any]] = []
    if arguments.pop("stream", False):
        arguments |= {
            "on_stdout": lambda message: output(events, message),
            "on_stderr": lambda message: output(events, message),
            "on_result": lambda result: events.append({"result": described(result)}),
            "on_error": lambda error: events.append({"error": error}),
        }
    execution = settle(method(**arguments))
    assert isinstance(execution, Execution)
    return {
        "text": execution.text,
        "results": [described(result) for result in execution.results],
        "stdout": "".join(execution.logs.stdout),
        "stderr": "".join(execution.logs.stderr),
        "error": execution.error,
        "execution_count": execution.execution_count,
        "events": events,
    }


def output(events: list[dict[str, Any]], message: OutputMessage) -> None:
    """Adds a piece of output, to that before it where both are of the same stream."""
    stream = "stderr" if message.error else "stdout"
    if events and stream in events[-1]:
        events[-1][stream] += message.line
    else:
        events.append({stream: message.line})


def described(result: Result) -> dict[str, Any]:
    """All of a result. A chart is what was sent of it."""
    return {
        **vars(result),
        "chart": None if result.chart is None else result.chart.to_dict(),
        "formats": [name for name in result.formats() if name not in NOT_LISTED],
    }
