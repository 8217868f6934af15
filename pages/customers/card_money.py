"""Trade, receivables and credit on a customer's card (交易、应收、信用)."""

from __future__ import annotations

from typing import Any

import streamlit as st

from components import badges, buckets, charts, frame, tables
from components.receivables_view import due_column, with_due
from data import load
from data.queries import card, card_records
from models.access import User
from pages.customers import view
from pages.customers.view import View
from pages.money import moving
from words import formats, vocabulary
from words.i18n import _, _c, _n

MONTHS = 24
SIX_C = ("character", "capacity", "capital", "collateral", "conditions", "continuity")


def trade(seen: View, found: card.Card) -> None:
    """Sales and margin by month, and what was bought."""
    months = load.ask(
        card.trading_by_month, found.id, seen.user.scope, as_of=seen.as_of, months=MONTHS
    )
    standing = found.standing or {}
    rhythm = _(
        "Last order {last}, {n} orders in the window, usually one every {gap}",
        last=formats.date(standing.get("last_order")),
        n=standing.get("orders") or 0,
        gap=formats.days(standing.get("usual_gap")),
    )
    days, sales = list(months["month"]), list(months["sales"])
    title = view.in_unit(_("Sales and margin by month"), max(sales, default=0))
    with frame.card(title, rhythm):
        charts.show(
            charts.monthly(
                charts.Line(_("Net sales"), days, sales),
                charts.Line(_c("amount", "Gross margin"), days, list(months["margin"])),
            ),
            key="months",
            alt=rhythm,
        )
    mix = product_mix(seen, found, seen.user)
    words = _n(
        "{n} product in the {window}", "{n} products in the {window}", len(mix), window=seen.window
    )
    with frame.card(_("Product mix"), words):
        if not len(mix):
            st.caption(_("Nothing was ordered in the window."))
            return
        tables.show(mix, mix_columns(), key="mix", alt=words)


def mix_columns() -> list[tables.Column]:
    """The columns of the product mix."""
    return [
        tables.Column("name", _("Product"), width=220),
        tables.Column("category", _("Category"), width=120),
        tables.Column("quantity", _("Quantity"), "count"),
        tables.Column("sales", _("Net sales"), "money"),
        tables.Column("share", _("Share"), "ratio"),
        tables.Column("margin_ratio", _("Margin"), "ratio"),
        tables.Column("last_order", _("Last order"), "date"),
    ]


def receivables(seen: View, found: card.Card) -> None:
    """Open invoices by age, and the money that came in."""
    standing = found.standing or {}
    names = buckets.labels(seen.policy.ageing_edges)
    takeaway = _(
        "{overdue} of {open} is overdue; {free} received is not yet applied to an invoice",
        overdue=formats.money(standing.get("overdue"), compact=True),
        open=formats.money(standing.get("outstanding"), compact=True),
        free=formats.money(standing.get("unallocated"), compact=True),
    )
    largest = max(standing.get(f"b{k}") or 0 for k in range(len(names)))
    with frame.card(view.in_unit(_("Receivables by age"), largest), takeaway):
        items = [
            charts.Bar(str(k), name, standing.get(f"b{k}") or 0) for k, name in enumerate(names)
        ]
        charts.show(charts.ageing_bars(items, height=220), key="ageing", alt=takeaway)
    invoices = open_invoices(seen, found, seen.user)
    words = _n("{n} open invoice", "{n} open invoices", invoices["invoice_id"].nunique())
    with frame.card(_("Open invoices"), words):
        if len(invoices):
            tables.show(invoices, invoice_columns(), key="invoices", alt=words, rows=10)
    money = money_received(seen, found, seen.user)
    words = _n("{n} receipt or credit note", "{n} receipts and credit notes", len(money))
    with frame.card(_("Money received"), words):
        if len(money):
            tables.show(money, received_columns(), key="receipts", alt=words, rows=10)
    if moving.may(seen.user):
        with frame.card(_("Record a movement")):
            moving.panel("customer", seen.user, found.id)


def product_mix(seen: View, found: card.Card, user: User) -> Any:
    """What the customer bought in the window, as this user may see it."""
    return load.ask(
        card.product_mix, found.id, user.scope, as_of=seen.as_of, since=seen.run.window_from
    )


def open_invoices(seen: View, found: card.Card, user: User) -> Any:
    """The customer's open invoices with their bucket in words, as this user may see them."""
    names = buckets.labels(seen.policy.ageing_edges)
    rows = load.ask(card_records.open_invoices, found.id, user.scope, as_of=seen.as_of)
    return with_due(rows).assign(
        span=[names[min(place, len(names) - 1)] for place in rows["bucket"]]
    )


def invoice_columns() -> list[tables.Column]:
    """The columns of the open invoices."""
    return [
        tables.Column("code", _("Invoice")),
        tables.Column("invoiced_on", _("Date"), "date"),
        tables.Column("due_on", _("Due"), "date"),
        due_column(),
        tables.Column("put_off", _("Put off"), "flag"),
        tables.Column("amount", _("Amount"), "money"),
        tables.Column("outstanding", _("Still open"), "money"),
        tables.Column("overdue_days", _("Days past due"), "count"),
        tables.Column("span", _("Bucket")),
    ]


def money_received(seen: View, found: card.Card, user: User) -> Any:
    """The customer's receipts and credit notes, as this user may see them."""
    rows = load.ask(card_records.receipts, found.id, user.scope, as_of=seen.as_of)
    words = {"receipt": _("Receipt"), "credit_note": _("Credit note")}
    return rows.assign(what=[words[kind] for kind in rows["kind"]])


def received_columns() -> list[tables.Column]:
    """The columns of the money received."""
    return [
        tables.Column("on", _("Date"), "date"),
        tables.Column("what", _("Kind")),
        tables.Column("code", _("Code")),
        tables.Column("amount", _("Amount"), "money"),
        tables.Column(
            "reversed", _("Returned"), "money", help=_("Returned by the bank, paid back or voided")
        ),
        tables.Column("allocated", _("Applied"), "money"),
        tables.Column("free", _("Not applied"), "money"),
        tables.Column("invoices", _("Invoices"), "count"),
        tables.Column("note", _("Note")),
    ]


def credit(seen: View, found: card.Card) -> None:
    """Grade and limit, how used, what paying behaviour advises, surveys and history."""
    s = found.standing or {}
    due, received = s.get("due_amount") or 0, s.get("due_received") or 0
    cuts = formats.joined(
        [
            f"{grade} ≤ {formats.ratio(cut, digits=0)}"
            for grade, cut in zip("ABC", seen.policy.grade_cuts, strict=False)
        ]
    )
    advised = _(
        "Paid {paid} of the {due} that fell due in the window: advised {grade} (shortfall {cuts})",
        paid=formats.ratio(received / due if due > 0 else None),
        due=formats.money(due, compact=True),
        grade=vocabulary.label("grade", s.get("advised_grade") or "not_rated"),
        cuts=cuts,
    )
    net = (s.get("outstanding") or 0) - (s.get("unallocated") or 0)
    with frame.card(_("Credit"), advised):
        badges.row([("grade", s.get("grade") or "not_rated")])
        limit = s.get("credit_limit")
        if limit:
            used = max(net, 0) / limit
            st.progress(
                min(used, 1.0),
                _(
                    "{used} of the limit used: {net} of {limit}",
                    used=formats.ratio(used),
                    net=formats.money0(net),
                    limit=formats.money0(limit),
                ),
            )
        else:
            st.caption(_("No credit limit is set; {net} is open.", net=formats.money0(net)))
    _surveys(seen, found)
    history = credit_history(seen, found, seen.user)
    with frame.card(
        _("Grades and limits so far"), _n("{n} decision", "{n} decisions", len(history))
    ):
        if len(history):
            tables.show(history, credit_columns(), key="credit", alt=_("Grades and limits so far"))


def credit_history(seen: View, found: card.Card, user: User) -> Any:
    """The customer's grades and limits, as this user may see them."""
    return load.ask(card_records.credit_history, found.id, user.scope, as_of=seen.as_of)


def credit_columns() -> list[tables.Column]:
    """The columns of grades and limits."""
    return [
        tables.Column("since", _("Since"), "date"),
        tables.Column("grade", _("Grade"), "badge", words="grade"),
        tables.Column("amount", _("Limit"), "money"),
        tables.Column("method", _("Method"), "badge", words="grade_method"),
        tables.Column("reason", _("Reason"), width=260),
        tables.Column("decided_by", _("Decided by")),
    ]


def _surveys(seen: View, found: card.Card) -> None:
    """The newest credit survey as a radar of the six Cs."""
    surveys = load.ask(card_records.credit_surveys, found.id, seen.user.scope, as_of=seen.as_of)
    if not surveys:
        return
    newest = surveys[0]
    takeaway = _("Surveyed {date}; scores 0–100", date=formats.date(newest["surveyed_on"]))
    with frame.card(_("Six Cs of credit"), takeaway):
        rings = [
            charts.Ring(formats.date(one["surveyed_on"]), [one[f"c_{c}"] for c in SIX_C])
            for one in surveys[:2]
        ]
        names = [vocabulary.label("six_c", c) for c in SIX_C]
        charts.show(charts.radar(names, rings, top=100), key="six_c", alt=takeaway)
