"""Who reads (读者): the language and the time zone of the running session."""

from __future__ import annotations

import streamlit as st

from components import state
from words import i18n


def language() -> str | None:
    """The choice made in this session, else the one stored for the user, else the browser's."""
    chosen = state.language()
    if chosen in i18n.LANGUAGES:
        return chosen
    return i18n.from_browser(st.context.locale) if state.running() else None


def timezone() -> str | None:
    """The time zone as the browser names it."""
    return st.context.timezone if state.running() else None


def choose(code: str) -> None:
    """Speak `code` for the rest of this session; unknown codes are ignored."""
    if code in i18n.LANGUAGES:
        state.choose_language(code)


i18n.read_by(i18n.Reader(language, timezone))
