"""Cards that an import changes (档案变更): their histories grow with it, or are corrected.

What an import adds to a history bears its number and goes with it; what it rewrites is kept as
any change of a row is. So taking the import back takes its part of the history back.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from data import card_changes
from data.card_changes import DATED, Change
from data.imports.staging.changes import Changes
from data.imports.staging.context import Context
from data.imports.terms.change import Change as RowChange
from data.imports.terms.change import typed
from data.imports.terms.tables import table_of
from models.base import now
from models.customers import Customer
from models.system import ImportBatch, ImportChange

BATCH = table_of(ImportBatch)
CHANGE = table_of(ImportChange)
CUSTOMER = table_of(Customer)
_AT_ONCE = 2000


def keep(context: Context, changes: Changes) -> None:
    """Write down when the cards that this import changed began to say what they say now."""
    for cards in _changed(context, changes):
        found = card_changes.plan(
            context.connection, cards, context.today, correct=context.options.correct_past
        )
        if context.options.correct_past and found.since is not None:
            changes.corrects(found.since)
        add(context, changes, found.added)
        for table in card_changes.KEPT:
            rewritten = [
                RowChange(each.id, each.before, each.after, {})
                for each in found.rewritten
                if each.table is table
            ]
            changes.change_all(table, rewritten)


def add(context: Context, changes: Changes, added: list[card_changes.Added]) -> None:
    """Put entries into the histories; they bear this import's number and go with it."""
    if not added:
        return
    query = sa.select(BATCH.c.created_by).where(BATCH.c.id == changes.batch_id)
    by = context.connection.execute(query).scalar_one()
    lines = _lines(context, {each.customer_id for each in added})
    for table in card_changes.KEPT:
        rows = [
            {
                **each.values,
                "customer_id": each.customer_id,
                "since": each.since,
                "reason": "",
                "recorded_by": by,
                "created_at": now(),
                "batch_id": changes.batch_id,
                "batch_line": lines.get(each.customer_id),
            }
            for each in added
            if each.table is table
        ]
        if rows:
            context.connection.execute(sa.insert(table), rows)


def _lines(context: Context, ids: set[int]) -> dict[int, int]:
    """The line of the file that spoke of each customer."""
    staged = context.staged
    query = (
        sa.select(staged.c.customer_id, sa.func.min(staged.c.line))
        .where(context.good(), staged.c.customer_id.in_(ids))
        .group_by(staged.c.customer_id)
    )
    return {int(number): int(line) for number, line in context.connection.execute(query)}


def _changed(context: Context, changes: Changes) -> Iterator[list[Change]]:
    """Cards this import changed in what is dated, some at a time, each once."""
    last = 0
    while True:
        ids = (
            sa.select(CHANGE.c.row_id)
            .where(
                CHANGE.c.batch_id == changes.batch_id,
                CHANGE.c.table_name == CUSTOMER.name,
                CHANGE.c.row_id > last,
            )
            .distinct()
            .order_by(CHANGE.c.row_id)
            .limit(_AT_ONCE)
            .subquery()
        )
        page = context.connection.execute(
            sa.select(CHANGE.c.row_id, CHANGE.c.before, CHANGE.c.after)
            .where(
                CHANGE.c.batch_id == changes.batch_id,
                CHANGE.c.table_name == CUSTOMER.name,
                CHANGE.c.row_id.in_(sa.select(ids.c.row_id)),
            )
            .order_by(CHANGE.c.row_id, CHANGE.c.id)
        ).all()
        if not page:
            return
        last = page[-1].row_id
        merged = (_merged(number, rows) for number, rows in groupby(page, lambda row: row.row_id))
        yield [change for change in merged if change.after]


def _merged(customer_id: int, rows: Any) -> Change:
    """Several changes of one card as one: its first `before` and its last `after`."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for row in rows:
        for name, value in typed(CUSTOMER, row.before).items():
            if name in DATED:
                before.setdefault(name, value)
        after |= {n: v for n, v in typed(CUSTOMER, row.after).items() if n in DATED}
    after = {name: value for name, value in after.items() if before[name] != value}
    return Change(customer_id, before, after)


def would_correct(context: Context, changes: Changes) -> None:
    """Before anything is written: how far back a correction would reach."""
    if not context.options.correct_past:
        return
    staged = context.staged
    told = [name for name in DATED if name in staged.c]
    differing = [
        sa.and_(staged.c[name].is_not(None), staged.c[name].is_distinct_from(CUSTOMER.c[name]))
        for name in told
    ]
    found = context.connection.execute(
        sa.select(
            CUSTOMER.c.id,
            *(CUSTOMER.c[name].label(f"old_{name}") for name in told),
            *(staged.c[name].label(f"new_{name}") for name in told),
        )
        .join(CUSTOMER, CUSTOMER.c.id == staged.c.customer_id)
        .where(context.good(), sa.or_(sa.false(), *differing))
    )
    cards = {row.id: _of_row(row, told) for row in found}
    since = card_changes.plan(
        context.connection, list(cards.values()), context.today, correct=True
    ).since
    if since is not None:
        changes.corrects(since)


def _of_row(row: Any, told: list[str]) -> Change:
    old, new = ({n: getattr(row, f"{side}_{n}") for n in told} for side in ("old", "new"))
    changed = [name for name in told if new[name] is not None and new[name] != old[name]]
    return Change(row.id, {n: old[n] for n in changed}, {n: new[n] for n in changed})


def told(connection: sa.Connection, since: date | None, today: date) -> dict[str, Any]:
    """For the report: since when figures change, on which computed dates, which are left behind."""
    if since is None:
        return {}
    found = card_changes.reach(connection, since, today)
    return {
        "since": found.since.isoformat(),
        "first": found.first.isoformat() if found.first else None,
        "last": found.last.isoformat() if found.last else None,
        "dates": found.dates,
        **({"left": [day.isoformat() for day in found.left]} if found.left else {}),
    }
