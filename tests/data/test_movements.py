"""The rules of receivables (应收规则): on every day no more is used than there is."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.movements.book import (
    CREDIT_NOTE,
    RECEIPT,
    Applied,
    Bill,
    Book,
    Refused,
    Source,
    Use,
    mark,
    peak,
)

DAY = date(2026, 1, 1)


def day(n: int) -> date:
    return DAY + timedelta(days=n)


def receipt(code: str = "R1", amount: int = 300, on: int = 0, what: str = RECEIPT) -> Source:
    return Source(what=what, code=code, customer_id=1, day=day(on), amount=amount)


def bill(code: str = "I1", amount: int = 300, on: int = 0) -> Bill:
    return Bill(code=code, customer_id=1, day=day(on), amount=amount, due_on=day(on + 30))


def refused(error: pytest.ExceptionInfo[Refused]) -> tuple[str, object]:
    return error.value.reason, error.value.other


def applied_on(source: Source, n: int) -> int:
    return sum(one.amount for one in source.applied if one.live(day(n)))


def test_a_peak_is_the_most_on_any_one_day() -> None:
    uses = [
        Use(amount=5, start=day(0), end=day(10)),
        Use(amount=7, start=day(10)),
        Use(amount=9, start=day(3), end=day(3)),
    ]
    assert peak(uses, day(0)) == 7
    assert peak(uses, day(0), day(10)) == 5
    assert peak([*uses, Use(amount=2, start=day(4), end=day(6))], day(0)) == 7
    assert peak(uses, day(99)) == 7
    assert peak([], day(0)) == 0


def test_a_prepayment_waits_for_its_invoice() -> None:
    one = Book().apply(receipt(on=0), bill(on=20), 300, day(0))
    assert one.start == day(20)


def test_taking_back_a_part_ends_the_whole_and_begins_the_rest() -> None:
    book, source, owed = Book(), receipt(), bill()
    book.apply(source, owed, 300, day(1))
    book.take_back(source, owed, 100, day(9), "moved")
    assert [(one.amount, one.start, one.end) for one in source.applied] == [
        (300, day(1), day(9)),
        (200, day(9), None),
    ]
    assert (applied_on(source, 8), applied_on(source, 9)) == (300, 200)
    assert owed.open(day(9)) == 100


def test_a_bounce_takes_the_named_invoice_first_then_free_money_then_the_latest() -> None:
    book, source = Book(), receipt(amount=1000)
    bills = {n: bill(f"I{n}", 300) for n in (1, 2, 3)}
    for n, owed in bills.items():
        book.apply(source, owed, 300, day(n))
    book.reverse(source, 350, day(9), bills[1])
    assert [owed.open(day(9)) for owed in bills.values()] == [300, 0, 0], "50 were not applied"
    book.reverse(source, 150, day(10))
    assert [owed.open(day(10)) for owed in bills.values()] == [300, 0, 100]
    assert bills[3].open(day(9)) == 0 or bills[3].open(day(10)) == 100
    assert source.free(day(10)) == 0


def test_what_begins_after_the_day_it_is_taken_back_never_counted() -> None:
    book, source, owed = Book(), receipt(), bill()
    book.apply(source, owed, 300, day(20))
    book.reverse(source, 300, day(10))
    assert not any(one.live(day(n)) for one in source.applied for n in range(40))


@pytest.mark.parametrize(
    ("what", "reason", "other"),
    [
        (lambda b, s, i: b.apply(s, i, 301, day(0)), "more_than_outstanding", 300),
        (lambda b, s, i: b.apply(receipt("R9", 10), i, 11, day(0)), "more_than_received", 10),
        (
            lambda b, s, i: b.apply(receipt("N", 10, what=CREDIT_NOTE), i, 11, day(0)),
            "more_than_credited",
            10,
        ),
        (lambda b, s, i: b.apply(s, i, 0, day(0)), "amount_not_positive", None),
        (lambda b, s, i: b.take_back(s, i, 1, day(0)), "more_than_applied", 0),
        (lambda b, s, i: b.reverse(s, 301, day(0)), "more_than_received", 300),
        (lambda b, s, i: b.reverse(s, 1, day(-1)), "reversed_before_source", day(0)),
        (lambda b, s, i: b.reverse(s, 1, day(1), i), "not_applied_to_invoice", None),
        (lambda b, s, i: b.write_off(i, 301, day(0)), "more_than_outstanding", 300),
        (lambda b, s, i: b.write_off(i, 1, day(-1)), "before_its_invoice", day(0)),
        (lambda b, s, i: b.write_off(i, 1, day(2), day(1)), "ended_before_begun", day(2)),
        (lambda b, s, i: b.agree(i, day(-1), [(day(9), 300)]), "before_its_invoice", day(0)),
        (lambda b, s, i: b.agree(i, day(1), [(day(9), 299)]), "plan_is_not_the_invoice", 1),
        (lambda b, s, i: b.agree(i, day(1), [(day(-9), 300)]), "due_before_invoice", day(0)),
    ],
)
def test_what_cannot_be(what: object, reason: str, other: object) -> None:
    book, source, owed = Book(), receipt(), bill()
    before = mark(source), mark(owed)
    with pytest.raises(Refused) as error:
        what(book, source, owed)  # type: ignore[operator]
    assert refused(error) == (reason, other)
    assert (mark(source), mark(owed)) == before
    assert book.broken() == []


def test_money_that_was_needed_later_cannot_go_back_before() -> None:
    """What was applied and ended again keeps its days: a refund cannot reach into them."""
    book, source, owed = Book(), receipt(), bill()
    book.apply(source, owed, 300, day(1))
    book.take_back(source, owed, 300, day(9))
    with pytest.raises(Refused) as error:
        book.reverse(source, 300, day(5))
    assert error.value.reason == "reversed_before_movement"
    book.reverse(source, 300, day(9))


def test_another_customers_invoice_is_not_paid() -> None:
    other = Bill(code="X", customer_id=2, day=DAY, amount=9, due_on=DAY)
    with pytest.raises(Refused):
        Book().apply(receipt(), other, 5, DAY)


def test_plans_hold_from_their_day() -> None:
    owed = bill()
    Book().agree(owed, day(10), [(day(60), 100), (day(90), 200)])
    assert owed.plan(day(9)) == ((day(30), 300),)
    assert owed.plan(day(10)) == ((day(60), 100), (day(90), 200))


def test_a_mark_changes_with_everything_that_matters() -> None:
    book, source, owed = Book(), receipt(), bill()
    marks = {(mark(source), mark(owed))}
    book.apply(source, owed, 100, day(1))
    marks.add((mark(source), mark(owed)))
    book.write_off(owed, 1, day(2))
    marks.add((mark(source), mark(owed)))
    book.agree(owed, day(3), [(day(99), 300)])
    marks.add((mark(source), mark(owed)))
    book.reverse(source, 10, day(4))
    marks.add((mark(source), mark(owed)))
    assert len(marks) == 5


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["apply", "take_back", "reverse", "write_off"]),
        st.integers(0, 2),
        st.integers(0, 2),
        st.integers(1, 400),
        st.integers(0, 40),
    ),
    max_size=25,
)


@given(STEPS)
@settings(max_examples=150, deadline=None)
def test_whatever_is_entered_in_whatever_order_holds_on_every_day(steps: list[tuple]) -> None:
    """Sources and invoices hold on every day; what was before a step's day stays as it was."""
    book = Book()
    sources = [receipt(f"R{n}", 250, n * 3) for n in range(3)]
    bills = [bill(f"I{n}", 300, n * 4) for n in range(3)]
    book.sources = {(one.what, one.code): one for one in sources}
    book.bills = {one.code: one for one in bills}
    for what, s, b, amount, on in steps:
        before = [_live(bills, n) for n in range(60)]
        source, owed, when = sources[s], bills[b], day(on)
        with suppress(Refused):
            if what == "apply":
                book.apply(source, owed, amount, when)
            elif what == "take_back":
                book.take_back(source, owed, amount, when)
            elif what == "reverse":
                book.reverse(source, amount, when, owed if amount % 2 else None)
            else:
                book.write_off(owed, amount, when)
        assert book.broken() == []
        after = [_live(bills, n) for n in range(60)]
        assert before[:on] == after[:on], "no earlier day is changed"
    live = [(id(one.source), id(one.bill), one.start) for one in _all(bills) if one.end is None]
    assert len(live) == len(set(live)), "one live row for a pair and day"
    assert all(one.end is None or one.end >= one.start for one in _all(bills))


def _all(bills: list[Bill]) -> list[Applied]:
    return [one for owed in bills for one in owed.applied]


def _live(bills: list[Bill], n: int) -> list[int]:
    return [
        sum(one.amount for one in [*owed.applied, *owed.write_offs] if one.live(day(n)))
        for owed in bills
    ]
