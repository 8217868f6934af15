"""Daily work on a page (日常处理): the day that counts, choosing a row, writing and saying so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import streamlit as st

from components import faults, state, urls
from errors import AppError
from words import i18n
from words.i18n import _

_NOTICE, _SENT = "notice", "form.sent"


def working_day(as_of: date, newest: date | None, today: date) -> date:
    """The day work is looked at: today on the newest figures, else the day of the figures.

    Contacts and decisions made after the last refresh count at once; on any other date
    nothing later may be seen.
    """
    return max(as_of, today) if as_of == newest else as_of


def pick(key: str, value: str) -> None:
    """Put a choice into the URL without leaving the page of the list."""
    number = urls.read(urls.PAGE)
    urls.put(key, value)
    if number:
        urls.put(urls.PAGE, number)


def attempt(write: Callable[[], object], said: str) -> None:
    """Write, then draw the page anew with a short notice; a known error is drawn here."""
    try:
        write()
    except AppError as error:
        faults.show(error)
        return
    stored()
    state.put(_NOTICE, said)
    st.rerun()


def fresh(name: str) -> str:
    """The name of a form and of the boxes in it: another one once what was typed is stored.

    Until then every word stays where it was typed, whatever the write was refused for. `name`
    holds what the form is about, so that words meant for one customer never reach another.
    """
    turn = state.get(f"turn.{name}", 0)
    return f"{name}.{turn}" if turn else name


def note_sent(name: str) -> None:
    """Note which form was sent in this run."""
    state.put(_SENT, name)


def stored() -> None:
    """What the form sent in this run asked for is in the store: its boxes begin anew."""
    name = state.get(_SENT)
    if name is not None:
        state.drop(_SENT)
        state.put(f"turn.{name}", state.get(f"turn.{name}", 0) + 1)


def notice() -> None:
    """Say once what the run before did."""
    said = state.get(_NOTICE)
    if said:
        state.drop(_NOTICE)
        st.toast(said, icon=":material/check_circle:")


def card_button(code: str, name: str) -> None:
    """A quiet button that opens a customer's card in this tab."""
    st.button(
        _("Open the card"),
        icon=":material/badge:",
        type="tertiary",
        key=wkey(f"card.{name}"),
        on_click=urls.go,
        args=("customer",),
        kwargs={"id": code},
    )


def close_button(key: str) -> None:
    """A quiet button that lets go of what was chosen under a URL parameter."""
    st.button(
        _("Close"),
        icon=":material/close:",
        type="tertiary",
        key=wkey(f"close.{key}"),
        on_click=pick,
        args=(key, ""),
    )


def seen_version(name: str, now: int) -> int:
    """The version of a row that was on the screen when the reader acted.

    A run reads the row afresh before it sees the click, so the version of this run is not
    what the reader looked at. Call `on_screen` once everything is drawn.
    """
    return int(state.get(f"version.{name}", now))


def on_screen(name: str, version: int) -> None:
    """Note the version that the reader sees from now on."""
    state.put(f"version.{name}", version)


def draft(name: str, version: int, stored: str) -> tuple[str, int]:
    """The key of a text box that edits a stored text, and the version its text began with.

    What the reader typed stays in the box, whoever writes the same text meanwhile: the version
    then shows it when it is saved. A box that was not on the screen begins with the stored text.
    """
    key = wkey(f"draft.{name}")
    if state.widget(key) is None:
        state.set_widget(key, stored)
        on_screen(name, version)
    return key, seen_version(name, version)


def saved(name: str) -> None:
    """Let a draft go: its box begins anew with what is stored."""
    state.forget(wkey(f"draft.{name}"))


def wkey(name: str) -> str:
    """A widget key that holds the language: Streamlit sends displayed labels back."""
    return f"{name}.{i18n.language()}"
