"""Bars (条形图): figures compared, reasons in order of weight, a score over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from components import theme
from components.charts.shapes import Bar, Figure
from components.theme import Look
from words import formats


def bars(
    items: Sequence[Bar],
    *,
    unit: str = "money",
    chosen: str | None = None,
    look: Look | None = None,
    height: int | None = None,
) -> Figure:
    """Horizontal bars in the order given, the figure at the end of each.

    Args:
        items: values in the Metric unit `unit`; money in minor units.
        unit: money, ratio, count, days or score.
        chosen: the code that stays strong while the others fade.
        look: language and mode; this reader's when left out.
        height: pixels; fits the number of bars when left out.
    """
    look = look or theme.look()
    values, texts = measured([item.value for item in items], unit, look)
    places = list(range(len(items)))
    trace = {
        "type": "bar",
        "orientation": "h",
        "y": places,
        "x": [value or 0 for value in values],
        "text": texts,
        "textposition": "outside",
        "textfont": {"size": 13, "color": theme.palette(look.dark).text},
        "cliponaxis": False,
        "constraintext": "none",
        "customdata": [[item.code] for item in items],
        "hovertext": [_hover(item, unit, look) for item in items],
        "hoverinfo": "text",
        "marker": {
            "color": [item.colour or _colour(item, look) for item in items],
            "cornerradius": 4,
            "opacity": [_opacity(item.code, chosen) for item in items],
        },
        "selected": {"marker": {"opacity": 1}},
        "unselected": {"marker": {"opacity": theme.FADED}},
    }
    numbers = [value or 0 for value in values]
    return {
        "data": [trace],
        "layout": theme.layout(
            look,
            height or 24 + 36 * max(len(items), 1),
            bargap=0.42,
            xaxis=theme.axis(
                look,
                visible=False,
                range=_reach(numbers),
                zeroline=min([*numbers, 0]) < 0,
                zerolinecolor=theme.palette(look.dark).line,
            ),
            yaxis=theme.axis(
                look,
                tickvals=places,
                ticktext=[item.label for item in items],
                autorange="reversed",
                tickfont={"size": 13, "color": theme.palette(look.dark).text},
            ),
        ),
    }


def pareto(
    items: Sequence[Bar],
    *,
    unit: str = "count",
    few: float = 0.8,
    chosen: str | None = None,
    look: Look | None = None,
    height: int | None = None,
) -> Figure:
    """Reasons by weight, largest first; those that make the first `few` stand out.

    Beside each bar its figure and the cumulative share. Written across, because reasons
    have long names.
    """
    look = look or theme.look()
    shades = theme.palette(look.dark)
    ordered = sorted(items, key=lambda item: -(item.value or 0))
    total = sum(item.value or 0 for item in ordered)
    running, strong, words = 0.0, [], []
    _, texts = measured([item.value for item in ordered], unit, look)
    for item, text in zip(ordered, texts, strict=True):
        strong.append(total > 0 and running / total < few)
        running += item.value or 0
        share = formats.ratio(running / total if total else None, look.lang, 0)
        words.append(f'{text}  <span style="color:{shades.muted}">Σ {share}</span>')
    weak = theme.blend(shades.series[0], shades.background, 0.4)
    figure = bars(
        [
            replace(item, colour=item.colour or (shades.series[0] if first else weak))
            for item, first in zip(ordered, strong, strict=True)
        ],
        unit=unit,
        chosen=chosen,
        look=look,
        height=height,
    )
    figure["data"][0]["text"] = words
    top = max(figure["data"][0]["x"], default=0)
    figure["layout"]["xaxis"]["range"] = [0, top * 1.7 or 1]
    return figure


def history(
    dates: Sequence[date],
    scores: Sequence[float | None],
    levels: Sequence[str],
    *,
    thresholds: Sequence[float] = (),
    look: Look | None = None,
    height: int = 160,
) -> Figure:
    """A score over time, each bar in the colour of its alert level, thresholds as lines."""
    look = look or theme.look()
    shades = theme.palette(look.dark)
    trace = {
        "type": "bar",
        "x": [formats.month(day) for day in dates],
        "y": list(scores),
        "hovertext": [
            f"{formats.date(day)}<br>{formats.score(score, look.lang)}"
            for day, score in zip(dates, scores, strict=True)
        ],
        "hoverinfo": "text",
        "marker": {
            "color": [theme.level_colour(level, look.dark) for level in levels],
            "cornerradius": 3,
        },
    }
    lines = [
        {
            "type": "line",
            "xref": "paper",
            "x0": 0,
            "x1": 1,
            "yref": "y",
            "y0": cut,
            "y1": cut,
            "line": {"color": shades.muted, "width": 1, "dash": "dot"},
        }
        for cut in thresholds
    ]
    top = max([*(s for s in scores if s is not None), *thresholds, 0]) * 1.1 or 1
    return {
        "data": [trace],
        "layout": theme.layout(
            look,
            height,
            bargap=0.25,
            shapes=lines,
            xaxis=theme.axis(look, type="category", showline=True, nticks=7, tickangle=0),
            yaxis=theme.axis(look, range=[0, top], nticks=4),
        ),
    }


def measured(values: Sequence[Any], unit: str, look: Look) -> tuple[list[float | None], list[str]]:
    """Values in the unit they are plotted in, and the words that go with them."""
    if unit == "money":
        fit = formats.scale(max([abs(v) for v in values if v is not None], default=0), look.lang)
        return (
            [formats.scaled(value, fit) for value in values],
            [formats.scaled_text(value, fit, look.lang) for value in values],
        )
    plain = [None if formats.is_missing(value) else float(value) for value in values]
    return plain, [formats.write(value, unit, look.lang) for value in values]


def _reach(numbers: Sequence[float]) -> list[float]:
    """The range of the figures with room for their words at either end, as far as needed."""
    low, high = min([*numbers, 0]), max([*numbers, 0])
    room = 0.25 * (high - low)
    return [low - room if low < 0 else 0, high + room if high > 0 else room * 0.2 or 1]


def _colour(item: Bar, look: Look) -> str:
    """Losses in red, all else in the colour of the house."""
    shades = theme.palette(look.dark)
    return shades.red if (item.value or 0) < 0 else shades.series[0]


def _hover(item: Bar, unit: str, look: Look) -> str:
    figure = formats.write(item.value, unit, look.lang)
    return f"<b>{item.label}</b><br>{figure}" + (f"<br>{item.note}" if item.note else "")


def _opacity(code: str, chosen: str | None) -> float:
    return theme.FADED if chosen and chosen != code else 1
