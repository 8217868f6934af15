"""Receivables on screen (应收界面): names of buckets, columns of the lists, reconciliation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from components import downloads
from components.charts.shapes import Bar, Stack
from components.tables import Column
from models.access import User
from words import exports, formats
from words.i18n import _, _c


def bucket_names(edges: Sequence[int], *, by_invoice: bool = False) -> tuple[str, ...]:
    """The buckets in words: Not due, 1–30 days, … over 365 days."""
    starts = (1, *(edge + 1 for edge in edges[:-1]))
    first = _("Billed that day") if by_invoice else _("Not due")
    between = [
        _("{low}–{high} days", low=low, high=high) for low, high in zip(starts, edges, strict=True)
    ]
    return (first, *between, _("over {n} days", n=edges[-1]))


def bars(amounts: Sequence[int], names: Sequence[str]) -> list[Bar]:
    """A bar per bucket; its code is the number of the bucket."""
    total = sum(amounts)
    return [
        Bar(str(k), name, amount, formats.ratio(amount / total if total else None))
        for k, (amount, name) in enumerate(zip(amounts, names, strict=True))
    ]


def stacks(groups: Sequence[Any], labels: Sequence[str], most: int = 8) -> list[Stack]:
    """A stacked bar of overdue buckets per manager or tier; the smallest ones together.

    Args:
        groups: with `code` and `amounts` (not due first), most overdue first.
        labels: a word for each.
        most: bars at most.
    """
    rows = [
        Stack(group.code, label, group.amounts[1:])
        for group, label in zip(groups, labels, strict=True)
        if any(group.amounts[1:])
    ]
    if len(rows) <= most:
        return rows
    rest = rows[most - 1 :]
    sums = tuple(sum(values) for values in zip(*(row.values for row in rest), strict=True))
    return [*rows[: most - 1], Stack("", _("{n} others", n=len(rest)), sums)]


def customer_columns(names: Sequence[str], *, everybody: bool) -> list[Column]:
    """Columns of the list by customer."""
    columns = [
        Column("name", _("Customer"), "button", width=225, pinned=True, sort="name"),
        Column("tier", _("Tier"), "badge", words="tier"),
        Column("grade", _("Grade"), "badge", words="grade", sort="grade"),
        Column("overdue", _("Overdue"), "money", sort="overdue"),
        *(Column(f"b{k}", name, "money", sort=f"b{k}") for k, name in enumerate(names)),
        Column("outstanding", _("Total"), "money", sort="outstanding"),
        Column(
            "unallocated",
            _("Unallocated"),
            "money",
            help=_("Receipts and credits not applied to an invoice; they lower what is owed."),
        ),
        Column("oldest_days", _("Oldest, days"), "days", sort="oldest_days"),
        Column(
            "limit_used",
            _("Limit used"),
            "progress",
            sort="limit_used",
            help=_("Receivables less unallocated receipts ÷ credit limit"),
        ),
        Column("credit_limit", _("Credit limit"), "money"),
        Column("last_receipt", _("Last receipt"), "date", sort="last_receipt"),
        Column("last_on", _("Last contact"), "date"),
        Column("result", _("Result"), "badge", words="collection_result"),
        Column("promised_on", _("Promised date"), "date"),
        Column("promised_amount", _("Promised"), "money"),
        Column("disputed", _("Disputed"), "flag"),
        Column("next_on", _("Next step"), "date"),
        Column(
            "limitation_days",
            _("Limitation, days left"),
            "days",
            help=_("Until the first overdue invoice can no longer be sued for."),
        ),
    ]
    if everybody:
        columns.insert(3, Column("owner", _("Manager")))
    return columns


def invoice_columns(*, everybody: bool) -> list[Column]:
    """Columns of the list by invoice."""
    columns = [
        Column(
            "invoice",
            _("Invoice"),
            width=150,
            pinned=True,
            help=_("“· 2/3” is the second of three instalments."),
        ),
        Column("name", _("Customer"), "button", width=190, sort="name"),
        Column("tier", _("Tier"), "badge", words="tier"),
        Column("grade", _("Grade"), "badge", words="grade"),
        Column("invoiced_on", _("Invoice date"), "date", sort="invoiced_on"),
        Column("due_on", _("Due date"), "date", sort="due_on"),
        due_column(),
        Column(
            "put_off",
            _("Put off"),
            "flag",
            help=_("Due later than agreed with the invoice; earlier dates keep theirs."),
        ),
        Column("overdue_days", _("Days past due"), "days", sort="overdue_days"),
        Column("amount", _("Invoice amount"), "money", sort="amount"),
        Column("outstanding", _("Open amount"), "money", sort="outstanding"),
        Column(
            "limitation_days",
            _("Limitation, days left"),
            "days",
            help=_("Until this invoice can no longer be sued for."),
        ),
    ]
    if everybody:
        columns.insert(4, Column("owner", _("Manager")))
    return columns


def due_column() -> Column:
    """Where a due date is from; asks for rows as `with_due` leaves them."""
    return Column(
        "due_said",
        _("Due date assumed"),
        help=_("The file stated no due date: the invoice date and a payment term gave one."),
    )


def with_due(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of invoices with `due_said`: which term gave the due date, empty where it was stated."""
    told = zip(
        rows["invoiced_on"], rows["due_on"], rows["due_assumed"], rows["due_default"], strict=True
    )
    return rows.assign(due_said=[_due(*one) for one in told])


def _due(invoiced: date, due: date, assumed: bool, default: bool) -> str:
    if not assumed:
        return ""
    days = formats.days((due - invoiced).days)
    if default:
        return _("{days}, company default", days=days)
    return _("{days}, customer's terms", days=days)


def contact_columns() -> list[Column]:
    """Columns of the contacts with one customer."""
    return [
        Column("acted_on", _("Date"), "date"),
        Column("channel", _("Channel"), "badge", words="contact_channel"),
        Column("result", _("Result"), "badge", words="collection_result"),
        Column("promised_on", _("Promised date"), "date"),
        Column("promised_amount", _("Promised"), "money"),
        Column("next_on", _("Next step"), "date"),
        Column("interrupts_limitation", _("Written demand"), "flag"),
        Column("note", _("Note"), width=280),
        Column("by", _("By")),
    ]


def reconciliation(*, buckets: int, unallocated: int, ledger: int, stale: bool) -> None:
    """The line under the list: Σ buckets − unallocated = ledger balance, or by how much not.

    Args:
        buckets: Σ of all buckets, minor units.
        unallocated: receipts and credits not applied, minor units.
        ledger: invoices − receipts − credit notes − write-offs up to the date, minor units.
        stale: facts were changed after the figures were made.
    """
    net = buckets - unallocated
    words = _(
        "Σ buckets {buckets} − unallocated receipts {unallocated} = {net}",
        buckets=formats.money(buckets),
        unallocated=formats.money(unallocated),
        net=formats.money(net),
    )
    if net == ledger:
        agrees = _("ledger balance")
        st.caption(f":green[:material/check_circle:] {words} = {agrees} ✓")
        return
    gap = formats.signed_money(net - ledger, compact=False)
    why = (
        _("data were changed after these figures were made; refresh them")
        if stale
        else _("please report this to an administrator")
    )
    said = _(
        "{words}; the ledger says {ledger}, difference {gap}: {why}",
        words=words,
        ledger=formats.money(ledger),
        gap=gap,
        why=why,
    )
    st.warning(said, icon=":material/difference:")


def statement_sheets(
    account: Any, invoices: Any, as_of: date, user: User
) -> tuple[exports.Sheet, exports.Sheet]:
    """The statement of account (对账单): its lines, and the open invoices.

    Args:
        account: with code, name, start, end, opening, entries and closing.
        invoices: frame of the open invoices.
        as_of: date of the open invoices.
        user: who takes it.
    """
    who = f"{account.code} {account.name}"
    period = f"{formats.date(account.start)} – {formats.date(account.end)}"
    head = [
        (_("Customer"), who),
        (_("Period"), period),
        (_("Balance brought forward"), formats.money(account.opening)),
        (_("Balance carried forward"), formats.money(account.closing)),
    ]
    kinds = {
        "invoice": _c("statement", "Invoice"),
        "receipt": _c("statement", "Receipt"),
        "credit_note": _c("statement", "Credit note"),
        "bounced": _c("statement", "Receipt returned"),
        "refunded": _c("statement", "Refund"),
        "void": _c("statement", "Voided"),
        "write_off": _c("statement", "Written off"),
        "write_off_ended": _c("statement", "Write-off taken back"),
    }
    lines = exports.Sheet(
        title=_("Statement of account"),
        columns=[
            exports.Column(_("Date"), "date"),
            exports.Column(_("Kind")),
            exports.Column(_("Number")),
            exports.Column(_("Billed"), "money"),
            exports.Column(_("Paid"), "money"),
            exports.Column(_("Balance"), "money"),
        ],
        rows=[
            (e.on, kinds[e.kind], e.code, e.billed or None, e.paid or None, e.balance)
            for e in account.entries
        ],
        notes=head,
    )
    names = ("invoice", "invoiced_on", "due_on", "amount", "outstanding", "overdue_days")
    still = exports.Sheet(
        title=_("Open invoices"),
        columns=[
            exports.Column(_("Invoice")),
            exports.Column(_("Invoice date"), "date"),
            exports.Column(_("Due date"), "date"),
            exports.Column(_("Invoice amount"), "money"),
            exports.Column(_("Open amount"), "money"),
            exports.Column(_("Days past due"), "count"),
        ],
        rows=list(zip(*(invoices[name] for name in names), strict=True)),
        notes=head[:1],
    )
    return (
        downloads.described(
            lines, user, as_of=as_of, filters=f"{who}; {period}", rows=len(account.entries)
        ),
        downloads.described(still, user, as_of=as_of, filters=who, rows=len(invoices)),
    )
