"""Rings over named dimensions (雷达图): expectation and perception, the six C of credit."""

from __future__ import annotations

from collections.abc import Sequence

from components import theme
from components.charts import labels
from components.charts.shapes import Figure, Ring
from components.theme import Look
from words import formats


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
    longest = max((labels.width(axis, 13) for axis in axes), default=0)
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
                    "range": [bottom, top],
                    "showline": False,
                    "gridcolor": shades.line,
                    "tickfont": {"size": 10, "color": shades.muted},
                    "nticks": 4,
                    "angle": 90,
                    "tickangle": 90,
                },
                "angularaxis": {
                    "gridcolor": shades.line,
                    "linecolor": shades.line,
                    "direction": "clockwise",
                    "tickfont": {"size": 13, "color": shades.text},
                },
            },
        ),
    }


def _legend(rings: Sequence[Ring], look: Look) -> list[tuple[str, str]]:
    colours = theme.palette(look.dark).series
    return [(ring.label, colours[i % len(colours)]) for i, ring in enumerate(rings)]
