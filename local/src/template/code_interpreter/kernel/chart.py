"""What the figures of matplotlib show, as data."""

from __future__ import annotations

import re
from typing import Any

from matplotlib import dates
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.category import StrCategoryConverter
from matplotlib.collections import PathCollection
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch, Rectangle, Wedge
from sandspan_kernel import boxes, plain

UNIT = re.compile(r"\s\((.*?)\)|\[(.*?)\]")
"""A unit behind a label: `time (s)`, `mass [kg]`."""


def of_figure(figure: Figure) -> dict[str, Any] | None:
    """Gives what a figure shows, or nothing where it is blank or has more than can be told."""
    axes = figure.get_axes()
    if not any(each.has_data() for each in axes) or sum(map(size, axes)) > plain.MOST:
        return None
    if len(axes) == 1:
        return of_axes(axes[0])
    return {
        "type": "superchart",
        "title": figure.get_suptitle() or None,
        "elements": [of_axes(each) for each in axes],
    }


def size(axes: Axes) -> int:
    """Gives how many points and patches there are."""
    lines = sum(len(line.get_xdata()) for line in axes.get_lines())
    return lines + sum(len(each.get_offsets()) for each in axes.collections) + len(axes.patches)


def of_axes(axes: Axes) -> dict[str, Any]:
    """Gives what one pair of axes shows."""
    lines = [line for line in axes.get_lines() if is_data(line, axes)]
    patches, collections = list(axes.patches), list(axes.collections)
    if not axes.images:
        if boxes.are_all(lines, patches) and not collections:
            return box_and_whisker(axes, lines)
        if lines and not patches and not collections:
            return line_chart(axes, lines)
        if collections and not patches and not lines and all_are(collections, PathCollection):
            return scatter(axes, collections)
        if patches and not collections and not lines and all_are(patches, Wedge):
            return pie(axes, patches)
        if patches and not collections and not lines and all_are(patches, Rectangle):
            return bars(axes)
    return {"type": "unknown", "title": title(axes), "elements": []}


def all_are(artists: list[Any], kind: type) -> bool:
    """Whether all of them are of a kind."""
    return all(isinstance(artist, kind) for artist in artists)


def is_data(line: Line2D, axes: Axes) -> bool:
    """Whether a line is of data, and not across the axes as a line of reference is."""
    return line.get_transform() == axes.transData


def title(axes: Axes) -> str | None:
    """Gives the title, where there is one."""
    return axes.get_title() or None


def labels(axes: Axes, *, are_swapped: bool = False) -> dict[str, Any]:
    """Gives what is written at the axes; for sideways charts the other way round."""
    x, y = axes.get_xlabel() or None, axes.get_ylabel() or None
    if are_swapped:
        x, y = y, x
    return {"x_label": x, "y_label": y, "x_unit": unit(x), "y_unit": unit(y)}


def unit(label: str | None) -> str | None:
    """Gives the unit that a label names."""
    found = UNIT.search(label or "")
    return (found.group(1) or found.group(2)) if found else None


def ticks(axes: Axes) -> dict[str, Any]:
    """Gives the ticks and scales of both axes."""
    answer = {}
    for name, axis in (("x", axes.xaxis), ("y", axes.yaxis)):
        positions = [position(axis, tick) for tick in axis.get_majorticklocs()]
        texts = [label.get_text() for label in axis.get_ticklabels()]
        answer |= {
            f"{name}_ticks": positions,
            f"{name}_tick_labels": texts,
            f"{name}_scale": scale(axis, positions, texts),
        }
    return answer


def converter(axis: Axis) -> Any:
    """Gives what turns values into places on an axis."""
    return axis.get_converter() if hasattr(axis, "get_converter") else axis.converter


def is_of_dates(axis: Axis) -> bool:
    """Whether the places on an axis are moments."""
    kinds = (dates.DateConverter, dates._SwitchableDateConverter)  # noqa: SLF001
    return isinstance(converter(axis), kinds)


def position(axis: Axis, place: Any) -> Any:
    """Gives a place on an axis: a number, or a moment."""
    if is_of_dates(axis):
        return dates.num2date(place).isoformat()
    return plain.of(float(place))


def scale(axis: Axis, positions: list[Any], texts: list[str]) -> str:
    """Names the scale of an axis."""
    if is_of_dates(axis):
        return "datetime"
    if isinstance(converter(axis), StrCategoryConverter):
        return "categorical"
    if axis.get_scale() != "linear" or not positions:
        return axis.get_scale()
    counted = list(range(len(positions)))
    has_names = all(text != str(number) for number, text in zip(counted, texts))
    return "categorical" if positions == counted and has_names else "linear"


def points(x: Any, y: Any) -> list[list[Any]]:
    """Gives points as pairs."""
    return [[plain.of_anything(x), plain.of_anything(y)] for x, y in zip(x, y)]


def name(artist: Any, prefix: str, kind: str) -> str:
    """Gives the label of an artist, or a better one than matplotlib makes up."""
    label = str(artist.get_label())
    number = label.removeprefix(prefix)
    return f"{kind} {number}" if number != label and number.isdigit() else label


def line_chart(axes: Axes, lines: list[Line2D]) -> dict[str, Any]:
    """Gives lines."""
    elements = [
        {
            "label": name(line, "_child", "Line"),
            "points": points(line.get_xdata(), line.get_ydata()),
        }
        for line in lines
    ]
    return chart("line", axes, elements, **ticks(axes))


def scatter(axes: Axes, collections: list[PathCollection]) -> dict[str, Any]:
    """Gives points that stand for themselves."""
    elements = [
        {
            "label": str(collection.get_label()),
            "points": [
                [position(axes.xaxis, x), position(axes.yaxis, y)]
                for x, y in collection.get_offsets().tolist()
                if x is not None and y is not None
            ],
        }
        for collection in collections
    ]
    return chart("scatter", axes, elements, **ticks(axes))


def pie(axes: Axes, wedges: list[Wedge]) -> dict[str, Any]:
    """Gives the slices of a pie."""
    elements = [
        {
            "label": str(wedge.get_label()),
            "angle": round(abs(float(wedge.theta2) - float(wedge.theta1)), 4),
            "radius": float(wedge.r),
        }
        for wedge in wedges
    ]
    return {"type": "pie", "title": title(axes), "elements": elements}


def bars(axes: Axes) -> dict[str, Any]:
    """Gives bars. Whichever way they lie, x is where they stand and y is how long they are."""
    containers = [each for each in axes.containers if isinstance(each, BarContainer)]
    lie = bool(containers) and all(each.orientation == "horizontal" for each in containers)
    axis = axes.yaxis if lie else axes.xaxis
    elements = []
    for container in containers:
        group = name(container, "_container", "Group")
        if lie:
            places = [bar.get_y() + bar.get_height() / 2 for bar in container]
            values = [bar.get_width() for bar in container]
        else:
            places = [bar.get_x() + bar.get_width() / 2 for bar in container]
            values = [bar.get_height() for bar in container]
        for text, value in zip(texts_at(axis, places), values):
            elements.append({"label": text, "group": group, "value": plain.of(float(value))})
    return chart("bar", axes, elements, are_swapped=lie)


def box_and_whisker(axes: Axes, lines: list[Line2D]) -> dict[str, Any]:
    """Gives boxes. Whichever way they lie, x is where they stand and y is what they say."""
    patches = [patch for patch in axes.patches if isinstance(patch, PathPatch)]
    found, lie = boxes.find(lines, patches)
    axis = axes.yaxis if lie else axes.xaxis
    texts = texts_at(axis, [place for place, _ in found])
    elements = [{"label": text} | box for text, (_, box) in zip(texts, found)]
    return chart("box_and_whisker", axes, elements, are_swapped=lie)


def texts_at(axis: Axis, places: list[float]) -> list[str]:
    """Gives what is written at an axis below some places, or else the places themselves."""
    texts = [label.get_text() for label in axis.get_ticklabels()]
    if len(texts) == len(places) and all(texts):
        return texts
    ticks = [float(tick) for tick in axis.get_majorticklocs()]
    written = {round(tick, 9): text for tick, text in zip(ticks, texts) if text}
    return [written.get(round(float(place), 9)) or place_of(axis, place) for place in places]


def place_of(axis: Axis, place: float) -> str:
    """Gives a place on an axis as text."""
    return position(axis, place) if is_of_dates(axis) else f"{place:g}"


def chart(
    kind: str, axes: Axes, elements: list[Any], *, are_swapped: bool = False, **more: Any
) -> dict[str, Any]:
    """Gives a chart with two axes."""
    beside = labels(axes, are_swapped=are_swapped)
    return {"type": kind, "title": title(axes), **beside, **more, "elements": elements}
