"""The book of some invoices and what pays them (应收账簿): what may be done, day by day.

Pure: a book is filled (`loading`, or by an import with rows that are not stored yet), asked,
changed, and afterwards says what was changed (`added`, `ended`). Money in minor units.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

RECEIPT, CREDIT_NOTE = "receipt", "credit_note"
"""What a source is; also the name of its table."""
Plan = tuple[tuple[date, int], ...]
"""Instalments: day due and amount, in their order."""


class Refused(Exception):
    """A rule speaks against it; the book is as it was.

    `about` is what is wrong: amount, on, until, source, invoice or plan; `other` what there is.
    """

    def __init__(self, reason: str, about: str, other: int | date | str | None = None) -> None:
        super().__init__(reason)
        self.reason, self.about, self.other = reason, about, other


@dataclass(slots=True, eq=False, kw_only=True)
class Use:
    """Part of an amount that is in use from a day on, until it is ended."""

    amount: int
    start: date
    end: date | None = None
    row_id: int | None = None

    def live(self, on: date) -> bool:
        """Whether it counts on a day."""
        return self.start <= on and (self.end is None or on < self.end)


@dataclass(slots=True, eq=False, kw_only=True)
class Applied(Use):
    """Part of a source that is applied to an invoice."""

    source: Source
    bill: Bill
    reason: str = ""
    """Why it was ended."""
    was: tuple[date | None, str] | None = None
    """Its end and reason in the store, where the book changed them."""


@dataclass(slots=True, eq=False, kw_only=True)
class Source:
    """A receipt or credit note."""

    what: str
    code: str
    customer_id: int
    day: date
    amount: int
    row_id: int | None = None
    reversals: list[Use] = field(default_factory=list)
    applied: list[Applied] = field(default_factory=list)

    def free(self, since: date) -> int:
        """What of it is neither applied nor reversed on any day from one on."""
        return self.amount - peak([*self.reversals, *self.applied], max(since, self.day))

    def left(self) -> int:
        """What of it was not reversed, applied or not."""
        return self.amount - sum(one.amount for one in self.reversals)


@dataclass(slots=True, eq=False, kw_only=True)
class Bill:
    """An invoice."""

    code: str
    customer_id: int
    day: date
    amount: int
    due_on: date
    """As first agreed."""
    row_id: int | None = None
    applied: list[Applied] = field(default_factory=list)
    write_offs: list[Use] = field(default_factory=list)
    plans: dict[date, Plan] = field(default_factory=dict)
    """Day from which instalments are in force → them."""

    def open(self, since: date, until: date = date.max) -> int:
        """What of it is open on every day from one on, and before another."""
        return self.amount - peak([*self.applied, *self.write_offs], max(since, self.day), until)

    def plan(self, on: date) -> Plan:
        """The instalments in force on a day."""
        since = max((day for day in self.plans if day <= on), default=None)
        return ((self.due_on, self.amount),) if since is None else self.plans[since]


def peak(uses: Iterable[Use], since: date, until: date = date.max) -> int:
    """The most that is in use on any one day from `since` on and before `until`."""
    steps: dict[date, int] = {since: 0}
    for use in uses:
        first = max(use.start, since)
        if first >= until or (use.end is not None and use.end <= first):
            continue
        steps[first] = steps.get(first, 0) + use.amount
        if use.end is not None:
            steps[use.end] = steps.get(use.end, 0) - use.amount
    most = running = 0
    for day in sorted(steps):
        running += steps[day]
        most = max(most, running)
    return most


@dataclass(slots=True)
class Book:
    """Some invoices and what pays them, by code."""

    sources: dict[tuple[str, str], Source] = field(default_factory=dict)
    bills: dict[str, Bill] = field(default_factory=dict)
    added: list[Applied] = field(default_factory=list)
    """New allocations, some of them ended again at once."""
    ended: list[Applied] = field(default_factory=list)
    """Allocations of the store that were ended."""

    def apply(self, source: Source, bill: Bill, amount: int, on: date) -> Applied:
        """Apply part of a source to an invoice (核销).

        It counts from the day on which all three exist: a prepayment waits for its invoice.

        Raises:
            Refused: another customer's, or more than is open or free on some day from then on.
        """
        start = max(on, source.day, bill.day)
        if source.customer_id != bill.customer_id:
            raise Refused("invoice_of_other_customer", "invoice")
        _within(amount, bill.open(start), "more_than_outstanding")
        _within(amount, source.free(start), f"more_than_{_LEFT[source.what]}")
        for same in _pair(source, bill):
            if same.start == start:  # one row for a pair and day: the sum
                self._end(same, start, "")
                amount += same.amount
        return self._add(source, bill, amount, start)

    def take_back(
        self, source: Source, bill: Bill, amount: int | None, on: date, reason: str = ""
    ) -> int:
        """Apply less of a source to an invoice from a day on (撤销核销); returns how much less.

        Args:
            source: what was applied.
            bill: to which invoice.
            amount: how much is taken back; None is all that is applied.
            on: the day from which it no longer counts; what begins later never counted, and of
                what went over into that there was less on the days between.
            reason: kept with what is ended.

        Raises:
            Refused: so much is not applied.
        """
        live = sorted(_pair(source, bill), key=lambda one: (one.start > on, -one.start.toordinal()))
        there = sum(one.amount for one in live)
        if amount is None:
            amount = there
        _within(amount, there, "more_than_applied")
        rest = amount
        for one in live:
            if rest:
                part = self._cut(one, rest, on, reason)
                self._lessen(one, part, on, reason)
                rest -= part
        return amount

    def reverse(
        self, source: Source, amount: int, on: date, bill: Bill | None = None, reason: str = ""
    ) -> Use:
        """Part of a source no longer counts from a day on (退票、退款、作废).

        What must go of its allocations: that on the named invoice first; then what was not
        applied is used; then the latest allocations first.

        Raises:
            Refused: before the source, or more than there is of it.
        """
        if on < source.day:
            raise Refused("reversed_before_source", "on", source.day)
        _within(amount, source.left(), f"more_than_{_LEFT[source.what]}")
        settled = [*source.reversals, *(one for one in source.applied if one.end is not None)]
        if source.amount - peak(settled, on) < amount:
            raise Refused("reversed_before_movement", "on")
        if bill is not None:
            there = sum(one.amount for one in _pair(source, bill))
            if not there:
                raise Refused("not_applied_to_invoice", "invoice")
            self.take_back(source, bill, min(amount, there), on, reason)
        live = [one for one in reversed(source.applied) if one.end is None]
        for one in sorted(live, key=lambda one: one.start, reverse=True):
            lacking = amount - source.free(on)
            if lacking <= 0:
                break
            self._cut(one, min(lacking, one.amount), on, reason)
        use = Use(amount=amount, start=on)
        source.reversals.append(use)
        return use

    def write_off(self, bill: Bill, amount: int, on: date, until: date | None = None) -> Use:
        """Give up part of an invoice from a day on (核销尾差、坏账), perhaps until another.

        Raises:
            Refused: before the invoice, or more than is open on one of these days.
        """
        if on < bill.day:
            raise Refused("before_its_invoice", "on", bill.day)
        if until is not None and until < on:
            raise Refused("ended_before_begun", "until", on)
        _within(amount, bill.open(on, until or date.max), "more_than_outstanding")
        use = Use(amount=amount, start=on, end=until)
        bill.write_offs.append(use)
        return use

    def agree(self, bill: Bill, since: date, plan: Sequence[tuple[date, int]]) -> None:
        """Instalments in force from a day on (付款计划); one of them is a due date put off.

        Raises:
            Refused: before the invoice, an amount that is none, or not the whole invoice.
        """
        if since < bill.day:
            raise Refused("before_its_invoice", "on", bill.day)
        if any(amount <= 0 for _due, amount in plan):
            raise Refused("amount_not_positive", "plan")
        if any(due < bill.day for due, _amount in plan):
            raise Refused("due_before_invoice", "plan", bill.day)
        total = sum(amount for _due, amount in plan)
        if total != bill.amount:
            raise Refused("plan_is_not_the_invoice", "plan", bill.amount - total)
        bill.plans[since] = tuple(plan)

    def broken(self) -> list[tuple[str, str]]:
        """(reason, code) of everything of which more is in use than there is, on any day."""
        zero = date.min
        found = [
            ("more_than_outstanding", bill.code)
            for bill in self.bills.values()
            if peak([*bill.applied, *bill.write_offs], zero) > bill.amount
        ]
        found += [
            ("plan_is_not_the_invoice", bill.code)
            for bill in self.bills.values()
            if any(sum(part for _due, part in plan) != bill.amount for plan in bill.plans.values())
        ]
        return found + [
            (f"more_than_{_LEFT[source.what]}", source.code)
            for source in self.sources.values()
            if peak([*source.reversals, *source.applied], zero) > source.amount
        ]

    def _cut(self, one: Applied, amount: int, on: date, reason: str) -> int:
        """End an allocation; what is not taken back of it begins anew on that day."""
        part = min(one.amount, amount)
        day = max(on, one.start)
        self._end(one, day, reason)
        rest = one.amount - part
        if rest:
            for same in _pair(one.source, one.bill):
                if same.start == day:
                    self._end(same, day, "")
                    rest += same.amount
            self._add(one.source, one.bill, rest, day)
        return part

    def _lessen(self, later: Applied, amount: int, on: date, reason: str) -> None:
        """Take as much out of what ended where an allocation began, from a day on."""
        if later.start <= on:
            return
        before = [
            one
            for one in later.source.applied
            if one.bill is later.bill and one.start < later.start == one.end
        ]
        for one in before:
            part, end, why = min(one.amount, amount), later.start, one.reason
            if not part:
                break
            day = max(on, one.start)
            self._end(one, day, reason)
            if one.amount > part:
                rest = self._add(one.source, one.bill, one.amount - part, day)
                rest.end, rest.reason = end, why
            self._lessen(one, part, on, reason)
            amount -= part

    def _end(self, one: Applied, day: date, reason: str) -> None:
        if one.row_id is not None and one.was is None:
            one.was = (one.end, one.reason)
            self.ended.append(one)
        one.end, one.reason = day, reason

    def _add(self, source: Source, bill: Bill, amount: int, start: date) -> Applied:
        new = Applied(amount=amount, start=start, source=source, bill=bill)
        source.applied.append(new)
        bill.applied.append(new)
        self.added.append(new)
        return new


_LEFT: Mapping[str, str] = {RECEIPT: "received", CREDIT_NOTE: "credited"}


def _pair(source: Source, bill: Bill) -> list[Applied]:
    """What of a source is applied to an invoice until further notice."""
    return [one for one in source.applied if one.bill is bill and one.end is None]


def _within(amount: int, most: int, reason: str) -> None:
    if amount <= 0:
        raise Refused("amount_not_positive", "amount")
    if amount > most:
        raise Refused(reason, "amount", max(most, 0))


def mark(thing: Source | Bill) -> int:
    """A number that changes when anything about it does: two readers compare it."""
    digest = hashlib.sha256(repr(_told(thing)).encode()).digest()
    return int.from_bytes(digest[:6], "big")


def _told(thing: Source | Bill) -> tuple[object, ...]:
    beside = thing.reversals if isinstance(thing, Source) else thing.write_offs
    uses = sorted((one.row_id or 0, one.amount, one.start, str(one.end)) for one in thing.applied)
    others = sorted((one.row_id or 0, one.amount, one.start, str(one.end)) for one in beside)
    plans = sorted(thing.plans.items()) if isinstance(thing, Bill) else []
    return (thing.code, thing.day, thing.amount, uses, others, plans)
