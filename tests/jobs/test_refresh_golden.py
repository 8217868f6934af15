"""Ten customers worked by hand (手算样例): every kind of figure of a snapshot."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from data import store
from jobs import refresh
from models.enums import CreditGrade, Level
from models.loss import Alert
from models.snapshots import (
    Snapshot,
    SnapshotInvoice,
    SnapshotResponse,
    SnapshotRun,
    SnapshotWave,
)
from tests.ledger import Ledger

TODAY = date(2026, 6, 30)


def build(session: Session) -> dict[str, int]:
    book = Ledger(session)
    li, wang = book.manager("li"), book.manager("wang")
    who = {
        name: book.customer(owner_id=li if name != "payer" else wang)
        for name in ("regular", "debtor", "member", "payer", "heard", "served", "lost", "back")
    }
    who["later"] = book.customer(since=date(2026, 7, 1))
    who["prospect"] = book.customer(since=date(2026, 6, 30))
    _trade(book, who["regular"], li, wang)
    _debts(book, who["debtor"], who["member"], who["payer"])
    _words(book, who["heard"], who["served"])
    for name, since in (("lost", date(2026, 6, 1)), ("back", date(2026, 5, 1))):
        for month in (1, 2, 3):
            book.order(who[name], date(2026, month, 5), (1000, 900))
        book.loss(who[name], since)
    book.loss(who["back"], date(2026, 6, 2), won_back=True)
    return who


def _trade(book: Ledger, who: int, by: int, before: int) -> None:
    book.order(who, date(2025, 5, 10), (400_000, 300_000))
    book.order(who, date(2026, 1, 10), (100_000, 60_000), (50_000, None))
    book.order(who, date(2026, 3, 10), (200_000, 150_000))
    book.order(who, date(2026, 6, 10), (30_000, 20_000))
    book.order(who, date(2026, 6, 20), (-10_000, -6_000))
    book.order(who, date(2026, 7, 1), (999_999, 1))
    book.grade(who, date(2026, 1, 1), CreditGrade.B)
    book.grade(who, date(2026, 7, 5), CreditGrade.D)
    book.limit(who, date(2025, 1, 1), 50_000)
    book.limit(who, date(2026, 7, 5), 1)
    book.override(who, date(2026, 6, 1), True, by)
    book.override(who, date(2026, 7, 1), False, by)
    book.owned(who, date(2020, 1, 1), before)
    book.owned(who, date(2026, 4, 1), by)
    book.owned(who, date(2026, 4, 2), before)
    book.owned(who, date(2026, 5, 1), by)
    book.owned(who, date(2026, 7, 5), None)


def _debts(book: Ledger, who: int, member: int, payer: int) -> None:
    first = book.invoice(who, date(2026, 1, 15), date(2026, 2, 14), 100_000)
    book.allocate(
        first, date(2026, 3, 1), 40_000, receipt=book.receipt(who, date(2026, 3, 1), 40_000)
    )
    book.allocate(
        first, date(2026, 4, 2), 10_000, note=book.credit_note(who, date(2026, 4, 1), 10_000)
    )
    book.allocate(
        first, date(2026, 7, 2), 50_000, receipt=book.receipt(who, date(2026, 7, 2), 50_000)
    )
    second = book.invoice(who, date(2026, 6, 20), date(2026, 7, 20), 50_000)
    # money that came, and was entered, before the invoice it is for
    book.allocate(
        second, date(2026, 5, 1), 5_000, receipt=book.receipt(who, date(2026, 5, 1), 5_000)
    )
    book.receipt(who, date(2026, 6, 1), 7_000)
    whole = book.invoice(member, date(2026, 5, 1), date(2026, 5, 31), 30_000)
    book.allocate(
        whole, date(2026, 6, 5), 30_000, receipt=book.receipt(payer, date(2026, 6, 5), 30_000)
    )


def _words(book: Ledger, heard: int, served: int) -> None:
    survey, (one, two, three, nps) = book.survey((1, 1, 2), nps=True)
    winter, spring = book.wave(survey, date(2025, 12, 1)), book.wave(survey, date(2026, 5, 1))
    book.response(winter, heard, date(2025, 12, 5), {one: 5, two: 5, three: 5, nps: 10})
    book.response(spring, heard, date(2026, 5, 5), {one: 3, three: 4, nps: 3})
    book.response(spring, heard, date(2026, 5, 9), {two: 5, nps: 9})  # answers too little
    book.response(spring, heard, date(2026, 7, 9), {one: 1, two: 1, three: 1, nps: 0})
    book.complaint(served, date(2026, 6, 1))
    book.complaint(served, date(2026, 2, 1), date(2026, 7, 1))
    book.complaint(served, date(2025, 1, 1), date(2025, 2, 1))
    book.complaint(served, date(2026, 7, 1))
    book.visit(served, date(2026, 4, 1), 3_000)
    book.visit(served, date(2026, 7, 1))
    book.action(served, date(2026, 5, 1))
    book.contract(served, date(2025, 1, 1), date(2026, 12, 31))
    book.contract(served, date(2026, 7, 1), date(2027, 12, 31))


@pytest.fixture
def rows(engine: Engine) -> dict[str, Snapshot]:
    with store.writing(engine, facts=True) as session:
        who = build(session)
    done = refresh.run(engine, TODAY)
    assert [each.customers for each in done] == [9]
    with store.reading(engine) as session:
        found = {row.customer_id: row for row in session.exec(select(Snapshot)).all()}
        session.expunge_all()
    assert who["later"] not in found, "a customer that came later has no row"
    return {name: found[number] for name, number in who.items() if number in found}


def figures(row: Snapshot, *names: str) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in names)


def test_worked_by_hand(rows: dict[str, Snapshot], engine: Engine) -> None:
    _check_trade(rows)
    _check_debts(rows)
    _check_words(rows)
    _check_judgement(rows)
    _check_company(rows, engine)


def _check_trade(rows: dict[str, Snapshot]) -> None:
    row = rows["regular"]
    assert figures(row, "sales", "sales_before", "sales_total") == (370_000, 400_000, 770_000)
    assert row.margin == 40_000 + 50_000 + 10_000 - 4_000, "the line of unknown cost is left out"
    assert figures(row, "sales_recent", "sales_recent_before") == (20_000, 400_000)
    assert figures(row, "orders", "orders_total") == (3, 4), "a return is no order"
    assert figures(row, "first_order", "last_order") == (date(2025, 5, 10), date(2026, 6, 10))
    assert row.usual_gap == 92, "median of 245, 59 and 92 days"
    assert figures(row, "rank", "tier", "abc", "profit_tier") == (1, "top", "A", "platinum")
    assert row.cum_share == pytest.approx(370_000 / 376_000)
    assert figures(row, "grade", "credit_limit", "limit_since") == ("B", 50_000, date(2025, 1, 1))
    quiet = rows["prospect"]
    assert figures(quiet, "sales", "margin", "orders", "first_order") == (0, None, 0, None)
    assert figures(quiet, "rank", "tier", "abc", "segment", "usual_gap") == (
        None,
        "inactive",
        None,
        None,
        None,
    )
    assert figures(quiet, "score", "level", "reasons", "quality") == (None, "unknown", None, None)


def _check_debts(rows: dict[str, Snapshot]) -> None:
    row = rows["debtor"]
    assert figures(row, "outstanding", "overdue", "unallocated") == (95_000, 50_000, 7_000)
    buckets = figures(row, *(f"b{k}" for k in range(8)))
    assert buckets == (45_000, 0, 0, 0, 50_000, 0, 0, 0)
    assert row.oldest_days == 136
    assert figures(row, "due_amount", "due_received", "invoiced") == (90_000, 40_000, 150_000)
    assert row.days_late == pytest.approx((40_000 * 15 - 5_000 * 80) / 45_000)
    assert row.last_receipt == date(2026, 6, 1)
    assert row.advised_grade is None, "one due invoice is too few"
    assert figures(rows["member"], "outstanding", "due_received", "last_receipt") == (
        0,
        30_000,
        None,
    )
    assert figures(rows["payer"], "unallocated", "last_receipt") == (0, date(2026, 6, 5))


def _check_words(rows: dict[str, Snapshot]) -> None:
    row = rows["heard"]
    assert row.csi == pytest.approx(100 * (1 * 0.5 + 2 * 0.75) / 3, abs=1e-6)
    assert figures(row, "csi_n", "csi_before", "csi_before_n", "csi_on") == (
        1,
        100,
        1,
        date(2026, 5, 5),
    )
    assert figures(row, "headline_sum", "headline_n") == (row.csi, 1)
    row = rows["served"]
    assert figures(row, "complaints_open", "complaints_recent") == (2, 1)
    assert figures(row, "last_contact", "contract_ends") == (date(2026, 5, 1), date(2026, 12, 31))


def _check_judgement(rows: dict[str, Snapshot]) -> None:
    assert figures(rows["regular"], "is_key", "key_reason") == (True, "override")
    reasons = rows["regular"].reasons or []
    assert [(each["code"], each["points"]) for each in reasons] == [
        ("sales_drop", 29),
        ("owner_changed", 8),
    ]
    assert reasons[0]["value"] == pytest.approx(0.95)
    assert figures(rows["regular"], "score", "level") == (37, "amber")
    assert rows["regular"].value_at_risk == 24_000, "a quarter of the margin at amber"
    frozen = figures(rows["lost"], "score", "level", "reasons", "value_at_risk")
    assert frozen == (None, "unknown", None, 0)
    assert rows["lost"].orders == 3
    assert rows["back"].level == "red"


def _check_company(rows: dict[str, Snapshot], engine: Engine) -> None:
    with store.reading(engine) as session:
        run = session.exec(select(SnapshotRun)).one()
        alerts = {a.customer_id: a.level for a in session.exec(select(Alert)).all()}
        invoices = [
            (i.outstanding, i.overdue_days, i.invoice_age, i.bucket)
            for i in session.exec(select(SnapshotInvoice)).all()
        ]
        responses = {
            (r.customer_id == rows["heard"].customer_id, r.index)
            for r in session.exec(select(SnapshotResponse)).all()
        }
        counts = {
            (w.wave_id, w.item_id, w.value): w.count
            for w in session.exec(select(SnapshotWave)).all()
        }
    assert sorted(invoices) == [(45_000, -20, 10, 0), (50_000, 136, 166, 4)]
    assert sum(counts.values()) == 9, "answers of June 30th and before"
    assert alerts == {
        rows["regular"].customer_id: Level.AMBER,
        rows["back"].customer_id: Level.RED,
    }
    assert run.totals["customers"] == 9
    assert (run.totals["active"], run.totals["new"], run.totals["lost"]) == (3, 2, 0)
    money = run.totals["receivables"]
    assert (money["opening"], money["outstanding"], money["invoiced"]) == (0, 95_000, 180_000)
    ledger = money["ledger_invoiced"] - money["ledger_received"] - money["ledger_credited"]
    assert ledger == money["outstanding"] - money["unallocated"] == 88_000
    assert money["dso"] == pytest.approx(95_000 / 180_000 * 365)
    assert money["cei"] == pytest.approx((180_000 - 95_000) / (180_000 - 45_000))
    assert money["collection_ratio"] == pytest.approx(70_000 / 120_000)
    assert run.totals["nps"]["nps"] == 0, "one promoter and one detractor in the newest wave"
    csi = run.totals["csi"]
    assert (csi["n"], csi["customers"], csi["complete"]) == (1, 1, False), "two answers, one counts"
    assert csi["reason"] == ["answers", "share"], "one of ten; its customer bought nothing"
    assert csi["index"] == rows["heard"].csi
    assert responses == {(1, 100.0), (1, rows["heard"].csi), (1, None)}
    assert run.totals["concentration"]["largest_manager_share"] == 1
