"""What the reader sees of a link that asks for what is not there (查无此项): names, ways on.

Nothing else is shown: figures of another date, or of everybody, would be taken for those
asked for. A date that no refresh computed can be computed here and now.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from components import freshness, menu, state, urls
from components.missing import Missing
from models.access import User
from words import formats
from words.i18n import _
from words.text import md_escape, shorten

_TOLD, _WISH, _TRIED = "missing.told", "missing.wish", "missing.tried"
LONGEST = 40
"""Characters of a value that are repeated to the reader, at most."""


def remember(screen: str, items: Sequence[Missing]) -> None:
    """Keep what is not there for the next run of the screen, which shows nothing else."""
    state.put(_TOLD, (screen, tuple(items)))


def remembered(screen: str) -> tuple[Missing, ...]:
    """What the run before found missing on this screen; told once."""
    told_on, items = state.get(_TOLD, ("", ()))
    state.drop(_TOLD)
    return tuple(items) if told_on == screen else ()


def all_there() -> None:
    """The page is shown: what was tried before is of no more interest."""
    state.drop(_TRIED)
    state.drop(_WISH)


def show(user: User, items: Sequence[Missing]) -> None:
    """Say what is not there, by name, with the nearest that is, and the way back."""
    for item in items:
        with st.container(border=True):
            st.warning(sentence(item), icon=":material/search_off:")
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                for code, words in item.offers:
                    _way(f"{item.key}.{code}", md_escape(words), {item.key: code})
                _away(item)
            if item.why == "not_computed":
                _on_demand(user, item)
    if len(items) > 1:
        every = {item.key: "" for item in items}
        _way("all", _("Take these filters away"), every, icon=":material/filter_alt_off:")


def sentence(item: Missing) -> str:
    """What is not there, in words that markdown shows letter by letter."""
    value = md_escape(shorten(item.value, LONGEST))
    label = md_escape(item.label or item.key)
    if item.why == "unknown":
        return _("{what} “{value}” is not there.", what=label, value=value)
    words = {
        "not_computed": _("No figures were computed for {date}.", date=value),
        "too_early": _(
            "There are no figures for {date}: the first day that can be chosen is {limit}.",
            date=value,
            limit=item.limit,
        ),
        "too_late": _(
            "There are no figures for {date}: the last day that can be chosen is {limit}.",
            date=value,
            limit=item.limit,
        ),
    }[item.why]
    return words if item.key == "as_of" else f"{label}: {words}"


def _away(item: Missing) -> None:
    """The way back: without what is not there."""
    if item.key == "id":
        path = menu.SCREENS["pyramid"].path
        st.page_link(
            path, label=_("Customer list"), icon=":material/list:", query_params=urls.shared()
        )
        return
    words = _("Newest figures") if item.key == "as_of" else _("Take this filter away")
    _way(f"{item.key}.away", words, {item.key: ""}, icon=":material/filter_alt_off:")


def _way(name: str, words: str, query: dict[str, str], icon: str | None = None) -> None:
    def take() -> None:
        for key, code in query.items():
            urls.put(key, code)

    st.button(words, key=urls.wkey(f"instead.{name}"), icon=icon, on_click=take)


def _on_demand(user: User, item: Missing) -> None:
    """A button that has the date computed, or how far that is."""
    day = urls.iso_day(item.value)
    if day is None or not freshness.may_compute():
        return
    wished = state.get(_WISH) == item.value and freshness.running() is None
    if wished and freshness.compute(user, day):
        state.drop(_WISH)
        state.put(_TRIED, item.value)
        if freshness.running() is None:
            st.rerun()  # done already, or failed
    if freshness.running() is not None:
        _followed(day, item.value)
        return
    if state.get(_TRIED) == item.value:
        st.error(_("The figures could not be computed. Try again, or tell an administrator."))
    st.button(
        _("Compute this date now"),
        key=urls.wkey(f"compute.{item.key}"),
        type="primary",
        icon=":material/calculate:",
        on_click=_wish,
        args=(item.value,),
    )


def _followed(day: date, value: str) -> None:
    """A refresh is running: this date's, or another after which this one is begun."""
    if state.get(_TRIED) == value:
        freshness.bar("", _("Figures for {date} are being computed.", date=formats.date(day)))
        return
    freshness.bar("", _("Other figures are being computed just now."))
    if state.get(_WISH) == value:
        st.caption(_("{date} comes next.", date=formats.date(day)))
    else:
        st.button(
            _("Compute this date next"),
            key=urls.wkey(f"next.{value}"),
            icon=":material/calculate:",
            on_click=_wish,
            args=(value,),
        )


def _wish(value: str) -> None:
    state.drop(_TRIED)
    state.put(_WISH, value)
