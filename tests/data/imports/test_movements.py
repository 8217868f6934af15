"""Movements of receivables brought in (应收变动导入): credits, bounces, prepayments, plans."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from data import store as data_store
from data.imports.columns.registry import MAY_IMPORT
from data.imports.history import batches
from data.imports.history.undo import undo
from data.imports.terms.report import Outcome
from data.movements import loading
from data.movements.book import Book
from data.writes import ledger
from errors import BadInput
from models.access import Role
from models.enums import ReversalKind, SheetKind
from tests.data.imports.bringing import TODAY, bring, bring_text, content, person, rows
from tests.kept import Kept

CUSTOMERS = (
    "客户编码,客户名称,建档日期,账期天数\nB02,白露食品,2020-01-01,30\nB03,远山贸易,2020-01-01,30\n"
)
INVOICES = (
    "发票号,客户编码,开票日期,到期日,金额\nI004,B02,2026-07-20,2026-08-19,300.00\n"
    "I005,B03,2026-08-01,2026-08-31,1000.00\n"
)
CREDIT = "贷项编号,客户编码,开具日期,金额,发票号,原因\nCN01,B03,2026-09-05,1000.00,I005,退货\n"
PAID = "回款单号,客户编码,发票号,回款日期,金额\nR001,B02,I004,2026-08-10,300.00\n"
BOUNCED = (
    "回款单号,客户编码,发票号,回款日期,金额,备注\nR001-T,B02,I004,2026-10-08,-300.00,票据拒付退回\n"
)
RECEIPTS = "回款单号,客户编码,发票号,回款日期,金额,备注"


def cases(engine: Engine) -> None:
    """The customers and invoices of the cases."""
    for text in (CUSTOMERS, INVOICES):
        assert bring_text(engine, text).stored


@pytest.fixture
def store(engine: Engine, kept: Kept) -> Engine:
    kept(engine, cases)
    return engine


def book(engine: Engine) -> Book:
    with engine.connect() as connection:
        everything = {
            name: {number for (number,) in rows(engine, table, "id")}
            for name, table in (
                ("bills", "invoice"),
                ("receipts", "receipt"),
                ("notes", "credit_note"),
            )
        }
        return loading.load(connection, **everything)


def open_on(engine: Engine, code: str, on: date) -> int:
    """What is open of an invoice on a day, of all that was recorded."""
    owed = book(engine).bills[code]
    return owed.amount - sum(
        one.amount for one in [*owed.applied, *owed.write_offs] if one.live(on)
    )


def done(engine: Engine, text: str, files: Path, **more: object) -> int:
    """Bring in; sound afterwards, and bringing the same rows in again changes nothing."""
    report = bring(engine, text, folder=files, **more)
    assert report.outcome is Outcome.COMMITTED, report.issues
    held = content(engine)
    again = bring(engine, text + "\n", folder=files, **more)
    assert again.outcome is Outcome.UNCHANGED, (again.outcome, again.issues)
    assert content(engine) == held
    assert book(engine).broken() == []
    assert report.batch_id
    return report.batch_id


def undone(engine: Engine, batch: int, before: dict[str, list[str]]) -> None:
    undo(engine, batch, None)
    assert content(engine) == before


def test_a_credit_note_lowers_the_invoice_it_names(store: Engine, files: Path) -> None:
    before = content(store)
    batch = done(store, CREDIT, files)
    assert open_on(store, "I005", date(2026, 9, 4)) == 100_000
    assert open_on(store, "I005", date(2026, 9, 5)) == 0
    undone(store, batch, before)


def test_a_credit_note_before_its_invoice_counts_from_the_invoice_on(
    store: Engine, files: Path
) -> None:
    done(store, CREDIT.replace("2026-09-05", "2026-07-05"), files)
    assert rows(store, "allocation", "allocated_on") == [(date(2026, 8, 1),)]


def test_one_credit_note_for_several_invoices(store: Engine, files: Path) -> None:
    done(store, "发票号,客户编码,开票日期,金额\nI9,B03,2026-08-02,50\n", files)
    head = "贷项编号,客户编码,开具日期,金额,原发票号,核销金额\n"
    done(store, f"{head}C1,B03,2026-09-05,100,I005,60\nC1,B03,2026-09-05,100,I9,40\n", files)
    found = book(store)
    assert [bill.open(TODAY) for bill in found.bills.values()] == [30_000, 94_000, 1_000]


def test_credit_notes_without_an_invoice_pay_the_oldest_when_told(
    store: Engine, files: Path
) -> None:
    before = content(store)
    text = "贷项编号,客户编码,开具日期,金额\nC1,B03,2026-09-05,1200\n"
    batch = done(store, text, files, allocate="oldest")
    assert open_on(store, "I005", TODAY) == 0
    assert rows(store, "allocation", "amount") == [(100_000,)]
    undone(store, batch, before)


def test_a_bounced_receipt_opens_its_invoice_from_its_own_day_on(
    store: Engine, files: Path
) -> None:
    done(store, PAID, files)
    before = content(store)
    checked = bring(store, BOUNCED, folder=files, rehearse=True)
    assert (checked.rows_added, dict(checked.noted)) == (1, {"reverses_receipt": 1})
    assert checked.about("reverses_receipt") == {"other": "R001"}
    batch = done(store, BOUNCED, files)
    assert open_on(store, "I004", date(2026, 9, 30)) == 0
    assert open_on(store, "I004", date(2026, 10, 8)) == 30_000
    (reversal,) = rows(store, "reversal", "code", "amount", "kind", "reversed_on")
    assert reversal == ("R001-T", 30_000, ReversalKind.BOUNCED, date(2026, 10, 8))
    assert len(rows(store, "receipt", "id")) == 1
    undone(store, batch, before)


def test_receipt_and_bounce_in_one_file(store: Engine, files: Path) -> None:
    """Under one number even: the negative row takes back the receipt of that number."""
    before = content(store)
    text = (
        f"{RECEIPTS}\nR1,B02,I004,2026-08-10,300,\nR1,B02,I004,2026-10-08,-100,退票\n"
        "R2,B03,,2026-08-10,50,\nT2,B03,,2026-10-08,-20,\n"
    )
    batch = done(store, text, files)
    assert open_on(store, "I004", date(2026, 10, 7)) == 0
    assert open_on(store, "I004", date(2026, 10, 8)) == 10_000
    kinds = rows(store, "reversal", "code", "amount", "kind")
    assert kinds == [("R1", 10_000, ReversalKind.BOUNCED), ("T2", 2_000, ReversalKind.REFUNDED)]
    undone(store, batch, before)


def test_the_newest_receipts_go_first(store: Engine, files: Path) -> None:
    done(
        store,
        f"{RECEIPTS}\nR1,B02,I004,2026-08-10,100,\nR2,B02,I004,2026-08-20,150,\n",
        files,
    )
    before = content(store)
    batch = done(store, f"{RECEIPTS}\nT1,B02,I004,2026-10-08,-200,退票\n", files)
    found = rows(store, "reversal", "code", "amount")
    receipts = dict(rows(store, "receipt", "id", "code"))
    whose = [receipts[number] for (number,) in rows(store, "reversal", "receipt_id")]
    assert (found, whose) == ([("T1", 15_000), ("T1/2", 5_000)], ["R2", "R1"])
    assert open_on(store, "I004", TODAY) == 25_000
    undone(store, batch, before)


def test_a_refund_lowers_what_is_not_applied(store: Engine, files: Path) -> None:
    done(store, f"{RECEIPTS}\nR1,B02,,2026-08-10,100,\nR2,B02,I004,2026-08-11,300,\n", files)
    done(store, f"{RECEIPTS}\nT1,B02,,2026-10-08,-60,退款\n", files)
    found = book(store).sources
    assert found["receipt", "R1"].free(TODAY) == 4_000
    assert open_on(store, "I004", TODAY) == 0


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("T1,B02,I004,2026-10-08,-300.01,退票", "more_than_reversible"),
        ("T1,B03,I005,2026-10-08,-1,退票", "nothing_to_reverse"),
        ("T1,B02,,2026-10-08,-1,退款", "nothing_to_reverse"),
        ("R001,B02,I004,2026-08-09,-1,退票", "reversed_before_source"),
        ("R001,B02,,2026-10-08,-301,", "more_than_received"),
    ],
)
def test_what_cannot_be_taken_back(store: Engine, files: Path, line: str, reason: str) -> None:
    done(store, PAID, files)
    before = content(store)
    report = bring(store, f"{RECEIPTS}\n{line}\n", folder=files)
    assert report.reasons == {reason: 1}
    assert content(store) == before


def test_a_prepayment_waits_for_its_invoice(store: Engine, files: Path) -> None:
    done(store, f"{RECEIPTS}\nR1,B02,I004,2026-07-01,300,预付\n", files)
    assert rows(store, "allocation", "allocated_on") == [(date(2026, 7, 20),)]
    assert rows(store, "receipt", "received_on") == [(date(2026, 7, 1),)]


def test_a_freed_invoice_is_paid_again(store: Engine, files: Path) -> None:
    """After a bounce there is room from its day on, and none before."""
    done(store, PAID, files)
    done(store, BOUNCED, files)
    early = bring(store, f"{RECEIPTS}\nR2,B02,I004,2026-10-07,300,\n", folder=files)
    assert early.reasons == {"more_than_outstanding": 1}
    done(store, f"{RECEIPTS}\nR2,B02,I004,2026-10-09,300,\n", files)


def test_a_bounce_that_was_paid_again_cannot_be_undone(store: Engine, files: Path) -> None:
    done(store, PAID, files)
    bounce = done(store, BOUNCED, files)
    done(store, f"{RECEIPTS}\nR2,B02,I004,2026-10-09,300,\n", files)
    before = content(store)
    with pytest.raises(BadInput) as refused:
        undo(store, bounce, None)
    assert {issue.reason for issue in refused.value.issues} == {"undo_rests"}
    assert content(store) == before


def test_negative_invoices_and_credit_notes_are_told_where_they_belong(
    store: Engine, files: Path
) -> None:
    text = "发票号,客户编码,开票日期,金额\nI8,B02,2026-08-01,-5\n"
    assert bring(store, text, folder=files).reasons == {"invoice_negative": 1}
    text = "贷项编号,客户编码,开具日期,金额\nC8,B02,2026-08-01,-5\n"
    assert bring(store, text, folder=files).reasons == {"credit_note_negative": 1}


# allocation, reversal, write-off and schedule sheets

ALLOCATIONS = "回款单号,发票号,核销日期,金额,类型"


def test_allocations_are_applied_taken_back_and_moved(store: Engine, files: Path) -> None:
    done(store, f"{RECEIPTS}\nR1,B02,,2026-08-10,300,\n", files)
    done(store, "发票号,客户编码,开票日期,金额\nI9,B02,2026-08-02,200\n", files)
    done(store, f"{ALLOCATIONS}\nR1,I004,2026-08-15,300,\n", files)
    before = content(store)
    text = f"{ALLOCATIONS}\nR1,I9,2026-10-01,120,核销\nR1,I004,2026-10-01,120,撤销\n"
    batch = done(store, text, files)
    found = rows(store, "allocation", "amount", "allocated_on", "ended_on")
    assert sorted(found, key=str) == sorted(
        [
            (30_000, date(2026, 8, 15), date(2026, 10, 1)),
            (18_000, date(2026, 10, 1), None),
            (12_000, date(2026, 10, 1), None),
        ],
        key=str,
    )
    assert open_on(store, "I004", date(2026, 9, 30)) == 0
    assert open_on(store, "I004", date(2026, 10, 1)) == 12_000
    undone(store, batch, before)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("R1,I004,2026-08-15,300.01,", "more_than_outstanding"),
        ("R1,I004,2026-08-15,-1,", "more_than_applied"),
        ("R1,I005,2026-08-15,1,", "invoice_of_other_customer"),
        ("R7,I004,2026-08-15,1,", "unknown_receipt"),
        ("R1,I7,2026-08-15,1,", "unknown_invoice"),
        ("R1,I004,2026-08-15,0,", "amount_zero"),
        ("R1,I004,2026-08-15,1,别的", "not_in_list"),
    ],
)
def test_allocations_that_cannot_be(store: Engine, files: Path, line: str, reason: str) -> None:
    done(store, f"{RECEIPTS}\nR1,B02,,2026-08-10,400,\n", files)
    before = content(store)
    report = bring(store, f"{ALLOCATIONS}\n{line}\n", folder=files)
    assert set(report.reasons) == {reason}, report.reasons
    assert content(store) == before


def test_an_allocation_of_that_day_does_not_change(store: Engine, files: Path) -> None:
    done(store, f"{RECEIPTS}\nR1,B02,,2026-08-10,300,\n", files)
    done(store, f"{ALLOCATIONS}\nR1,I004,2026-08-15,100,\n", files)
    report = bring(store, f"{ALLOCATIONS}\nR1,I004,2026-08-15,150,\n", folder=files)
    assert report.reasons == {"may_not_change": 1}


def test_what_was_added_by_hand_the_same_day_is_not_brought_in_twice(
    store: Engine, files: Path
) -> None:
    """One row for a pair and day: the sum; a sheet that says the sum finds it."""
    done(store, f"{RECEIPTS}\nR1,B02,,2026-08-10,300,\n", files)
    actor = person(store, "credit", Role.CREDIT_CONTROLLER)
    with data_store.writing(store) as session:
        found = loading.load(
            session.connection(),
            bills={number for (number,) in rows(store, "invoice", "id")},
            receipts={number for (number,) in rows(store, "receipt", "id")},
        )
        source, owed = found.sources["receipt", "R1"], found.bills["I004"]
        for amount in (10_000, 5_000):
            found.apply(source, owed, amount, date(2026, 8, 10))
        ledger.written(session, found, actor)
    head = "回款单号,客户编码,发票号,回款日期,金额,核销金额\n"
    for applied in ("150", "100"):
        text = f"{head}R1,B02,I004,2026-08-10,300,{applied}\n"
        assert bring(store, text, folder=files).outcome is Outcome.UNCHANGED


def test_a_void_credit_note_opens_its_invoice_again(store: Engine, files: Path) -> None:
    done(store, CREDIT, files)
    before = content(store)
    head = "冲销单号,贷项编号,冲销日期,金额,原因\n"
    batch = done(store, f"{head}V1,CN01,2026-10-01,400,开错\n", files)
    assert open_on(store, "I005", date(2026, 9, 30)) == 0
    assert open_on(store, "I005", date(2026, 10, 1)) == 40_000
    assert rows(store, "reversal", "kind") == [(ReversalKind.VOID,)]
    undone(store, batch, before)
    more = bring(store, f"{head}V1,CN01,2026-10-01,1000.01,开错\n", folder=files)
    assert more.reasons == {"more_than_credited": 1}


def test_write_offs_need_a_reason_and_room(store: Engine, files: Path) -> None:
    done(store, PAID.replace("300.00", "299.50"), files)
    head = "核销单号,发票号,核销日期,金额,类型,原因\n"
    for line, reason in (
        ("W1,I004,2026-09-01,0.51,尾差,抹零", "more_than_outstanding"),
        ("W1,I004,2026-09-01,0.50,尾差,", "empty"),
        ("W1,I004,2026-07-19,0.50,尾差,抹零", "before_its_invoice"),
    ):
        assert bring(store, f"{head}{line}\n", folder=files).reasons == {reason: 1}
    before = content(store)
    batch = done(store, f"{head}W1,I004,2026-09-01,0.50,尾差,抹零\n", files)
    assert open_on(store, "I004", date(2026, 8, 31)) == 50
    assert open_on(store, "I004", date(2026, 9, 1)) == 0
    undone(store, batch, before)


def test_instalments_come_to_the_invoice(store: Engine, files: Path) -> None:
    head = "发票号,期次,到期日,金额\n"
    short = bring(store, f"{head}I005,1,2026-09-30,400\nI005,2,2026-10-31,500\n", folder=files)
    assert short.kind == SheetKind.PAYMENT_SCHEDULES
    assert short.reasons == {"plan_is_not_the_invoice": 2}
    assert short.issues[0].detail["other"] == "100.00"
    before = content(store)
    batch = done(store, f"{head}I005,1,2026-09-30,400\nI005,2,2026-10-31,600\n", files)
    assert book(store).bills["I005"].plan(TODAY) == (
        (date(2026, 9, 30), 40_000),
        (date(2026, 10, 31), 60_000),
    )
    other = bring(store, f"{head}I005,1,2026-09-30,500\nI005,2,2026-10-31,500\n", folder=files)
    assert set(other.reasons) == {"may_not_change"}
    undone(store, batch, before)


# due dates


def test_a_due_date_put_off_holds_from_the_day_of_the_import_on(store: Engine, files: Path) -> None:
    before = content(store)
    later = INVOICES.replace("2026-08-31", "2026-12-31")
    checked = bring(store, later, folder=files, rehearse=True)
    told = [(d.row, d.field, d.old, d.new) for d in checked.differences]
    assert told == [("I005", "due_on", "2026-08-31", "2026-12-31")]
    batch = done(store, later, files)
    owed = book(store).bills["I005"]
    assert owed.due_on == date(2026, 8, 31)
    assert owed.plans == {TODAY: ((date(2026, 12, 31), 100_000),)}
    old = bring(store, INVOICES + "\n", folder=files)
    assert old.outcome is Outcome.UNCHANGED
    assert dict(old.noted) == {"due_agreed_otherwise": 1}
    undone(store, batch, before)


def test_a_correction_of_the_past_is_named(store: Engine, files: Path) -> None:
    before = content(store)
    right = INVOICES.replace("2026-08-31", "2026-08-15")
    report = bring(store, right, folder=files, correct_past=True)
    assert (report.past["since"], dict(report.noted)) == ("2026-08-15", {"corrects_past": 1})
    assert book(store).bills["I005"].due_on == date(2026, 8, 15)
    assert rows(store, "invoice_schedule", "id") == []
    assert report.batch_id
    with Session(store) as session:
        assert batches.past(session, report.batch_id)["since"] == "2026-08-15"
    undone(store, report.batch_id, before)


def test_an_amount_a_plan_was_agreed_for_stays(store: Engine, files: Path) -> None:
    done(store, INVOICES.replace("2026-08-31", "2026-12-31"), files)
    report = bring(store, INVOICES.replace("1000.00", "900.00"), folder=files)
    assert report.reasons == {"plan_needs_its_amount": 1}


def test_terms_changed_since_move_no_assumed_due_date(store: Engine, files: Path) -> None:
    text = "发票号,客户编码,开票日期,金额\nI8,B02,2026-08-01,5\n"
    done(store, text, files)
    bring(store, CUSTOMERS.replace(",30", ",60"), folder=files)
    assert bring(store, text + "\n\n", folder=files).outcome is Outcome.UNCHANGED
    assert book(store).bills["I8"].due_on == date(2026, 8, 31)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(
    "kind",
    [
        SheetKind.ALLOCATIONS,
        SheetKind.REVERSALS,
        SheetKind.WRITE_OFFS,
        SheetKind.PAYMENT_SCHEDULES,
    ],
)
def test_finance_alone_brings_movements_in(role: Role, kind: SheetKind) -> None:
    finance = {Role.ADMINISTRATOR, Role.CREDIT_CONTROLLER}
    assert (kind in MAY_IMPORT[role]) == (role in finance)
