"""Columns to fields (列映射): by recognised names, by a plan, and as remembered for a header."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from data.imports.columns.registry import SPECS
from data.imports.files import headers
from data.imports.files.reading import Layout
from data.imports.surveys import questions, survey_columns
from data.imports.surveys.known import ITEM_ALIASES
from data.imports.surveys.survey_columns import Rows, SurveyColumns
from data.imports.terms.plan import Item, Plan, unknown
from data.imports.terms.spec import Field, Spec
from errors import BadInput, Issue
from models.enums import SheetKind


@dataclass(frozen=True, slots=True)
class Columns:
    """Which position of a row holds which field; what is not in the file comes from the plan."""

    spec: Spec
    plan: Plan
    places: Mapping[str, int]
    shown: Mapping[str, str]
    """Field → the name people know it by: their own column's."""
    ignored: tuple[str, ...]
    survey: SurveyColumns | None = None
    """What a survey sheet asks."""
    free: tuple[tuple[int, str], ...] = ()
    """(position, name) of the columns nobody asked for."""

    @property
    def doubts(self) -> tuple[Issue, ...]:
        """What is asked about columns that are left out until somebody answers."""
        return self.survey.doubts if self.survey else ()

    @property
    def items(self) -> tuple[tuple[int, Item], ...]:
        """(position, question) of a survey's answer columns."""
        return self.survey.items if self.survey else ()

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
        asked = _questions_named(layout.header, places) if kind is SheetKind.ANSWERS else 0
        if _missing(spec, places.__contains__):
            continue
        if kind is SheetKind.ANSWERS and not asked and "score" not in places:
            continue
        rank = len(places) + asked
        if best is None or rank > best[0]:
            best = (rank, kind)
    return None if best is None else best[1]


def _questions_named(header: Sequence[str], places: Mapping[str, int]) -> int:
    """How many columns are questions by their name alone."""
    taken = set(places.values())
    known = {headers.plain(alias) for aliases in ITEM_ALIASES.values() for alias in aliases}
    free = [name for place, name in enumerate(header) if place not in taken]
    asked = questions.read_all(header, taken)
    return len(
        {name for name in free if headers.plain(name) in known}
        | {one.column for one in asked if one.numbered or one.named}
    )


def settle(
    spec: Spec,
    plan: Plan,
    layout: Layout,
    known_items: Sequence[Item] = (),
    rows: Rows = (),
) -> Columns:
    """The mapping of a file.

    Args:
        spec: the kind.
        plan: what the user says; its columns go before recognised names.
        layout: the file's header.
        known_items: questions the store has for the survey.
        rows: first rows of a survey; their answers tell the scales.

    Raises:
        BadInput: required columns are missing, or the plan names columns that are not there.
    """
    places = places_of(spec, plan, layout)
    _refuse_twice(spec, plan, layout)
    if spec.kind is SheetKind.ANSWERS:
        return _survey(spec, plan, layout, places, known_items, rows)
    given = {*places, *plan.constants, *plan.templates}
    missing = _missing(spec, given.__contains__)
    if missing:
        raise BadInput(*missing)
    return _columns(spec, plan, layout, places, None)


def asked(plan: Plan, layout: Layout, known_items: Sequence[Item], rows: Rows) -> SurveyColumns:
    """What a survey sheet asks, whatever else is wrong with it.

    Raises:
        BadInput: the plan names columns that are not there.
    """
    places = places_of(SPECS[SheetKind.ANSWERS], plan, layout)
    return survey_columns.find(plan, layout.header, known_items, places, rows)


def places_of(spec: Spec, plan: Plan, layout: Layout) -> dict[str, int]:
    """Field → position: what the plan says, then recognised names.

    Raises:
        BadInput: the plan names columns that are not there.
    """
    told = _told(spec, plan, layout)
    places = {} if layout.header_line is None else _recognised(spec, layout.header)
    places = {name: place for name, place in places.items() if name not in plan.columns}
    taken = set(told.values())
    return {name: place for name, place in places.items() if place not in taken} | told


def _survey(
    spec: Spec,
    plan: Plan,
    layout: Layout,
    places: dict[str, int],
    known_items: Sequence[Item],
    rows: Rows,
) -> Columns:
    """A survey sheet: its fields, and what its other columns ask."""
    found = survey_columns.find(plan, layout.header, known_items, places, rows)
    places = survey_columns.kept_fields(plan, places, found)
    plan = survey_columns.dated(plan, places)
    given = {*places, *plan.constants, *plan.templates}
    missing = _missing(spec, given.__contains__)
    faults = found.faults
    if not found.asked and not {"score"} & given:
        faults = (*faults, *found.doubts)
        missing += [] if faults else [_lacking(spec.field("score"))]
    if missing or faults:
        raise BadInput(*missing, *faults)
    return _columns(spec, plan, layout, places, found)


def _columns(
    spec: Spec,
    plan: Plan,
    layout: Layout,
    places: Mapping[str, int],
    survey: SurveyColumns | None,
) -> Columns:
    used = {*places.values(), *(survey.used if survey else ())}
    free = tuple(
        (place, name)
        for place, name in enumerate(layout.header)
        if place not in used and name.strip()
    )
    ignored = tuple(name for _place, name in free)
    shown = {field.name: _shown(field, places, layout.header) for field in spec.fields}
    return Columns(spec, plan, places, shown, ignored, survey, free)


def recognised_columns(spec: Spec, layout: Layout) -> dict[str, str]:
    """Field → column, for as many fields as the header names."""
    return {name: layout.header[place] for name, place in _recognised(spec, layout.header).items()}


def header_hash(header: Iterable[str]) -> str:
    """What a header is remembered by: its names as compared, in their order."""
    return hashlib.sha256("\x1f".join(map(headers.plain, header)).encode()).hexdigest()


def _refuse_twice(spec: Spec, plan: Plan, layout: Layout) -> None:
    """Two columns that differ only in brackets, 金额(元) and 金额(美元), are not one field.

    Raises:
        BadInput: a field would have two columns, and the plan does not say which.
    """
    names = Counter(map(headers.plain, layout.header))
    fields = [field for field in spec.fields if field.name not in plan.columns]
    known = {headers.plain(alias) for field in fields for alias in field.aliases}
    twice = [name for name, count in names.items() if count > 1 and name in known]
    if twice:
        raise BadInput(
            *(Issue("column_twice", column=name, row=layout.header_line) for name in twice)
        )


def _told(spec: Spec, plan: Plan, layout: Layout) -> dict[str, int]:
    """Positions of the columns the plan names."""
    known = {field.name for field in spec.fields}
    by_name = {headers.plain(name): place for place, name in enumerate(layout.header)}
    exact = {questions.key(name): place for place, name in enumerate(layout.header)}
    places: dict[str, int] = {}
    faults = []
    for name, column in plan.columns.items():
        if column is None:
            continue
        if isinstance(column, int):
            place: int | None = column - 1
        else:
            place = exact.get(questions.key(column), by_name.get(headers.plain(column)))
        if name not in known:
            faults.append(unknown("columns", name, known))
        elif place is None or not 0 <= place < len(layout.header):
            faults.append(Issue("column_missing", column=str(column), detail={"names": name}))
        else:
            places[name] = place
    faults += [
        unknown("constants", name, known)
        for name in (*plan.constants, *plan.templates)
        if name not in known
    ]
    if faults:
        raise BadInput(*faults)
    return places


def _recognised(spec: Spec, header: Sequence[str]) -> dict[str, int]:
    """Fields found by name. A column serves one field: the one that knows it best."""
    by_name = {headers.plain(name): place for place, name in enumerate(header) if name.strip()}
    asked = dict(by_name)
    for place, name in enumerate(header):
        asked.setdefault(headers.plain(headers.unnumbered(name)), place)
    # who answers is often asked like any question of the form
    known = {field.name: asked if field.name in spec.asked else by_name for field in spec.fields}
    offers = sorted(
        (rank, order, field.name, known[field.name][headers.plain(alias)])
        for order, field in enumerate(spec.fields)
        for rank, alias in enumerate(field.aliases)
        if headers.plain(alias) in known[field.name]
    )
    places: dict[str, int] = {}
    for _rank, _order, name, place in offers:
        if name not in places and place not in places.values():
            places[name] = place
    return places


def _missing(spec: Spec, given: Callable[[str], bool]) -> list[Issue]:
    lacking = [_lacking(field) for field in spec.fields if field.required and not given(field.name)]
    for group in spec.any_of:
        if not any(given(name) for name in group):
            lacking.append(_lacking(spec.field(group[0])))
    return lacking


def _lacking(field: Field) -> Issue:
    return Issue(
        "column_missing", column=field.aliases[0], detail={"names": ", ".join(field.aliases[:4])}
    )


def _shown(field: Field, places: Mapping[str, int], header: Sequence[str]) -> str:
    return header[places[field.name]] if field.name in places else field.aliases[0]
