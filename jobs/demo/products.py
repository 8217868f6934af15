"""Products and the stock customers hold of them (产品、客户库存盘点)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from data.samples import words
from jobs.demo.world import Floats, Row, Rows, World, fen

COUNTED_DEALERS = 42
COUNTED_PRODUCTS = 8
COUNTED_MONTHS = 13
INFLATION = 0.015
"""How much prices and costs rise a year; the product list holds those of the end date."""


@dataclass(frozen=True, eq=False)
class Catalogue:
    """The products as arrays, for making order lines; prices of the end date in fen."""

    cost: Floats
    price: Floats
    category: np.ndarray
    names: tuple[str, ...]
    categories: tuple[str, ...]


def build() -> tuple[Rows, Catalogue]:
    """Rows of product, and the catalogue orders are made from."""
    rows: Rows = []
    for category in words.read("products")["category"]:
        for code, name, unit, cost, share in category["items"]:
            rows.append(
                {
                    "id": len(rows) + 1,
                    "code": code,
                    "name": name,
                    "category": category["name"],
                    "unit": unit,
                    "unit_cost": fen(cost),
                    "list_price": fen(cost / (1 - share)),
                }
            )
    names = [str(row["category"]) for row in rows]
    categories = list(dict.fromkeys(names))
    return rows, Catalogue(
        cost=np.array([row["unit_cost"] for row in rows], dtype=float),
        price=np.array([row["list_price"] for row in rows], dtype=float),
        category=np.array([categories.index(name) for name in names]),
        names=tuple(str(row["name"]) for row in rows),
        categories=tuple(categories),
    )


def month_ends(end: date, count: int) -> list[date]:
    """The last `count` month-ends on or before `end`, oldest first."""
    found: list[date] = []
    first = (end + timedelta(days=1)).replace(day=1)
    while len(found) < count:
        found.append(first - timedelta(days=1))
        first = (first - timedelta(days=1)).replace(day=1)
    return found[::-1]


def stock_counts(
    world: World, customers: Rows, products: Rows, sold: dict[tuple[int, int], float]
) -> Rows:
    """Month-end counts of the dealers' best products.

    Args:
        world: the period.
        customers: rows of customer.
        products: rows of product.
        sold: (customer, product) → quantity bought within the last twelve months.
    """
    rng = world.rng("stock")
    days = month_ends(world.end, COUNTED_MONTHS)
    dealers = {row["id"]: 0.0 for row in customers if row["channel_role"] == "dealer"}
    for (customer, product), quantity in sold.items():
        if customer in dealers:
            dealers[customer] += quantity * products[product - 1]["unit_cost"]
    largest = sorted(dealers, key=lambda c: (-dealers[c], c))[:COUNTED_DEALERS]
    rows: Rows = []
    for customer in largest:
        own = {p: q for (c, p), q in sold.items() if c == customer and q > 0}
        value = sorted(own, key=lambda p: (-own[p] * products[p - 1]["unit_cost"], p))
        for product in value[:COUNTED_PRODUCTS]:
            months = float(rng.uniform(0.5, 2.8))
            rows += _counts(rng, customer, products[product - 1], own[product] / 12 * months, days)
    return [{"id": number, **row} for number, row in enumerate(rows, start=1)]


def _counts(
    rng: np.random.Generator, customer: int, product: Row, usual: float, days: list[date]
) -> Rows:
    counts = np.maximum(0, np.round(usual * rng.lognormal(0, 0.25, len(days))))
    return [
        {
            "customer_id": customer,
            "product_id": product["id"],
            "counted_on": on,
            "quantity": float(quantity),
            "amount": int(quantity) * product["unit_cost"],
        }
        for on, quantity in zip(days, counts, strict=True)
    ]
