"""Dated entries of a customer (按日生效的记录): which is in force, and the card that follows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from data import card_changes
from data.imports.kinds import dated_cards
from data.imports.staging.changes import Changes
from data.imports.staging.context import Context
from data.imports.staging.faults import Faults
from data.imports.terms.change import Change
from data.imports.terms.pointing import shown
from data.imports.terms.tables import table_of
from errors import BadInput, Issue
from models.base import DAY_ZERO
from models.customers import Customer

CUSTOMER = table_of(Customer)


def in_force(context: Context, table: sa.Table) -> Any:
    """The newest entry of each customer that is not dated after today, as a subquery."""
    newest = (
        sa.select(table.c.customer_id, sa.func.max(table.c.since).label("since"))
        .where(table.c.since <= context.today)
        .group_by(table.c.customer_id)
        .subquery()
    )
    same = sa.and_(newest.c.customer_id == table.c.customer_id, newest.c.since == table.c.since)
    return sa.select(table).join(newest, same).subquery()


def follow(context: Context, changes: Changes, table: sa.Table, columns: Sequence[str]) -> None:
    """Cards say what the newest entry says, of customers whose entries this file changes.

    An entry without a value (NULL) of a column that a card must fill leaves the card alone.
    """
    entry = in_force(context, table)
    touched = _touched(context)
    _begin(context, changes, table, columns)
    pairs = [(CUSTOMER.c[name], entry.c[name]) for name in columns]
    differs = [card.is_distinct_from(new) for card, new in pairs]
    rows = (
        context.connection.execute(
            sa.select(
                CUSTOMER.c.id,
                CUSTOMER.c.batch_id,
                *(card.label(f"old_{card.name}") for card, _new in pairs),
                *(new.label(f"new_{card.name}") for card, new in pairs),
            )
            .join(entry, entry.c.customer_id == CUSTOMER.c.id)
            .where(CUSTOMER.c.id.in_(touched), sa.or_(*differs))
            .order_by(CUSTOMER.c.id)
        )
        .mappings()
        .all()
    )
    cards = []
    for row in rows:
        after = {
            name: row[f"new_{name}"]
            for name in columns
            if row[f"new_{name}"] != row[f"old_{name}"]
            and (row[f"new_{name}"] is not None or CUSTOMER.c[name].nullable)
        }
        if after and row["batch_id"] == changes.batch_id:  # made with this very file
            context.connection.execute(
                sa.update(CUSTOMER).where(CUSTOMER.c.id == row["id"]).values(after)
            )
        elif after:
            before = {name: row[f"old_{name}"] for name in after}
            cards.append(Change(row["id"], before, after, {}))
    changes.change_all(Customer, cards)


def corrects(context: Context, _faults: Faults, changes: Changes) -> None:
    """Entries dated before today change what was computed since: the report names the dates."""
    staged = context.staged
    query = sa.select(sa.func.min(staged.c.since)).where(context.good(), staged.c.becomes != "same")
    first = context.connection.execute(query).scalar_one()
    if first is not None and first < context.today:
        changes.corrects(first)


def _touched(context: Context) -> sa.Select[Any]:
    """Customers of whom this file tells something new."""
    staged = context.staged
    return sa.select(staged.c.customer_id).where(context.good(), staged.c.becomes != "same")


def _begin(context: Context, changes: Changes, table: sa.Table, columns: Sequence[str]) -> None:
    """Write down what cards without a history said until now, before they follow the file.

    Days before a first entry are told by it. So a first entry that says something else than the
    card, or lies ahead, would tell every day before it otherwise than it was. A card made with
    this very file said nothing before it.
    """
    kind = next(each for each in card_changes.KEPT if table is table_of(each))
    entry = in_force(context, table)
    known = (
        sa.select(table.c.customer_id)
        .group_by(table.c.customer_id)
        .having(
            sa.func.count() == sa.func.count(sa.case((table.c.batch_id == changes.batch_id, 1))),
            sa.func.min(table.c.since) > DAY_ZERO,
        )
    )
    differs = [
        CUSTOMER.c[name].is_distinct_from(entry.c[name])
        if CUSTOMER.c[name].nullable
        else CUSTOMER.c[name] != entry.c[name]
        for name in columns
    ]
    kept = card_changes.KEPT[kind]
    found = context.connection.execute(
        sa.select(CUSTOMER.c.id, *(CUSTOMER.c[name] for name in kept))
        .outerjoin(entry, entry.c.customer_id == CUSTOMER.c.id)
        .where(CUSTOMER.c.id.in_(_touched(context)), CUSTOMER.c.id.in_(known))
        .where(CUSTOMER.c.batch_id.is_distinct_from(changes.batch_id))
        .where(sa.or_(entry.c.customer_id.is_(None), *differs))
        .order_by(CUSTOMER.c.id)
    ).mappings()
    added = [
        card_changes.Added(kind, row["id"], DAY_ZERO, {name: row[name] for name in kept})
        for row in found
    ]
    dated_cards.add(context, changes, added)


@dataclass(frozen=True, slots=True)
class Follows:
    """A column of the card that follows dated entries, and where a row says its value."""

    column: str
    staged: str
    field: str
    emptied: str = ""
    """Staged flag that says there is no such thing."""


def foretell(
    context: Context, table: sa.Table, columns: Sequence[Follows]
) -> Iterator[tuple[str, Any, Any]]:
    """What `follow` will change in cards that are there, to show before (`Spec.also_tells`)."""
    staged = context.staged
    later = sa.alias(staged)
    newer = sa.or_(
        sa.exists().where(
            later.c.customer_id == staged.c.customer_id,
            sa.not_(later.c.bad),
            later.c.since > staged.c.since,
            later.c.since <= context.today,
        ),
        sa.exists().where(
            table.c.customer_id == staged.c.customer_id,
            table.c.since > staged.c.since,
            table.c.since <= context.today,
        ),
    )
    for one in columns:
        card, said = CUSTOMER.c[one.column], staged.c[one.staged]
        speaks: sa.ColumnElement[bool] = said.is_not(None)
        if one.emptied and card.nullable:
            speaks = sa.or_(speaks, staged.c[one.emptied])
        yield (
            one.field,
            card,
            sa.select(
                staged.c.line,
                CUSTOMER.c.code.label("row"),
                shown(card).label("old"),
                shown(card, said).label("new"),
            )
            .join(CUSTOMER, CUSTOMER.c.id == staged.c.customer_id)
            .where(context.good(), staged.c.becomes != "same", staged.c.since <= context.today)
            .where(speaks, card.is_distinct_from(said), sa.not_(newer))
            .order_by(staged.c.line),
        )


def refuse_loops(context: Context) -> None:
    """A group cannot stand above itself, however far up.

    Raises:
        BadInput: one does.
    """
    pairs = sa.select(CUSTOMER.c.id, CUSTOMER.c.parent_id, CUSTOMER.c.code).where(
        CUSTOMER.c.parent_id.is_not(None)
    )
    above = {row.id: (row.parent_id, row.code) for row in context.connection.execute(pairs)}
    for start, (_parent, code) in above.items():
        seen, at = {start}, above[start][0]
        while at in above and at not in seen:
            seen.add(at)
            at = above[at][0]
        if at in seen:
            raise BadInput(Issue("group_loop", column=context.shown["parent_code"], value=code))
