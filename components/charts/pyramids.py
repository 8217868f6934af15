"""The customer pyramid (客户金字塔): bands by number of customers, and the same by money."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from components import theme
from components.charts.shapes import Band, Figure
from components.theme import Look
from words import formats
from words.i18n import in_context

_GAP = 0.13
_SLOPE = 0.27
_DOMAIN = [0.24, 0.70]
_RIGHT = 0.735


def pyramid(
    bands: Sequence[Band], *, chosen: str | None = None, look: Look | None = None, height: int = 330
) -> Figure:
    """A pyramid of bands, highest on top; each band can be clicked.

    Widths follow the pyramid's shape and not the figures, which stand at the right:
    number of customers and their share, and the band's note. The chosen band stays
    strong, others fade.
    """
    look = look or theme.look()
    shapes: list[Any] = []
    for level, band in enumerate(bands):
        shapes += [_leader(level, look), _trapezoid(level, band, chosen, look)]
    rows = [
        _figures(formats.count(band.count, look.lang), band.count_share, "  ", look)
        + _second_line(band.note, look)
        for band in bands
    ]
    return _figure(bands, shapes, rows, chosen, look, height)


def pyramid_by_money(
    bands: Sequence[Band], *, chosen: str | None = None, look: Look | None = None, height: int = 330
) -> Figure:
    """The same bands by money: bars as wide as each band's share, centred.

    Where few customers bring most of the money the shape is the pyramid upside down.
    """
    look = look or theme.look()
    widest = max([band.money_share or 0 for band in bands], default=0) or 1
    half = _SLOPE * len(bands)
    shapes: list[Any] = []
    for level, band in enumerate(bands):
        reach = max(half * (band.money_share or 0) / widest, 0.012)
        shapes += [_leader(level, look), _bar(level, reach, band, chosen, look)]
    rows = [
        _figures(formats.money(band.money, look.lang, compact=True), band.money_share, "<br>", look)
        for band in bands
    ]
    return _figure(bands, shapes, rows, chosen, look, height)


def _figure(
    bands: Sequence[Band],
    shapes: list[Any],
    rows: list[str],
    chosen: str | None,
    look: Look,
    height: int,
) -> Figure:
    size = len(bands)
    half = _SLOPE * size
    return {
        "data": [_targets(bands, look)],
        "layout": theme.layout(
            look,
            height,
            shapes=shapes,
            annotations=[
                note
                for level, (band, row) in enumerate(zip(bands, rows, strict=True))
                for note in _labels(level, band, row, chosen, look)
            ],
            xaxis=theme.axis(look, visible=False, domain=_DOMAIN, range=[-half, half]),
            yaxis=theme.axis(look, visible=False, range=[size, 0]),
        ),
    }


def _trapezoid(level: int, band: Band, chosen: str | None, look: Look) -> dict[str, Any]:
    top, bottom = level + _GAP / 2, level + 1 - _GAP / 2
    a = 0.0 if level == 0 else _SLOPE * top
    b = _SLOPE * bottom
    path = f"M {-a},{top} L {a},{top} L {b},{bottom} L {-b},{bottom} Z"
    return {"type": "path", "path": path, **_fill(band, chosen, look)}


def _bar(level: int, reach: float, band: Band, chosen: str | None, look: Look) -> dict[str, Any]:
    corners = {"x0": -reach, "x1": reach, "y0": level + _GAP, "y1": level + 1 - _GAP}
    return {"type": "rect", **corners, **_fill(band, chosen, look)}


def _fill(band: Band, chosen: str | None, look: Look) -> dict[str, Any]:
    colour = theme.tier_colour(band.code, look.dark)
    strength = theme.FADED if chosen and chosen != band.code else 1
    return {
        "xref": "x",
        "yref": "y",
        "layer": "below",
        "fillcolor": theme.blend(colour, theme.palette(look.dark).background, strength),
        "line": {"width": 0},
    }


def _leader(level: int, look: Look) -> dict[str, Any]:
    return {
        "type": "line",
        "xref": "paper",
        "yref": "y",
        "x0": 0.19,
        "x1": _RIGHT - 0.015,
        "y0": level + 0.5,
        "y1": level + 0.5,
        "layer": "below",
        "line": {"color": theme.palette(look.dark).line, "width": 1},
    }


def _figures(figure: str, share: float | None, between: str, look: Look) -> str:
    muted = theme.palette(look.dark).muted
    share_text = formats.ratio(share, look.lang)
    return f'<b>{figure}</b>{between}<span style="color:{muted}">{share_text}</span>'


def _second_line(note: str, look: Look) -> str:
    """What stands under the figures of a band, smaller; nothing where there is no note."""
    muted = theme.palette(look.dark).muted
    return f'<br><span style="font-size:12px;color:{muted}">{note}</span>' if note else ""


def _labels(
    level: int, band: Band, row: str, chosen: str | None, look: Look
) -> list[dict[str, Any]]:
    shades = theme.palette(look.dark)
    base = {"xref": "paper", "yref": "y", "y": level + 0.5, "showarrow": False}
    faded = bool(chosen) and chosen != band.code
    text = shades.muted if faded else shades.text
    return [
        {
            **base,
            "x": 0.175,
            "xanchor": "right",
            "text": f"<b>{band.label}</b>",
            "font": {"size": 14, "color": text},
        },
        {
            **base,
            "x": _RIGHT,
            "xanchor": "left",
            "align": "left",
            "text": row,
            "font": {"size": 14, "color": text},
        },
    ]


def _targets(bands: Sequence[Band], look: Look) -> dict[str, Any]:
    """Invisible markers over the bands: fills cannot be clicked, markers can."""
    words = in_context("chart", "{count} customers, {count_share}", look.lang)
    money = in_context("chart", "{money}, {money_share} of the money", look.lang)
    hover = [
        f"<b>{band.label}</b><br>"
        + words.format(
            count=formats.count(band.count, look.lang),
            count_share=formats.ratio(band.count_share, look.lang),
        )
        + "<br>"
        + money.format(
            money=formats.money(band.money, look.lang, compact=True),
            money_share=formats.ratio(band.money_share, look.lang),
        )
        for band in bands
    ]
    places = (-0.5, 0.0, 0.5)
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [place * _SLOPE * (level + 0.6) for place in places for level in range(len(bands))],
        "y": [level + 0.5 for _ in places for level in range(len(bands))],
        "customdata": [[band.code] for _ in places for band in bands],
        "hovertext": [text for _ in places for text in hover],
        "hoverinfo": "text",
        "marker": {"size": 46, "opacity": 0.001, "color": theme.palette(look.dark).primary},
        "selected": {"marker": {"opacity": 0.001}},
        "unselected": {"marker": {"opacity": 0.001}},
        "cliponaxis": False,
    }
