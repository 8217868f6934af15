"""Surveys on the pages (多份问卷): the headline first, others say what they are, none is mixed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select
from streamlit.testing.v1 import AppTest

from data import store
from jobs import refresh
from models.access import Role, User, scope_of
from models.customers import Customer
from models.enums import ItemRole
from models.people import AppUser
from models.surveys import SurveyItem, Wave
from tests.jobs.test_one_index import TODAY, TwoSurveys
from tests.pages import opening
from tests.pages.opening import open_page, over

SENTENCE = "This survey measures SERVQUAL gaps; it has no satisfaction index."
CSI = "Customer satisfaction index (CSI)"


@pytest.fixture
def made(sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[TwoSurveys]:
    """Two surveys, the newest waves of both answered by two customers, and unsigned answers."""
    with store.writing(sqlite_engine, facts=True) as session:
        found = TwoSurveys(session)
        found.upload(same_survey=True)
        found.upload(same_survey=False)
        for level in (1, 2):
            found.answer(found.waves[1], None, level, date(2026, 4, 6))
    with over(sqlite_engine, monkeypatch):
        yield found


def figures(at: AppTest) -> dict[str, str]:
    return {name.replace("\\", ""): value for name, value in opening.figures(at).items()}


def words(at: AppTest) -> str:
    """Without the strokes that keep markdown from reading marks as markup."""
    return opening.words(at).replace("\\", "")


def boss() -> User:
    return User(0, "boss", "Boss", Role.EXECUTIVE, scope_of(Role.EXECUTIVE, 0), "key")


def li(engine: Engine) -> User:
    with store.reading(engine) as session:
        number = session.exec(select(AppUser.id).where(col(AppUser.login) == "li")).one()
    scope = scope_of(Role.ACCOUNT_MANAGER, number or 0)
    return User(number or 0, "li", "Li", Role.ACCOUNT_MANAGER, scope, "key-li")


@pytest.mark.usefixtures("made")
def test_the_page_opens_on_the_headline_and_offers_the_rest(sqlite_engine: Engine) -> None:
    refresh.run(sqlite_engine, TODAY)
    with store.reading(sqlite_engine) as session:
        partial, other = session.exec(select(Wave).order_by(col(Wave.id).desc()).limit(2)).all()[
            ::-1
        ]
        partial, other = str(partial.id), str(other.id)
    at = open_page("satisfaction", boss())
    said = words(at)
    assert "The headline wave." in said
    assert "29 answers of 21 customers and 2 anonymous" in said
    csi = figures(at)[CSI]
    at = open_page("satisfaction", boss(), wave=partial)
    assert (
        "Partial: 12 answers of 2 customers, 6.7% of 30 active customers; the rule asks for "
        "10 answers and 10%." in words(at)
    )
    assert figures(at)[CSI] != csi
    at = open_page("satisfaction", boss(), wave=other)
    assert "Another survey than the main one" in words(at)
    assert not at.metric[0].delta, "nothing to compare it with"
    home = open_page("overview", boss())
    assert figures(home)["Satisfaction index"] == csi
    assert "29 answers of 21 customers and 2 anonymous" in words(home)


@pytest.mark.usefixtures("made")
def test_a_manager_sees_no_unsigned_answer_and_no_company_number(sqlite_engine: Engine) -> None:
    refresh.run(sqlite_engine, TODAY)
    at = open_page("satisfaction", li(sqlite_engine))
    assert "anonymous" not in words(at)
    assert "active customers" not in words(at)
    assert "Complete enough for the whole company." in words(at)
    assert "n = " in words(at)


def test_pages_of_a_servqual_store_say_so(made: TwoSurveys, sqlite_engine: Engine) -> None:
    with store.writing(sqlite_engine, facts=True) as session:
        query = select(SurveyItem).where(SurveyItem.role == ItemRole.SATISFACTION)
        for item in session.exec(query):
            item.role = ItemRole.PERCEPTION if item.code == "q0" else ItemRole.EXPECTATION
            item.dimension = "reliability"
            session.add(item)
        code = session.exec(select(Customer.code).where(Customer.id == made.people[0])).one()
    refresh.run(sqlite_engine, TODAY)
    at = open_page("satisfaction", boss())
    assert words(at).count(SENTENCE) >= 3
    assert figures(at)[CSI] == "—"
    assert figures(at)["Service quality gap"] != "—"
    for screen, query in (("overview", {}), ("customer", {"id": code, "tab": "voice"})):
        at = open_page(screen, boss(), **query)
        assert SENTENCE in words(at), screen
        assert figures(at)["Satisfaction index"] == "—"
