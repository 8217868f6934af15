"""Orders and order lines of the demo (订单): rhythm, season, baskets, returns."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from jobs.demo.products import INFLATION, Catalogue
from jobs.demo.profiles import Course, Profile
from jobs.demo.world import Floats, Row, Rows, World, day

RETURN_SHARE = 0.014
"""Share of orders of which something comes back."""
MOST_LINES = 7


@dataclass(frozen=True)
class Placed:
    """An order as invoicing needs it; amounts in fen, negative for returns."""

    id: int
    customer: int
    day: int
    amount: int


@dataclass(eq=False)
class Trade:
    """Everything that was ordered."""

    orders: Rows = field(default_factory=list)
    lines: Rows = field(default_factory=list)
    placed: dict[int, list[Placed]] = field(default_factory=lambda: defaultdict(list))
    """Customer → orders, oldest first."""
    returned: dict[int, list[Placed]] = field(default_factory=lambda: defaultdict(list))
    sold: dict[tuple[int, int], float] = field(default_factory=lambda: defaultdict(float))
    """(customer, product) → quantity of the last twelve months."""


@dataclass(frozen=True)
class _Draft:
    customer: int
    day: int
    products: np.ndarray
    quantities: Floats
    amounts: np.ndarray
    costs: np.ndarray


def build(world: World, profiles: list[Profile], catalogue: Catalogue) -> Trade:
    """All orders of all customers, numbered by date."""
    drafts: list[_Draft] = []
    for profile in sorted(profiles, key=lambda p: p.id):
        if profile.orders:
            rng = world.rng("orders", profile.id)
            own = _drafts(world, rng, profile, catalogue)
            drafts += own + _returns(world, rng, own)
    drafts.sort(key=lambda d: (d.day, d.customer, d.amounts[0] < 0))
    trade, owners = Trade(), {p.id: p for p in profiles}
    for draft in drafts:
        _write(world, trade, draft, owners[draft.customer])
    return trade


def order_days(world: World, rng: np.random.Generator, profile: Profile) -> np.ndarray:
    """Ordinals of the days of purchase: a renewal process run on a clock of demand."""
    if profile.course is Course.ONE_OFF:
        count = int(rng.integers(1, 3))
        days = profile.opens + np.sort(rng.integers(0, 39, count))
        return np.unique([world.workday(int(d)) for d in days if d <= world.last - 3])
    clock = np.cumsum(world.intensity * np.sqrt(profile.level(world)))
    shape = float(rng.uniform(4, 16))
    count = int(clock[-1] / profile.gap * 2) + 20
    ticks = np.cumsum(rng.gamma(shape, profile.gap / shape, count))
    ticks += rng.uniform(-profile.gap, 0) if profile.opens < world.first else -ticks[0] * 0.9
    ticks = ticks[(ticks > 0) & (ticks < clock[-1])]
    return np.asarray(np.unique(np.searchsorted(clock, ticks) + world.first))


def _drafts(
    world: World, rng: np.random.Generator, profile: Profile, catalogue: Catalogue
) -> list[_Draft]:
    days = order_days(world, rng, profile)
    if not len(days):
        return []
    places = days - world.first
    base = profile.yearly * 100 * profile.gap / 365
    if profile.course is Course.ONE_OFF:
        base, level = profile.yearly * 100 / len(days), np.ones(len(days))
    else:
        level = np.sqrt(profile.level(world)[places])
    amounts = base * level * world.season[places] * rng.lognormal(-0.04, 0.27, len(days))
    counts = np.clip(1 + rng.poisson(1.7, len(days)), 1, MOST_LINES)
    chosen = _baskets(rng, profile, catalogue, len(days))
    past = (1 + INFLATION) ** (-(world.last - days) / 365)
    return [
        _draft(rng, profile, catalogue, int(days[i]), chosen[i, : counts[i]], amounts[i], past[i])
        for i in range(len(days))
    ]


def _baskets(
    rng: np.random.Generator, profile: Profile, catalogue: Catalogue, n: int
) -> np.ndarray:
    """Products of each order without repeats, shape (n, MOST_LINES), by the Gumbel trick."""
    weights = (
        np.asarray(profile.basket)[catalogue.category]
        / np.bincount(catalogue.category)[catalogue.category]
    )
    habit = rng.lognormal(0, 0.9, len(weights))  # everybody has favourites
    keys = np.log(weights * habit) + rng.gumbel(size=(n, len(weights)))
    return np.argsort(-keys, axis=1)[:, :MOST_LINES]


def _draft(
    rng: np.random.Generator,
    profile: Profile,
    catalogue: Catalogue,
    on: int,
    products: np.ndarray,
    amount: float,
    past: float,
) -> _Draft:
    affordable = products[catalogue.price[products] <= amount * 0.6]
    if not len(affordable):
        affordable = products[[int(np.argmin(catalogue.price[products]))]]
    shares = rng.gamma(2.0, 1.0, len(affordable))
    shares /= shares.sum()
    discount = np.clip(profile.discount + rng.normal(0, 0.015, len(affordable)), 0, 0.45)
    price = np.round(catalogue.price[affordable] * past * (1 - discount))
    quantities = _round_lots(np.maximum(1, np.round(amount * shares / price)))
    return _Draft(
        customer=profile.id,
        day=on,
        products=affordable,
        quantities=quantities,
        amounts=np.asarray(price * quantities, dtype=np.int64),
        costs=np.asarray(
            np.round(catalogue.cost[affordable] * past * rng.normal(1, 0.02)) * quantities,
            dtype=np.int64,
        ),
    )


def _round_lots(quantities: Floats) -> Floats:
    """People order 50 or 200, not 53 or 197."""
    lots = np.select([quantities >= 500, quantities >= 100, quantities >= 30], [50.0, 10.0, 5.0], 1)
    return np.asarray(np.maximum(1, np.round(quantities / lots) * lots), dtype=float)


def _returns(world: World, rng: np.random.Generator, drafts: list[_Draft]) -> list[_Draft]:
    """Some of what was sold comes back within weeks, as an order of its own below zero."""
    found = []
    for draft in drafts:
        on = world.workday(draft.day + int(rng.integers(6, 35)))
        if rng.random() < RETURN_SHARE and on <= world.last:
            line = int(rng.integers(len(draft.products)))
            share = min(1.0, float(rng.uniform(0.1, 1.0)))
            quantity = max(1.0, float(np.floor(draft.quantities[line] * share)))
            of_all = quantity / draft.quantities[line]
            found.append(
                _Draft(
                    draft.customer,
                    on,
                    draft.products[[line]],
                    np.array([-quantity]),
                    np.array([-round(draft.amounts[line] * of_all)]),
                    np.array([-round(draft.costs[line] * of_all)]),
                )
            )
    return found


def _write(world: World, trade: Trade, draft: _Draft, profile: Profile) -> None:
    number = len(trade.orders) + 1
    back = bool(draft.amounts[0] < 0)
    order: Row = {
        "id": number,
        "code": f"{'TH' if back else 'SO'}{day(draft.day):%y%m%d}-{number:05d}",
        "customer_id": draft.customer,
        "ordered_on": day(draft.day),
        "sold_by": world.users[profile.owner_on(draft.day)],
    }
    trade.orders.append(order)
    for place in range(len(draft.products)):
        product = int(draft.products[place]) + 1
        trade.lines.append(
            {
                "id": len(trade.lines) + 1,
                "order_id": number,
                "line_no": place + 1,
                "product_id": product,
                "quantity": float(draft.quantities[place]),
                "amount": int(draft.amounts[place]),
                "cost": int(draft.costs[place]),
            }
        )
        if draft.day > world.last - 365:
            trade.sold[(draft.customer, product)] += float(draft.quantities[place])
    held = trade.returned if back else trade.placed
    held[draft.customer].append(Placed(number, draft.customer, draft.day, int(draft.amounts.sum())))
