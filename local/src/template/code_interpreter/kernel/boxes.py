"""The boxes and whiskers of a figure, told from the lines and patches that they are drawn with."""

from __future__ import annotations

import math
from typing import Any

from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch

Point = tuple[float, float]
Points = list[Point]


def are_all(lines: list[Line2D], patches: list[Any]) -> bool:
    """Whether lines and patches are nothing but boxes with their whiskers."""
    if not all(isinstance(patch, PathPatch) for patch in patches):
        return False
    outlines = len(patches) + sum(is_outline(line) for line in lines)
    # A box has two whiskers and a median at least, each of two points.
    short = sum(len(line.get_xdata()) == 2 for line in lines)  # noqa: PLR2004
    rest = [line for line in lines if not is_outline(line) and not is_of_outliers(line)]
    return outlines > 0 and short >= 3 * outlines and short == len(rest)


def is_outline(line: Line2D) -> bool:
    """Whether a line is the outline of a box: it ends where it begins, in four corners or more."""
    points = points_of(line)
    return len(points) >= 5 and points[0] == points[-1] and len(set(points)) >= 4  # noqa: PLR2004


def is_of_outliers(line: Line2D) -> bool:
    """Whether a line is nothing but marks."""
    return line.get_linestyle() in {"None", "none", "", " "}


def points_of(line: Line2D) -> Points:
    """Gives the points of a line."""
    return [(float(x), float(y)) for x, y in line.get_xydata().tolist()]


def find(lines: list[Line2D], patches: list[PathPatch]) -> tuple[list[tuple[float, dict]], bool]:
    """Gives the boxes, each with where it stands, and whether they lie on their sides."""
    outlines = [
        [(float(x), float(y)) for x, y in patch.get_path().vertices.tolist()] for patch in patches
    ] + [points_of(line) for line in lines if is_outline(line)]
    marks = [points_of(line) for line in lines if is_of_outliers(line)]
    short = [points_of(line) for line in lines]
    short = [points for points in short if len(points) == 2]  # noqa: PLR2004
    # Across a box there are its median and two caps, along it there are two whiskers.
    level = sum(first[1] == last[1] for first, last in short)
    lie = level * 2 < len(short)
    if lie:
        outlines, marks, short = turn(outlines), turn(marks), turn(short)
    return [box(outline, marks, short) for outline in outlines], lie


def turn(all_points: list[Points]) -> list[Points]:
    """Swaps the axes."""
    return [[(y, x) for x, y in points] for points in all_points]


def box(outline: Points, marks: list[Points], short: list[Points]) -> tuple[float, dict]:
    """Reads one box that stands."""
    left, right = min(x for x, _ in outline), max(x for x, _ in outline)
    bottom, top = min(y for _, y in outline), max(y for _, y in outline)
    center = (left + right) / 2
    inside = [points for points in short if all(left <= x <= right for x, _ in points)]
    whiskers = [points for points in inside if points[0][0] == points[1][0]]
    across = [points for points in inside if points[0][1] == points[1][1]]
    heights = [y for points in whiskers for _, y in points]
    # Caps are narrower than the median, which is as wide as the box is at its place.
    within = [points for points in across if bottom <= points[0][1] <= top]
    median = max(within, key=lambda points: abs(points[1][0] - points[0][0]), default=None)
    outliers = [y for points in marks for x, y in points if math.isclose(x, center)]
    return center, {
        "min": min(heights, default=bottom),
        "first_quartile": bottom,
        "median": median[0][1] if median else None,
        "third_quartile": top,
        "max": max(heights, default=top),
        "outliers": outliers,
    }
