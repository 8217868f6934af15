"""Random movements of receivables (随机往来): all that may happen, in any order, never too much.

On no day is more applied to an invoice than it is worth, nor more of a receipt or credit note
than is left of it. Days are drawn freely, so that much is entered long after it happened.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from tests.ledger import Ledger

Draw = Callable[[], date]


@dataclass(eq=False)
class Bill:
    who: int
    on: date
    due: date
    amount: int
    plans: dict[date, list[tuple[date, int]]] = field(default_factory=dict)
    """since → (due date, amount) by position."""
    lowered: list[Applied | WrittenOff] = field(default_factory=list)


@dataclass(eq=False)
class Money:
    """A receipt, or a credit note."""

    who: int
    on: date
    amount: int
    cash: bool
    back: list[Back] = field(default_factory=list)
    applied: list[Applied] = field(default_factory=list)


@dataclass(eq=False)
class Back:
    money: Money
    on: date
    amount: int


@dataclass(eq=False)
class Applied:
    bill: Bill
    money: Money
    on: date
    amount: int
    ended: date | None = None

    @property
    def starts(self) -> date:
        return max(self.on, self.bill.on, self.money.on)


@dataclass(eq=False)
class WrittenOff:
    bill: Bill
    on: date
    amount: int
    ended: date | None = None

    @property
    def starts(self) -> date:
        return max(self.on, self.bill.on)


class Movements:
    """What was written, received, applied, reversed, put off and given up."""

    def __init__(self) -> None:
        self.bills: list[Bill] = []
        self.money: list[Money] = []

    @property
    def lowered(self) -> list[Applied | WrittenOff]:
        return [each for bill in self.bills for each in bill.lowered]

    @property
    def back(self) -> list[Back]:
        return [each for money in self.money for each in money.back]


def at_random(
    rng: random.Random, day: Draw, people: list[int], steps: int, *, most: int = 10**6
) -> Movements:
    """So many bills and sums of money, and three times as many things done with them.

    Args:
        rng: decides.
        day: draws a day.
        people: numbers of the customers.
        steps: how many of each.
        most: no amount is larger, minor units.
    """
    made = Movements()
    for _ in range(steps):
        on = day()
        due = on + timedelta(days=rng.choice([0, 30, 90]))
        made.bills.append(Bill(rng.choice(people), on, due, rng.randint(2, most)))
        made.money.append(
            Money(rng.choice(people), day(), rng.randint(2, most), rng.random() < 0.7)
        )
    kinds = (_apply, _apply, _apply, _end, _bounce, _refund, _write_off, _plan, _plan)
    for _ in range(3 * steps if made.bills else 0):
        rng.choice(kinds)(rng, day, made)
    return made


def _live(rows: Iterable[Applied | WrittenOff], day: date) -> int:
    return sum(r.amount for r in rows if r.starts <= day and (r.ended is None or day < r.ended))


def _days(rows: Iterable[Applied | WrittenOff], since: date) -> set[date]:
    """The days from one on, on which something changes."""
    return {since, *(r.starts for r in rows if r.starts > since)}


def _room_of_bill(bill: Bill, since: date) -> int:
    return min(bill.amount - _live(bill.lowered, day) for day in _days(bill.lowered, since))


def _room_of_money(money: Money, since: date) -> int:
    days = _days(money.applied, since) | {b.on for b in money.back if b.on > since}
    return min(_left(money, day) - _live(money.applied, day) for day in days)


def _left(money: Money, day: date) -> int:
    return money.amount - sum(back.amount for back in money.back if back.on <= day)


def _some(rng: random.Random, most: int) -> int:
    return most if rng.random() < 0.5 else rng.randint(1, most)


def _apply(rng: random.Random, day: Draw, made: Movements) -> None:
    money = rng.choice(made.money)
    own = [bill for bill in made.bills if bill.who == money.who]
    bill = rng.choice(own if own and rng.random() < 0.8 else made.bills)
    one = Applied(bill, money, day(), 0)
    room = min(_room_of_bill(bill, one.starts), _room_of_money(money, one.starts))
    twice = any(a.bill is bill and a.on == one.on for a in money.applied)
    if room > 0 and not twice:
        one.amount = _some(rng, room)
        bill.lowered.append(one)
        money.applied.append(one)


def _end(rng: random.Random, day: Draw, made: Movements) -> None:
    live = [each for each in made.lowered if each.ended is None]
    if live:
        one = rng.choice(live)
        one.ended = max(day(), one.on)


def _bounce(rng: random.Random, day: Draw, made: Movements) -> None:
    """All that is left is taken back, and from whatever it was applied to."""
    money = rng.choice(made.money)
    on = max(day(), money.on, *(back.on for back in money.back))
    left = _left(money, on)
    if left:
        money.back.append(Back(money, on, left))
        for each in money.applied:
            if each.ended is None or each.ended > on:
                each.ended = max(on, each.on)


def _refund(rng: random.Random, day: Draw, made: Movements) -> None:
    """Part of what is not applied is paid back."""
    money = rng.choice(made.money)
    on = max(day(), money.on)
    room = _room_of_money(money, on)
    if room > 0:
        money.back.append(Back(money, on, _some(rng, room)))


def _write_off(rng: random.Random, day: Draw, made: Movements) -> None:
    one = WrittenOff(rng.choice(made.bills), day(), 0)
    room = _room_of_bill(one.bill, one.starts)
    if room > 0:
        one.amount = _some(rng, room)
        one.bill.lowered.append(one)


def _plan(rng: random.Random, day: Draw, made: Movements) -> None:
    """Instalments, or another due date for the whole; agreed with the bill or later."""
    bill = rng.choice(made.bills)
    since = bill.on if rng.random() < 0.3 else max(day(), bill.on)
    cuts = sorted(rng.sample(range(1, bill.amount), min(rng.choice([0, 1, 2]), bill.amount - 1)))
    ends = [0, *cuts, bill.amount]
    bill.plans[since] = [
        (bill.on + timedelta(days=rng.randint(0, 400)), high - low) for low, high in pairwise(ends)
    ]


class Written:
    """Movements as they become known: each day's rows are put into the store after another."""

    def __init__(self, book: Ledger, made: Movements) -> None:
        self.book, self.made = book, made
        self.ids: dict[object, int] = {}

    def until(self, day: date) -> None:
        """Store what is dated up to a day and not there yet; end what ended by then."""
        book = self.book
        for bill in self.made.bills:
            if bill.on <= day and self._new(bill):
                self.ids[bill] = book.invoice(bill.who, bill.on, bill.due, bill.amount)
            for since, rows in bill.plans.items():
                if bill in self.ids and since <= day and self._new((bill, since)):
                    self.ids[bill, since] = book.schedule(self.ids[bill], since, *rows)
        for money in self.made.money:
            if money.on <= day and self._new(money):
                make = book.receipt if money.cash else book.credit_note
                self.ids[money] = make(money.who, money.on, money.amount)
        for back in self.made.back:
            if back.on <= day and self._new(back):
                link = "receipt" if back.money.cash else "note"
                self.ids[back] = book.reverse(back.on, back.amount, **{link: self.ids[back.money]})
        for each in self.made.lowered:
            self._lower(each, day)

    def _new(self, what: object) -> bool:
        return what not in self.ids

    def _lower(self, each: Applied | WrittenOff, day: date) -> None:
        ended = each.ended if each.ended is not None and each.ended <= day else None
        written = isinstance(each, WrittenOff)
        if each not in self.ids:
            if each.starts > day:
                return
            if written:
                number = self.book.write_off(self.ids[each.bill], each.on, each.amount)
            else:
                link = "receipt" if each.money.cash else "note"
                number = self.book.allocate(
                    self.ids[each.bill], each.on, each.amount, **{link: self.ids[each.money]}
                )
            self.ids[each] = number
        if ended is not None:
            self.book.end(self.ids[each], ended, write_off=written)
