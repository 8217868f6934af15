"""What happens to receivables every week (往来实例), on both stores, from documents to lists."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from data import store
from data.queries import (
    card_records,
    collection_work,
    open_invoices,
    receivables,
    statements,
    timeline,
)
from data.queries.ageing import Ageing, Narrow
from data.queries.limitation import Term
from jobs import refresh
from jobs.reports import ageing, asking
from models.access import EVERYBODY
from models.enums import CollectionResult, ContactChannel, CustomerKind
from models.filters import Filters, Page
from models.policy import Policy
from models.receivables import CollectionAction
from models.snapshots import Snapshot, SnapshotInvoice, SnapshotRun
from tests.ledger import Ledger

BY_ROWS = Filters(kinds=tuple(kind.value for kind in CustomerKind))
"""Leaves nobody out, but is a choice: so the documents are read, not what refresh kept."""


def day(month: int, of_month: int) -> date:
    return date(2026, month, of_month)


class Shop:
    """A store to write to and look at."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def write(self, what: Any) -> Any:
        with store.writing(self.engine, facts=True) as session:
            return what(Ledger(session, mark=f"M{id(what) % 1000}-"))

    def at(self, on: date, who: int) -> Snapshot:
        """The figures of a customer on a day; its ledger is held against its statement."""
        refresh.run(self.engine, on)
        with store.reading(self.engine) as session:
            row = session.exec(
                select(Snapshot).where(Snapshot.as_of == on, Snapshot.customer_id == who)
            ).one()
            account = statements.statement(session, who, EVERYBODY, start=day(1, 1), end=on)
            assert account is not None
            assert account.closing == row.outstanding - row.unallocated
            self._agree(session, on)
            session.expunge_all()
        return row

    def _agree(self, session: Session, on: date) -> None:
        """Buckets, what refresh kept, the documents and the command say one thing."""
        kept = receivables.ledger(session, Filters(), EVERYBODY, as_of=on)
        assert kept == receivables.ledger(session, BY_ROWS, EVERYBODY, as_of=on)
        said = ageing.build(session, asking.resolve(session, on)).facts["totals"]
        assert said["reconciles"] is True
        assert said["net"] * 100 == pytest.approx(kept.balance)
        run = session.exec(select(SnapshotRun).where(SnapshotRun.as_of == on)).one()
        roll = run.totals["receivables"]["roll_forward"]
        out = roll["received"] + roll["credited"] + roll["written_off"]
        assert roll["opening"] + roll["invoiced"] - out == roll["closing"] == kept.balance

    def list(self, on: date, **more: Any) -> list[dict[str, Any]]:
        """Open invoices as the page lists them, oldest first."""
        own = Ageing(Policy().ageing_edges, **more)
        with store.reading(self.engine) as session:
            frame = open_invoices.invoices(
                session,
                Filters(as_of=on),
                Page(size=50, sort="overdue_days", descending=True),
                EVERYBODY,
                as_of=on,
                day=on,
                ageing=own,
                narrow=Narrow(not_due=True),
            )
        return [{str(k): v for k, v in row.items()} for row in frame.to_dict("records")]


@pytest.fixture
def shop(engine: Engine) -> Shop:
    return Shop(engine)


def test_a_credit_note_applied_to_an_invoice(shop: Shop) -> None:
    """Case 07: I005 is open until 2026-09-05; only the receipt without an invoice is left over."""

    def facts(book: Ledger) -> int:
        who = book.customer()
        bill = book.invoice(who, day(8, 1), day(8, 31), 100_000)
        book.allocate(bill, day(9, 5), 100_000, note=book.credit_note(who, day(9, 5), 100_000))
        book.receipt(who, day(9, 20), 20_000)
        return who

    who = shop.write(facts)
    before, after = shop.at(day(9, 4), who), shop.at(date(2026, 11, 30), who)
    assert (before.outstanding, before.overdue, before.oldest_days) == (100_000, 100_000, 4)
    assert (after.outstanding, after.overdue, after.unallocated) == (0, 0, 20_000)
    assert (after.due_amount, after.due_received) == (0, 0), "nothing is due of what was credited"
    assert shop.list(date(2026, 11, 30)) == []


def bounced(book: Ledger) -> tuple[int, int]:
    who = book.customer()
    bill = book.invoice(who, day(7, 20), day(8, 19), 30_000)
    receipt = book.receipt(who, day(9, 1), 30_000)
    part = book.allocate(bill, day(9, 1), 30_000, receipt=receipt)
    book.reverse(day(10, 8), 30_000, receipt=receipt)
    book.end(part, day(10, 8))
    return who, receipt


def test_a_receipt_that_bounced(shop: Shop) -> None:
    """Case 09: paid as of 2026-09-30, open again as of 2026-10-08, days since due kept."""
    who, _ = shop.write(bounced)
    paid, open_again = shop.at(day(9, 30), who), shop.at(day(10, 8), who)
    assert (paid.outstanding, paid.last_receipt, paid.due_received) == (0, day(9, 1), 30_000)
    assert (open_again.outstanding, open_again.unallocated) == (30_000, 0)
    assert (open_again.oldest_days, open_again.last_receipt) == (50, None)
    assert (open_again.due_amount, open_again.due_received) == (30_000, 0)
    assert open_again.days_late is None, "money that came back was not late: it was not paid"


def test_what_bounced_shows_on_card_statement_and_timeline(shop: Shop) -> None:
    who, _ = shop.write(bounced)
    shop.at(day(10, 8), who)
    with store.reading(shop.engine) as session:
        then = card_records.receipts(session, who, EVERYBODY, as_of=day(9, 30))
        now = card_records.receipts(session, who, EVERYBODY, as_of=day(10, 8))
        account = statements.statement(session, who, EVERYBODY, start=day(10, 1), end=day(10, 31))
        past = timeline.timeline(session, who, EVERYBODY, as_of=day(10, 8))
        hidden = timeline.timeline(session, who, EVERYBODY, as_of=day(10, 7))
    columns = ["amount", "reversed", "allocated", "free", "invoices"]
    assert then[columns].to_numpy().tolist() == [[30_000, 0, 30_000, 0, 1]]
    assert now[columns].to_numpy().tolist() == [[30_000, 30_000, 0, 0, 0]]
    assert account is not None
    assert (account.opening, account.closing) == (0, 30_000)
    assert [(e.on, e.kind, e.billed, e.paid) for e in account.entries] == [
        (day(10, 8), "bounced", 30_000, 0)
    ]
    assert list(past["kind"]) == ["bounced", "receipt", "invoice"]
    assert list(hidden["kind"]) == ["receipt", "invoice"]


def test_a_cheque_that_bounced_keeps_no_promise(shop: Shop) -> None:
    who, _ = shop.write(bounced)
    said = CollectionAction(
        customer_id=who,
        acted_on=day(8, 25),
        channel=ContactChannel.PHONE,
        result=CollectionResult.PROMISED,
        promised_on=day(9, 5),
        promised_amount=30_000,
    )
    shop.write(lambda book: book._add(said))
    for on, word in ((day(9, 30), "kept"), (day(10, 8), "broken")):
        shop.at(on, who)
        with store.reading(shop.engine) as session:
            state = collection_work.follow_up(
                session, (who,), EVERYBODY, as_of=on, day=on, term=Term()
            )[who]
            week = collection_work.promises(session, Filters(), EVERYBODY, as_of=on, day=on)
        assert state.promise == word
        assert week.broken == (word == "broken")


def test_a_refund_lowers_what_is_not_applied(shop: Shop) -> None:
    def facts(book: Ledger) -> int:
        who = book.customer()
        book.reverse(day(6, 20), 2_000, receipt=book.receipt(who, day(6, 1), 5_000))
        book.reverse(day(6, 25), 700, note=book.credit_note(who, day(6, 2), 700))
        return who

    who = shop.write(facts)
    assert shop.at(day(6, 19), who).unallocated == 5_700
    assert shop.at(day(6, 20), who).unallocated == 3_700
    assert shop.at(day(6, 30), who).unallocated == 3_000
    assert shop.at(day(6, 30), who).last_receipt == day(6, 1)


def test_a_prepayment_takes_effect_with_its_invoice(shop: Shop) -> None:
    def facts(book: Ledger) -> int:
        who = book.customer()
        receipt = book.receipt(who, day(5, 1), 8_000)
        later = book.invoice(who, day(6, 10), day(7, 10), 10_000)
        book.allocate(later, day(5, 1), 8_000, receipt=receipt)
        return who

    who = shop.write(facts)
    assert (shop.at(day(6, 9), who).outstanding, shop.at(day(6, 9), who).unallocated) == (0, 8_000)
    then = shop.at(day(6, 10), who)
    assert (then.outstanding, then.unallocated) == (2_000, 0)


def test_instalments_are_aged_one_by_one(shop: Shop) -> None:
    def facts(book: Ledger) -> int:
        who = book.customer()
        bill = book.invoice(who, day(6, 1), day(6, 30), 30_000)
        plan = [(day(6, 30), 10_000), (day(7, 31), 10_000), (day(8, 31), 10_000)]
        book.schedule(bill, day(6, 1), *plan)
        book.allocate(bill, day(7, 15), 15_000, receipt=book.receipt(who, day(7, 15), 15_000))
        return who

    who, on = shop.write(facts), day(8, 15)
    row = shop.at(on, who)
    assert (row.outstanding, row.overdue, row.b0, row.b1) == (15_000, 5_000, 10_000, 5_000)
    assert (row.due_amount, row.due_received) == (20_000, 15_000)
    assert row.days_late == pytest.approx((10_000 * 15 - 5_000 * 16) / 15_000)
    second, third = shop.list(on)
    assert [second[k] for k in ("part", "due_on", "amount", "outstanding", "overdue_days")] == [
        "2/3",
        day(7, 31),
        10_000,
        5_000,
        15,
    ]
    assert second["invoice"] == f"{second['invoice_code']} · 2/3"
    assert (third["part"], third["overdue_days"], third["bucket"]) == ("3/3", -16, 0)
    assert not second["put_off"]
    assert not third["put_off"]
    # Civil Code 189: from the last instalment's due day, or of each by its own
    assert second["limitation_days"] == (date(2029, 8, 31) - on).days
    each = shop.list(on, limitation=Term(3, "each"))
    assert each[0]["limitation_days"] == (date(2029, 7, 31) - on).days
    assert each[1]["limitation_days"] is None, "not overdue"


def test_a_due_date_put_off_leaves_july_as_it_was(shop: Shop) -> None:
    def facts(book: Ledger) -> tuple[int, int]:
        who = book.customer()
        return who, book.invoice(who, day(6, 10), day(7, 10), 9_000)

    who, bill = shop.write(facts)
    before = shop.at(day(7, 31), who).model_dump()
    shop.write(lambda book: book.schedule(bill, day(8, 5), (day(9, 30), 9_000)))
    assert shop.at(day(7, 31), who).model_dump() == before
    assert before["oldest_days"] == 21
    assert shop.at(day(8, 4), who).overdue == 9_000
    assert shop.at(day(8, 5), who).overdue == 0
    late = shop.at(day(10, 2), who)
    assert (late.overdue, late.oldest_days) == (9_000, 2)
    (july,), (october,) = shop.list(day(7, 31)), shop.list(day(10, 2))
    assert (july["due_on"], july["put_off"]) == (day(7, 10), False)
    assert (october["due_on"], october["first_due_on"]) == (day(9, 30), day(7, 10))
    assert october["put_off"]
    assert october["invoice"] == october["invoice_code"], "one part is no instalment"
    assert october["limitation_days"] == (date(2029, 9, 30) - day(10, 2)).days


def test_a_small_difference_is_given_up_and_taken_back(shop: Shop) -> None:
    def facts(book: Ledger) -> tuple[int, int]:
        who = book.customer()
        bill = book.invoice(who, day(5, 1), day(5, 31), 10_050)
        book.allocate(bill, day(6, 2), 10_000, receipt=book.receipt(who, day(6, 2), 10_000))
        return who, book.write_off(bill, day(6, 10), 50)

    who, number = shop.write(facts)
    gone = shop.at(day(6, 30), who)
    assert (gone.outstanding, gone.overdue) == (0, 0)
    assert (gone.due_amount, gone.due_received) == (10_050, 10_000), "nobody paid the difference"
    shop.write(lambda book: book.end(number, day(7, 5), write_off=True))
    assert shop.at(day(6, 30), who).outstanding == 0
    assert shop.at(day(7, 5), who).outstanding == 50
    with store.reading(shop.engine) as session:
        account = statements.statement(session, who, EVERYBODY, start=day(6, 5), end=day(7, 31))
        past = timeline.timeline(session, who, EVERYBODY, as_of=day(7, 5))
    assert account is not None
    assert [(e.kind, e.billed, e.paid, e.balance) for e in account.entries] == [
        ("write_off", 0, 50, 0),
        ("write_off_ended", 50, 0, 50),
    ]
    assert list(past["kind"]) == ["write_off_ended", "write_off", "receipt", "invoice"]


def test_money_moved_to_another_invoice_keeps_its_history(shop: Shop) -> None:
    def facts(book: Ledger) -> tuple[int, int, int]:
        who = book.customer()
        one = book.invoice(who, day(5, 1), day(5, 31), 4_000)
        two = book.invoice(who, day(5, 2), day(6, 1), 4_000)
        receipt = book.receipt(who, day(6, 5), 4_000)
        part = book.allocate(one, day(6, 5), 4_000, receipt=receipt)
        book.end(part, day(6, 20))
        book.allocate(two, day(6, 20), 4_000, receipt=receipt)
        return who, one, two

    who, one, two = shop.write(facts)
    for on, still in ((day(6, 19), two), (day(6, 20), one)):
        assert shop.at(on, who).outstanding == 4_000
        with store.reading(shop.engine) as session:
            query = select(SnapshotInvoice.invoice_id).where(SnapshotInvoice.as_of == on)
            assert session.exec(query).all() == [still]


def test_what_a_window_ends_with_the_next_one_begins_with(shop: Shop) -> None:
    who, _ = shop.write(bounced)
    first, last = day(9, 30), date(2027, 9, 30)
    assert shop.at(last, who).outstanding == 30_000
    shop.at(first, who)
    with store.reading(shop.engine) as session:
        rolls = {
            run.as_of: run.totals["receivables"]["roll_forward"]
            for run in session.exec(select(SnapshotRun)).all()
        }
    assert rolls[last]["opening"] == rolls[first]["closing"] == 0
    assert rolls[last] == {
        "opening": 0,
        "invoiced": 0,
        "received": -30_000,
        "credited": 0,
        "written_off": 0,
        "closing": 30_000,
    }
    assert first + timedelta(days=365) == last
