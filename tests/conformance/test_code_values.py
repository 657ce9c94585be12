"""What running code comes to looks the same in this package and in the published one."""

from __future__ import annotations

import dataclasses
import inspect
import sys
from enum import Enum
from typing import Any

import pytest

if sys.version_info < (3, 11):
    pytest.skip("e2b 2.63.0 needs Python 3.11", allow_module_level=True)

import e2b_code_interpreter as published
from e2b_code_interpreter import charts as published_charts
from e2b_code_interpreter import models as published_models

from sandspan import code_interpreter as own
from sandspan.code_interpreter import charts as own_charts

AXES = {"x_label": "Time (s)", "y_label": None, "x_unit": "s", "y_unit": None}
TICKS = {
    "x_ticks": [0.0, 0.5],
    "x_tick_labels": ["0", "½"],
    "x_scale": "linear",
    "y_ticks": ["a", "b"],
    "y_tick_labels": ["a", "b"],
    "y_scale": "a scale of tomorrow",
}
POINTS = [{"label": "a", "points": [[0, 1.5], ["2026-01-01", "b"]]}, {"label": "b", "points": []}]
LINE = {"type": "line", "title": "A", **AXES, **TICKS, "elements": POINTS}
CHARTS: list[dict[str, Any]] = [
    LINE,
    {**LINE, "type": "scatter", "x_scale": "log"},
    {
        "type": "bar",
        "title": None,
        **AXES,
        "elements": [{"label": "a", "value": "1.0", "group": "g"}],
    },
    {"type": "pie", "title": "P", "elements": [{"label": "a", "angle": 90.0, "radius": 1}]},
    {
        "type": "box_and_whisker",
        "title": "B",
        **AXES,
        "elements": [
            {
                "label": "a",
                "min": 0,
                "first_quartile": 1,
                "median": 2,
                "third_quartile": 3,
                "max": 4,
                "outliers": outliers,
            }
            for outliers in ([9.5], None)
        ],
    },
    {"type": "unknown", "title": "U", "elements": []},
    {"type": "superchart", "title": "S", "elements": [LINE, {}, LINE]},
]
WRONG_CHARTS: list[dict[str, Any]] = [
    {"type": "line", "title": "A", "elements": []},
    {**LINE, "elements": [{"label": "a", "points": [[1]]}]},
    {**LINE, "elements": [1]},
    {**LINE, "elements": 1},
    {"title": "A"},
]
RESULTS: list[dict[str, Any]] = [
    {},
    {"text": "1", "is_main_result": True},
    {"text": "", "html": "<b>", "png": "aGk=", "is_main_result": False},
    {"markdown": "#", "svg": "<svg/>", "jpeg": "aGk=", "pdf": "aGk=", "latex": "$", "text": "t"},
    {"json": {"b": None, "a": [1, 2.5, {"c": "ü"}]}, "javascript": "1", "text": None},
    {"data": {"b": [1, 2], "a": ["x", None]}, "json": {}, "html": None},
    {"extra": {}, "text": "t"},
    {"a format of tomorrow": "x", "text": "t"},
]
RESULTS += [{"text": "Figure()", "png": "aGk=", "chart": chart} for chart in CHARTS]


def plain(value: Any) -> Any:
    """A value with all that its objects have, and the names of their classes."""
    if isinstance(value, Enum):
        return type(value).__name__, value.value
    if isinstance(value, list | tuple):
        return type(value).__name__, [plain(item) for item in value]
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if hasattr(value, "__dict__"):
        return type(value).__name__, plain(vars(value))
    return value


def shown(result: Any) -> list[object]:
    """All that a result says of itself."""
    names = [name for name in dir(result) if name.startswith("_repr_") and name.endswith("_")]
    return [
        repr(result),
        str(result),
        result.formats(),
        [(name, getattr(result, name)()) for name in names],
        [plain(result[name]) for name in type(result).__match_args__],
    ]


@pytest.mark.parametrize("fields", RESULTS)
def test_results(fields: dict[str, Any]) -> None:
    assert shown(own.Result(**fields)) == shown(published.Result(**fields))


def test_other_formats_of_a_result() -> None:
    fields = {"text": "t", "extra": {"application/x": "y", "text": "not this"}}
    assert shown(own.Result(**fields)) == shown(published.Result(**fields))
    # What it lists is found here, where the published one raises.
    assert own.Result(**fields)["application/x"] == "y"


@pytest.mark.parametrize("data", WRONG_CHARTS)
def test_wrong_charts_are_left_out(data: dict[str, Any]) -> None:
    assert own.Result(chart=data).chart is published.Result(chart=data).chart is None


@pytest.mark.parametrize("data", CHARTS)
def test_charts(data: dict[str, Any]) -> None:
    own_chart, published_chart = own.Result(chart=data).chart, published.Result(chart=data).chart
    assert own_chart is not None
    assert published_chart is not None
    assert plain(own_chart) == plain(published_chart)
    assert own_chart.to_dict() == published_chart.to_dict() == data


def test_chart_modules_have_the_same_names() -> None:
    names = {name for name, it in vars(published_charts).items() if inspect.isclass(it)}
    ours = {name for name, it in vars(own_charts).items() if inspect.isclass(it)}
    assert {
        name for name in names if vars(published_charts)[name].__module__.endswith(".charts")
    } == {name for name in ours if vars(own_charts)[name].__module__.endswith(".charts")}
    for name in ("ChartType", "ScaleType"):
        assert plain(list(vars(own_charts)[name])) == plain(list(vars(published_charts)[name]))


def executions(module: Any) -> list[Any]:
    error = module.ExecutionError(
        "NameError", "name 'x' is not defined", "Traceback\n\x1b[31m", a=1
    )
    logs = module.Logs(["hi\n", "ü\x00"], ["warning\n"], a=1)
    return [
        module.Execution(),
        module.Execution(error=error, execution_count=3, a=1),
        module.Execution([module.Result(**fields) for fields in RESULTS], logs, error, 1),
        module.Execution([module.Result("a"), module.Result("b", is_main_result=True)], logs),
    ]


def test_executions() -> None:
    for execution, other in zip(executions(own), executions(published), strict=True):
        assert repr(execution) == repr(other)
        assert str(execution.error) == str(other.error)
        assert execution.text == other.text
        assert execution.to_json() == other.to_json()
        assert execution.logs.to_json() == other.logs.to_json()
        assert plain(execution) == plain(other)


def test_messages_and_contexts() -> None:
    for arguments in [("hi\n", "2026-01-01T00:00:00Z"), ("hi", 1, True)]:
        message, other = own.OutputMessage(*arguments), published.OutputMessage(*arguments)
        assert (repr(message), str(message)) == (repr(other), str(other))
    data = {"id": "i", "language": "python", "cwd": "/home/user"}
    assert repr(own.Context.from_json(data)) == repr(published.Context.from_json(data))
    assert own.Context.from_json(data) == own.Context("i", "python", "/home/user", more=1)


@pytest.mark.parametrize(
    "name", ["Context", "Execution", "ExecutionError", "Logs", "OutputMessage", "Result"]
)
def test_dataclasses(name: str) -> None:
    def fields(module: Any) -> list[object]:
        described = dataclasses.fields(getattr(module, name))
        return [
            (it.name, it.default, getattr(it.default_factory, "__name__", None)) for it in described
        ]

    own_class, published_class = getattr(own, name), getattr(published, name)
    assert fields(own) == fields(published)
    assert own_class.__match_args__ == published_class.__match_args__
    assert own_class.__hash__ is published_class.__hash__ is None
    parameters, others = (
        inspect.signature(it).parameters.values() for it in (own_class, published_class)
    )
    assert [(it.name, it.default) for it in parameters if it.kind is not it.VAR_KEYWORD] == [
        (it.name, it.default) for it in others if it.kind is not it.VAR_KEYWORD
    ]


def test_a_dataclass_is_copied() -> None:
    execution = executions(own)[1]
    assert dataclasses.replace(execution, execution_count=4).execution_count == 4
    assert dataclasses.asdict(execution) == dataclasses.asdict(executions(published)[1])
    result = own.Result(chart=LINE)
    assert dataclasses.replace(result, text="t").chart is result.chart


def test_the_package_has_the_same_names() -> None:
    names = set(vars(published_models)) & set(vars(published))
    classes = {name for name in names if inspect.isclass(vars(published)[name])}
    assert classes <= set(own.__all__)
    assert {"OutputHandler", "RunCodeLanguage", "Sandbox", "AsyncSandbox"} <= set(own.__all__)
