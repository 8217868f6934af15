"""Which column is what (列对应): boxes for fields, questions and choices of an import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from components import state
from data.imports.columns.registry import spec_of
from data.imports.files import headers
from data.imports.peek import Peek
from data.imports.terms.plan import Options, Plan
from data.imports.terms.spec import Field, Spec
from pages.data import filling_form, survey_form
from pages.data.mapped import column_words, example, left_out, places_of
from pages.data.reading_form import key
from words import i18n
from words.i18n import _, _c, mark
from words.text import md_escape, shorten

UNUSED = 0
"""In the place of a column: the field has none."""
_CHOICES = {
    "create_customers": mark("Create customers that are not there"),
    "create_products": mark("Create products that are not there"),
    "correct_cards": mark("Correct the past: what changes was always so"),
    "correct_due_dates": mark("Changed due dates correct mistakes, from the first day on"),
    "allocate_oldest": mark("What names no invoice pays what fell due first"),
}
"""The questions of `Spec.choices` in words."""


def draw(peek: Peek, plan: Plan) -> None:
    """Boxes for every field of the kind, those it needs first."""
    spec = spec_of(peek.kind)
    needed = {*spec.required, *(name for group in spec.any_of for name in group)}
    first = [field for field in spec.fields if field.name in needed]
    rest = [field for field in spec.fields if field not in first]
    places = places_of(peek, plan)
    st.markdown(f"**{_('Which column is what')}**")
    _boxes(peek, first, places, starred=frozenset(spec.required))
    found = sum(field.name in places for field in rest)
    with st.expander(_("More columns"), key=key("more")):
        st.caption(_("{found} of {n} found", found=found, n=len(rest)))
        _boxes(peek, rest, places)
    unused = left_out(peek, plan)
    if unused:
        names = " · ".join(md_escape(shorten(name, 40)) for name in unused)
        st.caption(_("Columns that are left out: {names}", names=names))
    filling_form.draw(peek, plan)
    if spec.columns:
        survey_form.draw(peek, plan)
    _choices(spec, plan.options)


def _boxes(
    peek: Peek,
    fields: list[Field],
    places: Mapping[str, int],
    *,
    starred: frozenset[str] = frozenset(),
) -> None:
    options = list(range(len(peek.header) + 1))
    names = [_column(peek, place) for place in options]
    with st.grid(3, min_column_width=200, gap="small"):
        for field in fields:
            label = _c("import field", field.label)
            at = places.get(field.name, UNUSED)
            with st.container(gap="xxsmall"):
                chosen = st.selectbox(
                    f"{label} *" if field.name in starred else label,
                    options,
                    at if at in options else UNUSED,
                    format_func=names.__getitem__,
                    key=key(f"field.{field.name}"),
                )
                st.caption(_beside(peek, field.name, chosen))


def _beside(peek: Peek, field: str, chosen: int) -> str:
    """What stands under a box: an example, and how the header says to read the figures."""
    value = example(peek, chosen) if chosen else ""
    said = [_("for example {value}", value=md_escape(shorten(value, 30)))] if value else []
    if chosen and chosen == (peek.places or {}).get(field):
        said += [
            md_escape(i18n.reason(one.reason, **dict(one.detail)))
            for one in peek.readings
            if one.field == field
        ]
    return " · ".join(said) or "\u00a0"


def _column(peek: Peek, place: int) -> str:
    return column_words(peek, place) if place else _("— not in the file —")


def _choices(spec: Spec, options: Options) -> None:
    """Choices that change what the file means."""
    for option, question in spec.choices.items():
        chosen = getattr(options, option) in (True, "oldest")
        st.checkbox(_(_CHOICES[question]), chosen, key=key(option))
    with st.expander(_("How figures and dates are written"), key=key("written")):
        orders = {"": _("Year first only"), "mdy": _("Month/day/year"), "dmy": _("Day/month/year")}
        chosen = list(orders).index(options.day_order) if options.day_order in orders else 0
        st.selectbox(
            _("Dates such as 3/2/2026"),
            list(orders),
            chosen,
            format_func=orders.__getitem__,
            key=key("day_order"),
        )
        label = _("Round amounts with more than two decimals")
        st.checkbox(label, options.round_cents, key=key("round_cents"))


def plan_of(peek: Peek, plan: Plan) -> Plan:
    """The plan as the boxes stand now."""
    spec = spec_of(peek.kind)
    found = places_of(peek, plan)
    columns: dict[str, str | int | None] = {}
    for field in spec.fields:
        place = state.widget(key(f"field.{field.name}"))
        if place is None:
            place = found.get(field.name, UNUSED)
        if place or field.name in (peek.places or {}):
            columns[field.name] = _told(peek, place) if place else None
    said = replace(plan, kind=peek.kind, columns=columns, options=_options(plan.options))
    said = filling_form.plan_of(peek, said)
    return survey_form.plan_of(peek, said) if spec.columns else said


def _told(peek: Peek, place: int) -> str | int:
    """A column by its name where that names it alone, else by its position."""
    name = headers.plain(peek.header[place - 1])
    alone = sum(headers.plain(other) == name for other in peek.header) == 1
    return peek.header[place - 1] if name and alone else place


def _options(options: Options) -> Options:
    said: dict[str, Any] = {}
    for name in (
        "create_customers",
        "create_products",
        "correct_past",
        "round_cents",
        "day_order",
    ):
        value = state.widget(key(name))
        if value not in (None, ""):
            said[name] = value
    if state.widget(key("allocate")) is not None:
        said["allocate"] = "oldest" if state.widget(key("allocate")) else "none"
    if state.widget(key("day_order")) == "":
        said["day_order"] = ""
    return replace(options, **said)
