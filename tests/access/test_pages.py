"""The pages of users and of one's account (用户管理、我的账号), without a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

import settings
from components import frame
from data import sessions, signin, store
from models.access import Role, User
from models.people import AppUser
from settings import ROOT
from tests.access.conftest import PASSWORD, PEOPLE, CheapHasher
from words import i18n

Open = Callable[..., AppTest]


@pytest.fixture
def open_page(sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Open a page file as somebody; the store holds the usual three people."""
    with store.writing(sqlite_engine) as session:
        for login, role in PEOPLE.items():
            secret = CheapHasher.hash(PASSWORD)
            session.add(AppUser(login=login, name=login, role=role, password_hash=secret))
    url = sqlite_engine.url.render_as_string(hide_password=False)
    knobs = replace(settings.get(), database_url=url)
    monkeypatch.setattr(settings, "get", lambda: knobs)

    def start(page: str, login: str | None, *, lang: str = "zh_Hans", **query: str) -> AppTest:
        token = None
        if login is not None:
            with store.writing(sqlite_engine) as session:
                row = signin._who_may(session, login)
                assert row is not None
                row.language = lang
                token = sessions.start(session, row)

        def identify() -> User | None:
            return sessions.user_of(sqlite_engine, token)

        frame.install(identify)
        test = AppTest.from_file(str(ROOT / "pages" / "admin" / page), default_timeout=600)
        for name, value in query.items():
            test.query_params[name] = value
        return test.run()

    yield start
    frame.install(None)


def word(msgid: str, lang: str = "zh_Hans") -> str:
    return i18n.translate(msgid, lang)


def said(test: AppTest) -> str:
    kinds = (
        test.markdown,
        test.caption,
        test.title,
        test.subheader,
        test.warning,
        test.error,
        test.success,
    )
    return " ".join(str(one.value) for kind in kinds for one in kind)


def press(test: AppTest, label: str) -> AppTest:
    return next(one for one in test.button if one.label == word(label)).click().run()


@pytest.mark.parametrize("page", ["users.py", "account.py"])
def test_strangers_see_nothing(open_page: Open, page: str) -> None:
    test = open_page(page, None)
    assert not test.exception
    assert word("Please sign in to continue.") in said(test)
    assert not test.button
    assert not test.text_input


@pytest.mark.parametrize("login", ["wang", "boss"])
def test_only_administrators_open_users(open_page: Open, login: str) -> None:
    test = open_page("users.py", login)
    assert not test.exception
    assert word("Your role may not open this page. Ask an administrator if you need it.") in said(
        test
    )
    assert not test.button
    assert not test.dataframe


@pytest.mark.parametrize("lang", list(i18n.LANGUAGES))
@pytest.mark.parametrize("page", ["users.py", "account.py"])
def test_pages_draw_in_every_language(open_page: Open, page: str, lang: str) -> None:
    test = open_page(page, "root", lang=lang)
    assert not test.exception
    title = {"users.py": "Users", "account.py": "My account"}[page]
    assert test.title[0].value == i18n.in_context("menu", title, lang)
    if lang != "en":
        assert not any(word in said(test) for word in ("Password", "password", "Sign", "Click"))


def test_a_new_user_and_their_password_shown_once(open_page: Open, sqlite_engine: Engine) -> None:
    test = open_page("users.py", "root")
    test.text_input[0].set_value("New.One")
    test.text_input[1].set_value("新人")
    test.selectbox[0].set_value("service")
    press(test, "Add user")
    assert not test.exception
    password = test.code[0].value
    found = signin.sign_in(sqlite_engine, "new.one", password, source="x")
    assert isinstance(found, signin.Welcome)
    assert found.user.role is Role.SERVICE
    test.run()
    assert not test.code, "shown once"


def test_a_refused_account_says_why(open_page: Open) -> None:
    test = open_page("users.py", "root")
    test.text_input[0].set_value("wang")
    test.text_input[1].set_value("Another")
    press(test, "Add user")
    assert not test.exception
    assert test.error


def test_disabling_and_enabling(open_page: Open, sqlite_engine: Engine) -> None:
    def active() -> bool:
        with store.reading(sqlite_engine) as session:
            query = sa.select(AppUser.active).where(AppUser.login == "wang")
            return bool(session.execute(query).scalar_one())

    test = open_page("users.py", "root", user="wang")
    press(test, "Disable")
    assert not active()
    press(test, "Enable")
    assert active()


def test_a_new_role_and_a_new_password(open_page: Open, sqlite_engine: Engine) -> None:
    test = open_page("users.py", "root", user="wang")
    test.selectbox[0].set_value("credit_controller").run()
    press(test, "Save role")
    press(test, "New one-time password")
    assert not test.exception
    found = signin.sign_in(sqlite_engine, "wang", test.code[0].value, source="x")
    assert isinstance(found, signin.Welcome)
    assert found.user.role is Role.CREDIT_CONTROLLER
    assert found.user.must_change_password


def test_one_cannot_disable_oneself(open_page: Open) -> None:
    test = open_page("users.py", "root", user="root")
    labels = [one.label for one in test.button]
    assert word("Disable") not in labels
    assert word("Save role") not in labels
    assert word("Back") in labels


def test_an_administrator_demoted_meanwhile_does_nothing(
    open_page: Open, sqlite_engine: Engine
) -> None:
    test = open_page("users.py", "root", user="wang")
    with store.writing(sqlite_engine) as session:
        session.execute(
            sa.update(AppUser)
            .where(AppUser.login == "root")
            .values(role=Role.SERVICE, auth_version=AppUser.auth_version + 1)
        )
    press(test, "Disable")
    assert word("Please sign in to continue.") in said(test)
    with store.reading(sqlite_engine) as session:
        query = sa.select(AppUser.active).where(AppUser.login == "wang")
        assert session.execute(query).scalar_one()


def test_changing_ones_password(open_page: Open, sqlite_engine: Engine) -> None:
    test = open_page("account.py", "wang")

    def change(old: str, new: str, again: str) -> None:
        for box, value in zip(test.text_input, (old, new, again), strict=True):
            box.set_value(value)
        press(test, "Change password")
        assert not test.exception

    change(PASSWORD, "one long phrase", "another long phrase")
    assert test.error
    change("wrong", "one long phrase", "one long phrase")
    assert test.error
    change(PASSWORD, "short", "short")
    assert test.error
    change(PASSWORD, "one long phrase", "one long phrase")
    assert word("Your password is changed. Other browsers are signed out.") in said(test)
    found = signin.sign_in(sqlite_engine, "wang", "one long phrase", source="x")
    assert isinstance(found, signin.Welcome)


def test_signing_out_everywhere_ends_this_page_too(open_page: Open) -> None:
    test = open_page("account.py", "wang")
    press(test, "Sign out everywhere")
    assert word("Please sign in to continue.") in said(test)
    assert not test.text_input


def test_a_one_time_password_is_pointed_out(open_page: Open, sqlite_engine: Engine) -> None:
    with store.writing(sqlite_engine) as session:
        session.execute(sa.update(AppUser).values(must_change_password=True))
    asked = word("Your password is a one-time one. Please choose your own to go on.")
    assert asked in said(open_page("account.py", "wang"))
