"""Deciding on one alert (预警处理): every signal, the past, what helps, and what is done now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import streamlit as st

from components import badges, charts, downloads, forms, frame, work
from components.signals import columns, lines, table
from data import load
from data.queries import alerts, supervision
from data.writes.alerts import (
    DECIDERS,
    LONGEST_DISMISSAL,
    LONGEST_SNOOZE,
    Seen,
    confirm,
    dismiss,
    lost,
    saved,
    snooze,
)
from data.writes.supervision import Task, open_item
from models.access import User
from models.enums import LossReason
from models.policy import Policy
from pages.risk import task_board
from words import formats, reasons, vocabulary
from words.i18n import _
from words.text import md_escape

SCREEN = "loss_alerts"
Row = dict[str, Any]


def panel(user: User, row: Row, as_of: date, day: date, policy: Policy, *, newest: bool) -> None:
    """Everything about one customer's alert."""
    _head(row)
    left, right = st.columns([3, 2])
    with left:
        signals(row, policy, as_of, day)
    with right:
        past = load.ask(alerts.history, row["customer_id"], user.scope, as_of=as_of)
        if any(each.score is not None for each in past):
            st.caption(_("Score at the end of each month; the lines are amber and red."))
            charts.show(
                charts.history(
                    [each.as_of for each in past],
                    [each.score for each in past],
                    [each.level for each in past],
                    thresholds=(policy.loss_amber, policy.loss_red),
                ),
                key="history",
                alt=_("Score by month"),
            )
    if not newest:
        st.caption(_("Decisions are made on the newest figures; choose the newest date."))
        return
    if user.role not in DECIDERS:
        st.caption(_("Your role may hand out a task but not decide on an alert."))
        task(user, row, day)
        return
    names = [_("Decide"), _("Task"), _("Outcome")]
    decide_tab, task_tab, outcome_tab = st.tabs(names)
    with decide_tab:
        decide(row, day)
    with task_tab:
        task(user, row, day)
    with outcome_tab:
        outcome(row, day)
    work.on_screen(f"alert.{row['customer_id']}", row["version"])


def _head(row: Row) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{md_escape(row['name'])}** {md_escape(row['code'])}", width="content")
        badges.row([("level", row["level"]), ("tier", row["tier"]), ("alert_state", row["state"])])
        work.card_button(row["code"], "alert")
        work.close_button("c")
    facts = [
        _("Margin at risk {amount}", amount=formats.money0(row["value_at_risk"])),
        _("at risk since {date}", date=formats.date(row["raised_on"])),
    ]
    if row["snoozed_until"]:
        facts.append(_("put aside until {date}", date=formats.date(row["snoozed_until"])))
    if row["note"]:
        facts.append(md_escape(row["note"]))
    st.caption(" · ".join(facts))


def signals(row: Row, policy: Policy, as_of: date, day: date) -> None:
    """Signal, what was found, from where on it counts, points; and what would help."""
    found = list(row["reasons"] or [])
    if not found:
        st.caption(_("No signal has fired."))
        return
    table(found)

    def again(user: User) -> Any:
        now = load.ask(alerts.alert_of, row["customer_id"], user.scope, as_of=as_of, day=day)
        return lines(list((now or {}).get("reasons") or []))

    about = downloads.Table(
        _("Signals and their points"),
        columns(),
        again,
        as_of=as_of,
        filters=f"{row['code']} {row['name']}",
    )
    downloads.foot(SCREEN, about, len(found), key="signals")
    cure = reasons.cure(found, row["score"] or 0, policy.loss_amber)
    if cure:
        st.caption(_("What would turn it green: {cure}", cure=cure))


def seen(row: Row, day: date) -> Seen:
    """The alert as the user saw it when acting."""
    version = work.seen_version(f"alert.{row['customer_id']}", row["version"])
    return Seen(row["customer_id"], version, day)


def decide(row: Row, day: date) -> None:
    """Confirm, dismiss with a reason that expires, or put aside until a day."""
    who = str(row["customer_id"])
    one, two, three = st.columns(3)
    with one:
        said = forms.reasoned(
            f"confirm.{who}",
            _("Confirm the alert"),
            words=_("Note"),
            needed=False,
            icon=":material/check:",
        )
        if said:
            _write(
                lambda user: confirm(load.engine(), user, seen(row, day), note=said[0]),
                _("Alert confirmed."),
            )
    with two:
        longest = day + timedelta(days=LONGEST_SNOOZE)
        said = forms.reasoned(
            f"snooze.{who}",
            _("Put aside"),
            words=_("Note"),
            needed=False,
            day_label=_("Until"),
            day=day + timedelta(days=14),
            earliest=day + timedelta(days=1),
            latest=longest,
            icon=":material/snooze:",
        )
        if said and said[1]:
            until = said[1]
            _write(
                lambda user: snooze(load.engine(), user, seen(row, day), until=until, note=said[0]),
                _("Alert put aside."),
            )
    with three:
        longest = day + timedelta(days=LONGEST_DISMISSAL)
        said = forms.reasoned(
            f"dismiss.{who}",
            _("Dismiss"),
            words=_("Why it is wrong"),
            day_label=_("Look again on"),
            day=longest,
            earliest=day + timedelta(days=1),
            latest=longest,
            icon=":material/notifications_off:",
        )
        if said and said[1]:
            until = said[1]
            _write(
                lambda user: dismiss(
                    load.engine(), user, seen(row, day), reason=said[0], until=until
                ),
                _("Alert dismissed."),
            )


def task(user: User, row: Row, day: date) -> None:
    """Hand the matter to somebody, or move on what is open."""
    if row["item_id"]:
        task_board.one(user, int(row["item_id"]), day)
        return
    title = _("Keep the customer: {reasons}", reasons=reasons.sentences(row["reasons"]))[:200]
    answers = forms.task(
        f"loss.{row['customer_id']}",
        day=day,
        title=title,
        people=load.ask(supervision.assignees, row["owner_id"]),
        own_manager=_("The customer's own manager") if row["owner_id"] else "",
    )
    if answers is None:
        return
    wanted = Task(
        row["customer_id"],
        "loss_alert",
        answers.title,
        answers.due_on,
        answers.owner_id,
        alert_id=row["alert_id"],
    )
    _write(lambda actor: open_item(load.engine(), actor, wanted, on=day), _("Task assigned."))


def outcome(row: Row, day: date) -> None:
    """Saved, or lost with one of the textbook reasons."""
    who = str(row["customer_id"])
    left, right = st.columns(2)
    with left:
        said = forms.reasoned(
            f"saved.{who}",
            _("Customer saved"),
            words=_("What was done"),
            icon=":material/favorite:",
        )
        if said:
            _write(
                lambda user: saved(load.engine(), user, seen(row, day), note=said[0]),
                _("Recorded as saved."),
            )
    with right:
        said = forms.reasoned(
            f"lost.{who}",
            _("Customer lost"),
            words=_("Note"),
            needed=False,
            day_label=_("Lost on"),
            day=min(day, load.today()),
            latest=load.today(),
            extra=lambda: _why(who),
            icon=":material/heart_broken:",
        )
        if said and said[1]:
            reason, competitor = said[2]
            on, note = said[1], said[0]
            _write(
                lambda user: lost(
                    load.engine(),
                    user,
                    seen(row, day),
                    reason=reason,
                    happened_on=on,
                    competitor=competitor,
                    note=note,
                ),
                _("Recorded as lost; the record is kept."),
            )


def _why(who: str) -> tuple[LossReason, str]:
    reason = st.selectbox(
        _("Reason"),
        list(LossReason),
        key=work.wkey(f"lost.{who}.reason"),
        format_func=vocabulary.labeller("loss_reason"),
    )
    rival = st.text_input(_("Competitor"), max_chars=80, key=work.wkey(f"lost.{who}.rival"))
    return reason, rival


def _write(write: Callable[[User], object], said: str) -> None:
    user = frame.require(SCREEN, edit=True)
    work.attempt(lambda: write(user), said)
