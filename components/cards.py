"""Figures in tiles (指标卡): value, change against the period before, small curve, formula.

Name, unit, formula and which way is good come from the analytics Metric card.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import streamlit as st

from analytics.metric import Metric
from words import formats, i18n
from words.i18n import _
from words.text import md_escape

_COLOURS: dict[str, Literal["normal", "inverse", "off"]] = {
    "higher": "normal",
    "lower": "inverse",
    "neither": "off",
}


_MANIFOLD = 10
"""A rise to more than this many times as much says more as a difference than in percent."""
_WRAP = (
    "<style>.stMetric div:has(>[data-testid=stMetricDeltaDescription]){flex-wrap:wrap}"
    ".stMetric :is([data-testid=stMetricDeltaDescription],[data-testid=stMetricLabel]) *"
    "{white-space:normal;overflow:visible;text-overflow:clip}"
    "@media (max-width:640px){[data-testid=stMetricDeltaDescription]{flex-basis:100%}}</style>"
)
"""Names and notes go on to a second line where Streamlit would cut them off; on a phone
every note has a line of its own, so that the curves of neighbours stay level."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure to show.

    `before` is the value one period earlier; a ratio and a score change by their
    difference, money and counts by their share unless `change` says otherwise.
    `trend` are earlier values, oldest first. `text` replaces the written value.
    """

    metric: Metric
    value: Any
    before: Any = None
    period: str | None = None
    trend: Sequence[Any] = ()
    change: Literal["auto", "difference", "share"] = "auto"
    text: str | None = None
    label: str | None = None
    note: str | None = None


def row(*tiles: Tile, min_width: int = 160) -> None:
    """Draw the tiles in equal columns that wrap; give an even number of them."""
    st.html(_WRAP)
    with st.grid(_per_row(len(tiles)), min_column_width=min_width, gap="small"):
        for tile in tiles:
            draw(tile)


def _per_row(tiles: int) -> int:
    """Tiles on a wide row: four, or three where that leaves no gap."""
    return tiles if tiles <= 4 else (3 if tiles % 4 and tiles % 3 == 0 else 4)


def draw(tile: Tile) -> None:
    """Draw one tile; a missing value is an em dash with "no data", never nan."""
    metric, missing = tile.metric, formats.is_missing(tile.value)
    change, written = (None, None) if missing else delta(tile)
    curve = trend(tile)
    st.metric(
        md_escape(tile.label or i18n.of_metric(metric)),
        tile.text or formats.write(tile.value, metric.unit),
        delta=written if change else (0 if written is not None else None),
        delta_color=_COLOURS[metric.better] if change else "off",
        delta_arrow="auto" if change else "off",
        delta_description=_why_missing(tile)
        if missing
        else (tile.note or (tile.period if written else None)),
        help=explanation(metric),
        border=True,
        height="stretch",
        chart_data=curve if len(curve) > 1 else None,
        chart_type="area",
    )


def _why_missing(tile: Tile) -> str:
    """The note of a tile without a figure, unless that lacks a figure itself."""
    return tile.note if tile.note and formats.NONE not in tile.note else _("No data")


def delta(tile: Tile) -> tuple[float | None, str | None]:
    """The change against the period before: its sign as a number, and its words."""
    if formats.is_missing(tile.before):
        return None, None
    value, before, unit = float(tile.value), float(tile.before), tile.metric.unit
    by_share = tile.change == "share" or (tile.change == "auto" and unit in {"money", "count"})
    if by_share:
        if before <= 0:
            return None, None
        share = value / before - 1
        if share >= _MANIFOLD:
            return share, _step(value - before, unit)
        text = formats.signed_ratio(share)
        return (share if text.startswith(("+", "-")) else 0.0), text
    step = value - before
    text = _step(step, unit)
    return (step if text.startswith(("+", "-")) else 0.0), text


def trend(tile: Tile) -> list[float]:
    """The earlier values fit for a small curve: gaps left out."""
    return [float(value) for value in tile.trend if not formats.is_missing(value)]


def explanation(metric: Metric) -> str:
    """The tooltip of a metric: formula and source, shown letter by letter."""
    formula = _("Formula: {formula}", formula=i18n.translate(metric.formula, i18n.language()))
    source = _("Source: {source}", source=i18n.translate(metric.source, i18n.language()))
    return f"{md_escape(formula)}\n\n{md_escape(source)}"


def _step(step: float, unit: str) -> str:
    if unit == "ratio":
        return formats.points(step)
    if unit == "money":
        return formats.signed_money(round(step))
    if unit in {"count", "days"}:
        return formats.signed(step)
    return formats.signed(step, digits=0 if step == round(step) else 1)
