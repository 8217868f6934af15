"""Whole-company figures (公司口径): what is no sum of customers' rows, for `SnapshotRun`."""

from __future__ import annotations

from typing import Any

import numpy as np

from analytics.checks import ratio
from analytics.collection import (
    collection_effectiveness,
    collection_ratio,
    days_sales_outstanding,
)
from analytics.concentration import gini, hhi, top_n_share, top_share
from analytics.groups import group_sum
from analytics.provision import provision_matrix, rates_of
from data.facts import Facts
from jobs.figures.align import Floats, Ints, Rows
from jobs.figures.debts import Debts
from jobs.figures.judgement import Judgement
from jobs.figures.surveys import Heard
from jobs.figures.trade import Trade
from models.policy import Policy


def company(
    rows: Rows,
    facts: Facts,
    policy: Policy,
    bought: Trade,
    owed: Debts,
    found: Heard,
    judged: Judgement,
) -> dict[str, Any]:
    """The totals of a run; undefined figures are None. `data.snapshots.TOTALS` explains them."""
    return plain(
        {
            "customers": len(rows),
            **_movement(facts, bought),
            "concentration": _concentration(rows, bought),
            "pyramid": _pyramid(bought),
            "abc": _abc(bought),
            "key": {
                "cut": policy.key_cut,
                "customers": int(judged.is_key.sum()),
                "overridden": len(rows.of(facts.overrides)),
            },
            "receivables": _receivables(facts, policy, bought, owed),
            **found.totals(),
        }
    )


def plain(value: Any) -> Any:
    """JSON values: NumPy numbers become Python's, NaN becomes None."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and value.ndim == 0):
        value = value.item()
    return None if isinstance(value, float) and not np.isfinite(value) else value


def _movement(facts: Facts, bought: Trade) -> dict[str, Any]:
    after = np.datetime64(facts.period.after)
    fresh = (bought.orders > 0) & (bought.first_order > after)
    lost = (bought.orders_before > 0) & (bought.orders == 0)
    return {
        "active": int((bought.orders > 0).sum()),
        "active_before": None if bought.whole else int((bought.orders_before > 0).sum()),
        "new": int(fresh.sum()),
        "lost": None if bought.whole else int(lost.sum()),
        "sales": int(bought.sales.sum()),
        "sales_before": None if bought.whole else int(bought.sales_before.sum()),
    }


def _concentration(rows: Rows, bought: Trade) -> dict[str, Any]:
    sales = bought.sales
    owners, of = np.unique(rows.cards["owner_id"].to_numpy(), return_inverse=True)
    held: Ints = group_sum(of, np.maximum(sales, 0), len(owners))
    held = np.where(owners == 0, 0, held)
    total = int(np.maximum(sales, 0).sum())
    largest = int(held.argmax()) if len(held) and held.max() > 0 else None
    active = sales[sales > 0]
    return {
        "hhi": hhi(sales),
        "gini": gini(active).gini,
        "top_1": top_n_share(sales, 1),
        "top_5": top_n_share(sales, 5),
        "top_10": top_n_share(sales, 10),
        "top_20_percent": top_share(active),
        "largest_manager_id": None if largest is None else int(owners[largest]),
        "largest_manager_share": None if largest is None else int(held[largest]) / total,
    }


def _pyramid(bought: Trade) -> list[dict[str, Any]]:
    return [
        {
            "tier": row.code,
            "customers": row.customers,
            "value": row.value,
            "value_share": row.value_share,
            "entry": row.entry_threshold,
        }
        for row in bought.pyramid.tiers
    ]


def _abc(bought: Trade) -> list[dict[str, Any]]:
    result = []
    for row in bought.abc.classes:
        inside = bought.sales[(bought.abc.abc_class == row.code) & (bought.sales > 0)]
        result.append(
            {
                "class": row.code,
                "customers": len(inside),
                "value": row.value,
                "value_share": row.value_share,
                "entry": int(inside.min()) if len(inside) else None,
            }
        )
    return result


def _receivables(facts: Facts, policy: Policy, bought: Trade, owed: Debts) -> dict[str, Any]:
    total, invoiced = int(owed.ageing.total.sum()), int(owed.invoiced.sum())
    current = int(owed.ageing.amounts[:, 0].sum())
    opening = int(facts.opening["opening"].iloc[0])
    days = facts.period.days
    if bought.whole and len(facts.invoiced):
        first = facts.invoiced["first_invoice"].min().date()
        days = (facts.period.as_of - first).days + 1
    dso = days_sales_outstanding(total, invoiced, days=days, current=current)
    due, received = int(owed.due_amount.sum()), int(owed.due_received.sum())
    buckets = owed.ageing.amounts.sum(axis=0)
    loss = provision_matrix(buckets, rates_of(policy.provision_rates, len(buckets)))
    month_due, month_received = int(owed.month_due.sum()), int(owed.month_received.sum())
    return {
        "opening": opening,
        "outstanding": total,
        "current": current,
        "provision": loss.total,
        "unallocated": int(owed.unallocated.sum()),
        **_ledger(facts),
        "roll_forward": _roll_forward(facts, owed),
        "invoiced": invoiced,
        "days": days,
        "dso": dso.dso,
        "best_possible_dso": dso.best_possible,
        "average_days_delinquent": dso.average_delinquent,
        "cei": collection_effectiveness(opening, invoiced, total, current),
        "due": due,
        "received": received,
        "collection_ratio": collection_ratio(received, due),
        "month_due": month_due,
        "month_received": month_received,
        "month_collection_ratio": collection_ratio(month_received, month_due),
        "days_late": _days_late(facts),
    }


MOVEMENTS = ("invoiced", "received", "credited", "written_off")
"""What moves the ledger: columns of the frames of the same names, and `…_total`."""


def _moved(facts: Facts, name: str, *, ever: bool) -> int:
    column = f"{name}_total" if ever else name
    return int(getattr(facts, name)[column].sum())


def _ledger(facts: Facts) -> dict[str, int]:
    """The sums of all time, from the documents themselves and not from what is open."""
    return {f"ledger_{name}": _moved(facts, name, ever=True) for name in MOVEMENTS}


def _roll_forward(facts: Facts, owed: Debts) -> dict[str, int]:
    """The ledger over the window (滚动核对).

    What it begins with and what moved it come from the documents, what it ends with from what
    is open: so that opening + invoiced − received − credited − written off = closing says
    something.
    """
    signs = {name: 1 if name == "invoiced" else -1 for name in MOVEMENTS}
    moved = {name: _moved(facts, name, ever=False) for name in MOVEMENTS}
    before = {name: _moved(facts, name, ever=True) - moved[name] for name in MOVEMENTS}
    return {
        "opening": sum(signs[name] * before[name] for name in MOVEMENTS),
        **moved,
        "closing": int(owed.ageing.total.sum()) - int(owed.unallocated.sum()),
    }


def _days_late(facts: Facts) -> Floats:
    """Days late of all money of the window, weighted by amount, signed."""
    return ratio(facts.settled["late"].sum(), facts.settled["late_base"].sum())
