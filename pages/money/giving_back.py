"""Money given back, given up or waited for (退回、核销、展期): the rarer movements."""

from __future__ import annotations

from datetime import date

import streamlit as st

from components import frame, movement_forms, work
from components.movement_forms import Choice
from data import load
from data.queries.movable import Movable, OpenBill
from data.writes import receivables
from models.enums import WriteOffKind
from pages.money import move_choices
from pages.money.move_choices import Done
from words import formats
from words.i18n import _


def reverse(screen: str, found: Movable, day: date) -> None:
    """Money that bounced or was paid back, credit that is void."""
    if not found.money:
        movement_forms.nothing(_("Nothing was received from this customer."), "reverse.money")
        return
    source = move_choices.money(
        found.money, "reverse.money", _("Receipt or credit note"), applied=True
    )
    first = Choice(0, _("Not applied first, then the latest applied"), source.day, source.left)
    paid = {
        p.invoice_id: Choice(p.invoice_id, p.invoice, p.start, p.amount)
        for p in found.parts
        if (p.what, p.source_id) == (source.what, source.id)
    }
    named = movement_forms.pick(
        f"reverse.of.{source.what}.{source.id}", _("Open again"), [first, *paid.values()]
    )
    kind = movement_forms.reversal_kind("reverse", credit_note=source.what == "credit_note")
    said = movement_forms.amount(
        f"reverse.{source.what}.{source.id}.{named.id}",
        _("Save reversal"),
        most=source.left if not named.id else min(source.left, named.most),
        earliest=source.day,
        latest=day,
        day_label=_("Bounced or paid back on"),
    )
    if said is None:
        return
    wanted = receivables.Reversing(
        source.what,
        source.id,
        said.amount,
        said.on,
        (move_choices.seen(source),),
        kind,
        said.reason,
        named.id or None,
    )
    actor = frame.require(screen, edit=True)

    def write() -> None:
        receivables.reverse(load.engine(), actor, wanted)

    move_choices.write(
        write,
        _("Recorded. Earlier days keep their figures."),
    )


def write_off(screen: str, found: Movable, day: date) -> None:
    """What will not be paid; and write-offs taken back."""
    if found.bills:
        bill = move_choices.bill(found, "off.bill")
        kind = movement_forms.write_off_kind("off")
        said = movement_forms.amount(
            f"off.{bill.id}",
            _("Write off"),
            most=bill.open,
            earliest=bill.day,
            latest=day,
            day_label=_("Written off on"),
            needed=True,
        )
        if said is not None:
            _given_up(screen, found.customer_id, bill, said, kind)
    else:
        movement_forms.nothing(_("No invoice is open."), "off.bill")
    if found.written:
        choices = [
            Choice(w.id, f"{w.invoice} · {formats.money(w.amount)} · {w.start}", w.start, w.amount)
            for w in found.written
        ]
        chosen = movement_forms.pick("off.written", _("Written off so far"), choices)
        if st.button(_("Take the write-off back"), key=work.wkey("move.off.back")):
            actor = frame.require(screen, edit=True)

            def end() -> None:
                receivables.end_write_off(load.engine(), actor, chosen.id, day)

            move_choices.write(
                end,
                _("Taken back. The invoice is open again from today on."),
            )


def _given_up(
    screen: str, customer_id: int, bill: OpenBill, said: movement_forms.Moved, kind: WriteOffKind
) -> None:
    wanted = receivables.GivingUp(
        bill.id, said.amount, said.on, (move_choices.seen(bill),), said.reason, kind
    )
    actor = frame.require(screen, edit=True)

    def write() -> Done:
        number = receivables.write_off(load.engine(), actor, wanted)
        words = _(
            "{amount} of {invoice} is written off",
            invoice=bill.code,
            amount=formats.money(said.amount),
        )
        return Done(customer_id, "write_off", number, said.amount, words)

    move_choices.write(write, _("Written off. The figures follow at the next refresh."))


def due(screen: str, found: Movable, day: date) -> None:
    """A due date put off, or instalments."""
    if not found.bills:
        movement_forms.nothing(_("No invoice is open."), "due.bill")
        return
    bill = move_choices.bill(found, "due.bill")
    said = movement_forms.plan(
        f"due.{bill.id}", total=bill.amount, now=bill.plan, earliest=bill.day, latest=day
    )
    if said is None:
        return
    wanted = receivables.Agreement(
        bill.id, said.since, said.plan, (move_choices.seen(bill),), said.reason
    )
    actor = frame.require(screen, edit=True)

    def write() -> None:
        receivables.agree(load.engine(), actor, wanted)

    move_choices.write(
        write,
        _("Agreed. Earlier days keep the due dates they had."),
    )
