"""The key accounts (大客户): who is listed, what stands out, and decisions with a reason."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from streamlit.testing.v1 import AppTest

from data import store
from models.access import Role
from models.customers import KeyAccountOverride
from tests import company
from tests.company import NAMES
from tests.kept import Kept
from tests.pages.opening import by_whom_in_what, figures, open_page, over, run, words


@pytest.fixture
def users(
    sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch, kept: Kept
) -> Iterator[dict[str, int]]:
    filled = kept(sqlite_engine, company.fill)
    with over(sqlite_engine, monkeypatch):
        yield filled


def codes(at: AppTest) -> list[str]:
    found = [one.value for one in at.dataframe if "12 months" in one.value.columns]
    return list(found[0]["Code"]) if found else []


@pytest.mark.parametrize(("role", "language"), by_whom_in_what("key_accounts"))
def test_every_role_opens_it_in_every_language(
    users: dict[str, int], role: Role, language: str
) -> None:
    at = open_page("key_accounts", company.user_of(users, role), language=language)
    assert len(at.metric) == 6
    assert len(at.error) == 0


def test_a_stranger_sees_nothing(users: dict[str, int]) -> None:
    assert users
    assert not any(name in words(open_page("key_accounts", None)) for name in NAMES)


@pytest.mark.parametrize(
    ("show", "listed"),
    [
        ("all", ["K000", "K001", "K002", "K003"]),
        ("flagged", ["K001"]),
        ("red", ["K001"]),
        ("quiet", ["K000", "K002"]),
    ],
)
def test_every_tile_has_its_list(users: dict[str, int], show: str, listed: list[str]) -> None:
    at = open_page("key_accounts", company.user_of(users, Role.EXECUTIVE), show=show)
    assert codes(at) == listed
    shown = figures(at)
    assert (shown["Key accounts"], shown["With risk flags"], shown["Not contacted"]) == (
        "4",
        "1",
        "2",
    )


@pytest.mark.parametrize("x", ["growth", "margin_ratio", "wallet_share", "csi", "sales", "bad"])
def test_the_map_can_be_drawn_over_any_axes(users: dict[str, int], x: str) -> None:
    at = open_page("key_accounts", company.user_of(users, Role.EXECUTIVE), x=x, y="quality")
    assert "Development map" in words(at)


def test_a_manager_sees_their_own_customers_only(users: dict[str, int]) -> None:
    at = open_page("key_accounts", company.user_of(users, Role.ACCOUNT_MANAGER))
    assert codes(at) == ["K000", "K002"]
    said = words(at)
    assert not any(f"{name} Works" in said for name in NAMES[1::2])
    assert "Strategic partner" not in said, "nor why others were decided on"


def test_the_service_is_not_sent_limits_and_grades(users: dict[str, int]) -> None:
    at = open_page("key_accounts", company.user_of(users, Role.SERVICE))
    frame = next(one.value for one in at.dataframe if "12 months" in one.value.columns)
    assert not {"Grade", "Limit used", "Overdue"} & set(frame.columns)
    assert "Save decision" not in words(at)


def decide(at: AppTest, code: str, reason: str) -> AppTest:
    at.text_input[-2].set_value(code)
    at.text_input[-1].set_value(reason)
    at.button[-1].click()
    return run(at)


def decisions(engine: Engine) -> list[tuple[int, str]]:
    with store.reading(engine) as session:
        kept = session.exec(select(KeyAccountOverride).order_by(KeyAccountOverride.id)).all()
        return [(one.customer_id, one.reason) for one in kept]


def test_a_decision_is_kept_and_shown_as_waiting(
    users: dict[str, int], sqlite_engine: Engine
) -> None:
    at = open_page("key_accounts", company.user_of(users, Role.EXECUTIVE))
    decide(at, "K007", "new plant")
    assert decisions(sqlite_engine)[-1] == (8, "new plant")
    assert "new plant" in words(run(at))


@pytest.mark.parametrize(
    ("role", "code", "reason"),
    [
        (Role.ACCOUNT_MANAGER, "K001", "not mine"),
        (Role.EXECUTIVE, "nobody", "no such customer"),
        (Role.EXECUTIVE, "K001", "   "),
    ],
)
def test_what_may_not_be_decided_is_refused_in_words(
    users: dict[str, int], sqlite_engine: Engine, role: Role, code: str, reason: str
) -> None:
    at = open_page("key_accounts", company.user_of(users, role))
    decide(at, code, reason)
    assert len(at.error) == 1
    assert len(decisions(sqlite_engine)) == 1
