"""Collection actions of the demo (追账记录): a ladder of steps, promises kept and broken."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.samples import words
from jobs.demo.invoices import Bill
from jobs.demo.profiles import Profile
from jobs.demo.world import Row, Rows, World, day, even, instant, pick
from models.enums import CollectionResult, ContactChannel

LADDER = (
    (4, ContactChannel.MESSAGE),
    (14, ContactChannel.PHONE),
    (27, ContactChannel.PHONE),
    (45, ContactChannel.VISIT),
    (70, ContactChannel.LETTER),
    (100, ContactChannel.PHONE),
    (130, ContactChannel.LAWYER),
    (190, ContactChannel.PHONE),
    (260, ContactChannel.VISIT),
    (340, ContactChannel.LETTER),
    (480, ContactChannel.PHONE),
    (640, ContactChannel.LETTER),
)
"""Days past due and the means: 提醒 → 电话 → 上门 → 函 → 律师函, then kept alive."""
WRITTEN = (ContactChannel.LETTER, ContactChannel.LAWYER)
SMALLEST = 300_000
"""Below three thousand yuan nobody is chased."""
QUIET_DAYS = 4


@dataclass(frozen=True)
class _Step:
    bill: Bill
    on: int
    channel: ContactChannel


def build(
    world: World, profiles: list[Profile], bills: dict[int, list[Bill]], contacts: Rows
) -> Rows:
    """Rows of collection_action by customer and day."""
    titles: dict[int, str] = {row["customer_id"]: row["title"] for row in reversed(contacts)}
    rows: Rows = []
    for profile in sorted(profiles, key=lambda p: p.id):
        rng = world.rng("collection", profile.id)
        steps = [step for bill in bills[profile.id] for step in _steps(world, rng, bill)]
        steps.sort(key=lambda step: (step.on, step.bill.id))
        before = -QUIET_DAYS
        for step in steps:
            if step.on - before < QUIET_DAYS:
                continue  # one call about all that is open, not one for each invoice
            before = step.on
            rows.append(_row(world, rng, profile, step, titles.get(profile.id, "采购经理")))
    return [{"id": number, **row} for number, row in enumerate(rows, start=1)]


def _steps(world: World, rng: np.random.Generator, bill: Bill) -> list[_Step]:
    settled = bill.settled()
    until = world.last + 1 if settled is None else settled
    found = []
    for days, channel in LADDER:
        on = world.workday(bill.due + days + int(rng.integers(0, 5)))
        if on >= until or bill.open_on(on) < SMALLEST:
            break
        if rng.random() < 0.86:  # not every step is taken
            found.append(_Step(bill, on, channel))
    return found


def _row(world: World, rng: np.random.Generator, profile: Profile, step: _Step, title: str) -> Row:
    notes = words.read("notes")["collection"]
    result = _result(rng, step)
    promised_on, amount = (
        _promise(world, rng, step) if result is CollectionResult.PROMISED else (None, None)
    )
    note = pick(
        rng, notes["letter"] if step.channel is ContactChannel.LETTER else notes[result.value]
    )
    if promised_on is not None:
        when = day(promised_on)
        note = note.format(
            date=f"{when.month}月{when.day}日", amount=f"{(amount or 0) / 100:,.0f}", title=title
        )
    late = step.on - step.bill.due
    by = "credit" if late > 60 or rng.random() < 0.3 else profile.owner_on(step.on)
    follow = world.workday(promised_on + 1 if promised_on else step.on + int(rng.integers(5, 15)))
    return {
        "customer_id": profile.id,
        "invoice_id": step.bill.id,
        "acted_on": day(step.on),
        "channel": step.channel,
        "result": result,
        "promised_on": day(promised_on) if promised_on else None,
        "promised_amount": amount,
        "interrupts_limitation": step.channel in WRITTEN,
        "next_on": None if result is CollectionResult.ESCALATED else day(follow),
        "note": note,
        "acted_by": world.users[by],
        "created_at": instant(step.on, 6),
    }


def _result(rng: np.random.Generator, step: _Step) -> CollectionResult:
    late = step.on - step.bill.due
    if step.bill.disputed and late > 10:
        return CollectionResult.DISPUTED
    if step.channel is ContactChannel.MESSAGE or step.channel is ContactChannel.LETTER:
        return CollectionResult.REMINDED
    if step.channel is ContactChannel.LAWYER:
        return CollectionResult.ESCALATED
    results = (
        CollectionResult.PROMISED,
        CollectionResult.REMINDED,
        CollectionResult.UNREACHABLE,
        CollectionResult.PAYING,
        CollectionResult.REFUSED,
        CollectionResult.DISPUTED,
    )
    early = (46, 22, 13, 14, 2, 3)
    return pick(rng, results, early if late < 60 else (38, 12, 20, 5, 18, 7))


def _promise(world: World, rng: np.random.Generator, step: _Step) -> tuple[int, int]:
    """The day and amount promised; kept about as often as such promises are."""
    left = step.bill.open_on(step.on)
    amount = left if rng.random() < 0.65 else even(left / 2)
    settled = step.bill.settled()
    on = step.on + int(rng.integers(4, 22))
    if settled is not None and settled - step.on <= 35 and rng.random() < 0.7:
        on = max(step.on + 1, settled + int(rng.integers(0, 4)))
    return world.workday(on), amount
