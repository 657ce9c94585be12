"""The data of charts that code plotted. The package loads this when a result has a chart."""

from __future__ import annotations

from enum import Enum

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any


class ChartType(str, Enum):
    """The kinds of charts."""

    LINE = "line"
    """Points that lines connect."""
    SCATTER = "scatter"
    """Points."""
    BAR = "bar"
    """Bars."""
    PIE = "pie"
    """The slices of a pie."""
    BOX_AND_WHISKER = "box_and_whisker"
    """Boxes that show how values are spread."""
    SUPERCHART = "superchart"
    """Several charts in one figure."""
    UNKNOWN = "unknown"
    """Another one."""


class ScaleType(str, Enum):
    """The scales of axes."""

    LINEAR = "linear"
    DATETIME = "datetime"
    CATEGORICAL = "categorical"
    LOG = "log"
    SYMLOG = "symlog"
    LOGIT = "logit"
    FUNCTION = "function"
    FUNCTIONLOG = "functionlog"
    ASINH = "asinh"
    UNKNOWN = "unknown"


class Chart:
    """A chart."""

    type: ChartType
    """Its kind."""
    title: str
    """What stands above it."""
    elements: Sequence[Any]
    """What it shows."""

    def __init__(self, **data: Any) -> None:  # noqa: ANN401 (JSON)
        self._raw_data = data
        self.type = _one_of(ChartType, data["type"])
        self.title = data["title"]
        self.elements = data["elements"]

    def to_dict(self) -> dict[str, Any]:
        """Gives its data as they were sent."""
        return self._raw_data


class Chart2D(Chart):
    """A chart with two axes."""

    x_label: str | None
    """What stands at the horizontal axis."""
    y_label: str | None
    """What stands at the vertical axis."""
    x_unit: str | None
    """The unit of the horizontal axis, where its label tells one."""
    y_unit: str | None
    """The unit of the vertical axis, where its label tells one."""

    def __init__(self, **data: Any) -> None:  # noqa: ANN401 (JSON)
        super().__init__(**data)
        self.x_label = data["x_label"]
        self.y_label = data["y_label"]
        self.x_unit = data["x_unit"]
        self.y_unit = data["y_unit"]


class PointData:
    """Points that belong together."""

    label: str
    """Their name."""
    points: list[tuple[str | float, str | float]]
    """Where they are: horizontally, then vertically."""

    def __init__(self, **data: Any) -> None:  # noqa: ANN401 (JSON)
        self.label = data["label"]
        self.points = [(x, y) for x, y in data["points"]]


class PointChart(Chart2D):
    """A chart of points."""

    x_ticks: list[str | float]
    """The marks on the horizontal axis."""
    x_tick_labels: list[str]
    """What stands at each of them."""
    x_scale: ScaleType
    """The scale of the horizontal axis."""
    y_ticks: list[str | float]
    """The marks on the vertical axis."""
    y_tick_labels: list[str]
    """What stands at each of them."""
    y_scale: ScaleType
    """The scale of the vertical axis."""
    elements: list[PointData]
    """The points."""

    def __init__(self, **data: Any) -> None:  # noqa: ANN401 (JSON)
        super().__init__(**data)
        self.x_scale = _one_of(ScaleType, data.get("x_scale"))
        self.x_ticks = data["x_ticks"]
        self.x_tick_labels = data["x_tick_labels"]
        self.y_scale = _one_of(ScaleType, data.get("y_scale"))
        self.y_ticks = data["y_ticks"]
        self.y_tick_labels = data["y_tick_labels"]
        self.elements = [PointData(**element) for element in data["elements"]]


class LineChart(PointChart):
    """A chart of lines."""

    type = ChartType.LINE


class ScatterChart(PointChart):
    """A chart of points that nothing connects."""

    type = ChartType.SCATTER


class BarData:
    """A bar."""

    label: str
    """What stands below it."""
    group: str
    """The group that it is in."""
    value: str | float
    """How high it is."""

    def __init__(self, **data: Any) -> None:  # noqa: ANN401 (JSON)
        self.label = data["label"]
        self.value = data["value"]
        self.group = data["group"]


class BarChart(Chart2D):
    """A chart of bars."""

    type = ChartType.BAR
    elements: list[BarData]
    """The bars."""

    def __init__(self, **data: Any) -> None:  # noqa: ANN401 (JSON)
        super().__init__(**data)
        self.elements = [BarData(**element) for element in data["elements"]]


class PieData:
    """A slice of a pie."""

    label: str
    """What stands at it."""
    angle: float
    """How wide it is, in degrees."""
    radius: float
    """How far it reaches from the centre."""

    def __init__(self, **data: Any) -> None:  # noqa: ANN401 (JSON)
        self.label = data["label"]
        self.angle = data["angle"]
        self.radius = data["radius"]


class PieChart(Chart):
    """A pie."""

    type = ChartType.PIE
    elements: list[PieData]
    """Its slices."""

    def __init__(self, **data: Any) -> None:  # noqa: ANN401 (JSON)
        super().__init__(**data)
        self.elements = [PieData(**element) for element in data["elements"]]


class BoxAndWhiskerData:
    """A box, and how values are spread around it."""

    label: str
    """What stands below it."""
    min: float
    """The lowest value that is no outlier."""
    first_quartile: float
    """A quarter of the values is lower."""
    median: float
    """Half of the values is lower."""
    third_quartile: float
    """Three quarters of the values are lower."""
    max: float
    """The highest value that is no outlier."""
    outliers: list[float]
    """The values far from all others."""

    def __init__(self, **data: Any) -> None:  # noqa: ANN401 (JSON)
        self.label = data["label"]
        self.min = data["min"]
        self.first_quartile = data["first_quartile"]
        self.median = data["median"]
        self.third_quartile = data["third_quartile"]
        self.max = data["max"]
        self.outliers = data.get("outliers") or []


class BoxAndWhiskerChart(Chart2D):
    """A chart of boxes."""

    type = ChartType.BOX_AND_WHISKER
    elements: list[BoxAndWhiskerData]
    """The boxes."""

    def __init__(self, **data: Any) -> None:  # noqa: ANN401 (JSON)
        super().__init__(**data)
        self.elements = [BoxAndWhiskerData(**element) for element in data["elements"]]


class SuperChart(Chart):
    """Several charts in one figure."""

    type = ChartType.SUPERCHART
    elements: list[Chart]
    """The charts."""

    def __init__(self, **data: Any) -> None:  # noqa: ANN401 (JSON)
        super().__init__(**data)
        self.elements = [from_data(element) for element in data["elements"] if element]


ChartTypes = (
    Chart | LineChart | ScatterChart | BarChart | PieChart | BoxAndWhiskerChart | SuperChart
)
"""Any of the charts."""

_CLASSES: dict[str, type[Chart]] = {
    it.type: it
    for it in (LineChart, ScatterChart, BarChart, PieChart, BoxAndWhiskerChart, SuperChart)
}


def from_data(data: dict[str, Any]) -> Chart:
    """Makes the chart of its data, of the class for its kind.

    Args:
        data: What a service sent.

    Raises:
        KeyError: Something is missing in them.
        TypeError: Something in them is not what it should be.
        ValueError: The same.

    """
    return _CLASSES.get(data["type"], Chart)(**data)


def _one_of(kinds: Any, value: object) -> Any:  # noqa: ANN401 (either of the enumerations)
    """The kind of this name; newer ones, which only a service knows, are unknown."""
    try:
        return kinds(value)
    except ValueError:
        return kinds.UNKNOWN
