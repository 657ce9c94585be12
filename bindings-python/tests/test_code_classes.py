"""The classes that run code, and what the module offers, without running any."""

from __future__ import annotations

import pickle
import subprocess
import sys

import pytest

import sandspan
from sandspan import code_interpreter
from sandspan.code_interpreter import (
    AsyncSandbox,
    Context,
    Execution,
    ExecutionError,
    Logs,
    OutputMessage,
    Result,
    Sandbox,
)


class Other(Sandbox):
    """Sandboxes of another template."""

    default_template = "base"


def test_a_class_has_its_template() -> None:
    assert Sandbox.default_template == AsyncSandbox.default_template == "code-interpreter-v1"
    assert sandspan.Sandbox.default_template is None
    with Other.create() as sandbox:
        assert sandbox.get_info().template_id == "base"
        again = Sandbox.connect(sandbox.sandbox_id)
        assert type(again) is Sandbox
        assert isinstance(again, sandspan.Sandbox)


def test_a_template_is_a_name() -> None:
    class Wrong(Sandbox):
        default_template = 1  # type: ignore[assignment]

    with pytest.raises(sandspan.InvalidArgumentException, match="template must be a string"):
        Wrong.create()


def test_the_module_has_all_of_the_package() -> None:
    assert set(sandspan.__all__) < set(code_interpreter.__all__)
    names: dict[str, object] = {}
    exec("from sandspan.code_interpreter import *", names)  # noqa: S102 (our own words)
    assert names["Sandbox"] is Sandbox
    assert names["FileType"] is sandspan.FileType
    with pytest.raises(AttributeError, match=r"no attribute 'unknown'"):
        _ = code_interpreter.unknown  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("loaded", "others"),
    [
        ("sandspan", ["sandspan.code_interpreter", "dataclasses", "typing", "json"]),
        (
            "sandspan.code_interpreter",
            ["sandspan.code_interpreter.charts", "dataclasses", "typing", "json", "logging"],
        ),
    ],
)
def test_what_is_seldom_used_is_not_loaded(loaded: str, others: list[str]) -> None:
    program = f"import sys, {loaded}\nprint(*sys.modules)"
    modules = subprocess.check_output([sys.executable, "-SIc", f"{PATH}\n{program}"], text=True)
    assert not set(modules.split()) & set(others)


PATH = f"import sys; sys.path.append({sandspan.__path__[0].rpartition('/')[0]!r})"


def test_values_are_pickled() -> None:
    result = Result(text="a", chart={"type": "pie", "title": "t", "elements": []})
    execution = Execution([result], Logs(["a"]), ExecutionError("a", "b", "c"), 1)
    copy = pickle.loads(pickle.dumps(execution))
    assert repr(copy) == repr(execution)
    assert copy.to_json() == execution.to_json()
    message, context = OutputMessage("a", None), Context("a", "b", "c")
    assert pickle.loads(pickle.dumps((message, context))) == (message, context)


def test_values_match_patterns() -> None:
    match Execution(logs=Logs(["a"])):
        case Execution([], Logs([line]), None):
            assert line == "a"
        case _:
            pytest.fail("the pattern does not match")


def test_a_chart_of_a_newer_kind_is_kept() -> None:
    chart = Result(chart={"type": "sunburst", "title": "t", "elements": [1]}).chart
    assert chart is not None
    assert chart.type is code_interpreter.charts.ChartType.UNKNOWN
    assert (chart.title, chart.elements) == ("t", [1])
