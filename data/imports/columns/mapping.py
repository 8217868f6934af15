"""Columns to fields (列映射): by recognised names, by a plan, and as remembered for a header."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from data.imports.columns import naming, profiles
from data.imports.columns.measuring import Measure, Measured, Surroundings, measure
from data.imports.columns.naming import Doubt
from data.imports.columns.registry import SPECS, spec_of
from data.imports.files import headers
from data.imports.files.layout import Layout
from data.imports.kinds.parts import IDENTIFIES
from data.imports.sifting.meanings import meaning_of
from data.imports.terms.beyond import Beyond, Rows
from data.imports.terms.items import Item
from data.imports.terms.plan import Plan
from data.imports.terms.readings import ColumnReading
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
    free: Mapping[int, str]
    """Place → name of the columns no field takes; those without a name are not listed."""
    layout: Layout
    beyond: Beyond | None = None
    """What they say beyond the fields: the questions of a survey."""
    measures: Mapping[str, Measure] = field(default_factory=dict)
    """Field → how its figures are read, where they do not count as they stand."""
    readings: tuple[ColumnReading, ...] = ()
    """The same in words, for people."""
    is_workbook: bool = False
    """Cells may show other figures than they hold."""

    @property
    def ignored(self) -> tuple[str, ...]:
        """Names of the columns that say nothing about the rows."""
        return tuple(
            name
            for name in self.free.values()
            if self.beyond or meaning_of(name, self.spec.side) is None
        )

    @property
    def doubts(self) -> tuple[Issue, ...]:
        """What is asked about columns that are left out until somebody answers."""
        return self.beyond.doubts if self.beyond else ()

    @property
    def items(self) -> tuple[tuple[int, Item], ...]:
        """(position, question) of the columns that are one."""
        return self.beyond.items if self.beyond else ()

    def has(self, field: str) -> bool:
        """Whether the file or the plan says anything about this field."""
        return field in self.places or field in self.plan.constants or field in self.plan.templates


def judge(plan: Plan) -> Callable[[Sequence[str]], int]:
    """How many cells of a row are column names we know or were told."""
    specs = [spec_of(plan.kind)] if plan.kind else list(SPECS.values())
    told = {headers.plain(str(name)) for name in plan.columns.values() if isinstance(name, str)}
    told |= {headers.plain(item.column) for item in plan.items if item.column}
    known = [naming.named(spec) | told for spec in specs]
    known += [set(names) for names in profiles.names()]

    def count(cells: Sequence[str]) -> int:
        said = {naming.names_of(cell) for cell in cells if cell.strip()}
        return max(sum(not names.isdisjoint(one) for one in said) for names in known)

    return count


_OF_ANY_KIND = (
    "日期|date|备注|備註|note|remark|memo|说明|說明|摘要|来源|來源|source|金额|金額|amount|"
    "类型|類型|type|状态|狀態|status"
)
TELLS_NOTHING = frozenset(map(headers.plain, _OF_ANY_KIND.split("|")))
"""Column names that sheets of any kind have."""


def _told(header: Sequence[str], places: Mapping[str, int]) -> bool:
    """Whether a column tells this kind from others: a customer and a date are in many sheets."""
    said = (header[place] for name, place in places.items() if name not in IDENTIFIES)
    return any(headers.plain(name) not in TELLS_NOTHING for name in said)


def recognise(layout: Layout) -> SheetKind | None:
    """The kind whose fields the header names best; None when no kind is complete."""
    best: tuple[int, SheetKind] | None = None
    for kind, spec in SPECS.items():
        places = naming.recognised(spec, layout.header)
        asked = spec.columns.named(layout.header, places) if spec.columns else 0
        if asked is None or _missing(spec, places.__contains__):
            continue
        if not asked and not _told(layout.header, places):
            continue
        rank = len(places) + asked
        if best is None or rank > best[0]:
            best = (rank, kind)
    return None if best is None else best[1]


def settle(
    spec: Spec,
    plan: Plan,
    layout: Layout,
    known_items: Sequence[Item] = (),
    rows: Rows = (),
    currency: str = "CNY",
) -> Columns:
    """The mapping of a file.

    Args:
        spec: the kind.
        plan: what the user says; its columns go before recognised names.
        layout: the file's header.
        known_items: what the store has of columns beyond the fields.
        rows: first rows, where the kind looks at them (`Spec.columns`).
        currency: the store's.

    Raises:
        BadInput: required columns are missing or in doubt, or the plan names columns that are
            not there.
    """
    around = Surroundings(spec, plan, layout, currency)
    places = places_of(spec, plan, layout)
    beyond: Beyond | None = None
    doubts: list[Doubt] = []
    if spec.columns:
        plan, doubts = naming.without_doubles(plan, layout.header, set(places.values()))
        beyond = spec.columns.find(plan, layout.header, known_items, places, rows)
        places = beyond.kept(plan, places)
    spoken_for = beyond.spoken_for if beyond else ()
    places, more = naming.settled(spec, plan, layout.header, places, spoken_for)
    if beyond:
        around = replace(around, plan=beyond.completed(plan, places))
    measured = measure(around, _certain(places, more))
    places = {name: place for name, place in places.items() if name not in measured.left_out}
    faults = [
        *_against(around, places, beyond),
        *_asked(layout, (*doubts, *more)),
        *measured.faults,
    ]
    if faults:
        raise BadInput(*faults)
    return _columns(around, places, beyond, measured)


def _against(around: Surroundings, places: Mapping[str, int], beyond: Beyond | None) -> list[Issue]:
    """What the file lacks, and what its columns beyond the fields say against it."""
    spec, plan = around.spec, around.plan
    given = {*places, *plan.constants, *plan.templates}
    missing = _missing(spec, given.__contains__)
    if spec.columns is None or beyond is None:
        return missing
    faults, lacking = beyond.against(given)
    if lacking:
        missing.append(_lacking(spec.field(spec.columns.instead)))
    return [*missing, *faults]


def _certain(places: Mapping[str, int], doubts: Iterable[Doubt]) -> dict[str, int]:
    doubted = {doubt.field for doubt in doubts}
    return {name: place for name, place in places.items() if name not in doubted}


def _asked(layout: Layout, doubts: Iterable[Doubt]) -> list[Issue]:
    return [doubt.issue(layout.header, layout.header_line) for doubt in doubts]


def places_of(spec: Spec, plan: Plan, layout: Layout) -> dict[str, int]:
    """Field → position: what the plan says, then recognised names.

    Raises:
        BadInput: the plan names columns that are not there.
    """
    told = naming.told(spec, plan, layout.header, layout.header_line)
    places = {} if layout.header_line is None else naming.recognised(spec, layout.header)
    places = {name: place for name, place in places.items() if name not in plan.columns}
    taken = set(told.values())
    return {name: place for name, place in places.items() if place not in taken} | told


def _columns(
    around: Surroundings,
    places: Mapping[str, int],
    beyond: Beyond | None,
    measured: Measured,
) -> Columns:
    spec, layout = around.spec, around.layout
    used = {*places.values(), *(beyond.used if beyond else ())}
    sides = [side for one in measured.measures.values() for side in (one.plus, one.rate)]
    used |= {side.place for side in sides if side}
    named = enumerate(layout.header)
    free = {place: name for place, name in named if place not in used and name.strip()}
    shown = {field.name: _shown(field, places, layout.header) for field in spec.fields}
    return Columns(
        spec,
        around.plan,
        places,
        shown,
        free,
        layout,
        beyond,
        measured.measures,
        tuple(measured.readings),
        layout.format == "xlsx",
    )


def recognised_columns(spec: Spec, layout: Layout) -> dict[str, str]:
    """Field → column, for as many fields as the header names."""
    found = naming.recognised(spec, layout.header)
    return {name: layout.header[place] for name, place in found.items()}


def header_hash(header: Iterable[str]) -> str:
    """What a header is remembered by: its names as compared, in their order."""
    return hashlib.sha256("\x1f".join(map(headers.plain, header)).encode()).hexdigest()


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
