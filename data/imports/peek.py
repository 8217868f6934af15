"""A first look at a file (预览): how it is built, its first rows as decoded, what is what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Engine

from data import store
from data.imports import batches, engine, mapping
from data.imports.plan import Plan
from data.imports.reading import PREVIEW_ROWS, Layout, open_table
from data.imports.registry import spec_of
from data.imports.report import issue_dict, issue_of
from data.imports.request import Request
from errors import BadInput, Issue

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
    header_line: int | None = None
    header: tuple[str, ...] = ()
    rows: tuple[tuple[int, tuple[str, ...]], ...] = ()
    """(line, cells) of the first rows."""
    columns: Mapping[str, str] | None = None
    """Field → column, as recognised, told or remembered."""
    items: tuple[str, ...] = ()
    """Codes of the questions found among the columns."""
    ignored: tuple[str, ...] = ()
    remembered: bool = False
    """The mapping was kept from an earlier file with this header."""
    issues: tuple[Issue, ...] = ()
    """Why it cannot be imported like this."""

    def as_dict(self) -> dict[str, Any]:
        """The look as JSON holds it."""
        names = [name for name in self.__slots__ if name != "issues"]
        plain = {name: getattr(self, name) for name in names}
        return plain | {"issues": list(map(issue_dict, self.issues))}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Peek:
        """The look a process handed over."""
        values = dict(plain)
        for name in ("sheets", "header", "items", "ignored"):
            values[name] = tuple(values[name])
        values["rows"] = tuple((line, tuple(cells)) for line, cells in values["rows"])
        values["issues"] = tuple(map(issue_of, values["issues"]))
        return cls(**values)


def look(opened: Engine, request: Request) -> Peek:
    """Look at a file; what is wrong with it is in the answer, never raised."""
    try:
        table = open_table(request.path, request.plan.hints, mapping.judge(request.plan))
        rows = tuple(
            (row.line, tuple(cell[:MOST_SHOWN] for cell in row.cells))
            for row in table.preview(PREVIEW_ROWS)
        )
    except BadInput as refused:
        return Peek(request.plan.kind, issues=refused.issues)
    seen = _of_layout(request.plan.kind, table.layout, rows)
    return _mapped(opened, request, table.layout, seen)


def _of_layout(kind: str, layout: Layout, rows: tuple[tuple[int, tuple[str, ...]], ...]) -> Peek:
    return Peek(
        kind,
        encoding=layout.encoding,
        separator=layout.separator,
        sheet=layout.sheet,
        sheets=layout.sheets,
        header_line=layout.header_line,
        header=layout.header,
        rows=rows,
    )


def _mapped(opened: Engine, request: Request, layout: Layout, seen: Peek) -> Peek:
    plan = request.plan
    kept = None
    if not plan.columns and not plan.items:
        with store.reading(opened) as session:
            kept = batches.remembered(session, layout, plan.kind)
    plan = kept or plan
    recognised = mapping.recognise(layout)
    kind = plan.kind or (recognised.value if recognised else "")
    if not kind:
        return replace(seen, issues=(Issue("kind_unknown", row=layout.header_line),))
    seen = replace(seen, kind=kind, remembered=kept is not None)
    try:
        found = mapping.settle(spec_of(kind), plan, layout, engine.store_items(opened, plan))
    except BadInput as refused:
        best = mapping.recognised_columns(spec_of(kind), layout)
        return replace(seen, columns=best, issues=refused.issues)
    return replace(
        seen,
        columns={name: layout.header[place] for name, place in found.places.items()},
        items=tuple(item.code for _place, item in found.items),
        ignored=found.ignored,
    )


def remembered_plan(opened: Engine, header: tuple[str, ...], kind: str) -> Plan | None:
    """The plan somebody used for this header before."""
    layout = Layout("text", "", "", "", (), 1, header)
    with store.reading(opened) as session:
        return batches.remembered(session, layout, kind)
