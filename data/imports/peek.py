"""A first look at a file (预览): how it is built, its first rows as decoded, what is what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import Engine

from data import store
from data.imports.columns import mapping, profiles, understanding
from data.imports.columns.registry import spec_of
from data.imports.files.cell import shown
from data.imports.files.reading import PREVIEW_ROWS, Layout, Table, open_table
from data.imports.history import batches
from data.imports.sifting import opening
from data.imports.terms.asking import Ask, asks_of
from data.imports.terms.beyond import Asked, Rows
from data.imports.terms.plan import Item, Plan
from data.imports.terms.readings import ColumnReading
from data.imports.terms.report import issue_dict, issue_of
from data.imports.terms.request import Request
from errors import BadInput, Issue
from models.access import User

MOST_SHOWN = 120
"""Characters of a cell in the preview."""


@dataclass(frozen=True, slots=True)
class Peek:
    """What a page shows before anything is checked."""

    kind: str
    """Empty where no kind was recognised."""
    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()
    """Other sheets with the same columns, where none was named."""
    header_line: int | None = None
    header: tuple[str, ...] = ()
    rows: tuple[tuple[int, tuple[str, ...]], ...] = ()
    """(line, cells) of the first rows."""
    columns: Mapping[str, str] | None = None
    """Field → column, as recognised, told or remembered."""
    places: Mapping[str, int] | None = None
    """Field → position of that column from 1: a column without a name has one, too."""
    items: tuple[str, ...] = ()
    """Codes of the questions found among the columns."""
    shape: str = ""
    """How a survey sheet is built (`plan.SHAPES`)."""
    questions: tuple[Asked, ...] = ()
    """What a survey sheet asks or may ask; the unclear and the skipped are among them."""
    ignored: tuple[str, ...] = ()
    profile: str = ""
    """Name of the known program the file is from; empty for any other."""
    remembered: bool = False
    """The mapping was kept from an earlier file with this header."""
    readings: tuple[ColumnReading, ...] = ()
    """Columns whose figures do not count as they stand."""
    asks: tuple[Ask, ...] = ()
    """What has to be decided about its columns."""
    issues: tuple[Issue, ...] = ()
    """Why it cannot be imported like this."""

    def as_dict(self) -> dict[str, Any]:
        """The look as JSON holds it."""
        names = [name for name in self.__slots__ if name != "issues"]
        plain = {name: getattr(self, name) for name in names}
        plain["questions"] = [asdict(one) for one in self.questions]
        plain["readings"] = [one.as_dict() for one in self.readings]
        plain["asks"] = [asdict(one) for one in self.asks]
        return plain | {"issues": list(map(issue_dict, self.issues))}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Peek:
        """The look a process handed over."""
        values = dict(plain)
        for name in ("sheets", "alike", "header", "items", "ignored"):
            values[name] = tuple(values[name])
        values["rows"] = tuple((line, tuple(cells)) for line, cells in values["rows"])
        values["questions"] = tuple(
            Asked(one["place"], Item(**one["item"]), tuple(one["seen"]), one["sure"])
            for one in values["questions"]
        )
        values["readings"] = tuple(map(ColumnReading.from_dict, values.get("readings", ())))
        values["asks"] = tuple(map(Ask.from_dict, values.get("asks", ())))
        values["issues"] = tuple(map(issue_of, values["issues"]))
        return cls(**values)


def look(opened: Engine, request: Request) -> Peek:
    """Look at a file; what is wrong with it is in the answer, never raised."""
    try:
        judge = mapping.judge(request.plan)
        table = mapping.with_units(open_table(request.path, request.plan.hints, judge))
        rows = tuple(
            (row.line, tuple(shown(cell)[:MOST_SHOWN] for cell in row.cells))
            for row in table.preview(PREVIEW_ROWS)
        )
    except BadInput as refused:
        return Peek(request.plan.kind, issues=refused.issues)
    seen = _of_layout(request.plan.kind, table.layout, rows)
    found = _mapped(opened, request, table, seen)
    sheets = opening.other_sheets(table, request.plan)
    asks = asks_of((issue, 1) for issue in sheets)
    return replace(found, asks=(*asks, *found.asks), issues=(*sheets, *found.issues))


def _of_layout(kind: str, layout: Layout, rows: tuple[tuple[int, tuple[str, ...]], ...]) -> Peek:
    return Peek(
        kind,
        encoding=layout.encoding,
        separator=layout.separator,
        sheet=layout.sheet,
        sheets=layout.sheets,
        alike=layout.alike,
        header_line=layout.header_line,
        header=layout.header,
        rows=rows,
    )


def _mapped(opened: Engine, request: Request, table: Table, seen: Peek) -> Peek:
    plan, layout = request.plan, table.layout
    kept = None
    if not plan.columns and not plan.items:
        with store.reading(opened) as session:
            kept = batches.remembered(session, layout, plan.kind, request.actor)
    plan = kept or plan
    profile = profiles.recognised(plan, layout)
    if profile is not None:
        plan = profile.applied(plan, layout)
    recognised = mapping.recognise(layout)
    kind = plan.kind or (recognised.value if recognised else "")
    if not kind:
        return replace(seen, issues=(Issue("kind_unknown", row=layout.header_line),))
    name = profile.name if profile else ""
    seen = replace(seen, kind=kind, remembered=kept is not None, profile=name)
    items: tuple[Item, ...] = ()
    answers: Rows = ()
    try:
        spec = spec_of(kind)
        places_told = mapping.places_of(spec, plan, layout)
        table = opening.with_headings(table, spec, plan, places_told)
        layout = table.layout
        if spec.columns:
            items = spec.columns.known(opened, plan)
            answers = opening.first_data(table, spec, plan, places_told, spec.columns.looked_at)
            asked = spec.columns.find(plan, layout.header, items, places_told, answers)
            seen = replace(seen, shape=asked.shape, questions=asked.listed)
        currency = understanding.store_currency(opened)
        found = mapping.settle(spec_of(kind), plan, layout, items, answers, currency)
    except BadInput as refused:
        best = mapping.recognised_columns(spec_of(kind), layout)
        asks = asks_of((issue, 1) for issue in refused.issues)
        open_fields = {ask.fills for ask in asks if ask.by_name}
        best = {name: column for name, column in best.items() if name not in open_fields}
        places = {name: layout.header.index(column) + 1 for name, column in best.items()}
        return replace(seen, columns=best, places=places, asks=asks, issues=refused.issues)
    return replace(
        seen,
        columns={name: layout.header[place] for name, place in found.places.items()},
        places={name: place + 1 for name, place in found.places.items()},
        items=tuple(item.code for _place, item in found.items),
        ignored=found.ignored,
        readings=found.readings,
    )


def remembered_plan(
    opened: Engine, header: tuple[str, ...], kind: str, reader: User | None
) -> Plan | None:
    """The plan somebody used for this header before, as far as the reader may know it."""
    layout = Layout("text", "", "", "", (), 1, header)
    with store.reading(opened) as session:
        return batches.remembered(session, layout, kind, reader)
