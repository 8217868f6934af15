"""Money moved by hand (应收变动写入): roles, rules, days, audit, two people at once."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from data import audit, store
from data.queries.movable import Movable, movable
from data.writes import receivables as writes
from errors import BadInput, Conflict, NotAllowed, NotFound
from models.access import EVERYBODY, Role, User
from models.enums import ReversalKind
from models.receivables import Allocation, Invoice, InvoiceSchedule, Reversal, WriteOff
from models.system import AuditEntry, StoreState
from tests import work_company as company
from tests.kept import Kept
from tests.work_company import TODAY, user_of


@pytest.fixture
def ids(engine: Engine, kept: Kept) -> dict[str, int]:
    return kept(engine, company.fill)


@pytest.fixture
def credit(ids: dict[str, int]) -> User:
    return user_of(ids, Role.CREDIT_CONTROLLER)


def of(engine: Engine, ids: dict[str, int], name: str) -> Movable:
    with store.reading(engine) as session:
        found = movable(session, ids[name], EVERYBODY, day=TODAY)
    assert found is not None
    return found


def every(engine: Engine, table: Any) -> list[Any]:
    with store.reading(engine) as session:
        return list(session.exec(select(table).order_by(table.id)))


def application(found: Movable, amount: int = 0, **more: Any) -> writes.Application:
    money, bill = found.money[0], found.bills[0]
    given = {
        "what": money.what,
        "source_id": money.id,
        "invoice_id": bill.id,
        "amount": amount or min(money.free, bill.open),
        "on": TODAY,
        "seen": (money.mark, bill.mark),
    }
    return writes.Application(**{**given, **more})


def reversing(found: Movable, amount: int, **more: Any) -> writes.Reversing:
    money = found.money[0]
    given = {
        "what": money.what,
        "source_id": money.id,
        "amount": amount,
        "on": TODAY,
        "seen": (money.mark,),
        "kind": ReversalKind.BOUNCED,
    }
    return writes.Reversing(**{**given, **more})


def reasons(error: pytest.ExceptionInfo[BadInput]) -> list[tuple[str, str | None]]:
    return [(issue.reason, issue.column) for issue in error.value.issues]


def test_what_may_be_moved_is_asked_of_the_facts(engine: Engine, ids: dict[str, int]) -> None:
    found = of(engine, ids, "Beech")
    assert [(b.code, b.open) for b in found.bills] == [("B1", 160_000)]
    assert [(m.code, m.free, m.left) for m in found.money] == [("R2", 20_000, 60_000)]
    assert [(p.source, p.invoice, p.amount) for p in found.parts] == [("R2", "B1", 40_000)]


def test_applying_stores_counts_and_audits(
    engine: Engine, ids: dict[str, int], credit: User
) -> None:
    (before,) = every(engine, StoreState)
    number = writes.apply(engine, credit, application(of(engine, ids, "Cedar")))
    row = every(engine, Allocation)[-1]
    assert (row.id, row.amount, row.credit_note_id is not None) == (number, 30_000, True)
    assert (row.allocated_on, row.recorded_by) == (TODAY, ids["credit"])
    assert of(engine, ids, "Cedar").money[0].free == 0
    (after,) = every(engine, StoreState)
    assert after.facts_revision == before.facts_revision + 1
    (entry,) = every(engine, AuditEntry)
    assert (entry.action, entry.entity, entry.entity_id) == (
        "receivables.apply",
        "credit_note",
        "N1",
    )
    assert (entry.detail["invoice"], entry.detail["amount"]) == ("C1", 30_000)
    with store.reading(engine) as session:
        assert audit.verify(session).broken is None


def test_applying_again_on_one_day_is_one_row_and_undo_leaves_the_first(
    engine: Engine, ids: dict[str, int], credit: User
) -> None:
    for amount in (5_000, 3_000):
        number = writes.apply(engine, credit, application(of(engine, ids, "Beech"), amount))
    live = [(r.amount, r.allocated_on) for r in every(engine, Allocation) if not r.ended_on]
    assert (8_000, TODAY) in live
    writes.take_back(engine, credit, writes.TakingBack(number, None, None, 3_000))
    live = [(r.amount, r.allocated_on) for r in every(engine, Allocation) if not r.ended_on]
    assert (5_000, TODAY) in live
    assert of(engine, ids, "Beech").money[0].free == 15_000


def test_taking_back_keeps_the_days_before(
    engine: Engine, ids: dict[str, int], credit: User
) -> None:
    part = of(engine, ids, "Beech").parts[0]
    wanted = writes.TakingBack(part.id, TODAY, part.marks, 10_000, "wrong invoice")
    assert writes.take_back(engine, credit, wanted) == 10_000
    old, new = [r for r in every(engine, Allocation) if r.invoice_id == part.invoice_id]
    assert (old.amount, old.ended_on, old.ended_reason) == (40_000, TODAY, "wrong invoice")
    assert (old.ended_by, new.amount, new.allocated_on) == (ids["credit"], 30_000, TODAY)
    with pytest.raises(Conflict):
        writes.take_back(engine, credit, wanted)


def test_a_bounce_opens_the_invoice_from_its_day_on(
    engine: Engine, ids: dict[str, int], credit: User
) -> None:
    found = of(engine, ids, "Date")
    writes.reverse(engine, credit, reversing(found, 50_000, reason="no funds"))
    (row,) = every(engine, Reversal)
    assert (row.code, row.amount, row.reason) == ("R3-R1", 50_000, "no funds")
    assert [(b.code, b.open) for b in of(engine, ids, "Date").bills] == [("D1", 50_000)]
    ended = [r for r in every(engine, Allocation) if r.ended_on]
    assert [(r.amount, r.ended_on) for r in ended] == [(50_000, TODAY)]
    assert every(engine, AuditEntry)[-1].detail["taken_from"] == ["D1"]


def test_a_refund_takes_what_is_not_applied_first(
    engine: Engine, ids: dict[str, int], credit: User
) -> None:
    found = of(engine, ids, "Beech")
    writes.reverse(engine, credit, reversing(found, 20_000, kind=ReversalKind.REFUNDED))
    after = of(engine, ids, "Beech")
    assert (after.money[0].free, after.bills[0].open) == (0, 160_000)


def test_a_small_difference_is_given_up_and_taken_back(
    engine: Engine, ids: dict[str, int], credit: User
) -> None:
    bill = of(engine, ids, "Beech").bills[0]
    wanted = writes.GivingUp(bill.id, 160_000, TODAY, (bill.mark,), "not worth a letter")
    number = writes.write_off(engine, credit, wanted)
    found = of(engine, ids, "Beech")
    assert (found.bills, found.written[0].amount) == ((), 160_000)
    writes.end_write_off(engine, credit, number)
    (row,) = every(engine, WriteOff)
    assert (row.ended_on, row.code) == (TODAY, "B1-W1")
    assert of(engine, ids, "Beech").bills[0].open == 160_000
    with pytest.raises(Conflict):
        writes.end_write_off(engine, credit, number)
    actions = [entry.action for entry in every(engine, AuditEntry)]
    assert actions == ["receivables.write_off", "receivables.end_write_off"]


def test_a_due_date_is_put_off_and_agreed_anew_the_same_day(
    engine: Engine, ids: dict[str, int], credit: User
) -> None:
    bill = of(engine, ids, "Beech").bills[0]
    later = TODAY + timedelta(days=60)
    agreed = writes.Agreement(bill.id, TODAY, ((later, bill.amount),), (bill.mark,), "asked")
    writes.agree(engine, credit, agreed)
    bill = of(engine, ids, "Beech").bills[0]
    assert bill.plan == ((later, 200_000),)
    parts = ((later, 50_000), (later + timedelta(days=30), 150_000))
    writes.agree(engine, credit, writes.Agreement(bill.id, TODAY, parts, (bill.mark,)))
    assert of(engine, ids, "Beech").bills[0].plan == parts
    assert [r.position for r in every(engine, InvoiceSchedule)] == [1, 2]
    due = next(b.due_on for b in every(engine, Invoice) if b.code == "B1")
    assert due == date(2026, 10, 20), "as first agreed"
    assert every(engine, AuditEntry)[-1].detail["before"] == [[later.isoformat(), 200_000]]


@pytest.mark.parametrize("role", [Role.EXECUTIVE, Role.ACCOUNT_MANAGER, Role.SERVICE])
def test_only_finance_moves_money(engine: Engine, ids: dict[str, int], role: Role) -> None:
    actor, found = user_of(ids, role), of(engine, ids, "Beech")
    bill, part = found.bills[0], found.parts[0]
    plan = ((TODAY, bill.amount),)
    for write in (
        lambda: writes.apply(engine, actor, application(found)),
        lambda: writes.take_back(engine, actor, writes.TakingBack(part.id, TODAY, part.marks)),
        lambda: writes.reverse(engine, actor, reversing(found, 1)),
        lambda: writes.write_off(
            engine, actor, writes.GivingUp(bill.id, 1, TODAY, (bill.mark,), "r")
        ),
        lambda: writes.end_write_off(engine, actor, 1),
        lambda: writes.agree(engine, actor, writes.Agreement(bill.id, TODAY, plan, (bill.mark,))),
    ):
        with pytest.raises(NotAllowed):
            write()
    assert every(engine, AuditEntry) == []


def test_what_does_not_fit_names_its_field(
    engine: Engine, ids: dict[str, int], credit: User
) -> None:
    found = of(engine, ids, "Beech")
    bill, part = found.bills[0], found.parts[0]
    early, ahead = date(2026, 9, 1), TODAY + timedelta(days=400)
    seen = (bill.mark,)
    cases: list[tuple[Any, list[tuple[str, str | None]]]] = [
        (
            lambda: writes.apply(engine, credit, application(found, 20_001)),
            [("more_than_received", "amount")],
        ),
        (
            lambda: writes.apply(engine, credit, application(found, 1, on=early)),
            [("before_what_it_changes", "on")],
        ),
        (
            lambda: writes.apply(engine, credit, application(found, 1, on=ahead)),
            [("day_in_future", "on")],
        ),
        (
            lambda: writes.apply(engine, credit, application(found, -1)),
            [("amount_not_positive", "amount")],
        ),
        (
            lambda: writes.take_back(
                engine, credit, writes.TakingBack(part.id, TODAY, part.marks, 40_001)
            ),
            [("more_than_applied", "amount")],
        ),
        (
            lambda: writes.reverse(engine, credit, reversing(found, 60_001)),
            [("more_than_received", "amount")],
        ),
        (
            lambda: writes.write_off(engine, credit, writes.GivingUp(bill.id, 1, TODAY, seen, " ")),
            [("text_needed", "reason")],
        ),
        (
            lambda: writes.write_off(
                engine, credit, writes.GivingUp(bill.id, 160_001, TODAY, seen, "r")
            ),
            [("more_than_outstanding", "amount")],
        ),
        (
            lambda: writes.agree(
                engine, credit, writes.Agreement(bill.id, TODAY, ((TODAY, 199_999),), seen)
            ),
            [("plan_is_not_the_invoice", "plan")],
        ),
        (
            lambda: writes.agree(
                engine, credit, writes.Agreement(bill.id, early, ((TODAY, 200_000),), seen)
            ),
            [("before_what_it_changes", "since")],
        ),
    ]
    for write, expected in cases:
        with pytest.raises(BadInput) as error:
            write()
        assert reasons(error) == expected
    assert every(engine, AuditEntry) == []
    with pytest.raises(NotFound):
        writes.apply(engine, credit, application(found, source_id=999))


def test_who_comes_second_is_told(engine: Engine, ids: dict[str, int], credit: User) -> None:
    """The first used the money the second still sees."""
    found = of(engine, ids, "Beech")
    writes.apply(engine, credit, application(found, 20_000))
    other = user_of(ids, Role.ADMINISTRATOR)
    bill, part = found.bills[0], found.parts[0]
    for write in (
        lambda: writes.apply(engine, other, application(found, 1)),
        lambda: writes.reverse(engine, other, reversing(found, 1)),
        lambda: writes.take_back(engine, other, writes.TakingBack(part.id, TODAY, part.marks)),
        lambda: writes.write_off(
            engine, other, writes.GivingUp(bill.id, 1, TODAY, (bill.mark,), "r")
        ),
    ):
        with pytest.raises(Conflict):
            write()
    assert len(every(engine, AuditEntry)) == 1


def test_two_at_the_same_moment_use_the_money_once(
    engine: Engine, ids: dict[str, int], credit: User
) -> None:
    wanted = application(of(engine, ids, "Beech"), 20_000)
    start = threading.Barrier(2)
    told: list[str] = []

    def write() -> None:
        start.wait()
        try:
            writes.apply(engine, credit, wanted)
            told.append("stored")
        except Conflict:
            told.append("told")

    people = [threading.Thread(target=write) for _ in range(2)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert sorted(told) == ["stored", "told"]
    assert of(engine, ids, "Beech").money[0].free == 0
