"""Forms for moving money (应收变动表单): they ask and return plain values; the page writes.

What is chosen stands above the form, so that amount, day and bounds follow the choice: the
amount is filled with the most possible, the day with today.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import streamlit as st

from components import state
from components.work import wkey
from models.enums import ReversalKind, WriteOffKind
from words import formats, vocabulary
from words.i18n import _

REASON = 200
"""Longest reason the store takes."""
MOST_INSTALMENTS = 24
_OWN, _GONE = "movement.own", "movement.gone"


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose: its number, its words, from when, and how much at most (minor)."""

    id: int
    words: str
    day: date
    most: int


@dataclass(frozen=True, slots=True)
class Moved:
    """What was typed; money in minor units."""

    amount: int
    on: date
    reason: str


def pick(name: str, label: str, choices: Sequence[Choice]) -> Choice:
    """One of several; the first until another is chosen.

    What was chosen may be gone because somebody else was quicker; `gone` then says so.
    """
    by_id = {choice.id: choice for choice in choices}
    key = wkey(f"move.{name}")
    before = state.widget(key)
    if before is not None and before not in by_id and not state.get(_OWN):
        state.put(_GONE, True)
    chosen = st.selectbox(label, list(by_id), format_func=lambda i: by_id[i].words, key=key)
    return by_id.get(chosen, choices[0])


def nothing(words: str, *names: str) -> None:
    """Say that there is nothing to choose under these names (any more)."""
    st.caption(words)
    if not state.get(_OWN) and any(state.widget(wkey(f"move.{name}")) for name in names):
        state.put(_GONE, True)


def gone() -> bool:
    """Whether something that was chosen went by somebody else's doing; said once."""
    found = bool(state.get(_GONE))
    state.drop(_GONE)
    return found


def own_write() -> None:
    """What is gone when the page is drawn next went by the reader's own doing."""
    state.put(_OWN, True)


def drawn() -> None:
    """From here on what is gone went by somebody else's doing."""
    state.drop(_OWN)


def amount(
    name: str,
    label: str,
    *,
    most: int,
    earliest: date,
    latest: date,
    day_label: str,
    needed: bool = False,
    words: str | None = None,
) -> Moved | None:
    """Ask how much from which day on; the answers once sent, else None.

    Args:
        name: of the form; another name begins anew.
        label: of the button.
        most: the most possible, minor units; proposed.
        earliest: first day there is to choose.
        latest: today.
        day_label: what the day is.
        needed: a reason must be given.
        words: what the reason is; "Reason" if left out.
    """
    said = words or _("Reason")
    with st.form(wkey(f"move.form.{name}"), border=False):
        left, middle, right = st.columns(3)
        money = left.number_input(
            _("Amount (CNY)"),
            value=most / formats.MINOR_PER_MAJOR,
            min_value=0.01,
            max_value=max(most, 1) / formats.MINOR_PER_MAJOR,
            step=0.01,
            format="%.2f",
            key=wkey(f"move.amount.{name}"),
            help=_("At most {amount}", amount=formats.money(most)),
        )
        on = middle.date_input(
            day_label,
            value=max(earliest, latest),
            min_value=earliest,
            max_value=max(earliest, latest),
            format="YYYY-MM-DD",
            key=wkey(f"move.on.{name}"),
        )
        reason = right.text_input(
            said if needed else _("{field} (may be empty)", field=said),
            max_chars=REASON,
            key=wkey(f"move.reason.{name}"),
        )
        sent = st.form_submit_button(label, type="primary", icon=":material/save:")
    return Moved(minor(money), on, reason) if sent else None


def minor(money: float) -> int:
    """An amount typed in yuan, in minor units."""
    return round(money * formats.MINOR_PER_MAJOR)


def reversal_kind(name: str, *, credit_note: bool) -> ReversalKind:
    """Bounced or refunded; a credit note is void."""
    if credit_note:
        return ReversalKind.VOID
    return ReversalKind(
        st.segmented_control(
            _("What happened"),
            [ReversalKind.BOUNCED, ReversalKind.REFUNDED],
            default=ReversalKind.BOUNCED,
            required=True,
            key=wkey(f"move.kind.{name}"),
            format_func=vocabulary.labeller("reversal_kind"),
        )
    )


def write_off_kind(name: str) -> WriteOffKind:
    """A small difference or a bad debt."""
    return WriteOffKind(
        st.segmented_control(
            _("Kind"),
            list(WriteOffKind),
            default=WriteOffKind.SMALL_DIFFERENCE,
            required=True,
            key=wkey(f"move.kind.{name}"),
            format_func=vocabulary.labeller("write_off_kind"),
        )
    )


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was typed about due dates; money in minor units."""

    since: date
    plan: tuple[tuple[date, int], ...]
    reason: str


def plan(
    name: str, *, total: int, now: Sequence[tuple[date, int]], earliest: date, latest: date
) -> Agreed | None:
    """Ask for due dates, one or several with their amounts; the answers once sent, else None.

    Args:
        name: of the form; another name begins anew.
        total: of the invoice, minor units; what the instalments must come to.
        now: instalments in force.
        earliest: date of the invoice.
        latest: today.
    """
    many = int(
        st.number_input(
            _("Instalments"),
            min_value=1,
            max_value=MOST_INSTALMENTS,
            value=len(now),
            step=1,
            key=wkey(f"move.many.{name}"),
            width=160,
        )
    )
    proposed = list(now) if len(now) == many else _split(total, many, max(latest, now[0][0]))
    with st.form(wkey(f"move.form.{name}.{many}"), border=False):
        rows = [
            _instalment(f"{name}.{many}.{n}", n, due, part, many, earliest)
            for n, (due, part) in enumerate(proposed)
        ]
        left, right = st.columns(2)
        since = left.date_input(
            _("Agreed on"),
            value=max(earliest, latest),
            min_value=earliest,
            max_value=max(earliest, latest),
            format="YYYY-MM-DD",
            key=wkey(f"move.since.{name}.{many}"),
            help=_("In force from this day on; earlier days keep the dates they had."),
        )
        reason = right.text_input(
            _("{field} (may be empty)", field=_("Reason")),
            max_chars=REASON,
            key=wkey(f"move.reason.{name}.{many}"),
        )
        if many > 1:
            st.caption(_("Together they must come to {amount}.", amount=formats.money(total)))
        sent = st.form_submit_button(_("Save due dates"), type="primary", icon=":material/save:")
    if not sent:
        return None
    parts = tuple((due, total if many == 1 else part) for due, part in rows)
    return Agreed(since, parts, reason)


def _instalment(
    name: str, n: int, due: date, part: int, many: int, earliest: date
) -> tuple[date, int]:
    left, right = st.columns(2)
    day = left.date_input(
        _("Due date") if many == 1 else _("Instalment {n} due", n=n + 1),
        value=due,
        min_value=earliest,
        format="YYYY-MM-DD",
        key=wkey(f"move.due.{name}"),
    )
    if many == 1:
        return day, part
    money = right.number_input(
        _("Instalment {n} (CNY)", n=n + 1),
        value=part / formats.MINOR_PER_MAJOR,
        min_value=0.01,
        step=0.01,
        format="%.2f",
        key=wkey(f"move.part.{name}"),
    )
    return day, minor(money)


def _split(total: int, many: int, first: date) -> list[tuple[date, int]]:
    """Equal parts thirty days apart; the last takes what does not divide."""
    part = total // many
    days = [first + timedelta(days=30 * n) for n in range(many)]
    return [(day, part) for day in days[:-1]] + [(days[-1], total - part * (many - 1))]
