"""Invoices of the demo (发票): by order or by month, with the terms of the customer."""

from __future__ import annotations

from dataclasses import dataclass, field

from jobs.demo.orders import Placed, Trade
from jobs.demo.products import month_ends
from jobs.demo.profiles import Profile
from jobs.demo.world import Row, World, day

MONTHLY_BELOW = 16.0
"""Customers who order more often than every so many days get one invoice a month."""
ASSUMED_SHARE = 0.07
"""Share of customers whose invoices state no due date."""


@dataclass
class Bill:
    """An invoice while money is being made to meet it; amounts in fen, days as ordinals."""

    id: int
    customer: int
    on: int
    due: int
    amount: int
    order: int | None
    assumed: bool
    credited: int = 0
    """Settled by credit notes."""
    payments: list[tuple[int, int]] = field(default_factory=list)
    """(day, amount), planned and within the period."""
    disputed: bool = False

    @property
    def open(self) -> int:
        """What is left at the end."""
        return self.amount - self.credited - sum(amount for _, amount in self.payments)

    def settled(self) -> int | None:
        """The day of the last payment, None while something is open."""
        return None if self.open > 0 else max((on for on, _ in self.payments), default=self.on)

    def open_on(self, on: int) -> int:
        """What was left on a day, credit notes taken as given."""
        return self.amount - self.credited - sum(a for d, a in self.payments if d <= on)

    def row(self) -> Row:
        """The row of the table."""
        return {
            "id": self.id,
            "code": f"FP{day(self.on):%y%m}{self.id:06d}",
            "customer_id": self.customer,
            "order_id": self.order,
            "invoiced_on": day(self.on),
            "due_on": day(self.due),
            "due_assumed": self.assumed,
            "amount": self.amount,
        }


def build(world: World, profiles: list[Profile], trade: Trade) -> dict[int, list[Bill]]:
    """Invoices by customer, oldest first, numbered by date."""
    bills: list[Bill] = []
    for profile in sorted(profiles, key=lambda p: p.id):
        rng = world.rng("invoices", profile.id)
        assumed = bool(rng.random() < ASSUMED_SHARE)
        placed = [p for p in trade.placed[profile.id] if p.amount > 0]
        if profile.gap < MONTHLY_BELOW:
            drafts = _monthly(world, placed)
        else:
            drafts = [(p.day + int(rng.integers(0, 6)), p.amount, p.id) for p in placed]
        for on, amount, order in drafts:
            if on <= world.last:
                due = on + profile.terms
                bills.append(Bill(0, profile.id, on, due, amount, order, assumed))
    bills.sort(key=lambda bill: (bill.on, bill.customer, bill.order or 0))
    own: dict[int, list[Bill]] = {profile.id: [] for profile in profiles}
    for number, bill in enumerate(bills, start=1):
        bill.id = number
        own[bill.customer].append(bill)
    return own


def _monthly(world: World, placed: list[Placed]) -> list[tuple[int, int, int | None]]:
    ends = [on.toordinal() for on in month_ends(world.end, 38)]
    sums: dict[int, int] = {}
    for order in placed:
        end = next((on for on in ends if on >= order.day), None)
        if end is not None:  # later ones wait for the end of their month
            sums[end] = sums.get(end, 0) + order.amount
    return [(on, amount, None) for on, amount in sorted(sums.items())]
