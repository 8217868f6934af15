"""Receivables by age (账龄图): one bar per bucket, or a stacked bar per manager or tier."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from components import theme
from components.charts.shapes import Bar, Figure, Stack
from components.theme import Look
from words import formats, i18n

_AXIS = i18n.mark("Days past due")


def ageing_bars(
    buckets: Sequence[Bar],
    *,
    chosen: str | None = None,
    look: Look | None = None,
    height: int = 300,
) -> Figure:
    """One bar per bucket, not due first, in minor units; the amount stands on the bar."""
    look = look or theme.look()
    unit = formats.scale(max([abs(b.value or 0) for b in buckets], default=0), look.lang)
    colours = theme.bucket_colours(len(buckets), look.dark)
    heights = [formats.scaled(bucket.value, unit) or 0 for bucket in buckets]
    trace = {
        "type": "bar",
        "x": [_tick(bucket.label) for bucket in buckets],
        "y": heights,
        "text": [formats.scaled_text(bucket.value, unit, look.lang) for bucket in buckets],
        "textposition": "outside",
        "textfont": {"size": 13, "color": theme.palette(look.dark).text},
        "cliponaxis": False,
        "constraintext": "none",
        "customdata": [[bucket.code] for bucket in buckets],
        "hovertext": [_hover(bucket, look) for bucket in buckets],
        "hoverinfo": "text",
        "marker": {
            "color": colours,
            "cornerradius": 6,
            "opacity": [_opacity(bucket.code, chosen) for bucket in buckets],
        },
        "selected": {"marker": {"opacity": 1}},
        "unselected": {"marker": {"opacity": theme.FADED}},
    }
    top = max([*heights, 0]) * 1.14 or 1
    bottom = min([*heights, 0]) * 1.14
    return {
        "data": [trace],
        "layout": theme.layout(
            look,
            height,
            bargap=0.38,
            xaxis=theme.axis(
                look,
                type="category",
                showline=True,
                tickangle=0,
                tickfont={"size": 11, "color": theme.palette(look.dark).muted},
                title={
                    "text": i18n.translate(_AXIS, look.lang),
                    "standoff": 8,
                    "font": {"size": 12, "color": theme.palette(look.dark).muted},
                },
            ),
            yaxis=theme.axis(look, visible=False, range=[bottom, top]),
        ),
    }


def ageing_stack(
    rows: Sequence[Stack],
    buckets: Sequence[str],
    *,
    chosen: str | None = None,
    overdue_only: bool = False,
    look: Look | None = None,
    height: int | None = None,
) -> Figure:
    """A horizontal bar per manager or tier, stacked by bucket; its total at the end.

    With `overdue_only` the buckets begin with the first overdue one, and keep its colour.
    """
    look = look or theme.look()
    totals = [sum(row.values) for row in rows]
    unit = formats.scale(max(map(abs, totals), default=0), look.lang)
    skipped = int(overdue_only)
    colours = theme.bucket_colours(len(buckets) + skipped, look.dark)[skipped:]
    places = list(range(len(rows)))
    traces: list[dict[str, Any]] = [
        {
            "type": "bar",
            "orientation": "h",
            "name": bucket,
            "y": places,
            "x": [formats.scaled(row.values[index], unit) or 0 for row in rows],
            "customdata": [[row.code] for row in rows],
            "hovertext": [
                f"<b>{row.label}</b><br>{bucket}: "
                f"{formats.money(row.values[index], look.lang, compact=True)}"
                for row in rows
            ],
            "hoverinfo": "text",
            "marker": {
                "color": colours[index],
                "opacity": [_opacity(row.code, chosen) for row in rows],
            },
            "selected": {"marker": {"opacity": 1}},
            "unselected": {"marker": {"opacity": theme.FADED}},
        }
        for index, bucket in enumerate(buckets)
    ]
    traces.append(_totals(rows, totals, unit, look))
    return {
        "data": traces,
        "layout": theme.layout(
            look,
            height or 24 + 36 * max(len(rows), 1),
            barmode="relative",
            bargap=0.4,
            meta={"legend": list(zip(buckets, colours, strict=True))},
            xaxis=theme.axis(look, visible=False, range=_reach(totals, unit)),
            yaxis=theme.axis(
                look,
                tickvals=places,
                ticktext=[row.label for row in rows],
                autorange="reversed",
                tickfont={"size": 13, "color": theme.palette(look.dark).text},
            ),
        ),
    }


def _tick(label: str) -> str:
    """A bucket under its bar: 31–60, >365; the axis says that these are days."""
    span, last = re.match(r"\d+–\d+", label), re.search(r"\d+", label)
    if span:
        return span.group()
    return f">{last.group()}" if last else label


def _totals(
    rows: Sequence[Stack], totals: list[int], unit: formats.Scale, look: Look
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "text",
        "x": [formats.scaled(sum(v for v in row.values if v > 0), unit) for row in rows],
        "y": list(range(len(rows))),
        "text": [f" {formats.scaled_text(total, unit, look.lang)}" for total in totals],
        "textposition": "middle right",
        "textfont": {"size": 13, "color": theme.palette(look.dark).text},
        "hoverinfo": "skip",
        "showlegend": False,
        "cliponaxis": False,
    }


def _reach(totals: list[int], unit: formats.Scale) -> list[float]:
    ends = [formats.scaled(total, unit) or 0 for total in totals]
    return [min([*ends, 0]) * 1.2, max([*ends, 0]) * 1.22 or 1]


def _hover(bucket: Bar, look: Look) -> str:
    amount = formats.money(bucket.value, look.lang, compact=True)
    return f"<b>{bucket.label}</b><br>{amount}" + (f"<br>{bucket.note}" if bucket.note else "")


def _opacity(code: str, chosen: str | None) -> float:
    return theme.FADED if chosen and chosen != code else 1
