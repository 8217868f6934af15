"""Cards of the overview (总览卡片): pyramid, ageing, concentration, flows."""

from __future__ import annotations

import streamlit as st

from components import buckets, charts, frame, menu, urls
from data import load
from data.queries import concentration, overview
from models.classes import ACTIVE_TIERS
from pages.customers import view
from pages.customers.view import View
from words import formats, vocabulary
from words.i18n import _


def pyramid_card(seen: View) -> None:
    """The pyramid; a click opens its band."""
    parts = {
        part.code: part
        for part in load.ask(
            overview.totals_by, seen.filters, seen.user.scope, as_of=seen.as_of, axis="tier"
        )
    }
    ranked = [parts[code] for code in ACTIVE_TIERS if code in parts]
    people, money = sum(p.customers for p in ranked), sum(p.sales for p in ranked)
    upper = sum(p.sales for p in ranked if p.code in ACTIVE_TIERS[:2])
    takeaway = _(
        "{tiers} bring {share} of the sales of {n} customers",
        tiers=formats.joined([vocabulary.label("tier", code) for code in ACTIVE_TIERS[:2]]),
        share=formats.ratio(upper / money if money > 0 else None),
        n=people,
    )
    bands = [
        charts.Band(
            p.code,
            vocabulary.label("tier", p.code),
            p.customers,
            p.customers / people if people else None,
            p.sales,
            p.sales / money if money > 0 else None,
            note=_("sales {share}", share=formats.ratio(p.sales / money if money > 0 else None)),
        )
        for p in ranked
    ]
    more = frame.More("pyramid", _("Customer list"))
    with frame.card(_("Customer pyramid"), takeaway, more=more):
        charts.show(
            charts.pyramid(bands),
            key="pyramid",
            alt=takeaway,
            on_pick=lambda code: urls.go("pyramid", tier=code),
        )


def ageing_card(seen: View, total: overview.Totals) -> None:
    """Receivables by age; a click opens the bucket."""
    names = buckets.labels(seen.policy.ageing_edges)
    late = sum(
        amount
        for amount, low in zip(total.buckets[2:], seen.policy.ageing_edges, strict=False)
        if low >= 90
    )
    takeaway = _(
        "{overdue} of {all} is overdue ({share}), {late} of it by more than 90 days",
        overdue=formats.money(total.overdue, compact=True),
        all=formats.money(total.outstanding, compact=True),
        share=formats.ratio(total.overdue_share),
        late=formats.money(late, compact=True),
    )
    title = view.in_unit(_("Receivables by age"), max(total.buckets))
    more = frame.More("receivables", _("Overdue customers"))
    with frame.card(title, takeaway, more=more):
        items = [
            charts.Bar(str(place), name, total.buckets[place]) for place, name in enumerate(names)
        ]
        may = menu.may_open("receivables", seen.user.role)
        charts.show(
            charts.ageing_bars(items),
            key="ageing",
            alt=takeaway,
            on_pick=(lambda code: urls.go("receivables", bucket=code)) if may else None,
        )


def concentration_card(seen: View) -> None:
    """How much hangs on how few, and how that went."""
    now = load.ask(concentration.concentration, seen.filters, seen.user.scope, as_of=seen.as_of)
    past = load.ask(
        concentration.concentration_trend, seen.filters, seen.user.scope, seen.run.trend
    )
    takeaway = _(
        "The five largest bring {five} of sales, the largest {one}; HHI {hhi}",
        five=formats.ratio(now.top_5),
        one=formats.ratio(now.top_1),
        hhi=formats.number(now.hhi, 3),
    )
    items = [
        charts.Bar("1", _("Largest customer"), now.top_1),
        charts.Bar("5", _("Five largest"), now.top_5),
        charts.Bar("10", _("Ten largest"), now.top_10),
    ]
    if seen.user.scope.owner_id is None and not seen.filters.owner_ids:
        items.append(
            charts.Bar("manager", _("Largest manager"), now.manager_share, note=now.manager)
        )
    more = frame.More("key_accounts", _("Key accounts"))
    with frame.card(_("Concentration"), takeaway, more=more):
        charts.show(charts.bars(items, unit="ratio"), key="concentration", alt=takeaway)
        if len(past) > 1:
            st.caption(_("Share of the largest customer by month"))
            line = charts.Line(_("Largest customer"), [p[0] for p in past], [p[2] for p in past])
            charts.show(
                charts.trend([line], unit="ratio", height=140, fill=True),
                key="concentration_trend",
                alt=_("Share of the largest customer by month"),
            )


def flow_card(seen: View) -> None:
    """New, repeat and stopped buyers; a click opens them."""
    run = seen.run
    if run.window_from is None:
        return
    found = load.ask(
        overview.flow,
        seen.filters,
        seen.user.scope,
        as_of=seen.as_of,
        since=run.window_from,
        start=run.window_before_from,
    )
    names = view.flow_names()
    by_code = {flow.code: flow for flow in found}
    takeaway = _(
        "{new} new customers bring {sales}; {stopped} stopped buying, who had bought {lost}",
        new=by_code["new"].customers,
        sales=formats.money(by_code["new"].sales, compact=True),
        stopped=by_code["stopped"].customers,
        lost=formats.money(by_code["stopped"].sales, compact=True),
    )

    def pick(code: str) -> None:
        urls.go("pyramid", flow=code)

    more = frame.More("pyramid", _("Active customers"), {"active": "1"})
    with frame.card(_("New, repeat and stopped"), takeaway, more=more):
        for unit, words in (("count", _("Number of customers")), ("money", _("Net sales"))):
            largest = max(flow.sales for flow in found)
            st.caption(view.in_unit(words, largest) if unit == "money" else words)
            items = [
                charts.Bar(f.code, names[f.code], f.customers if unit == "count" else f.sales)
                for f in found
            ]
            charts.show(
                charts.bars(items, unit=unit), key=f"flow.{unit}", alt=takeaway, on_pick=pick
            )
        st.caption(_("Sales of those who stopped are of the window before."))
