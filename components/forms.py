"""Forms that work is done in (表单): they ask and return plain values; the page writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import streamlit as st

from components.work import fresh, note_sent, wkey
from models.enums import CollectionResult, ContactChannel
from words import formats, vocabulary
from words.i18n import _

NOTE = 400
"""Longest note the store takes."""


@dataclass(frozen=True, slots=True)
class ContactAnswers:
    """What was typed about a contact; money in minor units."""

    acted_on: date
    channel: ContactChannel
    result: CollectionResult
    invoice_id: int | None
    promised_on: date | None
    promised_amount: int | None
    interrupts_limitation: bool
    next_on: date | None
    note: str


@dataclass(frozen=True, slots=True)
class TaskAnswers:
    """What was typed about a supervision item; no owner is the customer's manager."""

    title: str
    owner_id: int | None
    due_on: date


def contact(
    name: str, *, day: date, latest: date, invoices: Mapping[int, str]
) -> ContactAnswers | None:
    """Ask for a contact; the answers once it is sent, else None.

    Args:
        name: of the form on the page, with what it is about.
        day: proposed day of the contact.
        latest: the last day it may have been on.
        invoices: open invoices it may be about: id → words.
    """
    form, name = name, fresh(name)
    with st.form(wkey(f"contact.{name}"), border=False):
        channel, result, acted_on = _how(name, min(day, latest), latest)
        left, middle, right = st.columns(3)
        promised_on = left.date_input(
            _("Promised date"),
            value=None,
            min_value=day,
            key=wkey(f"{name}.promised"),
            format="YYYY-MM-DD",
        )
        promised = middle.number_input(
            _("Promised amount (CNY)"),
            value=None,
            min_value=0.01,
            step=1000.0,
            key=wkey(f"{name}.amount"),
        )
        next_on = right.date_input(
            _("Next step on"),
            value=day + timedelta(days=7),
            min_value=day,
            key=wkey(f"{name}.next"),
            format="YYYY-MM-DD",
        )
        about = st.selectbox(
            _("About"),
            [0, *invoices],
            key=wkey(f"{name}.invoice"),
            format_func=lambda i: invoices.get(i, _("The whole balance")),
        )
        note = st.text_area(_("Note"), max_chars=NOTE, height=80, key=wkey(f"{name}.note"))
        demand = st.checkbox(
            _("Written demand: the limitation period starts anew"),
            key=wkey(f"{name}.demand"),
            help=_("Only what leaves a proof counts: letter, message, signed visit, lawyer."),
        )
        sent = st.form_submit_button(_("Log contact"), type="primary", icon=":material/save:")
    if not sent:
        return None
    note_sent(form)
    return ContactAnswers(
        acted_on=acted_on,
        channel=channel,
        result=result,
        invoice_id=int(about) or None,
        promised_on=promised_on,
        promised_amount=None if promised is None else round(promised * formats.MINOR_PER_MAJOR),
        interrupts_limitation=demand,
        next_on=next_on,
        note=note,
    )


def task(
    name: str,
    *,
    day: date,
    title: str,
    people: Sequence[Any],
    own_manager: str = "",
    label: str | None = None,
    days: int = 7,
) -> TaskAnswers | None:
    """Ask who is to settle a matter until when; the answers once it is sent, else None.

    Args:
        name: of the form on the page, with what it is about.
        day: today.
        title: proposed title.
        people: who can be given the work, with `id`, `name` and `role`.
        own_manager: words for "the customer's account manager"; '' leaves that choice out.
        label: of the button.
        days: proposed time.
    """
    names = {0: own_manager} if own_manager else {}
    names |= {
        person.id: f"{person.name} · {vocabulary.label('role', person.role)}" for person in people
    }
    if not names:
        st.caption(_("Nobody can be given this work."))
        return None
    form, name = name, fresh(name)
    with st.form(wkey(f"task.{name}"), border=False):
        what = st.text_input(
            _("What is to be done"), title, max_chars=200, key=wkey(f"{name}.what")
        )
        left, right = st.columns(2)
        who = left.selectbox(
            _("Responsible"), list(names), format_func=names.__getitem__, key=wkey(f"{name}.who")
        )
        due = right.date_input(
            _("Due date"),
            value=day + timedelta(days=days),
            min_value=day,
            key=wkey(f"{name}.due"),
            format="YYYY-MM-DD",
        )
        sent = st.form_submit_button(
            label or _("Assign"), type="primary", icon=":material/assignment_ind:"
        )
    if not sent:
        return None
    note_sent(form)
    return TaskAnswers(what, int(who) or None, due)


def reasoned(
    name: str,
    label: str,
    *,
    words: str,
    day_label: str = "",
    day: date | None = None,
    earliest: date | None = None,
    latest: date | None = None,
    extra: Callable[[], Any] | None = None,
    needed: bool = True,
    icon: str | None = None,
) -> tuple[str, date | None, Any] | None:
    """Ask for a sentence, perhaps a day, perhaps more; (text, day, more) once sent.

    Args:
        name: of the form on the page, with what it is about.
        label: of the button.
        words: what the sentence is.
        day_label: what the day is; '' asks for none.
        day: proposed.
        earliest: first day to choose.
        latest: last day to choose.
        extra: draws further widgets and returns their value.
        needed: the sentence must not be empty; said in its label.
        icon: of the button.
    """
    form, name = name, fresh(name)
    with st.form(wkey(f"reasoned.{name}"), border=False):
        more = extra() if extra else None
        chosen = None
        if day_label:
            chosen = st.date_input(
                day_label,
                value=day,
                min_value=earliest,
                max_value=latest,
                key=wkey(f"{name}.day"),
                format="YYYY-MM-DD",
            )
        text = st.text_input(
            words if needed else _("{field} (may be empty)", field=words),
            max_chars=NOTE,
            key=wkey(f"{name}.text"),
        )
        sent = st.form_submit_button(label, icon=icon)
    if not sent:
        return None
    note_sent(form)
    return text, chosen, more


def _how(name: str, day: date, latest: date) -> tuple[ContactChannel, CollectionResult, date]:
    left, middle, right = st.columns(3)
    channel = left.selectbox(
        _("Channel"),
        list(ContactChannel),
        key=wkey(f"{name}.channel"),
        format_func=vocabulary.labeller("contact_channel"),
    )
    result = middle.selectbox(
        _("Result"),
        list(CollectionResult),
        key=wkey(f"{name}.result"),
        format_func=vocabulary.labeller("collection_result"),
    )
    acted_on = right.date_input(
        _("Date"), value=day, max_value=latest, key=wkey(f"{name}.on"), format="YYYY-MM-DD"
    )
    return channel, result, acted_on
