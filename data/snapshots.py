"""Writing snapshots (快照写入): all rows of one date in one transaction, or none.

What was there for that date is replaced. The same facts and settings give the same rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlmodel import Session, col

from data import bulk
from data.bulk import Column
from models.snapshots import (
    TOTAL_CLASSES,
    TOTAL_SUMS,
    Snapshot,
    SnapshotInvoice,
    SnapshotResponse,
    SnapshotRun,
    SnapshotTotal,
    SnapshotWave,
)

TOTALS = """Keys of `SnapshotRun.totals`. Money in minor units, ratios 0–1, undefined is None.

customers, active, active_before, new, lost: counts. Active ordered in the window, new first
    ordered in it, lost ordered in the window before but not in this one.
sales, sales_before: net sales of the window and of the one before.
concentration: hhi, gini, top_1, top_5, top_10, top_20_percent, largest_manager_id,
    largest_manager_share (of positive sales).
pyramid: list of {tier, customers, value, value_share, entry}; entry is the least value in it.
abc: list of {class, customers, value, value_share, entry}, customers with sales only.
key: cut, customers, overridden.
receivables: opening, outstanding, current, provision (Σ bucket × its loss rate), unallocated;
    ledger_invoiced, ledger_received,
    ledger_credited, ledger_written_off (of all time, receipts and credit notes less reversals:
    their balance is outstanding − unallocated); roll_forward: {opening, invoiced, received,
    credited, written_off, closing} of the ledger over the window, opening + invoiced − received −
    credited − written_off = closing; invoiced, days, dso, best_possible_dso,
    average_days_delinquent, cei, due, received, collection_ratio (window), month_due,
    month_received, month_collection_ratio (calendar month so far), days_late.
surveys: main (code of the main survey), main_id, wanted (code the settings name, '' = automatic),
    found (and it is the main one), active (customers), least_answers, least_share (what a wave
    needs), waves: list of wave_id, survey_id, survey (code), measures (index, gaps = SERVQUAL,
    other), n (counted answers, anonymous ones too), responses (with those that answered too
    little to count), customers (that gave the counted ones), anonymous (of those),
    share (of active customers), complete, reason (what it lacks: answers, share).
csi: None, or of the headline wave what `waves` says and index, low, high (None where the survey
    has no index), anonymous_sum (Σ index of the anonymous answers among n).
nps: None where the headline wave does not ask for it, else what `waves` says (n, customers and
    anonymous of those who answered the question) and nps, low, high (points), promoters,
    passives, detractors.
"""

GROUPS = ("owner_id", *TOTAL_CLASSES)
SUMS = tuple(name for name in TOTAL_SUMS if name in Snapshot.model_fields and name != "margin")
"""Columns of `SnapshotTotal` that simply add up those of `Snapshot`."""

Columns = Mapping[str, Column]


def replace(
    session: Session,
    run: SnapshotRun,
    *,
    customers: Columns,
    owner_id: NDArray[np.int64],
    over_limit: Column,
    invoices: Columns,
    responses: Columns,
    waves: Columns,
) -> None:
    """Put the snapshot of `run.as_of` in the place of what was there.

    Args:
        session: of a writing transaction.
        run: the date and how it was computed.
        customers: columns of `Snapshot` but the date, shape (n,) each.
        owner_id: account manager per customer, 0 = none, shape (n,).
        over_limit: whether each customer exceeds its credit limit, shape (n,).
        invoices: columns of `SnapshotInvoice` but the date.
        responses: columns of `SnapshotResponse` but the date.
        waves: columns of `SnapshotWave` but the date.

    Raises:
        Conflict: a customer or invoice was deleted since the facts were read.
    """
    drop(session, [run.as_of])
    session.add(run)
    session.flush()
    with bulk.roomy(session):
        for table, columns in (
            (Snapshot, customers),
            (SnapshotInvoice, invoices),
            (SnapshotResponse, responses),
            (SnapshotWave, waves),
            (SnapshotTotal, totals(customers, owner_id, over_limit)),
        ):
            size = len(next(iter(columns.values())).values)
            as_of = Column(np.full(size, np.datetime64(run.as_of, "D")))
            bulk.insert(session, table, {"as_of": as_of, **columns})


def drop(session: Session, dates: Sequence[date]) -> None:
    """Take away all that was computed for some dates."""
    made = (SnapshotInvoice, SnapshotResponse, SnapshotWave, SnapshotTotal, Snapshot, SnapshotRun)
    for table in made:
        session.execute(sa.delete(table).where(col(table.as_of).in_(dates)))


def totals(
    customers: Columns, owner_id: NDArray[np.int64], over_limit: Column
) -> dict[str, Column]:
    """The columns of `SnapshotTotal` but the date: sums by owner, tier, class, grade, level."""
    keys = {name: _codes(customers[name]) for name in ("tier", "abc", "grade", "level")}
    group = pd.DataFrame({"owner_id": owner_id, **{name: code for name, (code, _) in keys.items()}})
    group["is_key"] = np.asarray(customers["is_key"].values)
    values = _addends(customers)
    values["over_limit"] = np.asarray(over_limit.values, dtype=np.int64)
    frame = pd.concat([group, pd.DataFrame(values)], axis=1)
    summed = frame.groupby(list(GROUPS), as_index=False, sort=True).sum()
    result = {name: Column(summed[name].to_numpy()) for name in summed.columns}
    for name, (_, words) in keys.items():
        result[name] = Column([words[code] for code in summed[name]])
    return result


def _codes(column: Column) -> tuple[NDArray[np.intp], list[str]]:
    """A number per distinct text, in order of the texts, '' for NULL."""
    texts = np.asarray(column.values).astype(object)
    if column.missing is not None:
        texts[column.missing] = ""
    code, words = pd.factorize(texts, sort=True)
    return code, [str(word) for word in words]


def _addends(customers: Columns) -> dict[str, NDArray[Any]]:
    """Per customer, what each column of `SnapshotTotal` adds up."""
    value = {name: np.asarray(customers[name].values) for name in (*SUMS, "sales", "orders")}
    missing = customers["margin"].missing
    margin = np.asarray(customers["margin"].values)
    known = np.ones(len(margin), dtype=np.bool_) if missing is None else ~missing
    return {
        "customers": np.ones(len(margin), dtype=np.int64),
        "active": (value["orders"] > 0).astype(np.int64),
        **{name: value[name] for name in SUMS},
        "margin": np.where(known, margin, 0),
        "margin_sales": np.where(known, value["sales"], 0),
        "overdue_customers": (value["overdue"] > 0).astype(np.int64),
        "headline_customers": (value["headline_n"] > 0).astype(np.int64),
        "flagged": (np.asarray(customers["flags"].values) > 0).astype(np.int64),
    }
