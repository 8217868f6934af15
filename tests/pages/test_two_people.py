"""Two people at the same row (两人同改): the second is told, and loses no word."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from components import frame
from data import accounts, policies, store
from models.access import Role, User
from models.customers import Customer
from models.people import AppUser
from tests import company
from tests.kept import Kept
from tests.pages.opening import open_page, over, run
from tests.pages.working import LANGUAGE, said
from words import i18n

SAVE = "Save, and mark as verified today"
TOLD = "{who} changed this on {when}: {what}."


@pytest.fixture
def users(
    sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch, kept: Kept
) -> Iterator[dict[str, int]]:
    filled = kept(sqlite_engine, company.fill)
    with over(sqlite_engine, monkeypatch):
        yield filled


class Somebody:
    """One person's session on a page; several go on side by side."""

    def __init__(self, screen: str, user: User, **query: str) -> None:
        self._user = user
        self.at = open_page(screen, user, language=LANGUAGE, **query)

    def go(self) -> AppTest:
        frame.install(lambda: self._user)
        return run(self.at)

    def press(self, msgid: str) -> AppTest:
        next(one for one in self.at.button if one.label == said(msgid)).click()
        return self.go()

    def told(self, who: str, what: str) -> bool:
        """Whether the page says that nothing was saved, who was quicker, when and with what."""
        when = datetime.now(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%d")
        sentence = said(
            TOLD, who=who, when=f"{when} @", what=i18n.in_context("deed", what, LANGUAGE)
        )
        begins, ends = sentence.split("@")
        return any(
            error.value.startswith(begins) and ends in error.value for error in self.at.error
        )


def _note(engine: Engine) -> str:
    with store.reading(engine) as session:
        return session.get_one(Customer, 1).note


def test_the_note_of_a_card(users: dict[str, int], sqlite_engine: Engine) -> None:
    admin = company.user_of(users, Role.ADMINISTRATOR)
    credit = company.user_of(users, Role.CREDIT_CONTROLLER)
    first = Somebody("customer", admin, id="K000", tab="file")
    second = Somebody("customer", credit, id="K000", tab="file")
    first.at.text_area[0].set_value("paid by cheque")
    second.at.text_area[0].set_value("moves in May")
    first.press(SAVE)
    assert _note(sqlite_engine) == "paid by cheque"
    second.press(SAVE)
    assert second.told("Admin", "note and verification")
    assert _note(sqlite_engine) == "paid by cheque"
    assert second.at.text_area[0].value == "moves in May", "what was typed is not lost"
    assert "paid by cheque" in [text.value for text in second.at.text]
    second.press(SAVE)
    assert _note(sqlite_engine) == "moves in May", "told, and still of that mind"


def test_the_role_of_a_user(users: dict[str, int], sqlite_engine: Engine) -> None:
    accounts.create(
        sqlite_engine,
        None,
        login="root2",
        name="Root",
        role=Role.ADMINISTRATOR,
        password="correct horse battery",
    )
    admin = company.user_of(users, Role.ADMINISTRATOR)
    first, second = (Somebody("users", admin) for _ in range(2))
    for each in (first, second):
        each.at.query_params["user"] = "wang"
        each.go()
    next(box for box in second.at.selectbox if box.label == said("Role")).set_value("service")
    second.go()
    first.press("Disable")
    second.press("Save role")
    assert second.told("Admin", "account disabled")
    with store.reading(sqlite_engine) as session:
        wang = session.get_one(AppUser, users["wang"])
        assert (wang.active, wang.role) == (False, Role.ACCOUNT_MANAGER)


def test_the_settings(users: dict[str, int], sqlite_engine: Engine) -> None:
    admin = company.user_of(users, Role.ADMINISTRATOR)
    first, second = (Somebody("settings", admin) for _ in range(2))
    for each, days in ((first, 45), (second, 60)):
        box = next(one for one in each.at.number_input if "key.contact_days" in str(one.key))
        box.set_value(days)
        next(one for one in each.at.text_input if "note" in str(one.key)).set_value("because")
    first.press("Save as a new version")
    second.press("Save as a new version")
    assert second.told("Admin", "settings")
    assert any("45" in one.value for one in second.at.caption), "what they changed"
    typed = next(one for one in second.at.number_input if "key.contact_days" in str(one.key))
    assert typed.value == 60, "what was typed is not lost"
    with store.reading(sqlite_engine) as session:
        assert policies.current(session)[1].key_contact_days == 45
