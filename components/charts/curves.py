"""Curves (曲线图): how concentrated sales are, and how a figure went over time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from components import theme
from components.charts.shapes import Figure, Line
from components.theme import Look
from words import formats
from words.i18n import in_context


def lorenz(
    customers: Sequence[float],
    money: Sequence[float],
    *,
    cuts: Sequence[tuple[float, float, str]] = (),
    look: Look | None = None,
    height: int = 300,
) -> Figure:
    """Share of the money held by the largest customers (ABC or concentration curve).

    Args:
        customers: cumulative share of customers, largest first, 0–1.
        money: cumulative share of money, 0–1.
        cuts: points to name, (customers, money, words), such as the ends of A and B.
        look: language and mode; this reader's when left out.
        height: pixels.
    """
    look = look or theme.look()
    shades = theme.palette(look.dark)
    hover = in_context("chart", "{x} of customers hold {y} of the money", look.lang)
    curve = {
        "type": "scatter",
        "mode": "lines",
        "x": [0.0, *customers],
        "y": [0.0, *money],
        "fill": "tozeroy",
        "fillcolor": theme.see_through(shades.primary, 0.12),
        "line": {"color": shades.primary, "width": 2.5, "shape": "linear"},
        "hovertext": [
            hover.format(x=formats.ratio(x, look.lang), y=formats.ratio(y, look.lang))
            for x, y in zip([0.0, *customers], [0.0, *money], strict=True)
        ],
        "hoverinfo": "text",
    }
    equal = {
        "type": "scatter",
        "mode": "lines",
        "x": [0, 1],
        "y": [0, 1],
        "hoverinfo": "skip",
        "line": {"color": shades.muted, "width": 1, "dash": "dot"},
    }
    marks = {
        "type": "scatter",
        "mode": "markers+text",
        "x": [cut[0] for cut in cuts],
        "y": [cut[1] for cut in cuts],
        "text": [f"  {cut[2]}" for cut in cuts],
        "textposition": ["bottom right" if cut[0] < 0.55 else "bottom left" for cut in cuts],
        "textfont": {"size": 12, "color": shades.text},
        "hoverinfo": "skip",
        "cliponaxis": False,
        "marker": {"size": 8, "color": shades.orange},
    }
    percent: dict[str, Any] = {"tickformat": ".0%", "range": [0, 1.02], "dtick": 0.25}
    return {
        "data": [equal, curve, marks],
        "layout": theme.layout(
            look,
            height,
            margin={"l": 8, "r": 22, "t": 8, "b": 8},
            xaxis=theme.axis(
                look,
                showline=True,
                title=_title(in_context("chart", "Share of customers", look.lang), look),
                **percent,
            ),
            yaxis=theme.axis(look, grid=True, **percent),
        ),
    }


def trend(
    lines: Sequence[Line],
    *,
    unit: str = "money",
    start_at_zero: bool = True,
    look: Look | None = None,
    height: int = 260,
    fill: bool = False,
) -> Figure:
    """Lines over months or waves, named at their end; an interval is a band around a line.

    Lines are named where they end, so no legend is needed.
    """
    look = look or theme.look()
    fit = formats.scale(_largest(lines), look.lang) if unit == "money" else None
    traces: list[dict[str, Any]] = []
    for index, line in enumerate(lines):
        colour = theme.palette(look.dark).series[index % 8]
        traces += _interval(line, colour, fit)
        traces.append(_line(line, colour, unit, fit, look, fill=fill and len(lines) == 1))
    days = [day for line in lines for day in line.dates]
    rangemode: dict[str, Any] = {"rangemode": "tozero"} if start_at_zero else {}
    return {
        "data": traces,
        "layout": theme.layout(
            look,
            height,
            hovermode="closest",
            margin={"l": 8, "r": 8, "t": 16, "b": 8},
            annotations=[
                note
                for index, line in enumerate(lines if len(lines) > 1 else ())
                for note in _end(line, index, fit, look)
            ],
            xaxis=theme.axis(
                look,
                type="date",
                tickformat="%Y-%m",
                showline=True,
                nticks=6,
                range=_span(days, named=len(lines) > 1),
            ),
            yaxis=theme.axis(
                look,
                grid=True,
                nticks=5,
                **rangemode,
                **_ticks(unit),
            ),
        ),
    }


def _line(
    line: Line, colour: str, unit: str, fit: formats.Scale | None, look: Look, *, fill: bool
) -> dict[str, Any]:
    name = f"<b>{line.label}</b><br>" if line.label else ""
    trace: dict[str, Any] = {
        "type": "scatter",
        "mode": "lines+markers" if len(line.dates) <= 16 else "lines",
        "name": line.label,
        "x": [day.isoformat() for day in line.dates],
        "y": _plotted(line.values, fit),
        "connectgaps": False,
        "hovertext": [
            f"{name}{formats.month(day)}: {formats.write(value, unit, look.lang)}"
            for day, value in zip(line.dates, line.values, strict=True)
        ],
        "hoverinfo": "text",
        "line": {"color": colour, "width": 2.5},
        "marker": {"size": 6, "color": colour},
        "cliponaxis": False,
    }
    if fill:
        trace |= {"fill": "tozeroy", "fillcolor": theme.see_through(colour, 0.10)}
    return trace


def _interval(line: Line, colour: str, fit: formats.Scale | None) -> list[dict[str, Any]]:
    if not line.low or not line.high:
        return []
    days = [day.isoformat() for day in line.dates]
    base = {
        "type": "scatter",
        "mode": "lines",
        "x": days,
        "hoverinfo": "skip",
        "line": {"width": 0},
    }
    return [
        {**base, "y": _plotted(line.high, fit)},
        {
            **base,
            "y": _plotted(line.low, fit),
            "fill": "tonexty",
            "fillcolor": theme.see_through(colour, 0.14),
        },
    ]


def _end(line: Line, index: int, fit: formats.Scale | None, look: Look) -> list[dict[str, Any]]:
    """The line's name beside its last value; nothing for a line without values."""
    plotted = _plotted(line.values, fit)
    seen = [(d, v) for d, v in zip(line.dates, plotted, strict=True) if v is not None]
    return [
        {
            "x": day.isoformat(),
            "y": value,
            "text": line.label,
            "showarrow": False,
            "xanchor": "left",
            "xshift": 8,
            "font": {"size": 12, "color": theme.palette(look.dark).series[index % 8]},
        }
        for day, value in seen[-1:]
    ]


def _plotted(values: Sequence[Any], fit: formats.Scale | None) -> list[float | None]:
    if fit is not None:
        return [formats.scaled(value, fit) for value in values]
    return [None if formats.is_missing(value) else float(value) for value in values]


def _largest(lines: Sequence[Line]) -> float:
    return max(
        (abs(v) for line in lines for v in line.values if v is not None and v == v), default=0
    )


def _span(days: Sequence[date], *, named: bool) -> list[str] | None:
    if not days:
        return None
    first, last = min(days), max(days)
    room = (last - first) * (0.2 if named else 0.03)
    return [(first - (last - first) * 0.03).isoformat(), (last + room).isoformat()]


def _ticks(unit: str) -> dict[str, Any]:
    if unit == "ratio":
        return {"tickformat": ".0%"}
    return {"tickformat": ",~r" if unit != "score" else ",~g"}


def _title(text: str, look: Look) -> dict[str, Any]:
    return {
        "text": text,
        "standoff": 6,
        "font": {"size": 12, "color": theme.palette(look.dark).muted},
    }
