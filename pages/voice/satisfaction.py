"""Satisfaction (满意度): what customers think of us, who thinks it, and what to do first."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from analytics.satisfaction import just_below
from components import (
    badges,
    downloads,
    filters,
    forms,
    frame,
    menu,
    survey_view,
    tables,
    urls,
    work,
)
from data import load
from data.queries import runs, satisfaction, supervision
from data.writes.supervision import Task, open_item
from models.filters import MOST, Page
from pages.voice import choosing, figures, results
from words import formats
from words.i18n import _
from words.text import md_escape, shorten

SCREEN = "satisfaction"
SIZE = 25


def low_scorers(view: results.View, owners: dict[int, str]) -> None:
    """Responses below the threshold, what they wrote, and a task for each."""
    below = view.policy.satisfaction_low
    ask = {"as_of": view.as_of, "wave_id": view.wave.id, "below": just_below(below)}
    total = load.ask(satisfaction.low_scores_count, view.chosen, view.user.scope, **ask)
    unsigned = view.anonymous_below()
    if unsigned:
        st.caption(
            _("{n} anonymous answers lie below it too; nobody knows whose they are.", n=unsigned)
        )
    if total == 0:
        frame.empty(
            _("Nobody answered below {score}.", score=formats.score(below)),
            icon=":material/sentiment_satisfied:",
        )
        return
    columns = survey_view.low_columns(everybody=view.user.scope.owner_id is None)
    sort, descending = tables.sort_select(columns, "index")
    page = Page(urls.page_number(total, SIZE), SIZE, sort, descending)
    rows = load.ask(satisfaction.low_scores, view.chosen, page, view.user.scope, **ask)
    numbers, codes = list(rows["response_id"]), list(rows["code"])
    tables.show(
        rows,
        columns,
        key="low",
        alt=_("Low scorers"),
        on_row=lambda place: work.pick("r", str(numbers[place])),
        on_click=lambda place: urls.go("customer", id=codes[place]),
    )
    tables.pager(total, SIZE)

    every = Page(1, MOST, sort, descending)
    downloads.foot(
        SCREEN,
        downloads.Table(
            _("Low scorers"),
            [tables.Column("code", _("Customer code")), *columns],
            lambda user: load.ask(satisfaction.low_scores, view.chosen, every, user.scope, **ask),
            as_of=view.as_of,
            filters=f"{view.wave.name}; {filters.sentence(view.chosen, owners)}",
            total=total,
        ),
        total,
        key="low",
    )
    chosen = urls.chosen("r", [str(number) for number in numbers], _("Answer"))
    if chosen:
        at_hand(rows[rows["response_id"] == int(chosen)].iloc[0].to_dict())
    else:
        st.caption(_("Select a row to read the comment and hand out a task."))


def at_hand(row: dict[str, object]) -> None:
    """One low scorer: who, what was written, and the task."""
    st.divider()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{md_escape(row['name'])}**", width="content")
        badges.badge("tier", row["tier"])
        st.caption(
            _(
                "Index {index} on {date}",
                index=formats.score(row["index"]),
                date=formats.date(row["answered_on"]),
            ),
            width="content",
        )
    st.text(str(row["comment"] or _("No comment was written.")))
    if row["supervised"]:
        st.caption(_("A task on this customer's answers is open already; see the task board."))
        return
    title = _(
        "Low satisfaction {index}: {comment}",
        index=formats.score(row["index"]),
        comment=shorten(row["comment"] or formats.NONE, 150),
    )
    day = load.today()
    answers = forms.task(
        f"low.{row['response_id']}",
        day=day,
        title=title[:200],
        people=load.ask(supervision.assignees, row["owner_id"]),
        own_manager=_("The customer's own manager") if row["owner_id"] else "",
        label=_("Hand out as task"),
    )
    if answers is None:
        return
    actor = frame.require(SCREEN, edit=True)
    wanted = Task(
        int(str(row["customer_id"])),
        "low_score",
        answers.title,
        answers.due_on,
        answers.owner_id,
        response_id=int(str(row["response_id"])),
    )
    work.attempt(lambda: open_item(load.engine(), actor, wanted, on=day), _("Task assigned."))


with frame.screen(SCREEN) as user:
    work.notice()
    choices = load.ask(runs.choices, user.scope)
    chosen, place = choosing.choose(user, choices)
    run = load.ask(runs.run, chosen.as_of)
    view = choosing.view_of(user, run, replace(chosen, as_of=run.as_of), place) if run else None
    if view is None or run is None:
        frame.empty(_("No survey yet."), _("Import survey answers and refresh the figures."))
    else:
        frame.about(
            as_of=run.as_of,
            computed_in=run.computed_in,
            scope=frame.scope_words(user),
            unit=_("index 0–100"),
            note=_(
                "{start} to {end}",
                start=formats.date(view.wave.starts_on),
                end=formats.date(view.wave.ends_on),
            ),
        )
        st.caption(" ".join(md_escape(one) for one in view.said()))
        figures.tiles(view)
        left, right = st.columns(2)
        with left:
            results.over_time(view)
        with right:
            results.by_group(view)
        results.answers(view)
        left, right = st.columns(2)
        with left:
            results.dimensions(view)
        with right:
            results.quadrant(view)
        with frame.card(_("Low scorers"), _("Whom to call first, and what they wrote.")):
            low_scorers(view, choices.owners)
    if menu.may_open("imports", user.role):
        st.page_link(
            menu.SCREENS["imports"].path,
            label=_("Upload survey answers"),
            icon=":material/upload_file:",
        )
