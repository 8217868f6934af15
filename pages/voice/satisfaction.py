"""Satisfaction (满意度): what customers think of us, who thinks it, and what to do first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from components import (
    downloads,
    filters,
    formats,
    forms,
    frame,
    menu,
    survey_view,
    tables,
    urls,
    vocabulary,
    work,
)
from components.i18n import _
from components.text import md_escape, shorten
from data import load
from data.queries import runs, supervision
from data.queries import satisfaction as asked
from data.writes import supervision as tasks
from models.access import User
from models.filters import MOST, Filters, Page
from models.policy import of_stored
from pages.voice import figures, results

SCREEN = "satisfaction"
SIZE, MOST_WAVES = 25, 8


def choose(user: User, choices: runs.Choices) -> tuple[Filters, Any]:
    """Filters on the title row, and among them the place for the waves."""
    with frame.slot():
        main = filters.draw(filters.Options(days=choices.days, tiers=True))
        place = st.container(width="content")
        with st.popover(_("More"), icon=":material/tune:"):
            more = filters.draw(
                filters.Options(
                    owners=choices.owners, mine=user.scope.owner_id,
                    provinces=choices.provinces, industries=choices.industries, search=True,
                )
            )  # fmt: skip
            filters.clear_button("wave", "r")
    return replace(more, as_of=main.as_of, tiers=main.tiers), place


def view_of(user: User, run: runs.Run, chosen: Filters, place: Any) -> results.View | None:
    """The wave chosen and what was answered; None where no survey was held yet."""
    waves = load.ask(asked.waves, as_of=run.as_of)
    if not waves:
        return None
    by_id = {str(wave.id): wave for wave in waves}
    with place:
        picked = urls.selectbox(
            "wave", _("Wave"), list(by_id), label_of=lambda i: by_id[i].name, width=190
        )
    wave = by_id[picked]
    same = [w for w in waves if w.survey_id == wave.survey_id and w.ends_on <= wave.ends_on]
    same = same[:MOST_WAVES]
    before = same[1] if len(same) > 1 else None
    ask = (chosen, user.scope)
    items = load.ask(asked.items, wave.survey_id)
    ids = tuple(w.id for w in same)

    def found(one: asked.WaveInfo) -> survey_view.Results:
        counted = load.ask(asked.answer_counts, *ask, as_of=run.as_of, wave_id=one.id)
        return survey_view.results(items, counted)

    return results.View(
        user=user, as_of=run.as_of, chosen=chosen, policy=of_stored(run.policy),
        wave=wave, before=before, waves=tuple(reversed(same)),
        every={one.id: found(one) for one in same},
        responses=load.ask(asked.response_indices, *ask, as_of=run.as_of, wave_ids=ids),
        takings=load.ask(asked.takings, *ask, as_of=run.as_of, wave_ids=ids),
        narrowed=user.scope.owner_id is not None or chosen != Filters(as_of=run.as_of),
    )  # fmt: skip


def low_scorers(view: results.View, owners: dict[int, str]) -> None:
    """Responses below the threshold, what they wrote, and a task for each."""
    below = view.policy.satisfaction_low
    ask = {"as_of": view.as_of, "wave_id": view.wave.id, "below": below}
    total = load.ask(asked.low_scores_count, view.chosen, view.user.scope, **ask)
    if total == 0:
        frame.empty(_("Nobody answered below {score}.", score=formats.score(below)),
                    icon=":material/sentiment_satisfied:")  # fmt: skip
        return
    columns = survey_view.low_columns(everybody=view.user.scope.owner_id is None)
    sort, descending = tables.sort_select(columns, "index")
    page = Page(urls.page_number(total, SIZE), SIZE, sort, descending)
    rows = load.ask(asked.low_scores, view.chosen, page, view.user.scope, **ask)
    numbers, codes = list(rows["response_id"]), list(rows["code"])
    tables.show(
        rows, columns, key="low", alt=_("Low scorers"),
        on_row=lambda place: work.pick("r", str(numbers[place])),
        on_click=lambda place: urls.go("customer", id=codes[place]),
    )  # fmt: skip
    tables.pager(total, SIZE)

    every = Page(1, MOST, sort, descending)
    downloads.foot(
        SCREEN,
        downloads.Table(
            _("Low scorers"), [tables.Column("code", _("Customer code")), *columns],
            lambda user: load.ask(asked.low_scores, view.chosen, every, user.scope, **ask),
            as_of=view.as_of, filters=f"{view.wave.name}; {filters.sentence(view.chosen, owners)}",
            total=total,
        ),
        total, key="low",
    )  # fmt: skip
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
        vocabulary.badge("tier", row["tier"])
        st.caption(_("Index {index} on {date}", index=formats.score(row["index"]),
                     date=formats.date(row["answered_on"])), width="content")  # fmt: skip
    st.text(str(row["comment"] or _("No comment was written.")))
    if row["supervised"]:
        st.caption(_("A task on this customer's answers is open already; see the task board."))
        return
    title = _("Low satisfaction {index}: {comment}", index=formats.score(row["index"]),
              comment=shorten(row["comment"] or formats.NONE, 150))  # fmt: skip
    day = load.today()
    answers = forms.task(
        "low", day=day, title=title[:200], people=load.ask(supervision.assignees, row["owner_id"]),
        own_manager=_("The customer's own manager") if row["owner_id"] else "",
        label=_("Hand out as task"),
    )  # fmt: skip
    if answers is None:
        return
    actor = frame.require(SCREEN, edit=True)
    wanted = tasks.Task(
        int(str(row["customer_id"])), "low_score", answers.title, answers.due_on,
        answers.owner_id, response_id=int(str(row["response_id"])),
    )  # fmt: skip
    work.attempt(lambda: tasks.open_item(load.engine(), actor, wanted, on=day), _("Task assigned."))


with frame.screen(SCREEN) as user:
    work.notice()
    choices = load.ask(runs.choices, user.scope)
    chosen, place = choose(user, choices)
    run = load.ask(runs.run, chosen.as_of)
    view = view_of(user, run, replace(chosen, as_of=run.as_of), place) if run else None
    if view is None or run is None:
        frame.empty(_("No survey yet."), _("Import survey answers and refresh the figures."))
    else:
        frame.about(as_of=run.as_of, computed_in=run.computed_in,
                    scope=frame.scope_words(user), unit=_("index 0–100"),
                    note=_("{start} to {end}", start=formats.date(view.wave.starts_on),
                           end=formats.date(view.wave.ends_on)))  # fmt: skip
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
        st.page_link(menu.SCREENS["imports"].path, label=_("Upload survey answers"),
                     icon=":material/upload_file:")  # fmt: skip
