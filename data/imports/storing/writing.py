"""The one transaction's writes (写入): new rows set by set, changed rows with what they were."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from data.imports.matching.lookups import filled, look_up, match
from data.imports.staging.work import Progress, Work
from data.imports.storing.comparing import changes
from data.imports.terms.change import Change
from data.imports.terms.spec import Target
from data.imports.terms.tables import table_of

_CHANGED_AT_ONCE = 2000


def write(work: Work, tell: Progress) -> None:
    """Store every good row: targets in their order, then what the kind still has to do."""
    for place, target in enumerate(work.spec.targets):
        tell("writing", 0.8 + 0.18 * place / len(work.spec.targets))
        if target.only_new and not getattr(work.options, target.only_new):
            continue
        if not target.only_new:
            _update(work, target)
        _insert(work, target)
        if target.only_new:
            for reference in work.spec.references:
                if reference.into == target.id_into:
                    look_up(work, reference)
        elif target is not work.spec.targets[-1]:
            match(work, target)
    if work.spec.finish:
        work.spec.finish(work)


def _insert(work: Work, target: Target) -> None:
    staged = work.staged
    table = table_of(target.table)
    source = staged.alias("source")
    new = [sa.not_(source.c.bad), source.c[target.id_into].is_(None)]
    if target.when:
        new.append(source.c[target.when].is_not(None))
    given = {**target.columns, **target.key}
    names = [name for name in given if name in table.c]
    values: list[Any] = [filled(table.c[name], source.c[given[name]]) for name in names]
    query = sa.select(*values, sa.literal(work.batch_id), source.c.line).where(*new)
    if target.shared:
        firsts = (
            sa.select(sa.func.min(staged.c.id))
            .where(work.good(), staged.c[target.id_into].is_(None))
            .group_by(*(staged.c[name] for name in target.within_file))
        )
        if target.when:
            firsts = firsts.where(staged.c[target.when].is_not(None))
        query = query.where(source.c.id.in_(firsts))
    keys = [source.c[name] for name in target.key.values()]
    work.connection.execute(
        sa.insert(target.table).from_select(
            [*names, "batch_id", "batch_line"], query.order_by(*keys)
        )
    )
    if work.connection.dialect.name == "postgresql":
        # The next target is matched against these rows: a plan made for a table believed
        # empty compares each row with each.
        work.connection.execute(sa.text(f'ANALYZE "{table.name}"'))


def _update(work: Work, target: Target) -> None:
    """Change rows that are there, a page at a time; each change keeps what was before."""
    names = [name for name in target.columns if name in target.updatable]
    if not names or not work.is_there(target.id_into):
        return
    staged = work.staged
    source, table, changed = changes(work, target)
    identity = table.c.id if "id" in table.c else table.c[next(iter(target.key))]
    rest = [] if "id" in table.c else list(target.key)[1:]
    last = -1
    while True:
        page = work.connection.execute(
            sa.select(
                staged.c.id.label("staged_id"),
                identity.label("row_id"),
                *(table.c[name].label(f"key_{name}") for name in rest),
                *(table.c[name].label(f"old_{name}") for name in names),
                *(staged.c[target.columns[name]].label(f"new_{name}") for name in names),
            )
            .select_from(source)
            .where(changed, work.good(), staged.c.id > last)
            .order_by(staged.c.id)
            .limit(_CHANGED_AT_ONCE)
        ).all()
        if not page:
            return
        last = page[-1].staged_id
        _change_each(work, target, names, rest, page)


def _change_each(
    work: Work, target: Target, names: list[str], rest: list[str], page: Iterable[Any]
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
    work.change_all(target.table, found)
