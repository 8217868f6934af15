"""How invoices are met (收款、红字、核销): on time, late, in parts, early, never."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from jobs.demo.invoices import Bill
from jobs.demo.orders import Placed, Trade
from jobs.demo.profiles import Payer, Profile
from jobs.demo.world import Rows, World, day, even, pick

LATE = {
    Payer.PROMPT: (-4.0, 4.0),
    Payer.ORDINARY: (2.0, 6.0),
    Payer.SLOW: (24.0, 15.0),
    Payer.BAD: (100.0, 75.0),
}
"""Mean and spread of days late, signed."""
IN_PARTS = {Payer.PROMPT: 0.02, Payer.ORDINARY: 0.07, Payer.SLOW: 0.22, Payer.BAD: 0.4}
DISPUTED_SHARE = 0.006
METHODS = ("银行转账", "银行承兑汇票", "商业承兑汇票", "支票")
METHOD_WEIGHTS = (66, 26, 5, 3)


@dataclass(eq=False)
class Ledger:
    """Receipts, credit notes, allocations."""

    receipts: Rows = field(default_factory=list)
    notes: Rows = field(default_factory=list)
    allocations: Rows = field(default_factory=list)


@dataclass(frozen=True)
class _Share:
    """A part of a receipt or note applied to an invoice."""

    bill: int
    on: int
    amount: int


@dataclass(frozen=True)
class _Money:
    """A receipt (or credit note) with what it was applied to."""

    customer: int
    on: int
    amount: int
    shares: tuple[_Share, ...]
    words: str
    note: str = ""


def build(
    world: World, profiles: list[Profile], trade: Trade, bills: dict[int, list[Bill]]
) -> Ledger:
    """Make money meet invoices; records every planned payment in the bills themselves."""
    notes: list[_Money] = []
    receipts: list[_Money] = []
    for profile in sorted(profiles, key=lambda p: p.id):
        rng = world.rng("receipts", profile.id)
        own = bills[profile.id]
        notes += _credit_notes(world, rng, profile, own, trade.returned[profile.id])
        for bill in own:
            _plan(world, rng, profile, bill)
        receipts += _receipts(world, rng, profile, own)
        receipts += _prepaid(world, rng, profile, own, trade.placed[profile.id])
    return _write(notes, receipts)


def _plan(world: World, rng: np.random.Generator, profile: Profile, bill: Bill) -> None:
    """Decide when a bill is paid; what lies after the end has not happened."""
    left = bill.amount - bill.credited
    if left <= 0 or (profile.terms == 0 and rng.random() < 0.75):
        if left > 0:
            bill.payments.append((bill.on, left))
        return
    if profile.bad_debt and profile.stops is not None and bill.on > profile.stops - 75:
        if rng.random() < 0.5:  # a first instalment, and then nothing more
            on = bill.due + int(rng.integers(10, 90))
            if on <= world.last:
                bill.payments.append((on, left * 3 // 10 or left))
        return
    mean, spread = LATE[profile.payer]
    late = rng.normal(mean, spread) + (profile.slows * 35 * profile.warning(bill.due))
    if rng.random() < DISPUTED_SHARE:
        bill.disputed = True
        late += float(rng.uniform(60, 170))
    if late < 0 and rng.random() < 0.08:
        late -= profile.terms * 0.6  # early, for the discount
    on = _run(world, rng, max(bill.on, bill.due + round(late)))
    part = 0
    if rng.random() < IN_PARTS[profile.payer] and left > 200_000:
        part = even(left * float(rng.uniform(0.35, 0.7)))
        bill.payments.append((on, part))
        on = _run(world, rng, on + int(rng.integers(18, 60)))
    bill.payments.append((on, left - part))
    bill.payments = [(d, a) for d, a in bill.payments if d <= world.last and a > 0]


def _run(world: World, rng: np.random.Generator, on: int) -> int:
    """Payments leave on working days, many of them on a Thursday."""
    if rng.random() < 0.3:
        on += (3 - day(on).weekday()) % 7
    return world.workday(on)


def _credit_notes(
    world: World, rng: np.random.Generator, profile: Profile, own: list[Bill], back: list[Placed]
) -> list[_Money]:
    """One note for each return, and some for prices agreed too late."""
    found = [
        (min(world.last, order.day + int(rng.integers(0, 6))), -order.amount, "退货冲红")
        for order in back
    ]
    for bill in own:
        if rng.random() < 0.006 and bill.amount > 1_000_000:
            amount = even(bill.amount * float(rng.uniform(0.01, 0.06)))
            found.append((bill.on + int(rng.integers(5, 40)), amount, "价格调整"))
    return [
        _apply(profile, own, on, amount, reason)
        for on, amount, reason in sorted(found)
        if amount > 0 and on <= world.last
    ]


def _apply(profile: Profile, own: list[Bill], on: int, amount: int, reason: str) -> _Money:
    """Apply a credit note to the newest invoice large enough, if there is one."""
    fits = [bill for bill in own if bill.on <= on and bill.amount - bill.credited > amount]
    recent = [bill for bill in fits if bill.due > on - 20]
    if not recent:
        return _Money(profile.id, on, amount, (), reason)
    bill = recent[-1]
    bill.credited += amount
    return _Money(profile.id, on, amount, (_Share(bill.id, on, amount),), reason)


def _receipts(
    world: World, rng: np.random.Generator, profile: Profile, own: list[Bill]
) -> list[_Money]:
    """Payments of one day are one receipt; the newest sometimes wait to be applied."""
    runs: dict[int, list[_Share]] = defaultdict(list)
    for bill in own:
        for on, amount in bill.payments:
            runs[on].append(_Share(bill.id, on, amount))
    found = []
    for on in sorted(runs):
        shares, total = tuple(runs[on]), sum(share.amount for share in runs[on])
        unknown = on > world.last - 25 and rng.random() < 0.12
        if unknown:
            _forget(own, on)
            shares = ()
        extra = 0
        if rng.random() < 0.006:  # rounded up by the payer
            extra = -total % 100_000
        note = "付款未注明发票" if unknown else "多付，留作下次" if extra else ""
        method = pick(rng, METHODS, METHOD_WEIGHTS)
        found.append(_Money(profile.id, on, total + extra, shares, method, note))
    return found


def _forget(own: list[Bill], on: int) -> None:
    """Money that came in but was not applied leaves its invoices open."""
    for bill in own:
        bill.payments = [(d, a) for d, a in bill.payments if d != on]


def _prepaid(
    world: World, rng: np.random.Generator, profile: Profile, own: list[Bill], placed: list[Placed]
) -> list[_Money]:
    """Deposits for orders that were not invoiced by the end."""
    billed = {bill.order for bill in own}
    chance = 0.7 if profile.terms == 0 else 0.04
    return [
        _Money(profile.id, order.day, even(order.amount * 0.3), (), "银行转账", "预付款")
        for order in placed
        if order.id not in billed
        and order.day > world.last - 12
        and order.amount > 100_000
        and rng.random() < chance
    ]


def _write(notes: list[_Money], receipts: list[_Money]) -> Ledger:
    ledger = Ledger()
    for kind, prefix, moneys in (("receipt", "SK", receipts), ("credit_note", "HC", notes)):
        moneys.sort(key=lambda money: (money.on, money.customer))
        for number, money in enumerate(moneys, start=1):
            head = {
                "id": number,
                "code": f"{prefix}{day(money.on):%y%m%d}-{number:05d}",
                "customer_id": money.customer,
                "amount": money.amount,
            }
            if kind == "receipt":
                ledger.receipts.append(
                    {
                        **head,
                        "received_on": day(money.on),
                        "method": money.words,
                        "note": money.note,
                    }
                )
            else:
                ledger.notes.append({**head, "issued_on": day(money.on), "reason": money.words})
            for share in money.shares:
                ledger.allocations.append(
                    {
                        "id": len(ledger.allocations) + 1,
                        "receipt_id": number if kind == "receipt" else None,
                        "credit_note_id": None if kind == "receipt" else number,
                        "invoice_id": share.bill,
                        "allocated_on": day(share.on),
                        "amount": share.amount,
                    }
                )
    return ledger
