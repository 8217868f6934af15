"""Lost customers (流失客户): reasons by money and by number, the frozen record, winning back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import streamlit as st

from components import charts, downloads, filters, forms, frame, tables, urls, work
from data import load
from data.queries import losses
from data.queries.runs import months_before
from data.writes import alerts
from models.access import User
from models.filters import Filters
from words import formats, reasons, vocabulary
from words.i18n import _
from words.text import md_escape
from words.vocabulary import label

SCREEN = "loss_alerts"
SPANS = ("12", "24", "36")


def columns() -> list[tables.Column]:
    """Columns of the list of lost customers."""
    return [
        tables.Column("name", _("Customer"), "button", width=225, pinned=True),
        tables.Column("happened_on", _("Lost on"), "date"),
        tables.Column("reason", _("Reason"), "badge", words="loss_reason"),
        tables.Column(
            "value", _("Yearly margin"), "money", help=_("Margin of the twelve months before")
        ),
        tables.Column("competitor", _("Competitor")),
        tables.Column("lost_now", _("Still lost"), "flag"),
        tables.Column(
            "score", _("Score then"), "score", help=_("As it stood when the loss was recorded")
        ),
        tables.Column("why", _("Signals then"), width=320),
        tables.Column("note", _("Note"), width=240),
        tables.Column("owner", _("Manager")),
    ]


def show(user: User, chosen: Filters, as_of: date, day: date) -> None:
    """Why customers were lost, who they are, and whether they came back."""
    span = urls.segmented("span", _("Period"), SPANS, label_of=lambda n: _("{n} months", n=int(n)))
    start = months_before(as_of, int(span)) + timedelta(days=1)
    asks = {"as_of": as_of, "start": start, "end": day}
    found = load.ask(losses.loss_reasons, chosen, user.scope, **asks)
    if len(found) == 0:
        frame.empty(_("No loss was recorded in this period."), icon=":material/verified:")
        return
    codes = list(found["reason"])
    total, money = int(sum(found["customers"])), int(sum(found["value"]))
    left, right = st.columns(2)
    worst = label("loss_reason", codes[0])
    takeaway = _(
        "{reason} cost most: {amount} of {total} a year. Unit: {unit}",
        reason=worst,
        amount=formats.money(found["value"][0], compact=True),
        total=formats.money(money, compact=True),
        unit=formats.scale(found["value"][0]).unit,
    )
    with left, frame.card(_("Reasons by money"), takeaway):
        _pareto(found, "value", "money", takeaway)
    commonest = codes[max(range(len(codes)), key=lambda k: found["customers"][k])]
    takeaway = _(
        "{reason} is the commonest reason; {n} customers were lost.",
        reason=label("loss_reason", commonest),
        n=total,
    )
    with right, frame.card(_("Reasons by number"), takeaway):
        _pareto(found, "customers", "count", takeaway)
    _list(user, chosen, asks, day)


def _pareto(found: Any, column: str, unit: str, alt: str) -> None:
    bars = [
        charts.Bar(code, label("loss_reason", code), value)
        for code, value in zip(found["reason"], found[column], strict=True)
    ]
    figure = charts.pareto(bars, unit=unit)
    charts.show(figure, key=f"reasons.{column}", alt=alt, on_pick=urls.toggle("reason"))


def _list(user: User, chosen: Filters, asks: dict[str, Any], day: date) -> None:
    reason = urls.read("reason", vocabulary.codes("loss_reason"), label=_("Reason"))
    rows = lost(user, chosen, asks, reason)
    ids, customers = list(rows["customer_id"]), list(rows["code"])
    takeaway = _("Newest first; the record is frozen as it stood when the loss was recorded.")
    with frame.card(_("Lost customers"), takeaway):
        tables.show(
            rows,
            columns(),
            key="lost",
            alt=_("Lost customers"),
            on_row=lambda place: work.pick("lost", str(ids[place])),
            on_click=lambda place: urls.go("customer", id=customers[place]),
        )

        period = f"{formats.date(asks['start'])} – {formats.date(asks['end'])}"
        said = [filters.sentence(chosen), period]
        if reason:
            said.append(label("loss_reason", reason))
        downloads.foot(
            SCREEN,
            downloads.Table(
                _("Lost customers"),
                [tables.Column("code", _("Customer code")), *columns()],
                lambda reader: lost(reader, chosen, asks, reason),
                as_of=asks["as_of"],
                filters="; ".join(said),
            ),
            len(rows),
            key="lost",
        )
        picked = urls.chosen("lost", [str(i) for i in ids], _("Customer"))
        if picked and user.role in alerts.DECIDERS:
            won_back(rows[rows["customer_id"] == int(picked)].iloc[0].to_dict(), day)


def lost(user: User, chosen: Filters, asks: dict[str, Any], reason: str) -> Any:
    """The customers lost for a reason (all if empty), with the signals then in words."""
    rows = load.ask(losses.losses, chosen, user.scope, **asks, reason=reason)
    return rows.assign(why=[reasons.sentences(each) for each in rows["reasons"]])


def won_back(row: dict[str, Any], day: date) -> None:
    """Record that a lost customer buys again."""
    if not row["lost_now"]:
        st.caption(_("This customer has been won back."))
        return
    st.markdown(f"**{md_escape(row['name'])}**")
    earliest = row["happened_on"] + timedelta(days=1)
    if earliest > load.today():
        st.caption(_("The loss was recorded today; winning back counts from tomorrow on."))
        return
    said = forms.reasoned(
        f"back.{row['customer_id']}",
        _("Customer won back"),
        words=_("What was done"),
        day_label=_("Buys again since"),
        day=min(day, load.today()),
        earliest=earliest,
        latest=load.today(),
        icon=":material/replay:",
    )
    if said and said[1]:
        actor = frame.require(SCREEN, edit=True)
        work.attempt(
            lambda: alerts.won_back(
                load.engine(), actor, row["customer_id"], on=said[1], note=said[0]
            ),
            _("Recorded as won back."),
        )
