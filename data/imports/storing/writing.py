"""The one transaction's writes (写入): new rows set by set, changed rows with what they were."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from data.imports.matching.lookups import filled, look_up, match
from data.imports.staging.changes import Changes
from data.imports.staging.context import Context
from data.imports.staging.faults import Faults
from data.imports.staging.progress import Progress
from data.imports.storing.comparing import changing
from data.imports.terms.change import Change
from data.imports.terms.spec import Target
from data.imports.terms.tables import table_of

_CHANGED_AT_ONCE = 2000


def write(context: Context, faults: Faults, changes: Changes, tell: Progress) -> None:
    """Store every good row: targets in their order, then what the kind still has to do."""
    for place, target in enumerate(context.spec.targets):
        tell("writing", 0.8 + 0.18 * place / len(context.spec.targets))
        if target.only_new and not getattr(context.options, target.only_new):
            continue
        if not target.only_new:
            _update(context, changes, target)
        _insert(context, changes, target)
        if target.only_new:
            for reference in context.spec.references:
                if reference.into == target.id_into:
                    look_up(context, reference)
        elif target is not context.spec.targets[-1]:
            match(context, target)
    if context.spec.finish:
        context.spec.finish(context, faults, changes)


def _insert(context: Context, changes: Changes, target: Target) -> None:
    staged = context.staged
    table = table_of(target.table)
    source = staged.alias("source")
    new = [sa.not_(source.c.bad), source.c[target.id_into].is_(None)]
    if target.when:
        new.append(source.c[target.when].is_not(None))
    given = {**target.columns, **target.key}
    names = [name for name in given if name in table.c]
    values: list[Any] = [filled(table.c[name], source.c[given[name]]) for name in names]
    query = sa.select(*values, sa.literal(changes.batch_id), source.c.line).where(*new)
    if target.shared:
        firsts = (
            sa.select(sa.func.min(staged.c.id))
            .where(context.good(), staged.c[target.id_into].is_(None))
            .group_by(*(staged.c[name] for name in target.within_file))
        )
        if target.when:
            firsts = firsts.where(staged.c[target.when].is_not(None))
        query = query.where(source.c.id.in_(firsts))
    keys = [source.c[name] for name in target.key.values()]
    context.connection.execute(
        sa.insert(target.table).from_select(
            [*names, "batch_id", "batch_line"], query.order_by(*keys)
        )
    )
    if context.connection.dialect.name == "postgresql":
        # The next target is matched against these rows: a plan made for a table believed
        # empty compares each row with each.
        context.connection.execute(sa.text(f'ANALYZE "{table.name}"'))


def _update(context: Context, changes: Changes, target: Target) -> None:
    """Change rows that are there, a page at a time; each change keeps what was before."""
    names = [name for name in target.columns if name in target.updatable]
    if not names or not context.is_there(target.id_into):
        return
    staged = context.staged
    source, table, changed = changing(context, target)
    identity = table.c.id if "id" in table.c else table.c[next(iter(target.key))]
    rest = [] if "id" in table.c else list(target.key)[1:]
    last = -1
    while True:
        page = context.connection.execute(
            sa.select(
                staged.c.id.label("staged_id"),
                identity.label("row_id"),
                *(table.c[name].label(f"key_{name}") for name in rest),
                *(table.c[name].label(f"old_{name}") for name in names),
                *(staged.c[target.columns[name]].label(f"new_{name}") for name in names),
            )
            .select_from(source)
            .where(changed, context.good(), staged.c.id > last)
            .order_by(staged.c.id)
            .limit(_CHANGED_AT_ONCE)
        ).all()
        if not page:
            return
        last = page[-1].staged_id
        _change_each(changes, target, names, rest, page)


def _change_each(
    changes: Changes, target: Target, names: list[str], rest: list[str], page: Iterable[Any]
) -> None:
    done: dict[tuple[Any, ...], set[str]] = {}
    found: list[Change] = []
    for row in page:
        old = row._mapping
        keys = {name: old[f"key_{name}"] for name in rest}
        seen = done.setdefault((row.row_id, *keys.values()), set())
        after = {
            name: old[f"new_{name}"]
            for name in names
            if name not in seen
            and old[f"new_{name}"] is not None
            and old[f"new_{name}"] != old[f"old_{name}"]
        }
        if not after:
            continue
        seen.update(after)
        before = {name: old[f"old_{name}"] for name in after}
        if keys:
            first = next(iter(target.key))
            keys[first] = row.row_id
        found.append(Change(row.row_id, before, after, keys))
    changes.change_all(target.table, found)
