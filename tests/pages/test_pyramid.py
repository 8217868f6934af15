"""The pyramid page (客户金字塔): bands, moves and the list behind every number."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine

from components import downloads
from models.access import Role
from tests import company
from tests.company import NAMES, OCTOBER
from tests.kept import Kept
from tests.pages.opening import by_whom_in_what, figures, open_page, over, table, words
from words import vocabulary


@pytest.fixture
def users(
    sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch, kept: Kept
) -> Iterator[dict[str, int]]:
    filled = kept(sqlite_engine, company.fill)
    with over(sqlite_engine, monkeypatch):
        yield filled


def listed(users: dict[str, int], role: Role = Role.EXECUTIVE, **query: str) -> list[str]:
    """Codes in the list as this address narrows it."""
    at = open_page("pyramid", company.user_of(users, role), **query)
    codes = [one.value for one in at.dataframe if "Cumulative" in one.value.columns]
    return list(codes[0]["Code"]) if codes else []


@pytest.mark.parametrize(("role", "language"), by_whom_in_what("pyramid"))
def test_every_role_opens_it_in_every_language(
    users: dict[str, int], role: Role, language: str
) -> None:
    at = open_page("pyramid", company.user_of(users, role), language=language)
    assert len(at.metric) == 6
    assert len(at.error) == 0


@pytest.mark.parametrize(("by", "lines"), [("tier", 5), ("abc", 3), ("profit_tier", 4)])
def test_every_kind_of_class_has_its_lines(users: dict[str, int], by: str, lines: int) -> None:
    at = open_page("pyramid", company.user_of(users, Role.EXECUTIVE), by=by)
    assert len(table(at, holding="Share of amount")) == lines


def test_a_stranger_sees_nothing(users: dict[str, int]) -> None:
    assert users
    assert not any(name in words(open_page("pyramid", None)) for name in NAMES)


def test_tiles_count_the_moves(users: dict[str, int]) -> None:
    at = open_page("pyramid", company.user_of(users, Role.EXECUTIVE), before=OCTOBER.isoformat())
    shown = figures(at)
    moves = [
        shown[name]
        for name in ("Moved up", "Moved down", "Newly in a tier", "Fell out of the tiers")
    ]
    assert moves == ["1", "1", "1", "0"]


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ({"tier": "top"}, ["K000"]),
        ({"tier": "big"}, ["K001", "K002"]),
        ({"cell": "small.medium"}, ["K003"]),
        ({"move": "down"}, ["K006"]),
        ({"move": "new"}, ["K009"]),
        ({"flow": "new"}, ["K009"]),
        ({"abc": "A"}, ["K000", "K001", "K002", "K003"]),
        ({"profit": "lead"}, ["K008"]),
        ({"flow": "stopped"}, ["K010", "K011"]),
        ({"q": "Ivy"}, ["K008"]),
        ({"province": "Hubei", "active": "1"}, ["K008", "K009"]),
        ({"tier": "top", "q": "Ivy"}, []),
        (
            {"sort": "-password_hash", "page": "99", "by": "x"},
            [f"K{place:03}" for place in range(12)],
        ),
    ],
    ids=str,
)
def test_the_address_opens_the_list_behind_a_number(
    users: dict[str, int], query: dict[str, str], codes: list[str]
) -> None:
    assert listed(users, **query) == codes


def test_a_manager_sees_their_own_customers_only(users: dict[str, int]) -> None:
    at = open_page("pyramid", company.user_of(users, Role.ACCOUNT_MANAGER))
    said = words(at)
    assert "Alder Works" in said
    assert not any(f"{name} Works" in said for name in NAMES[1::2])
    assert "Smallest in view" in said, "a threshold would tell of somebody else's customer"
    assert "Entry threshold" not in said
    mine = [f"K{place:03}" for place in range(0, 12, 2)]
    assert listed(users, Role.ACCOUNT_MANAGER, owner=str(users["li"])) == mine


def test_who_may_not_see_receivables_is_not_sent_them(users: dict[str, int]) -> None:
    service = table(open_page("pyramid", company.user_of(users, Role.SERVICE)), holding="Rank")
    boss = table(open_page("pyramid", company.user_of(users, Role.EXECUTIVE)), holding="Rank")
    assert "Overdue" in boss.columns
    assert "Overdue" not in service.columns


def test_the_export_holds_exactly_what_is_filtered(
    users: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    built = []
    monkeypatch.setattr(downloads, "buttons", lambda build, *_a, **_k: built.append(build))
    open_page("pyramid", company.user_of(users, Role.EXECUTIVE), move="up")
    text = str(
        [
            [cell.value for cell in row]
            for build in built[1:]
            for row in load_workbook(BytesIO(build("xlsx"))).active.iter_rows()
        ]
    )
    assert "K003" in text
    assert "K002" not in text
    assert vocabulary.label("movement", "up", "en") in text, "it says what it holds"
