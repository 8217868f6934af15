"""Which column is what (列对应): boxes for fields, questions and choices of an import."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from components import state
from components.i18n import _, _c
from data.imports.kinds.spec import Field, Spec
from data.imports.peek import Peek
from data.imports.plan import Item, Options, Plan
from data.imports.registry import spec_of
from models.enums import SheetKind
from pages.data.reading_form import key

UNUSED = ""


def draw(peek: Peek, plan: Plan) -> None:
    """Boxes for every field of the kind, those it needs first."""
    spec = spec_of(peek.kind)
    needed = {*spec.required, *(name for group in spec.any_of for name in group)}
    first = [field for field in spec.fields if field.name in needed]
    st.markdown(f"**{_('Which column is what')}**")
    _boxes(peek, first)
    rest = [field for field in spec.fields if field not in first]
    with st.expander(_("More columns")):
        _boxes(peek, rest)
        if peek.ignored:
            st.caption(_("Columns that are left out:"))
            st.text(" · ".join(peek.ignored))
    _choices(spec, peek, plan.options)


def _boxes(peek: Peek, fields: list[Field]) -> None:
    columns = st.columns(3)
    options = [UNUSED, *(name for name in peek.header if name)]
    found = peek.columns or {}
    for place, field in enumerate(fields):
        at = options.index(found[field.name]) if found.get(field.name) in options else 0
        with columns[place % 3]:
            st.selectbox(
                _c("import field", field.label),
                options,
                at,
                format_func=_column,
                key=key(f"field.{field.name}"),
            )


def _column(name: str) -> str:
    return name or _("— not in the file —")


def _choices(spec: Spec, peek: Peek, options: Options) -> None:
    """Choices that change what the file means."""
    if spec.kind is SheetKind.ORDERS:
        _tick("create_customers", _("Create customers that are not there"), options)
        _tick("create_products", _("Create products that are not there"), options)
    if spec.kind is SheetKind.RECEIPTS:
        st.checkbox(
            _("Receipts without an invoice pay what fell due first"),
            options.allocate == "oldest",
            key=key("allocate"),
        )
    if spec.kind is SheetKind.ANSWERS:
        _survey(peek, options)
    with st.expander(_("How figures and dates are written")):
        orders = {"": _("Year first only"), "mdy": _("Month/day/year"), "dmy": _("Day/month/year")}
        chosen = list(orders).index(options.day_order) if options.day_order in orders else 0
        st.selectbox(
            _("Dates such as 3/2/2026"),
            list(orders),
            chosen,
            format_func=orders.__getitem__,
            key=key("day_order"),
        )
        _tick("round_cents", _("Round amounts with more than two decimals"), options)


def _tick(name: str, label: str, options: Options) -> None:
    st.checkbox(label, getattr(options, name), key=key(name))


def _survey(peek: Peek, options: Options) -> None:
    left, right = st.columns(2)
    left.text_input(_("Survey"), options.survey, max_chars=40, key=key("survey"))
    right.text_input(
        _("Survey wave"),
        options.wave,
        max_chars=40,
        placeholder="2026H2",
        help=_("Left empty, the half-year of each answer is its wave."),
        key=key("wave"),
    )
    if peek.items:
        st.caption(_("Questions found: {codes}", codes=", ".join(peek.items)))
    used = set((peek.columns or {}).values())
    free = [name for name in peek.header if name and name not in used and name in peek.ignored]
    if free:
        st.multiselect(_("Columns that are questions too"), free, key=key("items"))
        least, most = st.columns(2)
        least.number_input(_("Lowest answer"), value=1, step=1, key=key("minimum"))
        most.number_input(_("Highest answer"), value=5, step=1, key=key("maximum"))


def plan_of(peek: Peek, plan: Plan) -> Plan:
    """The plan as the boxes stand now."""
    spec = spec_of(peek.kind)
    found = peek.columns or {}
    columns: dict[str, str | int | None] = {}
    for field in spec.fields:
        said = state.widget(key(f"field.{field.name}"))
        if said is None:
            said = found.get(field.name, UNUSED)
        if said or field.name in found:
            columns[field.name] = said or None
    return replace(
        plan,
        kind=peek.kind,
        columns=columns,
        items=(*plan.items, *_items(plan)),
        options=_options(plan.options),
    )


def _items(plan: Plan) -> list[Item]:
    known = {item.code for item in plan.items}
    least, most = state.widget(key("minimum")), state.widget(key("maximum"))
    names = state.widget(key("items")) or []
    return [
        Item(name[:40], column=name, minimum=float(least or 1), maximum=float(most or 5))
        for name in names
        if name[:40] not in known
    ]


def _options(options: Options) -> Options:
    said: dict[str, Any] = {}
    for name in ("create_customers", "create_products", "round_cents", "day_order", "survey"):
        value = state.widget(key(name))
        if value not in (None, ""):
            said[name] = value
    if state.widget(key("allocate")) is not None:
        said["allocate"] = "oldest" if state.widget(key("allocate")) else "none"
    if state.widget(key("day_order")) == "":
        said["day_order"] = ""
    wave = state.widget(key("wave"))
    return replace(options, **said, **({"wave": wave} if wave is not None else {}))
