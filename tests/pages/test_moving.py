"""Moving money on pages (应收变动页面): each form, its refusals, its way back, who sees it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from streamlit.testing.v1 import AppTest

from data import store
from data.queries.movable import Movable, movable
from data.writes import receivables as writes
from models.access import EVERYBODY, Role
from models.receivables import Allocation, InvoiceSchedule, Reversal, WriteOff
from tests import work_company as company
from tests.kept import Kept
from tests.pages.opening import open_page, over, words
from tests.pages.working import LANGUAGE, captions, press, said
from tests.work_company import TODAY, user_of
from words import i18n


@pytest.fixture
def ids(
    sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch, kept: Kept
) -> Iterator[dict[str, int]]:
    monkeypatch.setattr("data.calendar.today", lambda _session: TODAY)
    monkeypatch.setattr("data.load.today", lambda: TODAY)
    with over(sqlite_engine, monkeypatch):
        yield kept(sqlite_engine, company.fill)


def opened(
    ids: dict[str, int],
    name: str,
    way: str = "apply",
    role: Role = Role.CREDIT_CONTROLLER,
    language: str = LANGUAGE,
) -> AppTest:
    at = open_page("receivables", user_of(ids, role), language=language, c=str(ids[name]))
    if way != "apply":
        at.segmented_control(key=f"move.way.{language}").set_value(way).run()
    assert not at.exception
    return at


def field(at: AppTest, begins: str, kind: str) -> object:
    """The one widget whose key begins so."""
    found = [one for one in getattr(at, kind) if (one.key or "").startswith(begins)]
    assert len(found) == 1, [one.key for one in getattr(at, kind)]
    return found[0]


def now(engine: Engine, ids: dict[str, int], name: str) -> Movable:
    with store.reading(engine) as session:
        found = movable(session, ids[name], EVERYBODY, day=TODAY)
    assert found is not None
    return found


def rows(engine: Engine, table: type) -> list:
    with store.reading(engine) as session:
        return list(session.exec(select(table).order_by(table.id)))


def apply(at: AppTest) -> AppTest:
    """Press the button that applies money to an invoice."""
    label = i18n.in_context("movement", "Apply", LANGUAGE)
    next(one for one in at.button if one.label == label).click().run()
    assert not at.exception, at.exception
    return at


def test_applying_is_filled_with_the_most_and_can_be_undone(
    ids: dict[str, int], sqlite_engine: Engine
) -> None:
    at = opened(ids, "Beech")
    assert field(at, "move.amount.apply", "number_input").value == 200.0
    apply(at)
    assert now(sqlite_engine, ids, "Beech").money[0].free == 0
    assert said(
        "{source} is applied to {invoice}: {amount}", source="R2", invoice="B1", amount=""
    ).strip() in captions(at)
    press(at, "Undo")
    assert now(sqlite_engine, ids, "Beech").money[0].free == 20_000
    assert [r.ended_on for r in rows(sqlite_engine, Allocation)][-1] == TODAY


def test_a_part_is_taken_back(ids: dict[str, int], sqlite_engine: Engine) -> None:
    at = opened(ids, "Beech", "take_back")
    field(at, "move.amount.back", "number_input").set_value(100.0)
    field(at, "move.reason.back", "text_input").input("wrong invoice")
    press(at, "Take back")
    assert now(sqlite_engine, ids, "Beech").bills[0].open == 170_000
    assert rows(sqlite_engine, Allocation)[1].ended_reason == "wrong invoice"


def test_a_bounced_receipt_is_recorded(ids: dict[str, int], sqlite_engine: Engine) -> None:
    at = opened(ids, "Beech", "reverse")
    assert field(at, "move.amount.reverse", "number_input").value == 600.0
    press(at, "Save reversal")
    (row,) = rows(sqlite_engine, Reversal)
    assert (row.amount, row.kind.value) == (60_000, "bounced")
    assert now(sqlite_engine, ids, "Beech").bills[0].open == 200_000


def test_writing_off_needs_a_reason_and_can_be_undone(
    ids: dict[str, int], sqlite_engine: Engine
) -> None:
    at = opened(ids, "Beech", "write_off")
    press(at, "Write off")
    assert [e.value for e in at.error] == [i18n.reason("text_needed", LANGUAGE)]
    field(at, "move.amount.off", "number_input").set_value(0.5)
    field(at, "move.reason.off", "text_input").input("尾差")
    press(at, "Write off")
    assert [(r.amount, r.reason) for r in rows(sqlite_engine, WriteOff)] == [(50, "尾差")]
    press(at, "Undo")
    assert [r.ended_on for r in rows(sqlite_engine, WriteOff)] == [TODAY]


def test_an_older_write_off_is_taken_back(ids: dict[str, int], sqlite_engine: Engine) -> None:
    bill = now(sqlite_engine, ids, "Beech").bills[0]
    wanted = writes.GivingUp(bill.id, 50, date(2026, 11, 1), (bill.mark,), "r")
    writes.write_off(sqlite_engine, user_of(ids, Role.ADMINISTRATOR), wanted)
    press(opened(ids, "Beech", "write_off"), "Take the write-off back")
    assert [r.ended_on for r in rows(sqlite_engine, WriteOff)] == [TODAY]


def test_a_due_date_is_put_off(ids: dict[str, int], sqlite_engine: Engine) -> None:
    at = opened(ids, "Beech", "due")
    field(at, "move.due.due", "date_input").set_value(date(2027, 1, 31))
    press(at, "Save due dates")
    (row,) = rows(sqlite_engine, InvoiceSchedule)
    assert (row.due_on, row.amount, row.since) == (date(2027, 1, 31), 200_000, TODAY)


def test_instalments_come_to_the_invoice(ids: dict[str, int], sqlite_engine: Engine) -> None:
    at = opened(ids, "Beech", "due")
    field(at, "move.many.due", "number_input").set_value(3).run()
    parts = [one for one in at.number_input if (one.key or "").startswith("move.part")]
    assert sum(round(one.value * 100) for one in parts) == 200_000
    parts[0].set_value(1.0)
    press(at, "Save due dates")
    assert [e.value for e in at.error] == [
        i18n.reason("plan_is_not_the_invoice", LANGUAGE, other="665.66")
    ]
    assert rows(sqlite_engine, InvoiceSchedule) == []
    at = opened(ids, "Beech", "due")
    field(at, "move.many.due", "number_input").set_value(3).run()
    press(at, "Save due dates")
    assert sum(r.amount for r in rows(sqlite_engine, InvoiceSchedule)) == 200_000


def test_who_was_slower_is_told(ids: dict[str, int], sqlite_engine: Engine) -> None:
    """Another used part of the money between reading and pressing; then all of it."""
    at = opened(ids, "Beech")
    other = user_of(ids, Role.ADMINISTRATOR)
    for amount in (5_000, 15_000):
        found = now(sqlite_engine, ids, "Beech")
        seen = (found.money[0].mark, found.bills[0].mark)
        writes.apply(
            sqlite_engine,
            other,
            writes.Application(
                "receipt", found.money[0].id, found.bills[0].id, amount, TODAY, seen
            ),
        )
        apply(at)
        told = [one.value for one in (*at.error, *at.warning)]
        if amount == 5_000:
            assert len(told) == 1
        deed = i18n.in_context("deed", "applied to an invoice", LANGUAGE)
        assert f"{deed} ¥{amount // 100}.00" in told[0], "by whom, when and what"
    mine = [r for r in rows(sqlite_engine, Allocation) if r.recorded_by == ids["credit"]]
    assert mine == []


@pytest.mark.parametrize("role", list(Role))
def test_only_finance_sees_the_forms(ids: dict[str, int], role: Role) -> None:
    if role is Role.SERVICE:
        return
    name = "Beech"
    at = open_page("receivables", user_of(ids, role), language=LANGUAGE, c=str(ids[name]))
    there = any((one.key or "").startswith("move.way") for one in at.segmented_control)
    assert there == (role in (Role.CREDIT_CONTROLLER, Role.ADMINISTRATOR))


def test_a_customer_with_nothing_says_so(ids: dict[str, int]) -> None:
    at = opened(ids, "Ash")
    assert said("Nothing that was received is left to apply, or no invoice is open.") in captions(
        at
    )


def test_the_card_has_the_forms_too(ids: dict[str, int], sqlite_engine: Engine) -> None:
    at = open_page(
        "customer",
        user_of(ids, Role.CREDIT_CONTROLLER),
        language=LANGUAGE,
        id="K-Beech",
        tab="receivables",
    )
    assert "Beech" in words(at)
    if not any(b.label == i18n.in_context("movement", "Apply", LANGUAGE) for b in at.button):
        pytest.fail(str([b.label for b in at.button]))
    apply(at)
    assert now(sqlite_engine, ids, "Beech").money[0].free == 0
