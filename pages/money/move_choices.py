"""What a movement can be about (可选的单据): choices in words, and how they stood when shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from components import movement_forms, state, work
from components.movement_forms import Choice
from data.queries.movable import Money, Movable, OpenBill, Part
from words import formats
from words.i18n import _

_DONE = "movement.done"


@dataclass(frozen=True, slots=True)
class Done:
    """What a session did last, to be undone."""

    customer_id: int
    what: str
    """apply or write_off."""
    row_id: int
    amount: int
    """Minor units."""
    words: str


def last(customer_id: int) -> Done | None:
    """What this session did last for the customer."""
    found: Done | None = state.get(_DONE)
    return found if found is not None and found.customer_id == customer_id else None


def forget() -> None:
    """What was done last can no longer be undone."""
    state.drop(_DONE)


def write(action: Callable[[], Done | None], said: str) -> None:
    """Write and draw the page anew; what can be undone is kept."""

    def done() -> None:
        found = action()
        state.drop(_DONE)
        if found is not None:
            state.put(_DONE, found)
        movement_forms.own_write()

    work.attempt(done, said)


def marks(found: Movable) -> list[tuple[str, int, int]]:
    """What is on the screen now and how it stands."""
    return [
        *(("invoice", one.id, one.mark) for one in found.bills),
        *((one.what, one.id, one.mark) for one in found.money),
        *(("part.source", one.id, one.marks[0]) for one in found.parts),
        *(("part.invoice", one.id, one.marks[1]) for one in found.parts),
    ]


def seen(one: OpenBill | Money) -> int:
    """How it stood when the reader acted."""
    what = one.what if isinstance(one, Money) else "invoice"
    return work.seen_version(f"{what}.{one.id}", one.mark)


def money(listed: Sequence[Money], name: str, label: str, *, applied: bool) -> Money:
    """One receipt or credit note of several."""
    numbered = {2 * one.id + (one.what == "receipt"): one for one in listed}
    choices = [
        Choice(
            number, _money_words(one, applied=applied), one.day, one.left if applied else one.free
        )
        for number, one in numbered.items()
    ]
    return numbered[movement_forms.pick(name, label, choices).id]


def _money_words(one: Money, *, applied: bool) -> str:
    kind = _("Receipt") if one.what == "receipt" else _("Credit note")
    amount = formats.money(one.left if applied else one.free)
    return f"{kind} {one.code} · {one.day} · {amount}"


def bill(found: Movable, name: str) -> OpenBill:
    """One open invoice of several."""
    choices = [
        Choice(
            one.id,
            _(
                "{invoice} · due {date} · {amount} open",
                invoice=one.code,
                date=formats.date(one.plan[0][0]),
                amount=formats.money(one.open),
            ),
            one.day,
            one.open,
        )
        for one in found.bills
    ]
    chosen = movement_forms.pick(name, _("Invoice"), choices)
    return next(one for one in found.bills if one.id == chosen.id)


def part_words(part: Part) -> str:
    """What is applied to which invoice since when."""
    return f"{part.source} → {part.invoice} · {formats.money(part.amount)} · {part.start}"
