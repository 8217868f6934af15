"""Choosing a day (日期选择): any day there can be figures of, those computed within a click."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from components import missing, state, urls
from components.missing import Missing
from models.filters import Days
from words import formats
from words.i18n import _

QUICK = 24
"""Computed days offered in the menu, at most."""
WIDTH = 128


def choose(key: str, label: str, days: Days, *, latest: date) -> date | None:
    """A box for any day from `days.first` to `latest`, and a menu of the computed ones.

    Args:
        key: of the URL parameter.
        label: of the box.
        days: what is computed, by default `days.newest`.
        latest: the last day that can be asked for.

    Returns:
        A computed day; None where nothing was computed up to `latest`. A day that was not
        computed is noted as missing, and the default stands in until the page is refused.
    """
    computed = [day for day in days.computed if day <= latest]
    chosen = read(key, label, days, latest=latest)
    if chosen is None or days.first is None:
        return chosen
    default = _default(days, computed)
    with st.container(horizontal=True, gap=None, vertical_alignment="bottom", width="content"):
        urls.day(key, label, default=default, earliest=days.first, latest=latest, width=WIDTH)
        _computed_menu(key, computed, default)
    return chosen


def read(key: str, label: str, days: Days, *, latest: date) -> date | None:
    """The day in the URL, without drawing anything; see `choose`."""
    computed = [day for day in days.computed if day <= latest]
    default = _default(days, computed) if computed else None
    raw = urls.read(key)
    if not raw:
        return default
    wanted = urls.iso_day(raw)
    if wanted in computed:
        return wanted
    missing.note(_missing(key, raw, label, days, computed, wanted, latest))
    return default


def _missing(
    key: str,
    raw: str,
    label: str,
    days: Days,
    computed: Sequence[date],
    wanted: date | None,
    latest: date,
) -> Missing:
    if wanted is None:
        return Missing(key, raw, label)
    after = min((day for day in computed if day > wanted), default=None)
    before = max((day for day in computed if day < wanted), default=None)
    offers = tuple(
        (day.isoformat(), formats.date(day)) for day in (before, after) if day is not None
    )
    if wanted > latest:
        return Missing(key, raw, label, "too_late", formats.date(latest), offers)
    if days.first is None or wanted < days.first:
        return Missing(key, raw, label, "too_early", formats.date(days.first), offers)
    return Missing(key, raw, label, "not_computed", offers=offers)


def _default(days: Days, computed: Sequence[date]) -> date:
    return days.newest if days.newest in computed and days.newest else computed[0]


def _computed_menu(key: str, computed: Sequence[date], default: date) -> None:
    """The newest computed days, each a click away."""
    wkey = urls.wkey(f"{key}.computed")

    def picked() -> None:
        chosen = state.widget(wkey)
        if chosen:
            urls.put(key, chosen, default.isoformat())

    st.menu_button(
        "",
        [day.isoformat() for day in computed[:QUICK]],
        key=wkey,
        icon=":material/event_available:",
        help=_("Dates that are computed"),
        on_click=picked,
    )
