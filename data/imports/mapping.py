"""Columns to fields (列映射): by recognised names, by a plan, and as remembered for a header."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from data.imports import headers
from data.imports.kinds.answers import DEFAULT_ITEMS, ITEM_ALIASES
from data.imports.kinds.spec import Field, Spec
from data.imports.plan import Item, Plan
from data.imports.reading import Layout
from data.imports.registry import SPECS
from errors import BadInput, Issue
from models.enums import SheetKind


@dataclass(frozen=True, slots=True)
class Columns:
    """Which position of a row holds which field; what is not in the file comes from the plan."""

    spec: Spec
    plan: Plan
    places: Mapping[str, int]
    items: tuple[tuple[int, Item], ...]
    """(position, question) of a survey's answer columns."""
    shown: Mapping[str, str]
    """Field → the name people know it by: their own column's."""
    ignored: tuple[str, ...]

    def has(self, field: str) -> bool:
        """Whether the file or the plan says anything about this field."""
        return field in self.places or field in self.plan.constants or field in self.plan.templates


def judge(plan: Plan) -> Callable[[Sequence[str]], int]:
    """How many cells of a row are column names we know or were told."""
    specs = [SPECS[SheetKind(plan.kind)]] if plan.kind else list(SPECS.values())
    told = {headers.plain(str(name)) for name in plan.columns.values() if isinstance(name, str)}
    told |= {headers.plain(item.column) for item in plan.items if item.column}
    known = [_names(spec) | told for spec in specs]

    def count(cells: Sequence[str]) -> int:
        plain = {headers.plain(cell) for cell in cells if cell.strip()}
        return max(len(plain & names) for names in known)

    return count


def _names(spec: Spec) -> set[str]:
    names = {headers.plain(alias) for field in spec.fields for alias in field.aliases}
    if spec.kind is SheetKind.ANSWERS:
        names |= {headers.plain(alias) for aliases in ITEM_ALIASES.values() for alias in aliases}
    return names


def recognise(layout: Layout) -> SheetKind | None:
    """The kind whose fields the header names best; None when no kind is complete."""
    best: tuple[int, SheetKind] | None = None
    for kind, spec in SPECS.items():
        places = _recognised(spec, layout.header)
        items = _item_columns(spec, layout.header, (), set(places.values()))
        if _missing(spec, places.__contains__) or not _answers_something(spec, places, items):
            continue
        rank = len(places) + len(items)
        if best is None or rank > best[0]:
            best = (rank, kind)
    return None if best is None else best[1]


def settle(spec: Spec, plan: Plan, layout: Layout, known_items: Sequence[Item] = ()) -> Columns:
    """The mapping of a file.

    Args:
        spec: the kind.
        plan: what the user says; its columns go before recognised names.
        layout: the file's header.
        known_items: questions the store has for the survey.

    Raises:
        BadInput: required columns are missing, or the plan names columns that are not there.
    """
    told = _told(spec, plan, layout)
    places = {} if layout.header_line is None else _recognised(spec, layout.header)
    places = {name: place for name, place in places.items() if name not in plan.columns}
    taken = set(told.values())
    places = {name: place for name, place in places.items() if place not in taken} | told
    given = {*places, *plan.constants, *plan.templates}
    items = _item_columns(spec, layout.header, (*plan.items, *known_items), set(places.values()))
    missing = _missing(spec, given.__contains__)
    if not _answers_something(spec, given, items):
        missing.append(_lacking(spec.field("score")))
    if missing:
        raise BadInput(*missing)
    used = {*places.values(), *(place for place, _item in items)}
    ignored = tuple(
        name for place, name in enumerate(layout.header) if place not in used and name.strip()
    )
    shown = {field.name: _shown(field, places, layout.header) for field in spec.fields}
    return Columns(spec, plan, places, items, shown, ignored)


def recognised_columns(spec: Spec, layout: Layout) -> dict[str, str]:
    """Field → column, for as many fields as the header names."""
    return {name: layout.header[place] for name, place in _recognised(spec, layout.header).items()}


def header_hash(header: Iterable[str]) -> str:
    """What a header is remembered by: its names as compared, in their order."""
    return hashlib.sha256("\x1f".join(map(headers.plain, header)).encode()).hexdigest()


def _told(spec: Spec, plan: Plan, layout: Layout) -> dict[str, int]:
    """Positions of the columns the plan names."""
    known = {field.name for field in spec.fields}
    by_name = {headers.plain(name): place for place, name in enumerate(layout.header)}
    places: dict[str, int] = {}
    faults = []
    for name, column in plan.columns.items():
        if column is None:
            continue
        place = column - 1 if isinstance(column, int) else by_name.get(headers.plain(column))
        if name not in known:
            faults.append(Issue("map_unknown", column="columns", value=name))
        elif place is None or not 0 <= place < len(layout.header):
            faults.append(Issue("column_missing", column=str(column), detail={"names": name}))
        else:
            places[name] = place
    faults += [
        Issue("map_unknown", column="constants", value=name)
        for name in (*plan.constants, *plan.templates)
        if name not in known
    ]
    if faults:
        raise BadInput(*faults)
    return places


def _recognised(spec: Spec, header: Sequence[str]) -> dict[str, int]:
    """Fields found by name. A column serves one field: the one that knows it best."""
    by_name = {headers.plain(name): place for place, name in enumerate(header) if name.strip()}
    offers = sorted(
        (rank, order, field.name, by_name[headers.plain(alias)])
        for order, field in enumerate(spec.fields)
        for rank, alias in enumerate(field.aliases)
        if headers.plain(alias) in by_name
    )
    places: dict[str, int] = {}
    for _rank, _order, name, place in offers:
        if name not in places and place not in places.values():
            places[name] = place
    return places


def _item_columns(
    spec: Spec, header: Sequence[str], items: Sequence[Item], taken: set[int]
) -> tuple[tuple[int, Item], ...]:
    """Columns that hold the answers to one question each."""
    if spec.kind is not SheetKind.ANSWERS:
        return ()
    by_name = {headers.plain(name): place for place, name in enumerate(header) if name.strip()}
    found: dict[int, Item] = {}
    known = {item.code for item in items}
    for item in (*items, *(i for i in DEFAULT_ITEMS if i.code not in known)):
        names = [item.column, item.code, item.wording, *ITEM_ALIASES.get(item.code, ())]
        place = next(
            (by_name[n] for n in map(headers.plain, filter(None, names)) if n in by_name), None
        )
        if place is not None and place not in taken and place not in found:
            found[place] = item
    return tuple(sorted(found.items(), key=lambda pair: pair[0]))


def _missing(spec: Spec, given: Callable[[str], bool]) -> list[Issue]:
    lacking = [_lacking(field) for field in spec.fields if field.required and not given(field.name)]
    for group in spec.any_of:
        if not any(given(name) for name in group):
            lacking.append(_lacking(spec.field(group[0])))
    return lacking


def _answers_something(spec: Spec, given: Iterable[str], items: Sequence[tuple[int, Item]]) -> bool:
    return spec.kind is not SheetKind.ANSWERS or bool(items) or "score" in set(given)


def _lacking(field: Field) -> Issue:
    return Issue(
        "column_missing", column=field.aliases[0], detail={"names": ", ".join(field.aliases[:4])}
    )


def _shown(field: Field, places: Mapping[str, int], header: Sequence[str]) -> str:
    return header[places[field.name]] if field.name in places else field.aliases[0]
