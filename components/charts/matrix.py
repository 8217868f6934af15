"""Movement between tiers (升降矩阵): where customers stood before, and where they stand now."""

from __future__ import annotations

from collections.abc import Sequence

from components import theme
from components.charts.shapes import Figure
from components.theme import Look
from words import formats
from words.i18n import in_context


def movement(
    counts: Sequence[Sequence[int]],
    before: Sequence[str],
    after: Sequence[str],
    *,
    codes: Sequence[Sequence[str]] | None = None,
    look: Look | None = None,
    height: int = 320,
) -> Figure:
    """A heat map: row = standing before, column = standing now, both from highest down.

    Above the diagonal customers moved down, below it up; the diagonal stayed. Cells hold
    the number of customers and can be clicked (`codes`, one per cell).
    """
    look = look or theme.look()
    shades = theme.palette(look.dark)
    rows, columns = range(len(before)), range(len(after))
    biggest = max((n for row in counts for n in row), default=0) or 1
    hover = in_context("chart", "{before} → {after}: {n} customers", look.lang)
    ids = codes or [[f"{row}-{column}" for column in columns] for row in rows]
    cells = {
        "type": "heatmap",
        "x": list(columns),
        "y": list(rows),
        "z": [
            [_direction(row, column, counts[row][column], biggest) for column in columns]
            for row in rows
        ],
        "zmin": -1,
        "zmax": 1,
        "colorscale": _scale(look),
        "showscale": False,
        "xgap": 3,
        "ygap": 3,
        "hoverinfo": "skip",
    }
    marks = {
        "type": "scatter",
        "mode": "markers+text",
        "x": [column for _ in rows for column in columns],
        "y": [row for row in rows for _ in columns],
        "text": [
            formats.count(counts[row][column], look.lang) if counts[row][column] else "·"
            for row in rows
            for column in columns
        ],
        "textfont": {"size": 13, "color": shades.text},
        "customdata": [[ids[row][column]] for row in rows for column in columns],
        "hovertext": [
            hover.format(
                before=before[row],
                after=after[column],
                n=formats.count(counts[row][column], look.lang),
            )
            for row in rows
            for column in columns
        ],
        "hoverinfo": "text",
        "marker": {"size": 34, "opacity": 0.001, "color": shades.primary},
        "selected": {"marker": {"opacity": 0.001}},
        "unselected": {"marker": {"opacity": 0.001}, "textfont": {"color": shades.text}},
    }
    ticks = {"size": 12, "color": shades.text}
    return {
        "data": [cells, marks],
        "layout": theme.layout(
            look,
            height,
            xaxis=theme.axis(
                look,
                tickvals=list(columns),
                ticktext=list(after),
                side="top",
                tickfont=ticks,
                tickangle=0,
                range=[-0.5, len(after) - 0.5],
                title={
                    "text": in_context("chart", "Now", look.lang),
                    "standoff": 4,
                    "font": {"size": 12, "color": shades.muted},
                },
            ),
            yaxis=theme.axis(
                look,
                tickvals=list(rows),
                ticktext=list(before),
                tickfont=ticks,
                range=[len(before) - 0.5, -0.5],
                title={
                    "text": in_context("chart", "Before", look.lang),
                    "standoff": 4,
                    "font": {"size": 12, "color": shades.muted},
                },
            ),
        ),
    }


def _direction(row: int, column: int, count: int, biggest: int) -> float:
    """-1 for the worst fall to 1 for the best rise; the diagonal and empty cells are 0."""
    if row == column or count == 0:
        return 0.0
    weight = 0.35 + 0.65 * min(count / biggest * 3, 1)
    return weight if column < row else -weight


def _scale(look: Look) -> list[list[float | str]]:
    shades = theme.palette(look.dark)
    worst = theme.blend(shades.red, shades.background, 0.55)
    best = theme.blend(shades.green, shades.background, 0.55)
    return [[0.0, worst], [0.5, shades.panel], [1.0, best]]
