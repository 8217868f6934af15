"""Looking into a batch (批次明细): the rows it added, what it changed, a page at a time.

Rows of customers pass through the row rule as it is now: a customer handed to somebody
else since is no longer shown to the account manager who once brought it in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from data.imports.columns.registry import SPECS
from data.imports.history import resting
from data.imports.history.batches import Batch
from data.imports.history.describing import field_of, joined, kind_of, naming
from data.imports.history.resting import CHANGE
from data.imports.terms.change import typed
from data.imports.terms.difference import Difference, plain
from data.imports.terms.pointing import called, parent_of, shown
from data.imports.terms.spec import Spec
from data.imports.terms.tables import table_of
from data.queries.scope import visible_to
from models.access import Scope
from models.customers import Customer
from models.filters import Page
from models.receivables import CreditNote, Receipt, Reversal
from models.tables import metadata

CREDIT_NOTE = table_of(CreditNote)
CUSTOMER = table_of(Customer)
RECEIPT = table_of(Receipt)
REVERSAL = table_of(Reversal)

_BY_WAY_OF = {
    "order_line": "order_id",
    "allocation": "invoice_id",
    "invoice_schedule": "invoice_id",
    "write_off": "invoice_id",
    "answer": "response_id",
}
"""Table → the column by which its rows belong to a customer, where they do not name one."""
_AT_ONCE = 500
"""Changes whose rows are looked up together; below the number of parameters SQLite takes."""
_HIDDEN = frozenset(
    {
        "id",
        "batch_id",
        "batch_line",
        "created_at",
        "version",
        "customer_id",
        "recorded_by",
        "ended_by",
    }
)


@dataclass(frozen=True, slots=True)
class Cell:
    """A column of a list: its field and how to show it (`describing.kind_of`)."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Listing:
    """Rows of one table: columns, and rows of plain values."""

    cells: tuple[Cell, ...]
    rows: tuple[tuple[Any, ...], ...]


def parts(session: Session, batch: Batch, scope: Scope) -> dict[str, int]:
    """How many rows of each table a batch added, of those the scope may see."""
    found = {}
    for table in reversed(list(resting.tables())):
        count = session.execute(
            _seen(sa.select(sa.func.count()), table, scope).where(table.c.batch_id == batch.id)
        ).scalar_one()
        if count:
            found[table.name] = int(count)
    return found


def made(session: Session, batch: Batch) -> dict[str, int]:
    """What a batch made beside its rows (surveys, questions, scales, waves), by table."""
    found: dict[str, int] = defaultdict(int)
    for row in resting.made_rows(session.connection(), batch.id):
        found[row.table_name] += 1
    return dict(found)


def rows(session: Session, batch: Batch, table_name: str, scope: Scope, page: Page) -> Listing:
    """Rows a batch added to one table, in the order of lines.

    Columns: `line`, `customer` (code) and `customer_name` where the row belongs to a
    customer, then the table's own; ids are shown as codes. Empty columns are left out.
    """
    table = next(one for one in resting.tables() if one.name == table_name)
    spec = SPECS.get(batch.kind)
    cells = [Cell("line", "number")]
    columns: list[Any] = [table.c.batch_line]
    if table is not CUSTOMER and _source(table) is not None:
        cells += [Cell("customer", "text"), Cell("customer_name", "text")]
        columns += [CUSTOMER.c.code, CUSTOMER.c.name]
    for column in table.c:
        if column.name not in _HIDDEN and column.name not in _passed_over(table):
            cells.append(Cell(field_of(spec, table.name, column.name), kind_of(column)))
            columns.append(_shown(column, scope))
    query = (
        _seen(sa.select(*columns), table, scope)
        .where(table.c.batch_id == batch.id)
        .order_by(table.c.batch_line, *table.primary_key)
        .offset(page.offset)
        .limit(page.size)
    )
    found = [tuple(plain(value) for value in row) for row in session.execute(query)]
    kept = [i for i in range(len(cells)) if any(row[i] not in (None, "") for row in found)]
    return Listing(
        tuple(cells[i] for i in kept), tuple(tuple(row[i] for i in kept) for row in found)
    )


def _shown(column: Any, scope: Scope) -> Any:
    """A column as people read it; of another customer (a group) the code only within scope."""
    if scope.owner_id is None or parent_of(column) is not CUSTOMER:
        return shown(column)
    there = sa.alias(CUSTOMER)
    mine = sa.select(there.c.code).where(there.c.id == column, there.c.owner_id == scope.owner_id)
    return mine.scalar_subquery()


def _passed_over(table: sa.Table) -> tuple[str, ...]:
    return ("response_id",) if table.name == "answer" else ()


def changes_count(session: Session, batch: Batch, scope: Scope) -> int:
    """How many times a batch changed a row, of those the scope may see."""
    query = sa.select(sa.func.count()).where(*_changed(batch, scope))
    return int(session.execute(query).scalar_one())


def changes(session: Session, batch: Batch, scope: Scope, page: Page) -> list[Difference]:
    """What a batch changed, value by value; a page holds `page.size` rows' changes."""
    query = (
        sa.select(CHANGE.c.table_name, CHANGE.c.row_id, CHANGE.c.before, CHANGE.c.after)
        .where(*_changed(batch, scope))
        .order_by(CHANGE.c.id)
        .offset(page.offset)
        .limit(page.size)
    )
    found = session.execute(query).all()
    told: list[Difference] = []
    for start in range(0, len(found), _AT_ONCE):
        some = found[start : start + _AT_ONCE]
        names, codes = _names(session, some), _codes(session, some, scope)
        for change in some:
            told += _told(change, names, codes, SPECS.get(batch.kind))
    return told


def _told(
    change: Any, names: Mapping[Any, str], codes: Mapping[Any, Any], spec: Spec | None
) -> Iterable[Difference]:
    table = metadata.tables[change.table_name]
    keys = {key.name for key in table.primary_key}
    before, after = typed(table, change.before), typed(table, change.after)
    for name in after:
        if name in keys or before.get(name) == after[name]:
            continue
        parent = parent_of(table.c[name])
        values = [before.get(name), after[name]]
        if parent is not None:
            values = [codes.get((parent.name, value)) for value in values]
        yield Difference(
            None,
            table.name,
            names.get(_identity(table, change), ""),
            field_of(spec, table.name, name),
            kind_of(table.c[name]),
            plain(values[0]),
            plain(values[1]),
        )


def _identity(table: sa.Table, change: Any) -> tuple[Any, ...]:
    _first, *rest = table.primary_key
    return (table.name, change.row_id, *(change.before.get(key.name) for key in rest))


def _names(session: Session, found: Sequence[Any]) -> dict[tuple[Any, ...], str]:
    """What the changed rows are called; those that are gone are not in it."""
    ids: dict[str, set[int]] = defaultdict(set)
    for change in found:
        ids[change.table_name].add(change.row_id)
    names = {}
    for table_name, wanted in ids.items():
        table = metadata.tables[table_name]
        keys = list(table.primary_key)
        query = sa.select(*keys, *naming(table)).where(keys[0].in_(wanted))
        for row in session.execute(query):
            names[(table_name, *row[: len(keys)])] = joined(row[len(keys) :])
    return names


def _codes(session: Session, found: Sequence[Any], scope: Scope) -> dict[tuple[str, Any], Any]:
    """Codes of the rows that changed values point to; of customers only those in scope."""
    ids: dict[str, set[int]] = defaultdict(set)
    for change in found:
        table = metadata.tables[change.table_name]
        for values in (change.before, change.after):
            for name, value in values.items():
                parent = parent_of(table.c[name])
                if parent is not None and value is not None:
                    ids[parent.name].add(value)
    codes = {}
    for table_name, wanted in ids.items():
        table = metadata.tables[table_name]
        query = sa.select(table.c.id, called(table)).where(table.c.id.in_(wanted))
        for number, code in session.execute(_seen(query, table, scope)):
            codes[(table_name, number)] = code
    return codes


def _changed(batch: Batch, scope: Scope) -> list[sa.ColumnElement[bool]]:
    """Conditions: changes of a batch the scope may see, without what it made."""
    conditions = [CHANGE.c.batch_id == batch.id, sa.cast(CHANGE.c.before, sa.Text) != "{}"]
    if scope.owner_id is None:
        return conditions
    of_customers = [table for table in resting.tables() if _source(table) is not None]
    told: list[sa.ColumnElement[bool]] = [
        CHANGE.c.table_name.not_in([table.name for table in of_customers])
    ]
    for table in of_customers:
        first = next(iter(table.primary_key))
        theirs = CHANGE.c.row_id.in_(_seen(sa.select(first), table, scope))
        told.append(sa.and_(CHANGE.c.table_name == table.name, theirs))
    return [*conditions, sa.or_(*told)]


def _source(table: sa.Table) -> Any:
    """A table joined to the customers its rows belong to; None where they belong to none.

    Rows of nobody (anonymous answers) stay, for those who see everybody.
    """
    if table is CUSTOMER:
        return table
    if "customer_id" in table.c:
        return table.outerjoin(CUSTOMER, CUSTOMER.c.id == table.c.customer_id)
    if table is REVERSAL:
        of = sa.func.coalesce(RECEIPT.c.customer_id, CREDIT_NOTE.c.customer_id)
        paid = table.outerjoin(RECEIPT, RECEIPT.c.id == table.c.receipt_id)
        paid = paid.outerjoin(CREDIT_NOTE, CREDIT_NOTE.c.id == table.c.credit_note_id)
        return paid.join(CUSTOMER, CUSTOMER.c.id == of)
    if table.name in _BY_WAY_OF:
        column = table.c[_BY_WAY_OF[table.name]]
        parent = parent_of(column)
        assert parent is not None
        return table.join(parent, parent.c.id == column).outerjoin(
            CUSTOMER, CUSTOMER.c.id == parent.c.customer_id
        )
    return None


def _seen(query: Any, table: sa.Table, scope: Scope) -> Any:
    """A query on a table under the row rule."""
    source = _source(table)
    if source is None:
        return query.select_from(table)
    return visible_to(query.select_from(source), scope)
