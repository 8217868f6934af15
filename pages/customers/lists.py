"""Tables of the customer pages (客户列表): bands with their quality, customers, exports."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from components import downloads, filters, frame, tables, urls
from data import load
from data.queries import customers, pyramid
from data.queries.customers import Also
from models.access import User
from models.filters import MOST, Filters, Page
from pages.customers import sheets, view
from pages.customers.view import View
from words import formats, vocabulary
from words.i18n import _, _n
from words.text import md_escape

PER_PAGE = 25
CURVE_MONTHS = 12
MONEY_COLUMNS = ("overdue", "overdue_share", "limit_used", "grade")
"""What a role without receivables is not even sent."""


def bands(
    ask: Callable[[User], Sequence[pyramid.Band]], axis: str, seen: View, *, whole: bool
) -> None:
    """One line per band: number, money, threshold, and how good the business is.

    Args:
        ask: for the bands a user may see.
        axis: of the bands.
        seen: what is looked at.
        whole: nothing but tiers is filtered, so that thresholds tell of everybody.
    """
    threshold = _("Entry threshold") if whole else _("Smallest in view")
    columns = [
        tables.Column("code", _("Band"), "badge", words=axis, width=90),
        tables.Column("customers", _("Customers"), "count"),
        tables.Column("customer_share", _("Share of customers"), "ratio"),
        tables.Column("value", _("Amount"), "money"),
        tables.Column("value_share", _("Share of amount"), "ratio"),
        tables.Column("smallest", threshold, "money"),
        tables.Column("margin_ratio", _("Margin"), "ratio"),
        tables.Column("overdue_share", _("Overdue share"), "ratio"),
        tables.Column("flagged_share", _("With risk flags"), "ratio"),
        tables.Column("at_risk", _("Red or amber"), "count"),
    ]
    entries = None
    if whole and axis == "tier":
        entries = {row["tier"]: row["entry"] for row in seen.run.totals.get("pyramid", ())}
    shown, title = allowed(columns, seen), _("Classes and their quality")

    def rows(user: User) -> Any:
        return pyramid.band_frame(ask(user), entries or None)

    found = rows(seen.user)
    tables.show(found, shown, key=f"bands.{axis}", alt=title)
    table = downloads.Table(title, shown, rows, as_of=seen.as_of, filters=seen.words())
    downloads.foot("pyramid", table, len(found), key=f"bands.{axis}")


def allowed(columns: Sequence[tables.Column], seen: View) -> list[tables.Column]:
    """The columns this reader's role may be sent."""
    return [c for c in columns if seen.sees_money or c.key not in MONEY_COLUMNS]


def ranked_columns() -> list[tables.Column]:
    """The columns of the pyramid's list."""
    return [
        tables.Column("rank", _("Rank"), "count", width=56, sort="rank"),
        tables.Column("name", _("Customer"), "button", width=206, sort="name"),
        tables.Column("tier", _("Tier"), "badge", words="tier", width=74),
        tables.Column("moved", _("Moved"), width=76),
        tables.Column(
            "cum_share",
            _("Cumulative"),
            "ratio",
            width=84,
            help=_("Share of the money held by this customer and all before it"),
        ),
        tables.Column("sales", _("Net sales"), "money", sort="sales", width=112),
        tables.Column(
            "change",
            _("Change"),
            "ratio",
            sort="change",
            width=74,
            help=_("Against the window before"),
        ),
        tables.Column("margin_ratio", _("Margin"), "ratio", sort="margin_ratio", width=70),
        tables.Column("overdue", _("Overdue"), "money", sort="overdue", width=98),
        tables.Column("level", _("Level"), "badge", words="level", width=66),
        tables.Column("risks", _("Risk flags"), width=92),
        tables.Column("owner", _("Manager"), width=72),
        tables.Column("code", _("Code"), width=80, sort="code"),
    ]


def key_columns() -> list[tables.Column]:
    """The columns of the key accounts' list."""
    return [
        tables.Column("name", _("Customer"), "button", width=206, sort="name"),
        tables.Column("owner", _("Manager"), width=72),
        tables.Column("tier", _("Tier"), "badge", words="tier", width=74),
        tables.Column("moved", _("Moved"), width=76),
        tables.Column("curve", _("12 months"), "sparkline", width=110),
        tables.Column("sales", _("Net sales"), "money", sort="sales", width=112),
        tables.Column(
            "change",
            _("Change"),
            "ratio",
            sort="change",
            width=80,
            help=_("Against the window before"),
        ),
        tables.Column("margin_ratio", _("Margin"), "ratio", sort="margin_ratio", width=80),
        tables.Column("level", _("Level"), "badge", words="level", width=66),
        tables.Column("risks", _("Risk flags"), width=92),
        tables.Column("overdue", _("Overdue"), "money", sort="overdue", width=98),
        tables.Column("limit_used", _("Limit used"), "progress", width=110),
        tables.Column("grade", _("Grade"), "badge", words="grade", width=80),
        tables.Column("wallet_share", _("Share of wallet"), "ratio", width=90),
        tables.Column("csi", _("CSI"), "score", sort="csi", width=64),
        tables.Column("csi_n", _("n"), "count", width=50, help=_("Answers behind the index")),
        tables.Column(
            "complaints_open", _("Open complaints"), "count", sort="complaints_open", width=80
        ),
        tables.Column("last_contact", _("Last contact"), "date", sort="last_contact", width=100),
        tables.Column("contract_ends", _("Contract ends"), "date", sort="contract_ends", width=100),
        tables.Column("key_score", _("Score"), "score", sort="key_score", width=70),
        tables.Column("decided", _("Decided by"), width=90),
        tables.Column("code", _("Code"), width=80, sort="code"),
    ]


def listing(
    screen: str,
    title: str,
    seen: View,
    chosen: Filters,
    also: Also,
    columns: Sequence[tables.Column],
    *,
    default_sort: str,
    own_keys: Sequence[str] = (),
    curves: bool = False,
) -> None:
    """The list as chosen: how many, by what, in which order, a page at a time, and as a file."""
    scope, as_of = seen.user.scope, seen.as_of
    shown = allowed(columns, seen)
    total = load.ask(customers.count, chosen, scope, as_of=as_of, also=also)
    words = _n("{n} customer", "{n} customers", total)
    narrowed = narrowing(seen, replace(chosen, key_only=False), also)
    with frame.card(title, f"{words} · {md_escape(narrowed)}" if narrowed else words):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            order, falling = tables.sort_select(shown, default_sort)
            filters.clear_button(*own_keys)
        if not total:
            st.caption(_("No customers match these filters. Take a filter away."))
            return
        number = urls.page_number(total, PER_PAGE)
        page = Page(number=number, size=PER_PAGE, sort=order, descending=falling)
        found = load.ask(customers.rows, chosen, page, scope, as_of=as_of, also=also)
        found = dressed(found)
        if curves:
            ids = tuple(int(one) for one in found["customer_id"])
            drawn = load.ask(customers.monthly_sales, ids, scope, as_of=as_of, months=CURVE_MONTHS)
            found["curve"] = [drawn.get(one) for one in ids]
        tables.show(
            found,
            shown,
            key=screen,
            alt=title,
            rows=PER_PAGE,
            on_click=view.open_card(list(found["code"])),
        )
        tables.pager(total, PER_PAGE)
        said = narrowing(seen, chosen, also)
        every = Page(size=MOST, sort=order, descending=falling)
        list_of_all = downloads.Table(
            title,
            shown,
            lambda user: dressed(
                load.ask(customers.rows, chosen, every, user.scope, as_of=as_of, also=also)
            ),
            as_of=as_of,
            filters=said,
            total=total,
        )
        downloads.foot(screen, list_of_all, total, key=screen)
        sheet = sheets.of_list(seen, chosen, also, said, total)
        downloads.foot(screen, sheet, total, key=f"{screen}.sheet", words=sheets.note())


def dressed(found: Any) -> Any:
    """The rows with what is said in words: risk flags, the way moved, who decided."""
    found["risks"] = [view.risk_words(bits) for bits in found["flags"]]
    found["moved"] = [
        moved(then, now) for then, now in zip(found["tier_before"], found["tier"], strict=True)
    ]
    why = {"score": _("score"), "override": _("a person")}
    found["decided"] = [why.get(reason) for reason in found["key_reason"]]
    return found


def moved(then: str | None, now: str) -> str | None:
    """An arrow and the tier before, where it was another."""
    order = vocabulary.codes("tier")
    if then is None or then == now:
        return None
    arrow = "↑" if order.index(now) < order.index(then) else "↓"
    return f"{arrow} {vocabulary.label('tier', then)}"


def narrowing(seen: View, chosen: Filters, also: Also) -> str:
    """What the list is narrowed to, in words; plain text, to be escaped in markdown."""
    parts = [filters.sentence(chosen, seen.choices.owners)]
    if parts == [_("none")]:
        parts = []
    tier = vocabulary.labeller("tier")
    if also.moved_from:
        parts.append(f"{tier(also.moved_from)} → {tier(also.moved_to)}")
    if also.move:
        parts.append(vocabulary.label("movement", also.move))
    if also.flow:
        parts.append(view.flow_names()[also.flow])
    if also.active:
        parts.append(_("Active customers"))
    if also.profit_tier:
        parts.append(vocabulary.label("profit_tier", also.profit_tier))
    if also.flags:
        parts.append(view.risk_words(also.flags))
    if also.quiet_before:
        parts.append(_("no contact since {date}", date=formats.date(also.quiet_before)))
    return formats.joined(parts)
