"""Amounts by month (逐月金额): bars, one quantity in front of the other it is part of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from components import theme
from components.charts.shapes import Figure, Line
from components.theme import Look
from words import formats


def monthly(whole: Line, part: Line, *, look: Look | None = None, height: int = 260) -> Figure:
    """A bar per month for the whole, such as sales, and before it one for a part of it.

    Bars and not lines, as most customers order in some months only. Minor units, drawn in
    a unit fit for the largest; months without a value have no bar.
    """
    look = look or theme.look()
    shades = theme.palette(look.dark)
    amounts = [abs(v) for line in (whole, part) for v in line.values if not formats.is_missing(v)]
    unit = formats.scale(max(amounts, default=0), look.lang)
    colours = (shades.sequential[2 if not look.dark else 3], shades.series[0])
    lines = list(zip((whole, part), colours, strict=True))
    return {
        "data": [_bars(line, colour, unit, look) for line, colour in lines],
        "layout": theme.layout(
            look,
            height,
            barmode="overlay",
            bargap=0.3,
            meta={"legend": [(line.label, colour) for line, colour in lines]},
            xaxis=theme.axis(look, type="category", showline=True, nticks=8, tickangle=0),
            yaxis=theme.axis(
                look,
                grid=True,
                nticks=5,
                rangemode="tozero",
                tickformat=",~r",
                zeroline=True,
                zerolinecolor=shades.line,
            ),
        ),
    }


def _bars(line: Line, colour: str, unit: formats.Scale, look: Look) -> dict[str, Any]:
    values: Sequence[Any] = line.values
    return {
        "type": "bar",
        "name": line.label,
        "x": [formats.month(day) for day in line.dates],
        "y": [formats.scaled(value, unit) for value in values],
        "hovertext": [
            f"<b>{line.label}</b><br>{formats.month(day)}: "
            f"{formats.money(value, look.lang, compact=True)}"
            for day, value in zip(line.dates, values, strict=True)
        ],
        "hoverinfo": "text",
        "marker": {"color": colour, "cornerradius": 3},
    }
