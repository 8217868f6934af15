"""Reductions over orders (销售归并), written once with Ibis for all engines.

A purchase is an order, unless its lines add up to zero or less: then it is a return. Returns
lower every amount in the period they are dated in, but they are no purchases: they are not
counted, and they neither begin, end nor interrupt a customer's rhythm.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import ibis

from data.facts_periods import Period
from data.facts_tables import fact


def total(column: Any, where: Any = None) -> Any:
    """An exact whole-number sum, 0 over nothing."""
    return ibis.coalesce(column.sum(where=where), 0).cast("int64")


def count(table: Any, where: Any = None) -> Any:
    """How many rows."""
    return table.count(where=where).cast("int64")


def returns() -> Any:
    """Orders that are no purchase: order_id of those whose lines add up to nothing or less.

    Only orders with a line that is not positive are added up, which are few.
    """
    line = fact("order_line")
    odd = line.filter(line.amount <= 0).select("order_id").distinct()
    worth = line.semi_join(odd, "order_id")
    worth = worth.group_by("order_id").aggregate(worth=total(worth.amount))
    return worth.filter(worth.worth <= 0).select("order_id")


def purchases(until: date, returned: Any) -> Any:
    """One row per purchase up to a day: customer_id, day. `returned` is `returns()`."""
    order = fact("sales_order")
    order = order.filter(order.ordered_on <= until)
    bought = order.anti_join(returned, order.id == returned.order_id)
    return bought.select("customer_id", day=bought.ordered_on)


def lines(until: date) -> Any:
    """One row per order line up to a day: customer_id, ordered_on, amount, known, cost.

    `known` is the amount where the cost is known, else NULL: a line of unknown cost has an
    unknown margin, not one of 100 %.
    """
    line, order = fact("order_line"), fact("sales_order")
    order = order.filter(order.ordered_on <= until)
    both = line.inner_join(order, line.order_id == order.id)
    known = both.cost.notnull().ifelse(both.amount, None)
    return both.select("customer_id", "ordered_on", "amount", "cost", known=known)


def sales(line: Any, on: Period) -> Any:
    """Per customer: net sales and the parts of the margin over the stretches of a period."""
    line = line.filter(line.ordered_on <= on.as_of)
    day, amount = line.ordered_on, line.amount
    inside = day > on.after
    return line.group_by("customer_id").aggregate(
        sales=total(amount, inside),
        sales_before=total(amount, (day > on.before_after) & (day <= on.after)),
        sales_total=total(amount),
        recent=total(amount, day > on.recent_after),
        previous=total(amount, (day > on.previous_after) & (day <= on.recent_after)),
        year_ago=total(amount, (day > on.year_ago_after) & (day <= on.year_ago)),
        known=total(line.known, inside),
        cost=total(line.cost, inside),
        costed=count(line, inside & line.cost.notnull()),
    )


def orders(bought: Any, on: Period) -> Any:
    """Per customer: purchases in the window, in the window before and ever; first and last."""
    bought = bought.filter(bought.day <= on.as_of)
    day = bought.day
    return bought.group_by("customer_id").aggregate(
        orders=count(bought, day > on.after),
        orders_before=count(bought, (day > on.before_after) & (day <= on.after)),
        orders_total=count(bought),
        first_order=day.min(),
        last_order=day.max(),
    )
