"""Points in two dimensions (坐标图): quadrants, key-account bubbles, and radars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from components import formats, theme, vocabulary
from components.charts.shapes import Figure, Point, Ring
from components.text import shorten
from components.theme import Look

_BIGGEST, _SMALLEST = 46, 9


def quadrant(
    points: Sequence[Point],
    *,
    x_label: str,
    y_label: str,
    x_cut: float,
    y_cut: float,
    corners: tuple[str, str, str, str] = ("", "", "", ""),
    x_unit: str = "score",
    y_unit: str = "score",
    look: Look | None = None,
    height: int = 360,
) -> Figure:
    """Named points in four fields, such as importance × satisfaction.

    Args:
        points: what to place; each is named beside its mark.
        x_label: what the horizontal axis measures.
        y_label: what the vertical axis measures.
        x_cut: where left and right part.
        y_cut: where top and bottom part.
        corners: words for the fields: top left, top right, bottom left, bottom right.
        x_unit: Metric unit of x, for the hover.
        y_unit: Metric unit of y, for the hover.
        look: language and mode; this reader's when left out.
        height: pixels.
    """
    look = look or theme.look()
    shades = theme.palette(look.dark)
    trace = {
        **_marks(points, x_label, y_label, x_unit, y_unit, look),
        "mode": "markers+text",
        "text": [point.label for point in points],
        "textposition": ["middle left" if _on_right(p, points) else "middle right" for p in points],
        "textfont": {"size": 12, "color": shades.text},
        "marker": {"size": 10, "color": shades.primary, "line": {"width": 0}},
    }
    return _fields(
        [trace], points, x_label, y_label, x_cut, y_cut, corners, look, height, x_unit, y_unit
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

    The `named` largest carry their name; every bubble tells its own on hover.
    """
    look = look or theme.look()
    shades = theme.palette(look.dark)
    largest = max((point.size for point in points), default=0) or 1
    ordered = sorted(points, key=lambda point: -point.size)
    colours = [theme.level_colour(point.level, look.dark) for point in ordered]
    trace = {
        **_marks(ordered, x_label, y_label, x_unit, y_unit, look),
        "mode": "markers+text",
        "text": _names(ordered, named),
        "textposition": "top center",
        "textfont": {"size": 11, "color": shades.muted},
        "marker": {
            "size": [max(_BIGGEST * (max(p.size, 0) / largest) ** 0.5, _SMALLEST) for p in ordered],
            "color": [theme.see_through(colour, 0.55) for colour in colours],
            "line": {"width": 1.2, "color": colours},
            "opacity": 1,
        },
        "selected": {"marker": {"opacity": 1}},
        "unselected": {"marker": {"opacity": theme.FADED}},
    }
    return _fields(
        [trace], points, x_label, y_label, x_cut, y_cut, corners, look, height, x_unit, y_unit
    )


def radar(
    axes: Sequence[str],
    rings: Sequence[Ring],
    *,
    top: float,
    bottom: float = 0,
    look: Look | None = None,
    height: int = 320,
) -> Figure:
    """A ring per series over named dimensions, such as expectation and perception."""
    look = look or theme.look()
    shades = theme.palette(look.dark)
    traces = []
    for index, ring in enumerate(rings):
        colour = shades.series[index % len(shades.series)]
        closed = [*ring.values, *ring.values[:1]]
        traces.append(
            {
                "type": "scatterpolar",
                "mode": "lines+markers",
                "name": ring.label,
                "theta": [*axes, *axes[:1]],
                "r": [
                    None if value is None or value != value else float(value) for value in closed
                ],
                "hovertext": [
                    f"<b>{axis}</b><br>{ring.label}: {formats.number(value, 2, look.lang)}"
                    for axis, value in zip([*axes, *axes[:1]], closed, strict=True)
                ],
                "hoverinfo": "text",
                "fill": "toself",
                "fillcolor": theme.see_through(colour, 0.10),
                "line": {"color": colour, "width": 2, "dash": "dot" if index else "solid"},
                "marker": {"size": 6, "color": colour},
            }
        )
    longest = max((_width(axis) for axis in axes), default=0)
    side = min(max(longest, 40), 92)
    return {
        "data": traces,
        "layout": theme.layout(
            look,
            height,
            margin={"l": side, "r": side, "t": 28, "b": 28},
            meta={"legend": _legend(rings, look)},
            polar={
                "bgcolor": "rgba(0,0,0,0)",
                "radialaxis": {
                    "range": [bottom, top], "showline": False, "gridcolor": shades.line,
                    "tickfont": {"size": 10, "color": shades.muted}, "nticks": 4, "angle": 90,
                    "tickangle": 90,
                },
                "angularaxis": {
                    "gridcolor": shades.line, "linecolor": shades.line, "direction": "clockwise",
                    "tickfont": {"size": 13, "color": shades.text},
                },
            },
        ),
    }  # fmt: skip


def _radius(value: float | None) -> float | None:
    return None if value is None or formats.is_missing(value) else float(value)


def _width(text: str) -> int:
    """About how many pixels a label takes: Chinese signs are twice as wide."""
    return sum(13 if ord(sign) > 0x2E80 else 7 for sign in text)


def _legend(rings: Sequence[Ring], look: Look) -> list[tuple[str, str]]:
    colours = theme.palette(look.dark).series
    return [(ring.label, colours[i % len(colours)]) for i, ring in enumerate(rings)]


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
    points: Sequence[Point],
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
    x_range = _range([point.x for point in points], x_cut)
    y_range = _range([point.y for point in points], y_cut)
    cross = {
        "type": "line",
        "line": {"color": shades.muted, "width": 1, "dash": "dot"},
        "layer": "below",
    }
    places = ((0, 1, "left", "top"), (1, 1, "right", "top"), (0, 0, "left", "bottom"),
              (1, 0, "right", "bottom"))  # fmt: skip
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
                    "xref": "paper", "yref": "paper", "x": x, "y": y, "xanchor": xanchor,
                    "yanchor": yanchor, "text": words, "showarrow": False,
                    "xshift": 6 if x == 0 else -6,
                    "font": {"size": 12, "color": shades.muted},
                }
                for words, (x, y, xanchor, yanchor) in zip(corners, places, strict=True)
                if words
            ],
            xaxis=theme.axis(
                look, range=x_range, nticks=6, title={"text": x_label, **title}, **_ticks(x_unit)
            ),
            yaxis=theme.axis(
                look, range=y_range, nticks=6, title={"text": y_label, **title}, **_ticks(y_unit)
            ),
        ),
    }  # fmt: skip


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


def _range(values: Sequence[float], cut: float) -> list[float]:
    low, high = min([*values, cut]), max([*values, cut])
    room = (high - low) * 0.14 or abs(high) * 0.1 or 1
    return [low - room, high + room]


def _names(ordered: Sequence[Point], named: int) -> list[str]:
    """Names of the first `named` points, left out where they would cover another name."""
    if not ordered:
        return []
    left, width = _extent([point.x for point in ordered])
    low, height = _extent([point.y for point in ordered])
    taken: list[tuple[float, float]] = []
    names = []
    for index, point in enumerate(ordered):
        place = ((point.x - left) / width, (point.y - low) / height)
        free = all(abs(place[0] - x) > 0.24 or abs(place[1] - y) > 0.08 for x, y in taken)
        shown = index < named and free
        names.append(shorten(point.label, 8) if shown else "")
        taken += [place] if shown else []
    return names


def _extent(values: Sequence[float]) -> tuple[float, float]:
    """Lowest value and length of the range, never 0."""
    return min(values), (max(values) - min(values)) or 1


def _on_right(point: Point, points: Sequence[Point]) -> bool:
    low, high = min(p.x for p in points), max(p.x for p in points)
    return high > low and (point.x - low) / (high - low) > 0.6


def _ticks(unit: str) -> dict[str, Any]:
    return {"tickformat": ".0%"} if unit == "ratio" else {"tickformat": ",~g"}
