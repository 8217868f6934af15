"""Rows against each other and against the store (比对): repeats, conflicts, changes."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from data.imports.staging.context import Context
from data.imports.staging.faults import Faults
from data.imports.staging.rows import set_rows
from data.imports.terms.spec import Target
from data.imports.terms.tables import table_of


def within_file(context: Context, faults: Faults, target: Target) -> None:
    """Find keys the file holds more than once.

    A shared row must say the same everywhere. A row of its own that is repeated counts once
    and is noted; with other content every line of it is refused. An empty cell says nothing
    here either: what only a later line says, the first one says from then on.
    """
    if target.only_new:
        return
    first = _first_of_each(context, target)
    if first is None:
        return
    staged = context.staged
    original = sa.alias(staged)
    keys = target.within_file
    same_key = [staged.c[keys[0]] == first.c[keys[0]]]
    same_key += [staged.c[name].is_not_distinct_from(first.c[name]) for name in keys[1:]]
    joined = staged.join(first, sa.and_(*same_key)).join(original, original.c.id == first.c.id)
    later = staged.c.id > first.c.id
    if target.when:
        later = sa.and_(later, staged.c[target.when].is_not(None))
    said = _said(context, target)
    _complete(context, said, joined, original, later)
    differs = _differs(context, said, original)
    key_field = _shown_key(context, target)
    if not target.shared:
        _refuse_first(context, faults, target, joined, original, sa.and_(later, differs), key_field)
    faults.where(
        target.duplicate, key_field, sa.and_(later, differs), other=original.c.line, source=joined
    )
    if not target.shared:
        _drop_repeats(context, faults, joined, original, later, key_field)


def _first_of_each(context: Context, target: Target) -> Any:
    """The first row of every key that occurs twice; None where there is none."""
    staged = context.staged
    keys = [staged.c[name] for name in target.within_file]
    query = sa.select(sa.func.min(staged.c.id).label("id"), *keys).where(
        context.good(), keys[0].is_not(None)
    )
    if target.when:
        query = query.where(staged.c[target.when].is_not(None))
    many = sa.func.count() > 1
    if target.shared:
        many = sa.or_(
            sa.false(),
            *(
                sa.or_(_vary(staged.c[name]), _said_later(staged, name))
                for name in target.columns.values()
                if name not in target.within_file
            ),
        )
    found = query.group_by(*keys).having(many)
    if context.connection.execute(found.limit(1)).first() is None:
        return None
    context.connection.execute(sa.text("DROP TABLE IF EXISTS staged_first"))
    made = sa.Table(
        "staged_first",
        sa.MetaData(),
        sa.Column("id", sa.Integer),
        *(sa.Column(key.name, key.type) for key in keys),
        prefixes=["TEMPORARY"],
    )
    made.create(context.connection, checkfirst=False)
    context.connection.execute(sa.insert(made).from_select([c.name for c in made.c], found))
    return made


def _vary(column: Any) -> Any:
    """Whether the rows of a group hold more than one value."""
    if isinstance(column.type, sa.Boolean):
        return sa.func.count(column.distinct()) > 1
    return sa.func.min(column) != sa.func.max(column)


def _said_later(staged: sa.Table, name: str) -> Any:
    """Whether the first row of a group is silent where a later one speaks."""
    speaks = sa.case((staged.c[name].is_not(None), staged.c.id))
    return sa.func.min(speaks) > sa.func.min(staged.c.id)


def _refuse_first(
    context: Context,
    faults: Faults,
    target: Target,
    joined: Any,
    original: Any,
    clash: Any,
    key_field: str,
) -> None:
    """The first line of a key is as doubtful as the one that contradicts it."""
    staged = context.staged
    pairs = context.connection.execute(
        sa.select(original.c.id, sa.func.min(staged.c.line).label("other"))
        .select_from(joined)
        .where(clash, context.good(), original.c.line != staged.c.line)
        .group_by(original.c.id)
    ).all()
    for other in pairs:
        faults.of_row(target.duplicate, key_field, other.id, str(other.other))


def _drop_repeats(
    context: Context, faults: Faults, joined: Any, original: Any, later: Any, key_field: str
) -> None:
    staged = context.staged
    faults.note_where("repeated_row", key_field, later, other=original.c.line, source=joined)
    repeats = sa.select(staged.c.id).select_from(joined).where(later, context.good())
    context.connection.execute(
        sa.update(staged).where(staged.c.id.in_(repeats)).values(bad=True, becomes="same")
    )


def _said(context: Context, target: Target) -> list[str]:
    """Staged columns in which rows of a key are compared.

    Of a row of its own that is everything it says: a cell that belongs to another table (a
    limit, a contact) would be lost with the repeat. What names a customer or an invoice is
    compared by what it points to.
    """
    names = dict.fromkeys(target.columns.values())
    if not target.shared:
        naming = {each.field for each in context.spec.references}
        naming |= {each.tax_field for each in context.spec.references if each.tax_field}
        naming |= {each.name_field for each in context.spec.references if each.name_field}
        names |= dict.fromkeys(f.name for f in context.spec.fields if f.name not in naming)
    return [name for name in names if name not in target.within_file]


def _complete(context: Context, said: list[str], joined: Any, original: Any, later: Any) -> None:
    """Let the first row of every key say what only a later one says."""
    staged = context.staged
    silent = {
        name: sa.and_(original.c[name].is_(None), staged.c[name].is_not(None)) for name in said
    }
    rows = context.connection.execute(
        sa.select(
            original.c.id.label("first"),
            *(sa.case((silent[name], staged.c[name])).label(name) for name in said),
        )
        .select_from(joined)
        .where(later, context.good(), sa.or_(sa.false(), *silent.values()))
        .order_by(staged.c.id.desc())
    ).all()
    for name in said:
        told = {row.first: row._mapping[name] for row in rows if row._mapping[name] is not None}
        set_rows(context, ({"row": number, name: value} for number, value in told.items()), name)


def _differs(context: Context, said: list[str], original: Any) -> Any:
    """Whether a row says something else than the first of its key, where both speak."""
    staged = context.staged
    told = [
        sa.and_(
            staged.c[name].is_not(None),
            original.c[name].is_not(None),
            staged.c[name] != original.c[name],
        )
        for name in said
    ]
    return sa.or_(sa.false(), *told)


def _shown_key(context: Context, target: Target) -> str:
    """The field of the key people know."""
    names = {field.name for field in context.spec.fields}
    shown = {"respondent": "response_code", "customer_id": "customer_code"}
    keys = [shown.get(name, name) for name in target.within_file]
    best = [name for name in keys if name in names and name != "wave_code"]
    if "response_code" in keys:
        return "response_code"
    return best[0] if best else next(iter(names))


def with_store(context: Context, faults: Faults, target: Target) -> None:
    """Refuse what may not change in rows that are there."""
    if target.only_new or not context.is_there(target.id_into):
        return
    fixed = [name for name in target.columns if name not in target.updatable]
    for name in fixed:
        field = _field_behind(context, target.columns[name])
        joined, table = _joined(context, target)
        given = context.staged.c[target.columns[name]]
        changed = sa.and_(given.is_not(None), table.c[name].is_distinct_from(given))
        faults.where(
            "may_not_change",
            field,
            changed,
            other=table.c[name] if field == target.columns[name] else None,
            source=joined,
        )


def _field_behind(context: Context, staged_name: str) -> str:
    for reference in context.spec.references:
        if reference.into == staged_name:
            return reference.field
    return context.spec.stands_for.get(staged_name, staged_name)


def _joined(context: Context, target: Target) -> tuple[Any, Any]:
    staged = context.staged
    table = sa.alias(table_of(target.table))
    if "id" in table.c:
        return staged.join(table, table.c.id == staged.c[target.id_into]), table
    on = [table.c[name] == staged.c[given] for name, given in target.key.items()]
    return staged.join(table, sa.and_(*on)), table


def changing(context: Context, target: Target) -> tuple[Any, Any, Any]:
    """(source, table, condition) of staged rows that say something new about a row there."""
    joined, table = _joined(context, target)
    new = [
        sa.and_(
            context.staged.c[given].is_not(None),
            table.c[name].is_distinct_from(context.staged.c[given]),
        )
        for name, given in target.columns.items()
        if name in target.updatable
    ]
    return joined, table, sa.or_(sa.false(), *new)


def states(context: Context) -> None:
    """Name every good row added, updated or same, before anything is written.

    Rows are staged as added; it is the others that are marked.
    """
    staged = context.staged
    main = [target for target in context.spec.targets if not target.only_new]
    fresh = [
        sa.and_(
            staged.c[target.id_into].is_(None),
            staged.c[target.when].is_not(None) if target.when else sa.true(),
        )
        for target in main
    ]
    context.connection.execute(
        sa.update(staged).where(context.good(), sa.not_(sa.or_(*fresh))).values(becomes="same")
    )
    for target in main:
        if not context.is_there(target.id_into):
            continue
        joined, _table, changed = changing(context, target)
        rows = sa.select(staged.c.id).select_from(joined).where(changed, context.good())
        context.connection.execute(
            sa.update(staged)
            .where(staged.c.becomes == "same", staged.c.id.in_(rows))
            .values(becomes="updated")
        )


def with_siblings(context: Context, faults: Faults) -> None:
    """An order with one bad line is no order: its other lines are refused with it."""
    staged = context.staged
    for target in context.spec.targets:
        if not target.whole:
            continue
        key = staged.c[next(iter(target.key.values()))]
        other = sa.alias(staged)
        bad = (
            sa.select(other.c[key.name])
            .where(other.c.bad, other.c.becomes != "same", other.c[key.name].is_not(None))
            .distinct()
        )
        faults.where("sibling_rejected", key.name, key.in_(bad))
