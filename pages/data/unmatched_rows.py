"""One row per customer that was not found (未匹配客户清单): what the file says, what to do."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from components import state, tables, urls
from data import load
from data.imports.terms.plan import Plan
from data.imports.terms.unmatched import (
    NAME_CONTAINED,
    SAME_NAME,
    SAME_TAX_NUMBER,
    SIMILAR_CODE,
    Unmatched,
)
from data.queries import customer_search
from models.access import User
from pages.data import reading_form
from pages.data.customer_choices import LEAVE, NEW, SEARCH, chose, decided_now, standing
from words import i18n
from words.i18n import _, _c, _n
from words.text import md_escape, shorten

PAGE = "unmatched"
PER_PAGE = 20
_TELLING = frozenset(
    {
        "name_ambiguous",
        "tax_number_ambiguous",
        "tax_number_taken",
        "customer_code_taken",
        "code_differs_in_case",
        "new_customer_without_name",
    }
)
"""Reasons that say more than that nobody was found."""


def draw(listed: list[Unmatched], user: User, plan: Plan) -> None:
    """A page of them, each with a box; the reader sees customers of theirs only."""
    number = urls.page_number(len(listed), PER_PAGE, PAGE)
    shown = listed[(number - 1) * PER_PAGE : number * PER_PAGE]
    chosen = {one.said: standing(one, plan) for one in shown}
    codes = tuple(what[1:] for what in chosen.values() if what.startswith("="))
    names = load.ask(customer_search.names_of, codes, user.scope) if codes else {}
    for one in shown:
        said, what = st.columns([3, 2], vertical_alignment="center")
        with said:
            _said(one)
        with what:
            _box(one, chosen[one.said], names, user)
    if len(listed) > PER_PAGE:
        tables.pager(len(listed), PER_PAGE, key=PAGE)


def _said(one: Unmatched) -> None:
    words = [f"**{md_escape(shorten(one.said, 60))}**"]
    if one.name and one.name != one.said:
        words.append(md_escape(shorten(one.name, 60)))
    if one.tax_no and one.tax_no != one.said:
        words.append(md_escape(one.tax_no))
    st.markdown(" · ".join(words))
    rows = _n(
        "{n} row, first on line {line}", "{n} rows, first on line {line}", one.rows, line=one.line
    )
    why = i18n.reason(one.reason) if one.reason in _TELLING else ""
    st.caption(f"{rows} · {why}" if why else rows)


def _box(one: Unmatched, what: str, names: Mapping[str, str], user: User) -> None:
    """The choice for one of them; a search below it where somebody else is meant."""
    suggested = {f"={each.code}": each for each in one.suggestions}
    whys = {
        SAME_TAX_NUMBER: _c("suggestion", "same tax number"),
        SAME_NAME: _c("suggestion", "same name"),
        SIMILAR_CODE: _c("suggestion", "similar code"),
        NAME_CONTAINED: _c("suggestion", "similar name"),
    }
    fixed = {
        LEAVE: _("Leave out"),
        NEW: _("Make a new customer"),
        SEARCH: _("Another customer …"),
    }
    searching = decided_now().searching == one.said

    def words(option: str) -> str:
        if option in suggested:
            each = suggested[option]
            return f"{each.code} {each.name} ({whys[each.why]})"
        return fixed.get(option) or f"{option[1:]} {names.get(option[1:], '')}"

    options = [*suggested, *([] if what in (*suggested, *fixed) else [what]), *fixed]
    now = SEARCH if searching else what
    # the decision may have come from a button: the box shows what holds
    state.set_widget(_key(one), now)
    st.selectbox(
        _("What to do about {said}", said=md_escape(one.said)),
        options,
        format_func=words,
        key=_key(one),
        on_change=chose,
        args=(one.said, _key(one)),
        label_visibility="collapsed",
    )
    if searching:
        _search(one, user)


def _key(one: Unmatched) -> str:
    return reading_form.key(f"customer.{one.line}.{one.said}")


def _search(one: Unmatched, user: User) -> None:
    """A customer of the reader's, by part of a code or name."""
    part = st.text_input(
        _("Part of a code or name"),
        key=f"{_key(one)}.search",
        max_chars=60,
        label_visibility="collapsed",
        placeholder=_("Part of a code or name"),
        icon=":material/search:",
    )
    found = load.ask(customer_search.named_like, part.strip(), user.scope) if part.strip() else []
    if part.strip() and not found:
        st.caption(_("No customer of yours is called so."))
    if found:
        names = {f"={each.code}": f"{each.code} {each.name}" for each in found}
        st.selectbox(
            _("Customer"),
            list(names),
            index=None,
            format_func=names.__getitem__,
            key=f"{_key(one)}.found",
            on_change=chose,
            args=(one.said, f"{_key(one)}.found"),
            label_visibility="collapsed",
            placeholder=_("Choose the customer"),
        )
