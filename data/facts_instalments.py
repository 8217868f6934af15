"""Which part of an invoice is due when, and what paid it (分期归并), with Ibis.

Only invoices whose schedule is in force on the date are looked at part by part; all others
are due as a whole. A store without any schedule is asked nothing of this.
"""

from __future__ import annotations

from typing import Any

import ibis

from data.facts_periods import Period
from data.facts_sales import total
from data.facts_tables import fact

CREDIT, CASH, WRITTEN_OFF = 0, 1, 2
"""What lowers an invoice: a credit note, money, a write-off."""


def schedules() -> Any:
    """The invoices that have a schedule on any day, one row of them: whether there is one."""
    return fact("invoice_schedule").select("invoice_id").limit(1)


def planned(on: Period) -> Any:
    """The invoices with a schedule in force on the date: planned_id."""
    row = fact("invoice_schedule")
    return row.filter(row.since <= on.as_of).select(planned_id=row.invoice_id).distinct()


def scheduled(on: Period) -> Any:
    """The schedules in force on the date: of each invoice the rows that hold since last.

    Columns: invoice_id, position, due_on, amount, before (Σ amount of the parts due earlier).
    """
    row = fact("invoice_schedule")
    row = row.filter(row.since <= on.as_of)
    newest = row.group_by("invoice_id").aggregate(newest=row.since.max())
    newest = newest.select(newest_id=newest.invoice_id, newest=newest.newest)
    same = (row.invoice_id == newest.newest_id) & (row.since == newest.newest)
    row = row.inner_join(newest, same)
    row = row.select("invoice_id", "position", "due_on", "amount")
    return row.mutate(before=_before(row, "due_on", "position"))


def by_part(part: Any, on: Period) -> Any:
    """Payments that count on the date, cut at the edges of the instalments they pay.

    What came first pays what is due first. Laid end to end the payments of an invoice and its
    parts each fill a line from 0; where a payment lies over a part, it pays it.

    Args:
        part: rows of `data.facts_receivables.applied` that count on the date.
        on: the date.

    Returns:
        Columns: customer_id, due_on (in force), paid_on, amount, kind.
    """
    agreed, split = scheduled(on), planned(on)
    marked = part.left_join(split, part.invoice_id == split.planned_id)
    plain = marked.filter(marked.planned_id.isnull())
    names = ("customer_id", "due_on", "paid_on", "amount", "kind")
    paid = part.inner_join(split, part.invoice_id == split.planned_id)
    paid = paid.select(
        "customer_id", "invoice_id", "paid_on", "kind", "effective_on", "id", "amount"
    )
    paid = paid.mutate(start=_before(paid, "effective_on", "kind", "id"))
    each = agreed.select(
        agreed_id=agreed.invoice_id,
        due_on=agreed.due_on,
        low=agreed.before,
        high=agreed.before + agreed.amount,
    )
    both = paid.inner_join(each, paid.invoice_id == each.agreed_id)
    over = ibis.least(both.start + both.amount, both.high) - ibis.greatest(both.start, both.low)
    cut = both.select("customer_id", "due_on", "paid_on", "kind", amount=over)
    cut = cut.filter(cut.amount > 0)
    return ibis.union(plain.select(*names), cut.select(*names))


def _before(row: Any, *by: str) -> Any:
    """Σ amount of the rows of the same invoice that come earlier by the columns `by`."""
    so_far = ibis.window(group_by="invoice_id", order_by=list(by), rows=(None, 0))
    return (total(row.amount).over(so_far) - row.amount).cast("int64")
