"""Fields the file does not have (补充字段): one value for every row, or one built from columns."""

from __future__ import annotations

import re
from dataclasses import replace

import streamlit as st

from components import state
from data.imports.columns.registry import spec_of
from data.imports.peek import Peek
from data.imports.terms.plan import Plan
from data.imports.terms.spec import Spec
from pages.data.mapped import places_of
from pages.data.reading_form import key
from words.i18n import _, _c
from words.text import md_escape

_PLACE = re.compile(r"\{(\w+)\}")
"""The name of another field in a value: the value is built from it, row by row."""


def draw(peek: Peek, plan: Plan) -> None:
    """Choose fields without a column, and say what stands in them."""
    spec = spec_of(peek.kind)
    given = {**plan.constants, **plan.templates}
    places = places_of(peek, plan)
    free = [field.name for field in spec.fields if field.name not in places]
    labels = {field.name: _c("import field", field.label) for field in spec.fields}
    with st.expander(_("Fields the file does not have"), key=key("filling")):
        chosen = st.multiselect(
            _("Fill these fields for every row"),
            free,
            [name for name in given if name in free],
            format_func=labels.__getitem__,
            key=key("filled"),
            placeholder=_("No field"),
        )
        if not chosen:
            return
        with st.grid(3, min_column_width=200, gap="small"):
            for name in chosen:
                st.text_input(
                    labels[name], given.get(name, ""), max_chars=80, key=key(f"fill.{name}")
                )
        usable = ", ".join(f"{{{name}}} {labels[name]}" for name in _usable(spec, places))
        st.caption(
            md_escape(
                _(
                    "The same text goes into every row. In braces another field is put in,"
                    " such as {example}. There are: {fields}.",
                    example="WEB-{customer_code}-{ordered_on}",
                    fields=usable,
                )
            )
        )


def _usable(spec: Spec, places: dict[str, int]) -> list[str]:
    return [field.name for field in spec.fields if field.name in places]


def plan_of(peek: Peek, plan: Plan) -> Plan:
    """The plan with the values as the boxes stand now."""
    chosen = state.widget(key("filled"))
    if chosen is None:
        return plan
    given = {**plan.constants, **plan.templates}
    said: dict[str, str] = {}
    for name in chosen:
        text = state.widget(key(f"fill.{name}"))
        value = (given.get(name, "") if text is None else text).strip()
        if value and name not in places_of(peek, plan):
            said[name] = value
    return replace(
        plan,
        constants={name: value for name, value in said.items() if not _PLACE.search(value)},
        templates={name: value for name, value in said.items() if _PLACE.search(value)},
    )


def faults(peek: Peek, plan: Plan) -> list[str]:
    """Names in braces that are no field the file has a column for."""
    known = set(places_of(peek, plan)) | set(plan.constants)
    found = [name for text in plan.templates.values() for name in _PLACE.findall(text)]
    return sorted({name for name in found if name not in known})
