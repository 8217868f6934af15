"""Task board (督办): what is open, late, escalated or closed, and moving one item on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import streamlit as st

from components import badges, downloads, filters, forms, frame, tables, urls, work
from data import load
from data.queries import supervision
from data.writes.supervision import LEADERS, TOPICS, close, escalate, may_change, reschedule
from models.access import User
from models.filters import MOST, Filters, Page
from words import vocabulary
from words.i18n import _
from words.text import md_escape

SCREEN = "loss_alerts"
SIZE = 25


def columns() -> list[tables.Column]:
    """Columns of the board."""
    return [
        tables.Column("name", _("Customer"), "button", width=225, pinned=True),
        tables.Column("state", _("State"), "badge", words="task_state"),
        tables.Column("topic", _("Matter"), "badge", words="topic"),
        tables.Column("title", _("What is to be done"), width=330),
        tables.Column("worker", _("Responsible")),
        tables.Column("due_on", _("Due date"), "date"),
        tables.Column("days_over", _("Days over"), "days", help=_("Negative while there is time")),
        tables.Column("opened_on", _("Opened"), "date"),
        tables.Column("escalated_name", _("Escalated to")),
        tables.Column("closed_on", _("Closed"), "date"),
        tables.Column("evidence", _("Evidence"), width=240),
    ]


def show(user: User, chosen: Filters, day: date) -> None:
    """The board with its filters, and the item at hand."""
    counts = load.ask(supervision.board_counts, chosen, user.scope, day=day)
    takeaway = _(
        "{open} open, {overdue} overdue, {escalated} escalated, {closed} closed in 90 days.",
        **counts,
    )
    with frame.card(_("Task board"), takeaway):
        with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
            state = urls.segmented(
                "state", _("State"), ("live", *supervision.STATES), label_of=_state
            )
            topics = ("", *TOPICS)
            topic = urls.selectbox(
                "topic",
                _("Matter"),
                topics,
                label_of=_topic,
                width=150,
                label_visibility="collapsed",
            )
            mine = urls.toggle_box("mine", _("Only mine"))
        asks: dict[str, Any] = {"day": day, "topic": topic, "worker_id": user.id if mine else None}
        total = _total(load.ask(supervision.board_counts, chosen, user.scope, **asks), state)
        if total == 0:
            frame.empty(_("No tasks here."), icon=":material/task_alt:")
            return
        states = ("open", "overdue", "escalated") if state == "live" else (state,)
        page = Page(urls.page_number(total, SIZE), SIZE)
        rows = load.ask(supervision.board, chosen, page, user.scope, **asks, states=states)
        ids, codes = list(rows["item_id"]), list(rows["code"])
        tables.show(
            rows,
            columns(),
            key="board",
            alt=_("Tasks"),
            on_row=lambda place: work.pick("t", str(ids[place])),
            on_click=lambda place: urls.go("customer", id=codes[place]),
        )
        tables.pager(total, SIZE)
        said = [filters.sentence(chosen), _state(state), _topic(topic)]
        if mine:
            said.append(_("Only mine"))
        every = Page(1, MOST, page.sort, page.descending)
        downloads.foot(
            SCREEN,
            downloads.Table(
                _("Task board"),
                [tables.Column("code", _("Customer code")), *columns()],
                lambda reader: load.ask(
                    supervision.board, chosen, every, reader.scope, **asks, states=states
                ),
                as_of=day,
                filters="; ".join(said),
                total=total,
            ),
            total,
            key="board",
        )
    chosen_item = urls.chosen("t", [str(i) for i in ids], _("Task"))
    if chosen_item:
        with frame.card(_("Task at hand")):
            one(user, int(chosen_item), day)
    else:
        st.caption(_("Select a row to close, escalate or reschedule a task."))


def one(user: User, item_id: int, day: date) -> None:
    """One item and what may be done with it by this user."""
    item = load.ask(supervision.item, item_id, user.scope, day=day)
    if item is None:
        st.caption(_("There is nothing here that you may see."))
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{md_escape(item['name'])}** {md_escape(item['title'])}", width="content")
        badges.badge("task_state", item["state"])
    allowed = may_change(user, item["worker_id"], item["opened_by"], item["escalated_to"])
    if item["closed_on"] or not allowed:
        st.caption(_("Only its owner, whoever opened it and the management may change a task."))
        return
    fresh = item["version"]
    item["version"] = work.seen_version(f"task.{item_id}", fresh)
    _close(item, day)
    _escalate(item, day)
    _reschedule(item, day)
    work.on_screen(f"task.{item_id}", fresh)


def _close(item: dict[str, Any], day: date) -> None:
    said = forms.reasoned(
        f"close.{item['item_id']}",
        _("Close the task"),
        words=_("Evidence: what shows that it is settled"),
        icon=":material/task_alt:",
    )
    if said:
        _write(
            lambda user: close(
                load.engine(), user, item["item_id"], item["version"], evidence=said[0], on=day
            ),
            _("Task closed."),
        )


def _escalate(item: dict[str, Any], day: date) -> None:
    people = {
        person.id: person.name
        for person in load.ask(supervision.assignees, item["owner_id"])
        if person.role in LEADERS
    }
    if not people or item["state"] == "escalated":
        return
    with st.form(work.wkey(f"escalate.{item['item_id']}"), border=False):
        to = st.selectbox(
            _("Escalate to"),
            list(people),
            format_func=people.__getitem__,
            key=work.wkey(f"escalate.{item['item_id']}.to"),
        )
        sent = st.form_submit_button(_("Escalate"), icon=":material/priority_high:")
    if sent:
        _write(
            lambda user: escalate(
                load.engine(), user, item["item_id"], item["version"], to_id=int(to), on=day
            ),
            _("Task escalated."),
        )


def _reschedule(item: dict[str, Any], day: date) -> None:
    people = {
        person.id: person.name for person in load.ask(supervision.assignees, item["owner_id"])
    }
    if item["worker_id"] not in people:
        return
    name = f"move.{item['item_id']}"
    with st.form(work.wkey(name), border=False):
        left, right = st.columns(2)
        who = left.selectbox(
            _("Responsible"),
            list(people),
            format_func=people.__getitem__,
            index=list(people).index(item["worker_id"]),
            key=work.wkey(f"{name}.who"),
        )
        due = right.date_input(
            _("Due date"),
            value=max(item["due_on"], day + timedelta(days=7)),
            min_value=day,
            key=work.wkey(f"{name}.due"),
            format="YYYY-MM-DD",
        )
        sent = st.form_submit_button(_("Reschedule"), icon=":material/event:")
    if sent:
        _write(
            lambda user: reschedule(
                load.engine(), user, item["item_id"], item["version"], due_on=due, owner_id=int(who)
            ),
            _("Task rescheduled."),
        )


def _write(write: Callable[[User], object], said: str) -> None:
    user = frame.require(SCREEN, edit=True)
    work.attempt(lambda: write(user), said)


def _total(counts: dict[str, int], state: str) -> int:
    live = counts["open"] + counts["overdue"] + counts["escalated"]
    return live if state == "live" else counts[state]


def _state(code: str) -> str:
    return _("Not closed") if code == "live" else vocabulary.label("task_state", code)


def _topic(code: str) -> str:
    return vocabulary.label("topic", code) if code else _("All matters")
