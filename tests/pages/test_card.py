"""The customer card (客户资料卡): every tab, every role, and nothing to be told apart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from data import store
from models.access import Role
from models.customers import Customer
from tests import company
from tests.company import NAMES
from tests.kept import Kept
from tests.pages.opening import (
    by_whom_in_what,
    figures,
    open_page,
    over,
    run,
    said_missing,
    words,
)
from words.text import md_escape

TABS = ("file", "trade", "receivables", "credit", "voice", "complaints", "risk", "timeline")


@pytest.fixture
def users(
    sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch, kept: Kept
) -> Iterator[dict[str, int]]:
    filled = kept(sqlite_engine, company.fill)
    with over(sqlite_engine, monkeypatch):
        yield filled


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("code", ["K000", "K001", "K009"])
def test_every_tab_opens(users: dict[str, int], code: str, tab: str) -> None:
    at = open_page("customer", company.user_of(users, Role.EXECUTIVE), id=code, tab=tab)
    assert len(at.metric) == 8
    assert len(at.error) == 0


@pytest.mark.parametrize(("role", "language"), by_whom_in_what("customer"))
def test_every_role_opens_it_in_every_language(
    users: dict[str, int], role: Role, language: str
) -> None:
    user = company.user_of(users, role)
    at = open_page("customer", user, language=language, id="K000", tab="timeline")
    assert len(at.error) == 0
    assert "Alder" in at.title[0].value


def test_unknown_and_hidden_customers_look_the_same(users: dict[str, int]) -> None:
    manager = company.user_of(users, Role.ACCOUNT_MANAGER)
    for code in ("K001", "nobody", "<script>"):
        at = open_page("customer", manager, id=code)
        assert said_missing(at) == [f"Customer “{code}” is not there."]
        assert not any(f"{name} Works" in words(at) for name in NAMES)
        assert at.title[0].value == "Customer card"
    at = open_page("customer", manager)
    assert len(at.error) == 1
    assert not at.metric


def test_a_stranger_sees_nothing(users: dict[str, int]) -> None:
    assert users
    assert "Alder" not in words(open_page("customer", None, id="K000"))


def test_tiles_are_the_standing_of_the_date(users: dict[str, int]) -> None:
    boss = company.user_of(users, Role.EXECUTIVE)
    shown = figures(open_page("customer", boss, id="K001"))
    assert shown["Margin"] == "20.0%"
    assert shown["Overdue receivables"] == "¥200"
    assert shown["Credit limit used"] == "80.0%"
    assert shown["Satisfaction index"] == "—"


def test_an_unknown_term_is_said_with_what_counts_instead(
    users: dict[str, int], sqlite_engine: Engine
) -> None:
    boss = company.user_of(users, Role.EXECUTIVE)
    assert "unknown (company default 30 days)" in words(open_page("customer", boss, id="K001"))
    with store.writing(sqlite_engine) as session:
        session.exec(select(Customer).where(Customer.code == "K001")).one().terms_days = 60
    said = words(open_page("customer", boss, id="K001"))
    assert "company default" not in said
    assert "60 days" in said


def test_stored_text_never_becomes_markup(users: dict[str, int]) -> None:
    for tab in TABS:
        at = open_page("customer", company.user_of(users, Role.EXECUTIVE), id="K000", tab=tab)
        for element in [*at.markdown, *at.caption, *at.title]:
            assert "](http" not in element.value
            assert "<script" not in element.value.replace("\\<", "")
    assert "http" in md_escape("http://x")


def test_the_service_is_not_sent_money_matters_or_numbers_to_call(users: dict[str, int]) -> None:
    service = company.user_of(users, Role.SERVICE)
    at = open_page("customer", service, id="K000", tab="credit")
    assert "Contact persons" in words(at), "falls back to the file"
    assert not {"Overdue receivables", "Credit limit used"} & set(figures(at))
    contacts = next(one.value for one in at.dataframe if "Decides" in one.value.columns)
    assert not {"Phone", "E-mail"} & set(contacts.columns)
    at = open_page("customer", service, id="K000", tab="timeline")
    assert "R1" not in words(at)
    boss = company.user_of(users, Role.EXECUTIVE)
    assert "R1" in words(open_page("customer", boss, id="K000", tab="timeline"))


def test_the_group_shows_only_visible_members(users: dict[str, int]) -> None:
    manager = company.user_of(users, Role.ACCOUNT_MANAGER)
    said = words(open_page("customer", manager, id="K000"))
    assert "Cedar Works" in said
    assert "Birch Works" not in said


def test_the_risk_tab_says_what_would_turn_it_green(users: dict[str, int]) -> None:
    at = open_page("customer", company.user_of(users, Role.EXECUTIVE), id="K001", tab="risk")
    said = words(at)
    assert "Last order 96 days ago, usually one every 30 days" in said
    cure = next(one.value for one in at.markdown if "Would turn green" in one.value)
    assert "an order" in cure
    assert "sales back at the former pace" in cure
    assert "complaints" not in cure, "72 − 32 − 20 is below amber already"


def test_the_file_can_be_verified(users: dict[str, int], sqlite_engine: Engine) -> None:
    at = open_page("customer", company.user_of(users, Role.ACCOUNT_MANAGER), id="K000")
    at.text_area[0].set_value("called today")
    next(button for button in at.button if "verified" in button.label).click()
    run(at)
    assert len(at.error) == 0
    with store.reading(sqlite_engine) as session:
        kept = session.get(Customer, 1)
        assert kept is not None
        assert (kept.note, kept.version) == ("called today", 2)
        assert kept.verified_on is not None
        assert kept.verified_on > date(2026, 1, 1)


def test_an_earlier_date_knows_nothing_of_later(users: dict[str, int]) -> None:
    boss = company.user_of(users, Role.EXECUTIVE)
    at = open_page("customer", boss, id="K000", tab="timeline", as_of="2026-09-30")
    said = words(at)
    assert "R1" not in said
    assert "I1" in said
