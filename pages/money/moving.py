"""Moving a customer's money (应收变动): apply, take back, bounce, write off, put off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import streamlit as st

from components import faults, frame, movement_forms, work
from components.movement_forms import Choice
from data import load
from data.queries import movable
from data.queries.movable import Movable
from data.writes import receivables
from data.writes.ledger import FINANCE
from errors import Conflict
from models.access import User
from pages.money import giving_back, move_choices
from pages.money.move_choices import Done
from words import formats
from words.i18n import _, _c
from words.text import md_escape

_WAYS = ("apply", "take_back", "reverse", "write_off", "due")


def may(user: User) -> bool:
    """Whether somebody's role moves money."""
    return user.role in FINANCE


def panel(screen: str, user: User, customer_id: int) -> None:
    """Every form there is for one customer, one at a time.

    Args:
        screen: that the panel stands on; asked again before anything is written.
        user: who looks.
        customer_id: whose money.
    """
    day = load.today()
    work.notice()
    found = load.ask(movable.movable, customer_id, user.scope, day=day)
    if found is None:
        return
    _undoable(screen, customer_id)
    names = {
        "apply": _("Apply to an invoice"),
        "take_back": _("Take an application back"),
        "reverse": _("Bounced or refunded"),
        "write_off": _("Write off"),
        "due": _("Put off, instalments"),
    }
    way = st.segmented_control(
        _("What is to be recorded"),
        _WAYS,
        default="apply",
        required=True,
        format_func=names.__getitem__,
        key=work.wkey("move.way"),
        label_visibility="collapsed",
    )
    ways: dict[str, Callable[[str, Movable, date], None]] = {
        "apply": _apply,
        "take_back": _take_back,
        "reverse": giving_back.reverse,
        "write_off": giving_back.write_off,
        "due": giving_back.due,
    }
    place = st.empty()
    ways[str(way)](screen, found, day)
    if movement_forms.gone():
        last = load.ask(movable.last_moved, customer_id, user.scope)
        told = Conflict(changed=last[0] if last else None)
        place.warning(faults.words(told), icon=":material/error:")
    for what, row_id, seen in move_choices.marks(found):
        work.on_screen(f"{what}.{row_id}", seen)
    movement_forms.drawn()


def _apply(screen: str, found: Movable, day: date) -> None:
    free = [one for one in found.money if one.free > 0]
    if not free or not found.bills:
        words = _("Nothing that was received is left to apply, or no invoice is open.")
        movement_forms.nothing(words, "apply.money", "apply.bill")
        return
    left, right = st.columns(2)
    with left:
        source = move_choices.money(free, "apply.money", _("Receipt or credit note"), applied=False)
    with right:
        bill = move_choices.bill(found, "apply.bill")
    said = movement_forms.amount(
        f"apply.{source.what}.{source.id}.{bill.id}",
        _c("movement", "Apply"),
        day_label=_("Applied on"),
        most=min(source.free, bill.open),
        earliest=max(source.day, bill.day),
        latest=day,
    )
    if said is None:
        return
    actor, seen = (
        frame.require(screen, edit=True),
        (move_choices.seen(source), move_choices.seen(bill)),
    )

    def write() -> Done:
        number = receivables.apply(
            load.engine(),
            actor,
            receivables.Application(source.what, source.id, bill.id, said.amount, said.on, seen),
        )
        words = _(
            "{source} is applied to {invoice}: {amount}",
            source=source.code,
            invoice=bill.code,
            amount=formats.money(said.amount),
        )
        return Done(found.customer_id, "apply", number, said.amount, words)

    move_choices.write(write, _("Applied. The figures follow at the next refresh."))


def _take_back(screen: str, found: Movable, day: date) -> None:
    if not found.parts:
        movement_forms.nothing(_("Nothing is applied to an invoice."), "back.part")
        return
    choices = [Choice(p.id, move_choices.part_words(p), p.start, p.amount) for p in found.parts]
    chosen = movement_forms.pick("back.part", _("Applied to an invoice"), choices)
    part = next(one for one in found.parts if one.id == chosen.id)
    said = movement_forms.amount(
        f"back.{part.id}",
        _("Take back"),
        most=part.amount,
        earliest=part.start,
        latest=day,
        day_label=_("No longer applied from"),
    )
    if said is None:
        return
    seen = tuple(
        work.seen_version(f"part.{what}.{part.id}", mark)
        for what, mark in zip(("source", "invoice"), part.marks, strict=True)
    )
    wanted = receivables.TakingBack(part.id, said.on, seen, said.amount, said.reason)
    actor = frame.require(screen, edit=True)

    def write() -> None:
        receivables.take_back(load.engine(), actor, wanted)

    move_choices.write(
        write,
        _("Taken back. The invoice is open again from that day on."),
    )


def _undoable(screen: str, customer_id: int) -> None:
    """What was done last, with the way back."""
    done = move_choices.last(customer_id)
    if done is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(md_escape(done.words), width="content")
        if not st.button(_("Undo"), icon=":material/undo:", key=work.wkey("move.undo")):
            return
    actor = frame.require(screen, edit=True)

    def undo() -> None:
        if done.what == "apply":
            back = receivables.TakingBack(done.row_id, None, None, done.amount)
            receivables.take_back(load.engine(), actor, back)
        else:
            receivables.end_write_off(load.engine(), actor, done.row_id)

    move_choices.forget()
    move_choices.write(undo, _("Undone."))
