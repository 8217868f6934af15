"""From facts to figures (指标计算): runs the pure methods over all customers of one date.

Everything is an array over customers; no Python loop runs per customer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from data.bulk import Column
from data.facts import Facts
from jobs.figures.align import Ints, Rows
from jobs.figures.company import company
from jobs.figures.debts import debts
from jobs.figures.judgement import judgement, over_limit
from jobs.figures.surveys import counts, heard
from jobs.figures.trade import trade
from jobs.figures.voice import voice
from models.policy import Policy


@dataclass(frozen=True, eq=False)
class Figures:
    """One date, ready to be written by `data.snapshots`."""

    owner_id: Ints
    """Account manager of each customer on the date, 0 = none."""
    customers: dict[str, Column]
    """The columns of `Snapshot`, but the date."""
    over_limit: Column
    invoices: dict[str, Column]
    responses: dict[str, Column]
    waves: dict[str, Column]
    totals: dict[str, Any]


def compute(facts: Facts, policy: Policy) -> Figures:
    """All figures of one date under one policy."""
    rows = Rows(facts)
    bought = trade(rows, facts, policy)
    owed = debts(rows, facts, policy)
    found = heard(rows, facts, policy, bought.orders > 0)
    said = voice(rows, facts, found)
    judged = judgement(rows, facts, policy, bought, owed, said)
    return Figures(
        owner_id=rows.cards["owner_id"].to_numpy(),
        customers={
            "customer_id": Column(rows.ids),
            **rows.columns(),
            **bought.columns(),
            **owed.columns(),
            **said.columns(),
            **judged.columns(),
        },
        over_limit=Column(over_limit(owed)),
        invoices=owed.invoices,
        responses=found.columns(),
        waves=counts(rows, found, bought.pyramid.tier),
        totals=company(rows, facts, policy, bought, owed, found, judged),
    )
