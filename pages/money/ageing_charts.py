"""The figures and charts of the receivables page (应收指标与账龄图)."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from analytics import ageing
from analytics.collection import COLLECTION_RATIO, DSO, collection_ratio, days_sales_outstanding
from analytics.daily_work import LIMIT_BREACHES, PROMISES_DUE
from analytics.metric import Metric
from analytics.provision import provision_matrix, rates_of
from components import cards, charts, filters, frame, receivables_view, urls
from data import load
from data.queries import collection_work, overview
from data.queries.receivables import bucket_groups, buckets, overdue_longer
from models.policy import of_stored
from pages.money.ageing_view import View
from words import formats, vocabulary
from words.i18n import _, _n
from words.text import md_escape


def tiles(view: View) -> None:
    """The figures of the page against the end of the month before."""
    run, ask = view.run, (view.chosen, view.user.scope)
    past = load.ask(overview.totals, *ask, run.trend)
    now, before = ({total.as_of: total for total in past}.get(d) for d in (run.as_of, run.previous))
    late = load.ask(overdue_longer, *ask, dates=run.trend)
    said = load.ask(collection_work.promises, *ask, as_of=run.as_of, day=view.day)
    days = (run.as_of - run.window_from).days if run.window_from else None

    def dso(total: overview.Totals | None) -> float | None:
        if total is None or not days:
            return None
        return float(days_sales_outstanding(total.outstanding, total.invoiced, days=days).dso)

    def paid(total: overview.Totals | None) -> float | None:
        return float(collection_ratio(total.due_received, total.due_amount)) if total else None

    def tile(metric: Metric, name: str) -> cards.Tile:
        return cards.Tile(
            metric,
            getattr(now, name, None),
            getattr(before, name, None),
            _("vs last month end"),
            [getattr(total, name) for total in past],
        )

    month = _("vs last month end")
    cards.row(
        tile(ageing.TOTAL_RECEIVABLES, "outstanding"),
        tile(ageing.OVERDUE_RECEIVABLES, "overdue"),
        tile(ageing.OVERDUE_RATIO, "overdue_share"),
        cards.Tile(
            ageing.OVERDUE_90,
            late.get(run.as_of),
            late.get(run.previous) if run.previous else None,
            month,
            list(late.values()),
        ),
    )
    amount = formats.money(said.due_amount, compact=True)
    broken = _n("{n} broken promise", "{n} broken promises", said.broken)
    cards.row(
        cards.Tile(DSO, dso(now), dso(before), month),
        cards.Tile(COLLECTION_RATIO, paid(now), paid(before), month),
        cards.Tile(PROMISES_DUE, said.due, note=f"{amount} · {broken}"),
        cards.Tile(
            LIMIT_BREACHES,
            getattr(now, "over_limit", None),
            getattr(before, "over_limit", None),
            month,
            change="difference",
        ),
    )


def pictures(view: View) -> None:
    """Buckets at the left, who holds what is overdue at the right; both can be clicked."""
    ask = {"as_of": view.run.as_of, "ageing": view.ageing}
    amounts = load.ask(buckets, view.chosen, view.user.scope, **ask)
    unit = formats.scale(max(amounts, default=0)).unit
    left, right = st.columns(2)
    overdue = sum(amounts[1:])
    said = {
        "amount": formats.money(overdue, compact=True),
        "oldest": formats.money(amounts[-1], compact=True),
        "name": view.names[-1],
        "unit": unit,
    }
    if view.ageing.basis == "invoice":
        takeaway = _("{oldest} was billed {name} ago. Unit: {unit}", **said)
    else:
        takeaway = _("{amount} is overdue, {oldest} of it {name}. Unit: {unit}", **said)
    with left, frame.card(_("Receivables by age"), takeaway):
        codes = [str(k) for k in range(view.ageing.size)]
        chosen = urls.read("bucket", codes) or None
        charts.show(
            charts.ageing_bars(
                receivables_view.bars(amounts, view.names), chosen=chosen, height=390
            ),
            key="buckets",
            alt=takeaway,
            on_pick=urls.toggle("bucket"),
        )
        if view.ageing.stored:  # the rates belong to the buckets of the settings, by due date
            expected_loss(view, amounts)
    with right:
        holders(view)


def expected_loss(view: View, amounts: Sequence[int]) -> None:
    """What the provision rates of the settings make of the buckets; the rates in reach."""
    rates = rates_of(of_stored(view.run.policy).provision_rates, len(amounts))
    loss = formats.money(provision_matrix(amounts, rates).total)
    said = [f"{name} {formats.ratio(rate)}" for name, rate in zip(view.names, rates, strict=True)]
    st.caption(_("Expected loss by these rates: {amount}", amount=loss), help=formats.joined(said))


def holders(view: View) -> None:
    """Overdue by manager or tier, stacked by bucket."""
    axes = ("owner", "tier") if view.everybody else ("tier",)
    by = urls.read("by", axes, axes[0])
    groups = load.ask(
        bucket_groups,
        view.chosen,
        view.user.scope,
        as_of=view.run.as_of,
        ageing=view.ageing,
        by=by,
    )
    labels = [
        vocabulary.label("tier", g.code) if by == "tier" else g.name or _("No manager")
        for g in groups
    ]
    rows = receivables_view.stacks(groups, labels)
    total = sum(group.overdue for group in groups)
    most = max(zip(groups, labels, strict=True), key=lambda pair: pair[0].overdue, default=None)
    takeaway = _("Nothing is overdue.")
    if most and total:
        share = formats.ratio(most[0].overdue / total)
        unit = formats.scale(max(abs(sum(row.values)) for row in rows)).unit
        takeaway = _(
            "{name} has {share} of it. Unit: {unit}",
            name=md_escape(most[1]),
            share=share,
            unit=unit,
        )
    with frame.card(_("Who owes what is overdue"), takeaway):
        if view.everybody:
            urls.segmented(
                "by",
                _("By"),
                axes,
                label_of={"owner": _("By manager"), "tier": _("By tier")}.__getitem__,
            )
        pick = urls.toggle("owner" if by == "owner" else "tier", filters.ALL)
        figure = charts.ageing_stack(rows, view.names[1:], overdue_only=True)
        charts.show(figure, key=f"holders.{by}", alt=takeaway, on_pick=pick)
