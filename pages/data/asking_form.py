"""What the import asks about a file (导入时的询问): one choice each, kept in the plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from components import state
from data.imports.terms.asking import Ask
from data.imports.terms.plan import Plan
from pages.data import reading_form
from words import i18n
from words.i18n import _, _n
from words.text import md_escape


def draw(asks: Sequence[Ask], plan: Plan) -> None:
    """The open questions; what is chosen counts from the next check on."""
    if not asks:
        return
    st.markdown(f"**{_('Please decide')}**")
    for ask in asks:
        words = {code: _words(ask, code) for code in ask.answers}
        st.radio(
            _label(ask),
            list(ask.answers),
            index=_index(ask, plan),
            format_func=words.__getitem__,
            key=_key(ask),
            horizontal=True,
        )


def _words(ask: Ask, answer: str) -> str:
    """An answer as people read it: a name out of the file, or the words of a code."""
    if ask.by_name:
        return md_escape(answer)
    return i18n.translate(f"answer.{ask.reason}.{answer}", i18n.language())


def plan_of(asks: Sequence[Ask], plan: Plan) -> Plan:
    """The plan with what was chosen in the boxes."""
    chosen = {ask.key: state.widget(_key(ask)) for ask in asks}
    answers = {key: str(answer) for key, answer in chosen.items() if answer}
    return replace(plan, answers={**plan.answers, **answers}) if answers else plan


def _label(ask: Ask) -> str:
    where = " ".join(part for part in (ask.column, f"“{ask.value}”" if ask.value else "") if part)
    words = i18n.reason(ask.reason, None, **dict(ask.detail))
    if ask.about == "column":
        return md_escape(f"{where}: {words}")
    rows = _n("{n} row", "{n} rows", ask.rows)
    return md_escape(f"{where}: {words} ({rows})" if where else f"{words} ({rows})")


def _index(ask: Ask, plan: Plan) -> int | None:
    given = plan.answers.get(ask.key)
    return ask.answers.index(given) if given in ask.answers else None


def _key(ask: Ask) -> str:
    return reading_form.key(f"ask.{ask.key}")
