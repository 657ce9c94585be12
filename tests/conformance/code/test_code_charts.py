"""The data of charts, with the published clients for Python, unmodified."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from interpreters import Interpreter

START = "import datetime\nimport matplotlib.pyplot as plt\nimport numpy as np\n"


def chart_of(sandbox: Any, code: str) -> Any:
    """The chart of the one figure that code shows."""
    execution = sandbox.run_code(f"{START}{code}\nplt.show()")
    assert execution.error is None, execution.error.traceback
    (result,) = execution.results
    assert result.png
    assert "chart" in result.formats()
    return result.chart


def test_lines(client: Interpreter, shared: Any) -> None:
    chart = chart_of(
        shared,
        "x = np.linspace(0, 6, 100)\nplt.plot(x, np.sin(x), label='sine')\n"
        "plt.plot(x, np.cos(x), label='cosine')\n"
        "plt.xlabel('Time (s)')\nplt.ylabel('Amplitude (Hz)')\nplt.title('Waves')",
    )
    assert isinstance(chart, client.charts.LineChart)
    assert (chart.type, chart.title) == ("line", "Waves")
    assert (chart.x_label, chart.x_unit) == ("Time (s)", "s")
    assert (chart.y_label, chart.y_unit) == ("Amplitude (Hz)", "Hz")
    assert (chart.x_scale, chart.y_scale) == ("linear", "linear")
    assert all(isinstance(tick, float) for tick in chart.x_ticks + chart.y_ticks)
    assert all(isinstance(label, str) for label in chart.x_tick_labels + chart.y_tick_labels)
    assert [line.label for line in chart.elements] == ["sine", "cosine"]
    assert [len(line.points) for line in chart.elements] == [100, 100]
    assert chart.elements[0].points[0] == (0, 0)


def test_scatter(client: Interpreter, shared: Any) -> None:
    chart = chart_of(
        shared,
        "plt.scatter([1, 2], [3, 4], label='few')\n"
        "plt.scatter([5, 6, 7], [8, 9, 10], label='more')",
    )
    assert isinstance(chart, client.charts.ScatterChart)
    assert (chart.title, chart.x_label, chart.x_unit) == (None, None, None)
    assert [(it.label, it.points) for it in chart.elements] == [
        ("few", [(1, 3), (2, 4)]),
        ("more", [(5, 8), (6, 9), (7, 10)]),
    ]


@pytest.mark.parametrize("direction", ["bar", "barh"])
def test_bars(client: Interpreter, shared: Any, direction: str) -> None:
    chart = chart_of(shared, f"plt.{direction}(['a', 'b', 'c'], [10, 20, 40], label='Sold')")
    assert isinstance(chart, client.charts.BarChart)
    bars = [(bar.label, bar.value, bar.group) for bar in chart.elements]
    assert bars == [("a", 10, "Sold"), ("b", 20, "Sold"), ("c", 40, "Sold")]


def test_a_pie(client: Interpreter, shared: Any) -> None:
    chart = chart_of(
        shared,
        "plt.pie([90, 10], labels=['No', 'No, in blue'], autopct='%1.1f%%', startangle=90)\n"
        "plt.title('Early?')",
    )
    assert isinstance(chart, client.charts.PieChart)
    assert chart.title == "Early?"
    slices = [(it.label, it.angle, it.radius) for it in chart.elements]
    assert slices == [("No", 324, 1), ("No, in blue", 36, 1)]


def test_boxes_and_whiskers(client: Interpreter, shared: Any) -> None:
    chart = chart_of(
        shared,
        "scores = [[85, 90, 78, 92, 88], [95, 89, 76, 91, 84, 87], [75, 82, 88, 79, 86]]\n"
        "figure, axes = plt.subplots()\n"
        "axes.boxplot(scores, patch_artist=True)\naxes.set_xticklabels(['A', 'B', 'C'])\n"
        "axes.set_ylabel('Score')",
    )
    assert isinstance(chart, client.charts.BoxAndWhiskerChart)
    assert chart.y_label == "Score"
    boxes = [
        (it.label, it.min, it.first_quartile, it.median, it.third_quartile, it.max, it.outliers)
        for it in chart.elements
    ]
    assert boxes == [
        ("A", 78, 85, 88, 90, 92, []),
        ("B", 84, 84.75, 88, 90.5, 95, [76]),
        ("C", 75, 79, 82, 86, 88, []),
    ]


def test_several_in_one_figure(client: Interpreter, shared: Any) -> None:
    chart = chart_of(
        shared,
        "figure, (left, right) = plt.subplots(1, 2)\nfigure.suptitle('Both')\n"
        "left.plot([1, 2, 3])\nleft.set_title('Left')\n"
        "right.scatter([1, 2], [3, 4])\nright.set_xlabel('X')",
    )
    assert isinstance(chart, client.charts.SuperChart)
    assert (chart.type, chart.title) == ("superchart", "Both")
    left, right = chart.elements
    assert isinstance(left, client.charts.LineChart)
    assert (left.title, left.x_label) == ("Left", None)
    assert isinstance(right, client.charts.ScatterChart)
    assert right.x_label == "X"


def test_what_is_none_of_these(client: Interpreter, shared: Any) -> None:
    chart = chart_of(
        shared,
        "figure, axes = plt.subplots()\naxes.add_artist(plt.Circle((0, 0), 1))\n"
        "plt.title('A circle')",
    )
    assert type(chart) is client.charts.Chart
    assert (chart.type, chart.title, chart.elements) == ("unknown", "A circle", [])


def test_dates(shared: Any) -> None:
    chart = chart_of(
        shared,
        "days = [datetime.date(2023, 9, 1) + datetime.timedelta(days=n) for n in range(9)]\n"
        "plt.plot(days, range(9))",
    )
    assert (chart.x_scale, chart.y_scale) == ("datetime", "linear")
    (line,) = chart.elements
    first, _ = line.points[0]
    assert datetime.fromisoformat(first).date().isoformat() == "2023-09-01"
    assert datetime.fromisoformat(chart.x_ticks[0])


def test_scales(shared: Any) -> None:
    chart = chart_of(shared, "plt.plot([1, 2, 3], [1, 10, 100])\nplt.yscale('log')")
    assert (chart.x_scale, chart.y_scale) == ("linear", "log")
    chart = chart_of(shared, "plt.plot([1, 2, 3], ['A', 'B', 'C'])")
    assert (chart.x_scale, chart.y_scale) == ("linear", "categorical")
