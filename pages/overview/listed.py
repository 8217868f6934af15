"""Tables of the overview (总览表格): alerts of the day, and what the sales are made of."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from components import downloads, frame, tables, urls
from data import load
from data.queries import alerts, overview
from models.access import User
from models.filters import MOST, Page
from pages.customers import view
from pages.customers.view import View
from words import formats, reasons
from words.i18n import _, _n
from words.text import md_escape

PARTS_SHOWN = 8
ALERTS_SHOWN = 6
AXES = ("province", "industry", "owner")


def alerts_card(seen: View) -> None:
    """Customers with most margin at risk, each with its heaviest reason in words."""
    page = Page(size=ALERTS_SHOWN, sort="value_at_risk", descending=True)
    found = load.ask(
        alerts.alerts, seen.filters, page, seen.user.scope, as_of=seen.as_of, day=seen.as_of
    )
    levels = load.ask(alerts.totals, seen.filters, seen.user.scope, as_of=seen.as_of).customers
    number = levels.get("red", 0) + levels.get("amber", 0)
    takeaway = _n(
        "{n} customer shows signs of leaving; the most valuable first",
        "{n} customers show signs of leaving; the most valuable first",
        number,
    )
    more = frame.More("loss_alerts", _("All alerts"))
    with frame.card(_("Alerts of the day"), takeaway, more=more):
        if not len(found):
            st.caption(_("No customer shows signs of leaving."))
            return
        found = explained(found)
        columns = [
            tables.Column("name", _("Customer"), "button", width=170),
            tables.Column("level", _("Level"), "badge", words="level", width=70),
            tables.Column("value_at_risk", _("Margin at risk"), "money", width=110),
            tables.Column("why", _("Main reason"), width=300),
        ]
        tables.show(
            found, columns, key="alerts", alt=takeaway, on_click=view.open_card(list(found["code"]))
        )
        every = replace(page, size=MOST)
        table = downloads.Table(
            _("Alerts of the day"),
            [tables.Column("code", _("Customer code")), *columns],
            lambda user: explained(
                load.ask(
                    alerts.alerts, seen.filters, every, user.scope, as_of=seen.as_of, day=seen.as_of
                )
            ),
            as_of=seen.as_of,
            filters=seen.words(),
        )
        total = load.ask(
            alerts.alerts_count, seen.filters, seen.user.scope, as_of=seen.as_of, day=seen.as_of
        )
        downloads.foot("overview", table, total, key="alerts")


def explained(found: Any) -> Any:
    """The alerts with their heaviest reason in words."""
    return found.assign(why=[reasons.sentences(why, top=1) for why in found["reasons"]])


def composition_card(seen: View) -> None:
    """Share of customers beside share of sales, by province, industry or manager."""
    names = {"province": _("Province"), "industry": _("Industry"), "owner": _("Manager")}
    axes = [axis for axis in AXES if axis != "owner" or seen.user.scope.owner_id is None]
    axis = urls.read("by", axes, axes[0])
    parts = named_parts(seen, axis, seen.user)
    takeaway = (
        _(
            "{name}: {people} of the customers, {money} of the sales",
            name=md_escape(parts["name"][0]),
            people=formats.ratio(parts["customer_share"][0]),
            money=formats.ratio(parts["sales_share"][0]),
        )
        if len(parts)
        else None
    )
    with frame.card(_("Composition"), takeaway):
        urls.segmented("by", _("By"), axes, label_of=names.__getitem__)
        columns = [
            tables.Column("name", names[axis], "button", width=150),
            tables.Column("customers", _("Customers"), "count"),
            tables.Column("customer_share", _("Share of customers"), "ratio"),
            tables.Column("sales_share", _("Share of sales"), "ratio"),
            tables.Column("sales", _("Net sales"), "money"),
            tables.Column("growth", _("Change"), "ratio"),
            tables.Column("margin_ratio", _("Margin"), "ratio"),
            tables.Column("overdue_share", _("Overdue share"), "ratio"),
        ]
        codes = list(parts["code"])
        tables.show(
            parts,
            columns,
            key=f"composition.{axis}",
            alt=_("Composition"),
            rows=PARTS_SHOWN,
            on_click=lambda row: urls.go("pyramid", **{axis: codes[row]}),
        )
        table = downloads.Table(
            _("Composition"),
            columns,
            lambda user: named_parts(seen, axis, user),
            as_of=seen.as_of,
            filters=seen.words(),
        )
        downloads.foot("overview", table, len(parts), key=f"composition.{axis}")


def named_parts(seen: View, axis: str, user: User) -> Any:
    """The shares by province, industry or manager, each with its name."""
    parts = load.ask(overview.shares, seen.filters, user.scope, as_of=seen.as_of, axis=axis)
    owners = seen.choices.owners
    names = [
        owners.get(int(code), _("nobody")) if axis == "owner" else code or _("none")
        for code in parts["code"]
    ]
    return parts.assign(name=names)
