"""What a file is (文件识别): its layout, the program it is from, its kind and its columns.

Nothing is stored, and no more is read than the rows the header is looked for in and the first
answers of a survey.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine

from data import store
from data.imports.columns import mapping, profiles
from data.imports.columns.loading import Opened
from data.imports.columns.mapping import Columns
from data.imports.columns.registry import spec_of
from data.imports.files.layout import Layout
from data.imports.files.reading import Table, open_table
from data.imports.sifting import opening
from data.imports.staging.currency import currency_of
from data.imports.terms.beyond import Beyond, Rows
from data.imports.terms.items import Item
from data.imports.terms.plan import Plan
from data.imports.terms.request import Request
from data.imports.terms.spec import Spec
from errors import BadInput, Issue


@dataclass(frozen=True, slots=True)
class Known:
    """A file as far as its header tells: its kind, what is said of it, the program it is from."""

    spec: Spec
    plan: Plan
    """With what the program's profile says."""
    profile: str
    """Name of the program; empty for any other."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A file before its columns are settled."""

    known: Known
    table: Table
    """Its rows under the header told apart."""
    items: tuple[Item, ...] = ()
    """What the store has of columns beyond the fields."""
    beyond: Beyond | None = None
    """What such columns say as they stand."""
    rows: Rows = ()
    """First rows, where the kind looks at them."""


def open_file(engine: Engine, request: Request) -> Opened:
    """Understand a file without reading all of it.

    Raises:
        BadInput: it cannot be read, or lacks required columns.
    """
    table = table_of_file(request)
    if other := opening.other_sheets(table, request.plan):
        raise BadInput(*other)
    known = recognised(request.plan, table.layout)
    begun = begin(engine, table, known)
    return Opened(begun.table, settled(engine, begun), begun.items, known.profile)


def table_of_file(request: Request) -> Table:
    """The file as a table.

    Raises:
        BadInput: it cannot be read as one.
    """
    return open_table(request.path, request.plan.hints, mapping.judge(request.plan))


def recognised(plan: Plan, layout: Layout) -> Known:
    """The program a file is from, and its kind.

    Raises:
        BadInput: no kind is recognised.
    """
    profile = profiles.recognised(plan, layout)
    if profile is not None:
        plan = profile.applied(plan, layout)
    kind = plan.kind or mapping.recognise(layout)
    if not kind:
        raise BadInput(Issue("kind_unknown", row=layout.header_line))
    return Known(spec_of(kind), plan, profile.name if profile else "")


def begin(engine: Engine, table: Table, known: Known) -> Begun:
    """Tell the rows under the header apart, and look at columns beyond the fields.

    Raises:
        BadInput: the plan names columns that are not there.
    """
    spec, plan = known.spec, known.plan
    places = mapping.places_of(spec, plan, table.layout)
    table = opening.with_headings(table, spec, plan, places)
    if spec.columns is None:
        return Begun(known, table)
    items = spec.columns.known(engine, plan)
    rows = opening.first_data(table, spec, plan, places, spec.columns.looked_at)
    beyond = spec.columns.find(plan, table.layout.header, items, places, rows)
    return Begun(known, table, items, beyond, rows)


def settled(engine: Engine, begun: Begun) -> Columns:
    """What its columns mean.

    Raises:
        BadInput: required columns are missing or in doubt.
    """
    spec, plan, layout = begun.known.spec, begun.known.plan, begun.table.layout
    currency = store_currency(engine)
    return mapping.settle(spec, plan, layout, begun.items, begun.rows, currency)


def store_currency(engine: Engine) -> str:
    """The store's one currency."""
    with store.reading(engine) as session:
        return currency_of(session.connection())
