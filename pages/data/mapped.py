"""What of a file is mapped (列对应情况): positions of fields, and what still lacks a column."""

from __future__ import annotations

from data.imports.columns.registry import spec_of
from data.imports.files import headers
from data.imports.peek import Peek
from data.imports.terms.plan import Plan
from data.imports.terms.spec import Field
from words.i18n import _, _c

MISSING = "column_missing"


def places_of(peek: Peek, plan: Plan) -> dict[str, int]:
    """Field → position from 1: what the plan says, else what was recognised."""
    by_name = {headers.plain(name): place for place, name in enumerate(peek.header, 1)}
    found = dict(peek.places or {})
    for name, column in plan.columns.items():
        place = by_name.get(headers.plain(column)) if isinstance(column, str) else column
        if place is None:
            found.pop(name, None)
        else:
            found[name] = place
    return found


def column_words(peek: Peek, place: int) -> str:
    """A column as people call it: by its name, or by its position where it has none."""
    return peek.header[place - 1] or _("Column {n}", n=place)


def example(peek: Peek, place: int) -> str:
    """The first value of a column among the first rows; empty where there is none."""
    cells = (cells[place - 1].strip() for _line, cells in peek.rows if place <= len(cells))
    return next((cell for cell in cells if cell), "")


def left_out(peek: Peek, plan: Plan) -> list[str]:
    """Columns no field takes; those of a survey are questions and told elsewhere."""
    used = set(places_of(peek, plan).values())
    if spec_of(peek.kind).columns:
        return list(peek.ignored)
    free = (place for place in range(1, len(peek.header) + 1) if place not in used)
    return [column_words(peek, place) for place in free if _filled(peek, place)]


def lacking(peek: Peek, plan: Plan) -> list[str]:
    """Names of fields that every row needs and no column gives."""
    spec = spec_of(peek.kind)
    given = {*places_of(peek, plan), *plan.constants, *plan.templates}
    given |= {ask.fills for ask in peek.asks}
    missing = [_name(field) for field in spec.fields if field.required and field.name not in given]
    for group in spec.any_of:
        if not given & set(group):
            names = [_name(spec.field(name)) for name in group]
            missing.append(_("one of {names}", names=" / ".join(names)))
    if spec.columns and spec.columns.instead not in given and not plan.items:
        instead = spec.field(spec.columns.instead)
        if any(i.reason == MISSING and i.column == instead.aliases[0] for i in peek.issues):
            missing.append(_name(instead))
    return missing


def complete(peek: Peek, plan: Plan, *, told: bool) -> bool:
    """Whether the file could be checked as it stands.

    Args:
        peek: at the file.
        plan: what the user says about it.
        told: the user has been through the columns; what the first look found is settled.
    """
    if not (peek.kind and peek.header) or lacking(peek, plan):
        return False
    return told or all(issue.reason == MISSING for issue in peek.issues)


def _name(field: Field) -> str:
    return _c("import field", field.label)


def _filled(peek: Peek, place: int) -> bool:
    return bool(peek.header[place - 1] or example(peek, place))
