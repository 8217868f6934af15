"""The questions of a survey sheet (答卷题目表): what each column asks, seen and corrected."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from components import frame, state
from data.imports.peek import Peek
from data.imports.surveys.settling import flipped, with_scale
from data.imports.surveys.survey_columns import Asked
from data.imports.terms.plan import COMMENT, ROLES, Item, Plan
from pages.data.reading_form import key
from words import vocabulary
from words.i18n import _, _c

SCREEN = "imports"
RATER = ("tangibles", "reliability", "responsiveness", "assurance", "empathy")
KEEP = ""
"""In a box: leave what the questions have."""


def scale_words() -> dict[str, str]:
    """Names of scales for the reader."""
    return {
        "1-5": _("1 to 5"),
        "5-1": _("1 to 5, 1 is best"),
        "1-7": _("1 to 7"),
        "7-1": _("1 to 7, 1 is best"),
        "0-10": _("0 to 10"),
        "1-10": _("1 to 10"),
        "10-1": _("1 to 10, 1 is best"),
        "0-100": _("0 to 100"),
        "1-5/0.1": _("1 to 5 with a decimal"),
        "0-100/0.1": _("0 to 100 with a decimal"),
        "words5": _("Five levels: very satisfied … very dissatisfied"),
        "words5plain": _("Five levels: satisfied, fairly … not very, dissatisfied"),
        "words5uneven": _("Five levels: very satisfied … not very, dissatisfied"),
        "words7": _("Seven levels of words"),
    }


def questions(peek: Peek, plan: Plan) -> list[Asked]:
    """The questions as they stand: recognised, then as said in the plan or just now."""
    said = {_name(item): item for item in plan.items} | state.get(key("said"), {})
    listed = [
        replace(one, item=said[_name(one.item)], sure=True) if _name(one.item) in said else one
        for one in peek.questions
    ]
    known = {_name(one.item) for one in peek.questions}
    return [*listed, *(Asked(-1, item) for name, item in said.items() if name not in known)]


def _name(item: Item) -> str:
    return item.column or item.code


def _state(one: Asked) -> str:
    if one.item.skip:
        return _c("question", "Left out")
    return _c("question", "Asked") if one.sure else _c("question", "To be confirmed")


def _role(role: str) -> str:
    return _("Free text") if role == COMMENT else vocabulary.label("item_role", role)


def _scale(item: Item) -> str:
    if item.role == COMMENT or item.skip:
        return ""
    words = scale_words()
    shown = words.get(item.scale, f"{item.minimum:g}–{item.maximum:g}")
    if item.reverse:
        return words.get(flipped(item.scale)) or _("{scale}, less is better", scale=shown)
    return shown


def table(found: list[Asked]) -> None:
    """What the columns ask, as it stands."""
    st.dataframe(
        {
            _c("question", "Column"): [_name(one.item) for one in found],
            _("State"): [_state(one) for one in found],
            _c("question", "Code"): [one.item.code for one in found],
            _c("question", "Asks for"): [_role(one.item.role) for one in found],
            _("Scale"): [_scale(one.item) for one in found],
            _("Dimension"): [vocabulary.label("rater", one.item.dimension) for one in found],
            _("Weight"): [one.item.weight for one in found],
            _("Answers seen"): [" · ".join(one.seen) for one in found],
        },
        hide_index=True,
        alt=_("Questions of the sheet"),
    )
    open_ones = [one for one in found if not one.sure]
    if open_ones:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.warning(
                _(
                    "{n} columns look like questions, but their scale is not certain. They are "
                    "left out until you confirm them.",
                    n=len(open_ones),
                ),
                width="stretch",
            )
            st.button(
                _("Take them as shown"),
                key=key("take_all"),
                on_click=_say,
                args=(tuple(one.item for one in open_ones),),
            )


def editor(found: list[Asked]) -> None:
    """Boxes that change some of the questions at once."""
    by_name = {_name(one.item): one.item for one in found}
    with st.expander(_("Change questions")):
        chosen = st.multiselect(_("Questions"), list(by_name), key=key("chosen"))
        with st.grid(4, min_column_width=160, gap="small"):
            roles = {KEEP: _("As it is")} | {role: _role(role) for role in ROLES}
            st.selectbox(
                _c("question", "Asks for"),
                list(roles),
                key=key("role"),
                format_func=roles.__getitem__,
            )
            names = {KEEP: _("As it is")} | scale_words()
            st.selectbox(
                _("Scale"),
                list(names),
                key=key("item_scale"),
                format_func=names.__getitem__,
            )
            others = sorted({i.dimension for i in by_name.values()} - {"", *RATER})
            rater = {name: vocabulary.label("rater", name) for name in RATER}
            st.selectbox(
                _("Dimension"),
                [*RATER, *others],
                None,
                accept_new_options=True,
                format_func=lambda name: rater.get(name, name),
                key=key("dimension"),
            )
            st.number_input(_("Weight"), 0.0, 1000.0, None, key=key("weight"))
        with st.container(horizontal=True):
            items = tuple(by_name[name] for name in chosen)
            st.button(_("Apply"), key=key("apply"), on_click=_apply, args=(items,))
            st.button(
                _c("question", "Leave out"),
                key=key("skip"),
                on_click=_say,
                args=(tuple(replace(item, skip=True) for item in items),),
            )


@frame.guard(SCREEN, edit=True)
def _apply(items: tuple[Item, ...]) -> None:
    _keep(tuple(_changed(item) for item in items))


def _changed(item: Item) -> Item:
    """The question with what the boxes say."""
    item = replace(item, skip=False)
    role, scale = state.widget(key("role")), state.widget(key("item_scale"))
    dimension, weight = state.widget(key("dimension")), state.widget(key("weight"))
    item = replace(item, role=role) if role else item
    item = with_scale(item, scale) if scale else item
    item = replace(item, dimension=str(dimension)[:40]) if dimension else item
    return item if weight is None else replace(item, weight=float(weight))


@frame.guard(SCREEN, edit=True)
def _say(items: tuple[Item, ...]) -> None:
    _keep(items)


def _keep(items: tuple[Item, ...]) -> None:
    said = state.get(key("said"), {})
    state.put(key("said"), {**said, **{_name(item): item for item in items}})


def items_of(peek: Peek, plan: Plan) -> tuple[Item, ...]:
    """The questions for the plan; what is to be confirmed is not among them."""
    return tuple(one.item for one in questions(peek, plan) if one.sure)
