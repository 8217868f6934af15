"""Which survey and wave answers belong to (所属问卷与期次): one that is there, or a new one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from components import state
from data import load
from data.imports.terms.plan import Options
from data.queries import questionnaires
from data.queries.questionnaires import KnownSurvey
from pages.data.reading_form import key
from words.i18n import _, _c

NEW, BY_DATE = "\x00new", ""
"""In a box: one that is not there yet; the half-year of each answer."""


def draw(options: Options, place: Any, look_again: Callable[[], None]) -> None:
    """The survey: chosen from those there are, or named as a new one.

    Args:
        options: as they stand.
        place: column to draw in.
        look_again: called when another survey is chosen; it has other questions.
    """
    there = {one.code: one for one in load.ask(questionnaires.known)}
    chosen: str | None = NEW
    if there:
        listed = [*there, NEW]
        at = listed.index(options.survey) if options.survey in there else None
        chosen = place.selectbox(
            _("Survey"),
            listed,
            len(there) if at is None and options.new_survey else at,
            format_func=lambda code: _survey_name(there, code),
            key=key("survey_of"),
            on_change=look_again,
            placeholder=_("Choose the survey"),
            help=_("Questions are told apart by survey: give another questionnaire its own name."),
        )
    if chosen == NEW:
        named = "" if there and options.survey in there else options.survey
        place.text_input(
            _c("survey", "Name of the new survey"),
            named,
            max_chars=40,
            key=key("survey"),
            on_change=look_again,
        )


def _survey_name(there: dict[str, KnownSurvey], code: str) -> str:
    if code == NEW:
        return _c("survey", "A new survey …")
    name = there[code].name
    return code if name in ("", code) else f"{name} ({code})"


def wave(options: Options) -> None:
    """The wave: by the day of the answer, chosen from those there are, or named as a new one."""
    known = next((s.waves for s in load.ask(questionnaires.known) if s.code == options.survey), ())
    there = dict(known)
    chosen = NEW
    if there:
        listed = [BY_DATE, *there, NEW]
        chosen = st.selectbox(
            _("Survey wave"),
            listed,
            listed.index(options.wave) if options.wave in listed else len(listed) - 1,
            format_func=lambda code: _wave_name(there, code),
            key=key("wave_of"),
        )
    if chosen == NEW:
        st.text_input(
            _c("survey", "Name of the new wave") if there else _("Survey wave"),
            "" if options.wave in there else options.wave,
            max_chars=40,
            placeholder="2026H2",
            key=key("wave"),
            help=_("Left empty, the half-year of each answer is its wave."),
        )


def _wave_name(there: dict[str, str], code: str) -> str:
    if code == NEW:
        return _c("survey", "A new wave …")
    if code == BY_DATE:
        return _c("survey", "The half-year of each answer")
    return code if there[code] in ("", code) else f"{there[code]} ({code})"


def said() -> dict[str, Any]:
    """Survey and wave as the boxes stand; a box not drawn changes nothing."""
    found: dict[str, Any] = {}
    survey, named = state.widget(key("survey_of")), state.widget(key("survey"))
    if survey not in (None, NEW):
        found |= {"survey": survey, "new_survey": False}
    elif named or survey == NEW:
        found |= {"survey": named or "", "new_survey": survey == NEW}
    of, name = state.widget(key("wave_of")), state.widget(key("wave"))
    if of not in (None, NEW):
        found["wave"] = of
    elif name is not None:
        found["wave"] = name
    return found
