"""The overview (经营总览): right figures, own customers only, in three languages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from data import store
from models.access import Role
from tests import company
from tests.company import NAMES, SIZE, TODAY
from tests.kept import Kept
from tests.pages.opening import by_whom_in_what, figures, open_page, over, table, words
from words import formats


@pytest.fixture
def users(
    sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch, kept: Kept
) -> Iterator[dict[str, int]]:
    filled = kept(sqlite_engine, company.fill)
    with over(sqlite_engine, monkeypatch):
        yield filled


@pytest.mark.parametrize(("role", "language"), by_whom_in_what("overview"))
def test_every_role_opens_it_in_every_language(
    users: dict[str, int], role: Role, language: str
) -> None:
    at = open_page("overview", company.user_of(users, role), language=language)
    assert len(at.metric) == 8
    assert len(at.error) == 0


def test_a_stranger_sees_nothing(users: dict[str, int]) -> None:
    at = open_page("overview", None)
    assert users
    assert not at.metric
    assert not any(name in words(at) for name in NAMES)


def test_the_tiles_are_the_sums_of_the_store(users: dict[str, int]) -> None:
    rows = [company.row_of(place, TODAY, place + 1) for place in range(SIZE)]
    known = [row for row in rows if row["margin"] is not None]
    margin = sum(r["margin"] for r in known) / sum(r["sales"] for r in known)
    due = sum(row["due_amount"] for row in rows)
    shown = figures(open_page("overview", company.user_of(users, Role.EXECUTIVE)))
    assert shown["Net sales"] == formats.money(sum(r["sales"] for r in rows), "en", compact=True)
    assert shown["Active customers"] == "10"
    overdue = sum(row["overdue"] for row in rows)
    assert shown["Overdue receivables"] == formats.money(overdue, "en", compact=True)
    received = sum(row["due_received"] for row in rows)
    assert shown["Collection ratio"] == formats.ratio(received / due, "en")
    assert shown["Margin"] == formats.ratio(margin, "en")
    assert shown["Red alerts"] == "2"


def test_a_manager_sees_their_own_customers_only(users: dict[str, int]) -> None:
    at = open_page("overview", company.user_of(users, Role.ACCOUNT_MANAGER))
    said = words(at)
    assert "Ivy Works" in said, "their own alarmed customer is there"
    for place, name in enumerate(NAMES):
        if company.owner_of(place, users) != users["li"]:
            assert f"{name} Works" not in said
    assert "Wang" not in said
    rows = [company.row_of(place, TODAY, place + 1) for place in range(0, SIZE, 2)]
    sales = formats.money(sum(row["sales"] for row in rows), "en", compact=True)
    assert figures(at)["Net sales"] == sales


def test_filters_in_the_address_narrow_every_card(users: dict[str, int]) -> None:
    at = open_page("overview", company.user_of(users, Role.EXECUTIVE), province="Hubei")
    assert figures(at)["Active customers"] == "2"
    assert list(table(at, holding="Share of sales")["Province"]) == ["Hubei"]


def test_an_earlier_date_shows_what_was_known_then(users: dict[str, int]) -> None:
    boss = company.user_of(users, Role.EXECUTIVE)
    at = open_page("overview", boss, as_of=company.OCTOBER.isoformat())
    rows = [company.row_of(place, company.OCTOBER, place + 1) for place in range(SIZE)]
    sales = formats.money(sum(row["sales"] for row in rows), "en", compact=True)
    assert figures(at)["Net sales"] == sales


@pytest.mark.parametrize("role", [Role.EXECUTIVE, Role.SERVICE])
def test_newer_data_is_announced_and_may_be_counted_by_some(
    users: dict[str, int], sqlite_engine: Engine, role: Role
) -> None:
    with store.writing(sqlite_engine, facts=True):
        pass
    at = open_page("overview", company.user_of(users, role))
    assert len(at.warning) == 1
    offered = [button for button in at.button if "Compute" in button.label]
    assert bool(offered) is (role is Role.EXECUTIVE)


def test_a_store_without_figures_says_what_to_do(
    sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with over(sqlite_engine, monkeypatch):
        at = open_page("overview", company.person(1, Role.EXECUTIVE))
        assert not at.metric
        assert "No figures have been computed yet" in words(at)
