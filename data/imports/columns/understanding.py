"""What a file is (文件识别): its layout, the program it is from, its kind and its columns.

Nothing is stored, and no more is read than the rows the header is looked for in and the first
answers of a survey.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Engine

from data import store
from data.imports.columns import mapping, profiles
from data.imports.columns.loading import Opened
from data.imports.columns.registry import SPECS, spec_of
from data.imports.files.reading import Layout, open_table
from data.imports.sifting import opening
from data.imports.terms.beyond import Rows
from data.imports.terms.plan import Item, Plan
from data.imports.terms.request import Request
from data.imports.terms.spec import Spec
from data.imports.terms.tables import table_of
from errors import BadInput, Issue
from models.system import StoreState

STORE_STATE = table_of(StoreState)


def open_file(engine: Engine, request: Request) -> Opened:
    """Understand a file without reading all of it.

    Raises:
        BadInput: it cannot be read, or lacks required columns.
    """
    judge = mapping.judge(request.plan)
    table = mapping.with_units(open_table(request.path, request.plan.hints, judge))
    if other := opening.other_sheets(table, request.plan):
        raise BadInput(*other)
    profile = profiles.recognised(request.plan, table.layout)
    plan = profile.applied(request.plan, table.layout) if profile else request.plan
    spec = _spec(plan, table.layout)
    places = mapping.places_of(spec, plan, table.layout)
    table = opening.with_headings(table, spec, plan, places)
    items: tuple[Item, ...] = ()
    rows: Rows = ()
    if spec.columns:
        items = spec.columns.known(engine, plan)
        rows = opening.first_data(table, spec, plan, places, spec.columns.looked_at)
    currency = store_currency(engine)
    columns = mapping.settle(spec, plan, table.layout, items, rows, currency)
    return Opened(table, columns, items, profile.name if profile else "")


def store_currency(engine: Engine) -> str:
    """The store's one currency."""
    with store.reading(engine) as session:
        found = session.execute(sa.select(STORE_STATE.c.currency)).scalar_one_or_none()
    return str(found or "CNY")


def _spec(plan: Plan, layout: Layout) -> Spec:
    if plan.kind:
        return spec_of(plan.kind)
    kind = mapping.recognise(layout)
    if kind is None:
        raise BadInput(Issue("kind_unknown", row=layout.header_line))
    return SPECS[kind]
