"""Colours with a meaning (主题): read from `.streamlit/config.toml`, light and dark.

No other file holds a colour. A tier, an ageing bucket or an alert level has the same
colour on every page; shades in between are blended from the configured ones.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from components import state
from words import i18n

CONFIG = Path(__file__).resolve().parent.parent / ".streamlit" / "config.toml"
FADED = 0.28
"""Opacity of what was not chosen, so the whole stays in sight."""

_TIERS = {"top": 8, "big": 7, "medium": 4, "small": 2}


@dataclass(frozen=True, slots=True)
class Look:
    """How to draw for one reader: language and light or dark; part of a chart's cache key."""

    lang: str
    dark: bool


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one mode, by meaning."""

    text: str
    muted: str
    line: str
    background: str
    panel: str
    primary: str
    red: str
    orange: str
    yellow: str
    green: str
    blue: str
    violet: str
    gray: str
    series: tuple[str, ...]
    sequential: tuple[str, ...]
    diverging: tuple[str, ...]


def is_dark() -> bool:
    """Whether this reader looks at the dark mode now."""
    return state.running() and st.context.theme.type == "dark"


def look() -> Look:
    """The language and mode of this reader now."""
    return Look(i18n.language(), is_dark())


@cache
def palette(dark: bool) -> Palette:
    """The colours of the dark or the light mode."""
    colours = _theme()["dark" if dark else "light"]
    text, background = colours["textColor"], colours["backgroundColor"]
    return Palette(
        text=text,
        muted=blend(text, background, 0.62),
        line=colours["borderColor"],
        background=background,
        panel=colours["secondaryBackgroundColor"],
        primary=colours["primaryColor"],
        red=colours["redColor"],
        orange=colours["orangeColor"],
        yellow=colours["yellowColor"],
        green=colours["greenColor"],
        blue=colours["blueColor"],
        violet=colours["violetColor"],
        gray=colours["grayColor"],
        series=tuple(colours["chartCategoricalColors"]),
        sequential=tuple(colours["chartSequentialColors"]),
        diverging=tuple(colours["chartDivergingColors"]),
    )


def tier_colour(code: str, dark: bool) -> str:
    """The colour of a customer tier: the higher, the stronger; inactive is grey."""
    shades = palette(dark)
    return shades.sequential[_TIERS[code]] if code in _TIERS else _pale(shades)


def level_colour(code: str, dark: bool) -> str:
    """The colour of an alert level: red, amber, green; grey where unknown."""
    shades = palette(dark)
    levels = {"red": shades.red, "amber": shades.orange, "green": shades.green}
    return levels.get(code, shades.gray)


def bucket_colours(size: int, dark: bool) -> list[str]:
    """Colours of `size` ageing buckets: not due in muted blue, then amber to deep red."""
    shades = palette(dark)
    first = shades.sequential[2 if not dark else 3]
    late = size - 1
    if late <= 0:
        return [first][:size]
    deep = blend(shades.red, shades.text if not dark else shades.background, 0.7)
    ramp = [blend(shades.yellow, shades.background, 0.75), shades.orange, shades.red, deep]
    return [first, *(_along(ramp, i / max(late - 1, 1)) for i in range(late))]


def diverging_colours(size: int, dark: bool) -> list[str]:
    """Colours of `size` answer levels from worst to best, a neutral one in the middle."""
    shades = palette(dark)
    ramp = [shades.diverging[0], shades.diverging[2], _pale(shades), shades.diverging[7]]
    ramp.append(shades.diverging[8 if not dark else 9])
    return [_along(ramp, i / max(size - 1, 1)) for i in range(size)]


def blend(colour: str, other: str, weight: float) -> str:
    """`weight` of the first colour over the second; 1 is the first."""
    one, two = _channels(colour), _channels(other)
    mixed = [round(a * weight + b * (1 - weight)) for a, b in zip(one, two, strict=True)]
    return "#" + "".join(f"{channel:02X}" for channel in mixed)


def ink_on(colour: str) -> str:
    """The text colour that reads better on a filled area: near black or near white."""
    red, green, blue = (channel / 255 for channel in _channels(colour))
    light = 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2
    return palette(dark=False).text if light > 0.25 else palette(dark=False).background


def see_through(colour: str, opacity: float) -> str:
    """The colour with an opacity, as CSS rgba."""
    red, green, blue = _channels(colour)
    return f"rgba({red},{green},{blue},{opacity:g})"


def layout(look: Look, height: int, **changes: Any) -> dict[str, Any]:
    """The base of every Plotly layout: transparent, still, in the page's type."""
    shades = palette(look.dark)
    base: dict[str, Any] = {
        "height": height,
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": font(), "size": 13, "color": shades.text},
        "showlegend": False,
        "dragmode": False,
        "hovermode": "closest",
        "clickmode": "event+select",
        "bargap": 0.42,
        "hoverlabel": {
            "bgcolor": shades.panel,
            "bordercolor": shades.line,
            "font": {"family": font(), "size": 13, "color": shades.text},
            "align": "left",
        },
        "colorway": list(shades.series),
        "separators": ".,",
    }
    base.update(changes)
    return base


def axis(look: Look, *, visible: bool = True, grid: bool = False, **changes: Any) -> dict[str, Any]:
    """The base of an axis: fixed, quiet, hairline; hidden where labels say the values."""
    shades = palette(look.dark)
    base: dict[str, Any] = {
        "fixedrange": True,
        "visible": visible,
        "showgrid": grid,
        "gridcolor": shades.line,
        "gridwidth": 1,
        "zeroline": False,
        "linecolor": shades.line,
        "ticks": "",
        "tickfont": {"size": 12, "color": shades.muted},
        "title": {"font": {"size": 12, "color": shades.muted}},
        "automargin": True,
    }
    base.update(changes)
    return base


@cache
def font() -> str:
    """The page's font stack, with fonts for Chinese named, for charts."""
    return str(_theme()["font"]).replace("'", "")


@cache
def _theme() -> dict[str, Any]:
    return tomllib.loads(CONFIG.read_text("utf-8"))["theme"]


def _pale(shades: Palette) -> str:
    return blend(shades.gray, shades.background, 0.45)


def _along(ramp: Sequence[str], share: float) -> str:
    place = share * (len(ramp) - 1)
    index = min(int(place), len(ramp) - 2)
    return blend(ramp[index + 1], ramp[index], place - index)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
