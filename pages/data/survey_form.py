"""What a survey sheet asks (答卷题目): its shape, wave, questions, scales and points."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import streamlit as st

from components import frame, state
from data.imports.peek import Peek
from data.imports.terms.plan import SHAPES, Options, Plan
from pages.data import import_queue, import_work, survey_choice, survey_questions
from pages.data.reading_form import key
from pages.data.survey_questions import RATER, scale_words
from words import vocabulary
from words.i18n import _

SCREEN = "imports"


def shape_words() -> dict[str, str]:
    """Names of the shapes of a survey sheet."""
    return {
        "responses": _("A row per response, a column per question"),
        "answers": _("A row per answer"),
        "scores": _("A score per customer"),
    }


def draw(peek: Peek, plan: Plan) -> None:
    """Shape, survey and wave, the questions with what they ask, and points of dimensions."""
    options = plan.options
    left, right = st.columns(2)
    shapes = shape_words()
    left.selectbox(
        _("Shape of the sheet"),
        SHAPES,
        SHAPES.index(peek.shape) if peek.shape in SHAPES else 0,
        format_func=shapes.__getitem__,
        key=key("shape"),
        on_change=_look_again,
    )
    survey_choice.draw(options, right, _look_again)
    _wave(options)
    if peek.shape != "responses":
        words = {"": _("As recognised")} | scale_words()
        names = list(words)
        st.selectbox(
            _("Scale of the scores"),
            names,
            names.index(options.scale) if options.scale in names else 0,
            format_func=words.__getitem__,
            key=key("scale"),
        )
    found = survey_questions.questions(peek, plan)
    if found:
        survey_questions.table(found)
        survey_questions.editor(found)
    if any(one.item.role == "expectation" for one in found):
        _points(plan)


def _wave(options: Options) -> None:
    with st.grid(4, min_column_width=150, gap="small"):
        survey_choice.wave(options)
        st.text_input(_("Name of the wave"), options.wave_name, max_chars=120, key=key("wave_name"))
        st.date_input(_("Wave begins"), _day(options.wave_starts), key=key("wave_starts"))
        st.date_input(_("Wave ends"), _day(options.wave_ends), key=key("wave_ends"))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@frame.guard(SCREEN, edit=True)
def _look_again() -> None:
    """Another shape or survey has other questions: the file is looked at anew."""
    file = import_queue.opened()
    if file is not None:
        options = _options_of(file.plan.options)
        plan = replace(file.plan, columns={}, items=(), options=options)
        import_work.look(frame.require(SCREEN, edit=True), file, plan)


def _points(plan: Plan) -> None:
    """100 points of importance shared by the dimensions of service quality."""
    with st.expander(_("Points of the dimensions"), expanded=bool(plan.points)):
        with st.grid(5, min_column_width=120, gap="small"):
            for name in RATER:
                st.number_input(
                    vocabulary.label("rater", name),
                    0.0,
                    100.0,
                    plan.points.get(name, 0.0),
                    step=5.0,
                    key=key(f"points.{name}"),
                )
        total = sum(_given_points().values())
        if total not in (0, 100):
            st.warning(
                _("The points make {total}, not 100; they are not used.", total=f"{total:g}")
            )


def _given_points() -> dict[str, float]:
    given = {name: state.widget(key(f"points.{name}")) for name in RATER}
    return {name: float(value) for name, value in given.items() if value}


def plan_of(peek: Peek, plan: Plan) -> Plan:
    """The plan with questions, points, survey and wave as the boxes stand."""
    return replace(
        plan,
        items=survey_questions.items_of(peek, plan),
        points=_points_of(plan),
        options=_options_of(plan.options),
    )


def _points_of(plan: Plan) -> dict[str, float]:
    """The points as the boxes stand, if they make 100."""
    if state.widget(key(f"points.{RATER[0]}")) is None:
        return dict(plan.points)
    given = _given_points()
    return given if abs(sum(given.values()) - 100) < 1e-6 else {}


def _options_of(options: Options) -> Options:
    """Shape, survey, wave and scale as the boxes stand; a box not drawn changes nothing."""
    said: dict[str, Any] = survey_choice.said()
    if state.widget(key("shape")):
        said["shape"] = state.widget(key("shape"))
    for name in ("wave_name", "scale"):
        if state.widget(key(name)) is not None:
            said[name] = state.widget(key(name))
    days = {n: state.widget(key(n)) for n in ("wave_starts", "wave_ends")}
    if "wave" in said:
        said |= {name: day.isoformat() if day else "" for name, day in days.items()}
    if all(days.values()) and days["wave_starts"] > days["wave_ends"]:
        said["wave_ends"] = said["wave_starts"]
    return replace(options, **said)
