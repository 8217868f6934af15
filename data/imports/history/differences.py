"""What an import will change, before it does (变更预览): row, field, old → new.

Asked in a rehearsal, of the staged rows that say something else than the store. All of it
goes to a file, the first of it into the report.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from itertools import chain
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from data.imports.history.describing import field_behind, joined, kind_of, naming
from data.imports.staging.changes import Changes
from data.imports.staging.context import Context
from data.imports.storing.comparing import changing
from data.imports.terms.difference import Difference, difference_of, plain
from data.imports.terms.pointing import shown
from data.imports.terms.report import ImportReport
from data.imports.terms.request import Request
from data.imports.terms.spec import Target
from data.imports.terms.tables import table_of

MOST_SHOWN = 200
"""Differences in the report; all are counted, and all are in the file."""


def told(
    context: Context, changes: Changes, report: ImportReport, request: Request
) -> ImportReport:
    """The report of a rehearsal with what would change.

    Args:
        context: of the import, after comparing, before anything is written.
        changes: those foreseen.
        report: with its counts.
        request: where it names a file (`changes`), every difference is written there.
    """
    if not request.rehearse:
        return report
    first: list[Difference] = []
    counts: dict[str, int] = {}
    for difference in _kept(every(context, changes), request.changes):
        counts[difference.field] = counts.get(difference.field, 0) + 1
        if len(first) < MOST_SHOWN:
            first.append(difference)
    return replace(
        report,
        differences=tuple(first),
        differences_count=sum(counts.values()),
        changed_fields=counts,
    )


def read(path: Path) -> Iterator[Difference]:
    """The differences of a file, one at a time."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield difference_of(json.loads(line))


def _kept(differences: Iterator[Difference], path: Path | None) -> Iterator[Difference]:
    """Write each to the file as it goes by."""
    first = next(differences, None)
    if first is None:
        return
    if path is None:
        yield first
        yield from differences
        return
    with path.open("w", encoding="utf-8") as file:
        for difference in chain([first], differences):
            file.write(json.dumps(asdict(difference), ensure_ascii=False) + "\n")
            yield difference


def every(context: Context, changes: Changes) -> Iterator[Difference]:
    """Every value that changes, target by target in the order of lines."""
    for target in context.spec.targets:
        if not target.only_new and target.updatable and context.is_there(target.id_into):
            yield from _of_target(context, target)
    for reference in context.spec.references:
        if reference.own_file:
            yield from _linked(context, reference.field, reference.into)
    if context.spec.also_tells:
        yield from _told_beside(context)
    yield from changes.foreseen


def _of_target(context: Context, target: Target) -> Iterator[Difference]:
    """Values of one target's rows; a row several lines describe comes once."""
    staged, store = context.staged, table_of(target.table)
    source, table, changed = changing(context, target)
    names = sorted(name for name in target.columns if name in target.updatable)
    keys = naming(store, table)
    identity = [table.c[key.name] for key in store.primary_key]
    columns: list[Any] = []
    for name in names:
        given = staged.c[target.columns[name]]
        new = sa.and_(given.is_not(None), table.c[name].is_distinct_from(given))
        columns += [
            new.label(f"is_{name}"),
            shown(store.c[name], table.c[name]).label(f"old_{name}"),
            shown(store.c[name], given).label(f"new_{name}"),
        ]
    query = (
        sa.select(
            staged.c.line,
            *(key.label(f"key_{i}") for i, key in enumerate(identity)),
            *(key.label(f"name_{i}") for i, key in enumerate(keys)),
            *columns,
        )
        .select_from(source)
        .where(changed, context.good())
        .order_by(*(identity if target.shared else ()), staged.c.id)
    )
    seen: tuple[Any, ...] = ()
    done: set[str] = set()
    for row in _rows(context, query):
        key = tuple(row[f"key_{i}"] for i in range(len(identity)))
        if key != seen:
            seen, done = key, set()
        for name in names:
            if not row[f"is_{name}"] or name in done:
                continue
            done.add(name)
            yield Difference(
                row["line"],
                store.name,
                joined([row[f"name_{i}"] for i in range(len(keys))]),
                field_behind(context.spec, target.columns[name]),
                kind_of(store.c[name]),
                plain(row[f"old_{name}"]),
                plain(row[f"new_{name}"]),
                key[0] if "id" in store.c else None,
            )


def _linked(context: Context, field: str, into: str) -> Iterator[Difference]:
    """Rows that will point to one that comes with the same file (a group)."""
    staged = context.staged
    target = next(one for one in context.spec.targets if into in one.columns.values())
    store = table_of(target.table)
    column = next(store.c[name] for name, given in target.columns.items() if given == into)
    table = sa.alias(store)
    query = (
        sa.select(
            staged.c.line,
            *(key.label(f"name_{i}") for i, key in enumerate(naming(store, table))),
            shown(column, table.c[column.name]).label("old"),
            staged.c[field].label("new"),
        )
        .join(table, table.c.id == staged.c[target.id_into])
        .where(staged.c[into].is_(None), staged.c[field].is_not(None), context.good())
        .where(sa.exists().where(_own(context, field)))
        .order_by(staged.c.id)
    )
    for row in _rows(context, query):
        name = joined([row[key] for key in row if key.startswith("name_")])
        yield Difference(
            row["line"], store.name, name, field, "text", plain(row["old"]), plain(row["new"])
        )


def _own(context: Context, field: str) -> Any:
    """Condition: another good row of the file is the one that is named."""
    other = sa.alias(context.staged, "named")
    return sa.and_(other.c.customer_code == context.staged.c[field], sa.not_(other.c.bad))


def _told_beside(context: Context) -> Iterator[Difference]:
    """What the kind changes beyond its targets (a credit limit)."""
    assert context.spec.also_tells is not None
    for field, column, query in context.spec.also_tells(context):
        for row in _rows(context, query):
            yield Difference(
                row["line"],
                column.table.name,
                str(row["row"]),
                field,
                kind_of(column),
                plain(row["old"]),
                plain(row["new"]),
            )


def _rows(context: Context, query: Any) -> Iterator[Any]:
    result = context.connection.execute(query.execution_options(yield_per=1000))
    yield from result.mappings()
