"""Points in two dimensions (坐标图): quadrants and key-account bubbles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from components import theme
from components.charts import labels
from components.charts.shapes import Figure, Point
from components.theme import Look
from words import formats, vocabulary
from words.text import shorten

_BIGGEST, _SMALLEST = 46, 9
_DOT = 10
_AXES = 46
"""Pixels the words of an axis take."""
_FAR = 0.25
"""A cut further outside than this share of the points' extent is left out of sight."""
Span = tuple[float, float]


def quadrant(
    points: Sequence[Point],
    *,
    x_label: str,
    y_label: str,
    x_cut: float,
    y_cut: float,
    corners: tuple[str, str, str, str] = ("", "", "", ""),
    first: Sequence[str] = (),
    x_unit: str = "score",
    y_unit: str = "score",
    look: Look | None = None,
    height: int = 360,
) -> Figure:
    """Named points in four fields, such as importance × satisfaction.

    Args:
        points: what to place; points in one spot share a name, and names that would
            cover another are left to the hover.
        x_label: what the horizontal axis measures.
        y_label: what the vertical axis measures.
        x_cut: where left and right part.
        y_cut: where top and bottom part.
        corners: words for the fields: top left, top right, bottom left, bottom right.
        first: codes of the points that matter, named first and in the colour of warning.
        x_unit: Metric unit of x, for the hover.
        y_unit: Metric unit of y, for the hover.
        look: language and mode; this reader's when left out.
        height: pixels.
    """
    look = look or theme.look()
    shades = theme.palette(look.dark)
    ranges = _ranges(points, x_cut, y_cut)
    colours = [shades.red if point.code in first else shades.primary for point in points]
    names = _named_dots(points, ranges, first, (250, height - _AXES), corners)
    trace = {
        **_marks(points, x_label, y_label, x_unit, y_unit, look),
        "mode": "markers+text",
        "text": [name for name, _side in names],
        "textposition": [side for _name, side in names] or "middle right",
        "textfont": {"size": 12, "color": shades.text},
        "marker": {"size": _DOT, "color": colours, "line": {"width": 0}},
    }
    return _fields(
        [trace], ranges, x_label, y_label, x_cut, y_cut, corners, look, height, x_unit, y_unit
    )


def bubbles(
    points: Sequence[Point],
    *,
    x_label: str,
    y_label: str,
    x_cut: float,
    y_cut: float,
    corners: tuple[str, str, str, str] = ("", "", "", ""),
    x_unit: str = "score",
    y_unit: str = "score",
    named: int = 6,
    look: Look | None = None,
    height: int = 420,
) -> Figure:
    """Key accounts in four fields: bubble = sales, colour = alert level (客户发展坐标).

    Those on alert and the `named` largest carry their name where it covers no other;
    every bubble tells its own on hover.
    """
    look = look or theme.look()
    shades = theme.palette(look.dark)
    largest = max((point.size for point in points), default=0) or 1
    ordered = sorted(points, key=lambda point: -point.size)
    colours = [theme.level_colour(point.level, look.dark) for point in ordered]
    sizes = [max(_BIGGEST * (max(p.size, 0) / largest) ** 0.5, _SMALLEST) for p in ordered]
    ranges = _ranges(ordered, x_cut, y_cut)
    alarmed = [at for at, p in enumerate(ordered) if p.level in {"red", "amber"}]
    names = labels.beside(
        _spots(ordered, [size / 2 for size in sizes], ranges, (560, height - _AXES)),
        [*alarmed[:named], *(at for at in range(min(named, len(ordered))) if at not in alarmed)],
        within=(560, height - _AXES),
        taken=_corner_boxes(corners, (560, height - _AXES)),
    )
    trace = {
        **_marks(ordered, x_label, y_label, x_unit, y_unit, look),
        "mode": "markers+text",
        "text": [name for name, _side in names],
        "textposition": [side for _name, side in names] or "top center",
        "textfont": {"size": 12, "color": shades.text},
        "marker": {
            "size": sizes,
            "color": [theme.see_through(colour, 0.55) for colour in colours],
            "line": {"width": 1.2, "color": colours},
            "opacity": 1,
        },
        "selected": {"marker": {"opacity": 1}},
        "unselected": {"marker": {"opacity": theme.FADED}},
    }
    return _fields(
        [trace], ranges, x_label, y_label, x_cut, y_cut, corners, look, height, x_unit, y_unit
    )


def _marks(
    points: Sequence[Point], x_label: str, y_label: str, x_unit: str, y_unit: str, look: Look
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": [point.x for point in points],
        "y": [point.y for point in points],
        "customdata": [[point.code] for point in points],
        "hovertext": [_hover(p, x_label, y_label, x_unit, y_unit, look) for p in points],
        "hoverinfo": "text",
        "cliponaxis": False,
    }


def _fields(
    traces: list[dict[str, Any]],
    ranges: tuple[Span, Span],
    x_label: str,
    y_label: str,
    x_cut: float,
    y_cut: float,
    corners: tuple[str, str, str, str],
    look: Look,
    height: int,
    x_unit: str,
    y_unit: str,
) -> Figure:
    shades = theme.palette(look.dark)
    x_range, y_range = ranges
    cross = {
        "type": "line",
        "line": {"color": shades.muted, "width": 1, "dash": "dot"},
        "layer": "below",
    }
    places = (
        (0, 1, "left", "top"),
        (1, 1, "right", "top"),
        (0, 0, "left", "bottom"),
        (1, 0, "right", "bottom"),
    )
    title = {"font": {"size": 12, "color": shades.muted}, "standoff": 6}
    return {
        "data": traces,
        "layout": theme.layout(
            look,
            height,
            shapes=[
                {**cross, "xref": "x", "yref": "paper", "x0": x_cut, "x1": x_cut, "y0": 0, "y1": 1},
                {**cross, "xref": "paper", "yref": "y", "x0": 0, "x1": 1, "y0": y_cut, "y1": y_cut},
            ],
            annotations=[
                {
                    "xref": "paper",
                    "yref": "paper",
                    "x": x,
                    "y": y,
                    "xanchor": xanchor,
                    "yanchor": yanchor,
                    "text": words,
                    "showarrow": False,
                    "xshift": 6 if x == 0 else -6,
                    "font": {"size": 12, "color": shades.muted},
                }
                for words, (x, y, xanchor, yanchor) in zip(corners, places, strict=True)
                if words and _in_sight(x, x_range, x_cut) and _in_sight(y, y_range, y_cut)
            ],
            xaxis=theme.axis(
                look,
                range=list(x_range),
                nticks=6,
                title={"text": x_label, **title},
                **_ticks(x_unit),
            ),
            yaxis=theme.axis(
                look,
                range=list(y_range),
                nticks=6,
                title={"text": y_label, **title},
                **_ticks(y_unit),
            ),
        ),
    }


def _hover(point: Point, x_label: str, y_label: str, x_unit: str, y_unit: str, look: Look) -> str:
    lines = [
        f"<b>{point.label}</b>",
        f"{x_label}: {formats.write(point.x, x_unit, look.lang)}",
        f"{y_label}: {formats.write(point.y, y_unit, look.lang)}",
    ]
    if point.size:
        lines.append(formats.money(point.size, look.lang, compact=True))
    if point.level != "unknown":
        lines.append(vocabulary.label("level", point.level, look.lang))
    return "<br>".join([*lines, point.note] if point.note else lines)


def _ranges(points: Sequence[Point], x_cut: float, y_cut: float) -> tuple[Span, Span]:
    return _range([point.x for point in points], x_cut), _range([p.y for p in points], y_cut)


def _range(values: Sequence[float], cut: float) -> Span:
    """What an axis shows: all points, and the cut unless it is far from them."""
    low, high = min(values, default=cut), max(values, default=cut)
    far = (high - low) * _FAR
    if low - far <= cut <= high + far:
        low, high = min(low, cut), max(high, cut)
    room = (high - low) * 0.14 or abs(high) * 0.1 or 1
    return low - room, high + room


def _in_sight(end: int, span: Span, cut: float) -> bool:
    """Whether the field at this end of an axis (0 low, 1 high) is in sight."""
    return cut < span[1] if end else cut > span[0]


def _spots(
    points: Sequence[Point], radii: Sequence[float], ranges: tuple[Span, Span], size: Span
) -> list[labels.Spot]:
    """The points in pixels of a drawing of this size."""
    (left, right), (low, high) = ranges
    return [
        labels.Spot(
            (p.x - left) / (right - left) * size[0],
            (high - p.y) / (high - low) * size[1],
            radius,
            shorten(p.label, 8),
        )
        for p, radius in zip(points, radii, strict=True)
    ]


def _named_dots(
    points: Sequence[Point],
    ranges: tuple[Span, Span],
    first: Sequence[str],
    size: Span,
    corners: Sequence[str],
) -> list[tuple[str, str]]:
    """Names of dots: those that matter, then the outermost; one name for dots in one spot."""
    spots = _spots(points, [_DOT / 2] * len(points), ranges, size)
    leaders: dict[int, list[str]] = {}
    for at, spot in enumerate(spots):
        near = (
            one
            for one in leaders
            if abs(spots[one].x - spot.x) < _DOT and abs(spots[one].y - spot.y) < _DOT
        )
        leaders.setdefault(next(near, at), []).append(spot.name)
    shared = [replace(spot, name=" ".join(leaders.get(at, []))) for at, spot in enumerate(spots)]
    middle = size[0] / 2, size[1] / 2

    def rank(at: int) -> tuple[bool, float]:
        spot = spots[at]
        outward = abs(spot.x - middle[0]) / size[0] + abs(spot.y - middle[1]) / size[1]
        return points[at].code not in first, -outward

    return labels.beside(
        shared, sorted(leaders, key=rank), within=size, taken=_corner_boxes(corners, size)
    )


def _corner_boxes(corners: Sequence[str], size: Span) -> list[labels.Box]:
    """Where the words of the fields stand."""
    boxes = []
    for words, (right, bottom) in zip(corners, ((0, 0), (1, 0), (0, 1), (1, 1)), strict=True):
        wide = labels.width(words, 12) + 8
        left, top = right * (size[0] - wide), bottom * (size[1] - 18)
        boxes.append((left, top, left + wide, top + 18))
    return boxes


def _ticks(unit: str) -> dict[str, Any]:
    return {"tickformat": ".0%"} if unit == "ratio" else {"tickformat": ",~g"}
