"""The ledger worked out day by day, yuan by yuan (往来核算): slow, plain, and nobody's copy.

Every unit of money is laid on the unit of the bill it pays, in the order it came; so there is
nothing to sum up wrongly. Amounts must be small.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.movements import Applied, Movements


@dataclass
class Ledger:
    """As of a day; money in the units of the movements, by customer where it is a Counter."""

    open: dict[tuple[int, int], tuple[date, int, int]] = field(default_factory=dict)
    """(number of the bill, position) → due date, amount, what is left."""
    owed: Counter[int] = field(default_factory=Counter)
    unallocated: Counter[int] = field(default_factory=Counter)
    due: Counter[int] = field(default_factory=Counter)
    """What fell due in the window, less credit notes applied to it."""
    due_received: Counter[int] = field(default_factory=Counter)
    late: Counter[int] = field(default_factory=Counter)
    late_base: Counter[int] = field(default_factory=Counter)
    moved: Counter[str] = field(default_factory=Counter)


def as_of(made: Movements, day: date, after: date, order: dict[Any, int]) -> Ledger:
    """What anybody would say on the evening of `day` of the window that began after `after`.

    Args:
        made: the movements.
        day: the day.
        after: the day before the first of the window.
        order: number of each allocation and write-off: what was entered first, among those
            of one day and kind.
    """
    found = Ledger()
    for number, bill in enumerate(made.bills):
        if bill.on > day:
            continue
        found.moved["invoiced"] += bill.amount
        known = [since for since in bill.plans if since <= day]
        plan = bill.plans[max(known)] if known else [(bill.due, bill.amount)]
        parts = [(due, k + bool(known), amount) for k, (due, amount) in enumerate(plan)]
        units = [(due, place) for due, place, amount in sorted(parts) for _ in range(amount)]
        paid = 0
        for each in sorted(bill.lowered, key=lambda e: (e.starts, rank(e), order[e])):
            if each.starts > day or (each.ended is not None and each.ended <= day):
                continue
            for due, _ in units[paid : paid + each.amount]:
                _pay(found, bill.who, each, due, day, after)
            paid += each.amount
        left = Counter(place for _, place in units[paid:])
        for due, place, amount in parts:
            found.due[bill.who] += amount if after < due <= day else 0
            if left[place]:
                found.open[number, place] = (due, amount, left[place])
                found.owed[bill.who] += left[place]
    for money in made.money:
        name, got = "received" if money.cash else "credited", 0
        if money.on <= day:
            got = money.amount - sum(back.amount for back in money.back if back.on <= day)
        found.moved[name] += got
        found.unallocated[money.who] += got
    return found


def rank(each: Any) -> int:
    """Of one day: credit notes first, then money, then what is given up."""
    return int(each.money.cash) if isinstance(each, Applied) else 2


def _pay(found: Ledger, who: int, each: Any, due: date, day: date, after: date) -> None:
    if not isinstance(each, Applied):
        found.moved["written_off"] += 1
        return
    found.unallocated[each.money.who] -= 1
    in_window = after < due <= day
    if not each.money.cash:
        found.due[who] -= in_window
        return
    found.due_received[who] += in_window
    if each.money.on > after:
        found.late[who] += (each.money.on - due).days
        found.late_base[who] += 1
