"""Answers by level (满意级度分布): diverging bars around the neutral answer."""

from __future__ import annotations

from collections.abc import Sequence

from components import theme
from components.charts import labels
from components.charts.shapes import Figure, Levels
from components.theme import Look
from words import formats
from words.i18n import in_context

_LABEL = 140
"""Pixels a question may take beside its bar before it goes on in a second line."""
FEW = 5
"""Fewer answers than this are drawn grey: they say little."""


def distribution(
    rows: Sequence[Levels],
    levels: Sequence[str],
    *,
    look: Look | None = None,
    height: int | None = None,
) -> Figure:
    """One bar per question: the dissatisfied to the left, the satisfied to the right.

    Levels go from worst to best, 5 or 7 of them; the middle one is split by the axis.
    Lengths are shares of the answers; the number of answers stands beside the question.
    """
    look = look or theme.look()
    shades = theme.palette(look.dark)
    colours = theme.diverging_colours(len(levels), look.dark)
    places = list(range(len(rows)))
    segments = [_segments(row.counts) for row in rows]
    traces = [
        {
            "type": "bar",
            "orientation": "h",
            "name": level,
            "y": places,
            "base": [spans[index][0] for spans in segments],
            "x": [spans[index][1] for spans in segments],
            "customdata": [[row.code] for row in rows],
            "hovertext": [_hover(row, level, index, look) for row in rows],
            "hoverinfo": "text",
            "marker": {
                "color": [
                    colours[index] if sum(row.counts) >= FEW else shades.line for row in rows
                ],
            },
            "text": [_share(row, index, look) for row in rows],
            "textposition": "inside",
            "insidetextanchor": "middle",
            "textangle": 0,
            "textfont": {"size": 11, "color": theme.ink_on(colours[index])},
            "selected": {"marker": {"opacity": 1}},
            "unselected": {"marker": {"opacity": theme.FADED}},
        }
        for index, level in enumerate(levels)
    ]
    ends = [
        edge for spans in segments for start, length in spans for edge in (start, start + length)
    ]
    left, right = min([*ends, -0.1]), max([*ends, 0.1])
    air = 0.02 * (right - left)
    names = in_context("chart", "{label} (n={n})", look.lang)
    return {
        "data": traces,
        "layout": theme.layout(
            look,
            height or 24 + 36 * max(len(rows), 1),
            barmode="overlay",
            bargap=0.34,
            meta={"legend": list(zip(levels, colours, strict=True))},
            uniformtext={"minsize": 10, "mode": "hide"},
            xaxis=theme.axis(
                look,
                range=[left - air, right + air],
                showticklabels=False,
                zeroline=True,
                zerolinecolor=shades.muted,
                zerolinewidth=1,
            ),
            yaxis=theme.axis(
                look,
                tickvals=places,
                autorange="reversed",
                ticktext=[
                    names.format(
                        label=labels.folded(row.label, _LABEL, 13),
                        n=formats.count(sum(row.counts), look.lang),
                    )
                    for row in rows
                ],
                tickfont={"size": 12, "color": shades.text},
            ),
        ),
    }


def _segments(counts: Sequence[int]) -> list[tuple[float, float]]:
    """(start, length) of every level's bar; the middle level is centred on 0."""
    total = sum(counts)
    if total == 0:
        return [(0.0, 0.0)] * len(counts)
    shares = [count / total for count in counts]
    middle = len(shares) // 2
    below = sum(shares[:middle]) + (shares[middle] / 2 if len(shares) % 2 else 0)
    spans: list[tuple[float, float]] = []
    place = -below
    for share in shares:
        spans.append((place, share))
        place += share
    return spans


def _share(row: Levels, index: int, look: Look) -> str:
    total = sum(row.counts)
    share = row.counts[index] / total if total else 0.0
    return formats.ratio(share, look.lang, 0) if share >= 0.05 else ""


def _hover(row: Levels, level: str, index: int, look: Look) -> str:
    total = sum(row.counts)
    share = formats.ratio(row.counts[index] / total if total else None, look.lang)
    return f"<b>{row.label}</b><br>{level}: {formats.count(row.counts[index], look.lang)} · {share}"
