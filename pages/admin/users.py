"""Users (用户管理): who may sign in, with which role; new passwords, disabling."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from components import badges, downloads, faults, frame, state, tables, urls, work
from data import accounts, load, store
from data.queries.accounts import account_rows
from errors import AppError
from models.access import Role, User
from words import i18n, vocabulary
from words.i18n import _, _n
from words.text import md_escape

SCREEN = "users"
GIVEN = "users.given"


def change(what: Callable[[User], str | None], login: str) -> None:
    """Do one change as the administrator asking now; keep a new password to show once."""
    actor = frame.require(SCREEN, edit=True)
    try:
        password = what(actor)
    except AppError as error:
        faults.show(error)
        return
    state.put(GIVEN, (login, password or ""))
    st.rerun()


def show_given() -> None:
    """Say that the last change is done, with its one-time password, once."""
    given = state.get(GIVEN)
    if given is None:
        return
    state.drop(GIVEN)
    login, password = given
    if not password:
        st.success(_("Saved: {login}", login=md_escape(login)), icon=":material/check:")
        return
    with st.container(border=True):
        st.markdown(_("**One-time password for {login}**", login=md_escape(login)))
        st.code(password, language=None)
        st.caption(
            _("It is shown only now. Hand it over in person; it must be changed at sign-in.")
        )


def add_form() -> None:
    """The form for a new account."""
    with frame.card(_("Add a user"), _("They get a one-time password, shown to you once.")):
        with st.form(f"users.add.{i18n.language()}", border=False):
            login = st.text_input(_("User name"), max_chars=64, placeholder="wang.min")
            name = st.text_input(_("Full name"), max_chars=80)
            role = role_box(Role.ACCOUNT_MANAGER, "users.add.role")
            sent = st.form_submit_button(_("Add user"), type="primary", width="stretch")
        if sent:
            change(
                lambda actor: accounts.create(
                    load.engine(), actor, login=login, name=name, role=role
                ),
                accounts.normal(login),
            )


def role_box(now: Role, key: str) -> Role:
    """Choose a role."""
    chosen = st.selectbox(
        _("Role"),
        vocabulary.codes("role"),
        index=vocabulary.codes("role").index(now.value),
        format_func=vocabulary.labeller("role"),
        key=f"{key}.{i18n.language()}",
    )
    return Role(chosen)


def account_card(account: accounts.Account, user: User) -> None:
    """What can be done with one account."""
    login = account.login
    with frame.card(md_escape(account.name), md_escape(login)):
        badges.badge("role", account.role)
        version = work.seen_version(f"user.{login}", account.version)
        if account.login == user.login:
            st.caption(_("This is you. Another administrator can change your role."))
        else:
            change_role(account, version)
            change_active(account, version)
        new_password(login, version)
        work.on_screen(f"user.{login}", account.version)
        st.caption(_("A new password, a new role or disabling signs them out everywhere at once."))
        if st.button(_("Back"), icon=":material/arrow_back:", type="tertiary"):
            urls.put("user", "")
            st.rerun()


def new_password(login: str, version: int) -> None:
    """Give a one-time password; one that another administrator just gave stays good."""
    if st.button(_("New one-time password"), icon=":material/key:", width="stretch"):
        change(
            lambda actor: accounts.reset_password(load.engine(), actor, login, version=version),
            login,
        )


def change_role(account: accounts.Account, version: int) -> None:
    """Give another role; `version` is that of the account on the administrator's screen."""
    role = role_box(account.role, f"users.role.{account.login}")
    key = work.wkey(f"users.save_role.{account.login}")
    if st.button(_("Save role"), disabled=role is account.role, width="stretch", key=key):

        def save(actor: User) -> None:
            accounts.set_role(load.engine(), actor, account.login, role, version=version)

        change(save, account.login)


def change_active(account: accounts.Account, version: int) -> None:
    """Disable or enable; `version` is that of the account on the administrator's screen."""
    words, icon = (
        (_("Disable"), ":material/block:") if account.active else (_("Enable"), ":material/check:")
    )
    key = work.wkey(f"users.active.{account.login}")
    if st.button(words, icon=icon, width="stretch", key=key):

        def save(actor: User) -> None:
            accounts.set_active(
                load.engine(), actor, account.login, not account.active, version=version
            )

        change(save, account.login)


def columns() -> list[tables.Column]:
    """The columns of the list of accounts."""
    return [
        tables.Column("name", _("Full name"), "button"),
        tables.Column("login", _("User name")),
        tables.Column("role", _("Role"), "badge", words="role"),
        tables.Column("active", _("May sign in"), "flag", width=90),
        tables.Column("must_change_password", _("One-time password"), "flag", width=130),
        tables.Column("last_sign_in_at", _("Last sign-in"), "datetime", width=140),
    ]


def rows(_reader: User) -> Any:
    """Every account, a line each."""
    with store.reading(load.engine()) as session:
        return account_rows(session)


with frame.screen(SCREEN) as user:
    with store.reading(load.engine()) as session:
        people = accounts.everyone(session)
    active = sum(account.active for account in people)
    frame.about(note=_n("{n} active account", "{n} active accounts", active))
    show_given()
    left, right = st.columns([2, 1])
    with left, frame.card(_("User accounts"), _("Click a name to change the account.")):
        tables.show(
            rows(user),
            columns(),
            key="users",
            alt=_("Accounts: name, user name, role, active, last sign-in"),
            on_click=lambda row: urls.put("user", people[row].login),
        )
        table = downloads.Table(_("User accounts"), columns(), rows)
        downloads.foot(SCREEN, table, len(people), key="users")
    with right:
        chosen = urls.chosen("user", [one.login for one in people], _("User name"))
        account = next((one for one in people if one.login == chosen), None)
        add_form() if account is None else account_card(account, user)
