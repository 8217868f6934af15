"""My account (我的账号): password, language, where I am signed in, who tried."""

from __future__ import annotations

from typing import Any

import streamlit as st

from components import downloads, faults, frame, reader, state, tables
from data import accounts, load, passwords, store
from data.queries.accounts import attempt_rows, sign_in_rows
from errors import AppError, BadInput, Issue
from models.access import User
from words import i18n
from words.i18n import _
from words.text import md_escape

SCREEN = "account"
DONE = "account.done"


def password_form() -> None:
    """Change the password; every other browser is signed out."""
    rules = _(
        "At least {n} characters; a sentence is best. No rules about digits or symbols.",
        n=passwords.SHORTEST,
    )
    with frame.card(_("Password"), rules):
        with st.form(f"account.password.{i18n.language()}", border=False, clear_on_submit=True):
            old = st.text_input(
                _("Current password"), type="password", autocomplete="current-password"
            )
            new = st.text_input(_("New password"), type="password", autocomplete="new-password")
            again = st.text_input(
                _("New password again"), type="password", autocomplete="new-password"
            )
            sent = st.form_submit_button(_("Change password"), type="primary")
        if sent:
            change_password(old, new, again)


def change_password(old: str, new: str, again: str) -> None:
    """Change it as the user asking now, or say what is wrong."""
    user = frame.require(SCREEN)
    try:
        if new != again:
            raise BadInput(Issue("password_mismatch", "password"))
        accounts.change_password(load.engine(), user, old, new)
    except passwords.TooBusy:
        st.warning(_("Many people are signing in right now. Please try again in a few seconds."))
        return
    except AppError as error:
        faults.show(error)
        return
    state.put(DONE, _("Your password is changed. Other browsers are signed out."))
    st.rerun()


def language_choice() -> None:
    """Choose the language kept with the account."""
    key = f"account.language.{i18n.language()}"
    state.set_widget(key, i18n.language())

    @frame.guard(SCREEN)
    def changed() -> None:
        code = state.widget(key)
        user = frame.identify()
        if code in i18n.LANGUAGES and user is not None:
            reader.choose(code)
            accounts.set_language(load.engine(), user, code)

    with frame.card(_("Language"), _("Kept for your next sign-in, on every device.")):
        st.segmented_control(
            _("Language"),
            list(i18n.LANGUAGES),
            format_func=i18n.LANGUAGES.__getitem__,
            key=key,
            on_change=changed,
            required=True,
            label_visibility="collapsed",
        )


def sign_ins(user: User) -> None:
    """Where the user is signed in now, and the way to end it."""
    columns = [
        tables.Column("where", _("Browser")),
        tables.Column("here", _("This one"), "flag", width=80),
        tables.Column("since", _("Signed in"), "datetime"),
        tables.Column("last_seen", _("Last used"), "datetime"),
        tables.Column("until", _("Ends at the latest"), "datetime"),
    ]
    title, rows = _("Where you are signed in"), my_sign_ins(user)
    with frame.card(title, _("Sign out a browser you do not know.")):
        tables.show(
            rows,
            columns,
            key="sign_ins",
            alt=_("Your sign-ins: browser, since when, last used"),
            rows=6,
        )
        table = downloads.Table(title, columns, my_sign_ins)
        downloads.foot(SCREEN, table, len(rows), key="sign_ins")
        with st.container(horizontal=True):
            if st.button(_("Sign out other browsers"), disabled=len(rows) < 2):
                end(but_here=True)
            if st.button(_("Sign out everywhere"), icon=":material/logout:"):
                end(but_here=False)


def end(*, but_here: bool) -> None:
    """End sign-ins of the user asking now."""
    user = frame.require(SCREEN)
    ended = accounts.sign_out_everywhere(load.engine(), user, but_here=but_here)
    state.put(DONE, _("Signed out: {n}", n=ended))
    st.rerun()


def tries(user: User) -> None:
    """The latest tries to sign in with this user name."""
    columns = [
        tables.Column("at", _("Time of the try"), "datetime"),
        tables.Column("succeeded", _("Succeeded"), "flag", width=90),
        tables.Column("source", _("Came from"), help=_("Empty: a browser that was used before")),
    ]
    rows = my_tries(user)
    with frame.card(
        _("Tries to sign in"),
        _("With your user name, in the last 30 days. Tell an administrator if one is not yours."),
    ):
        tables.show(
            rows,
            columns,
            key="tries",
            alt=_("Tries to sign in: when, whether they succeeded, from where"),
            rows=6,
        )
        table = downloads.Table(_("Tries to sign in"), columns, my_tries)
        downloads.foot(SCREEN, table, len(rows), key="tries")


def my_sign_ins(user: User) -> Any:
    """Where the user is signed in, a line each."""
    with store.reading(load.engine()) as session:
        return sign_in_rows(session, user)


def my_tries(user: User) -> Any:
    """The latest tries with the user's name, a line each."""
    with store.reading(load.engine()) as session:
        return attempt_rows(session, user)


with frame.screen(SCREEN) as user:
    frame.about(note=f"{md_escape(user.name)} · {md_escape(user.login)}")
    if user.must_change_password:
        st.warning(
            _("Your password is a one-time one. Please choose your own to go on."),
            icon=":material/key:",
        )
    if done := state.get(DONE):
        state.drop(DONE)
        st.success(done, icon=":material/check:")
    left, right = st.columns(2)
    with left:
        password_form()
    with right:
        language_choice()
    sign_ins(user)
    tries(user)
