"""Overview (经营总览): the five questions of every morning, on one page."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import streamlit as st

from analytics.ageing import OVERDUE_RECEIVABLES
from analytics.collection import COLLECTION_RATIO, days_sales_outstanding
from analytics.composition import GROSS_MARGIN
from analytics.loss_score import RED_ALERTS, VALUE_AT_RISK
from analytics.pyramid import ACTIVE_CUSTOMERS
from analytics.satisfaction import CSI
from analytics.trade import NET_SALES
from components import cards, frame
from components.survey_state import rests_on
from data import job_runs, load, store
from data.queries import alerts, overview, surveys
from data.queries.scope import of_everybody
from errors import Conflict
from jobs import refresh
from models.access import Role
from pages.customers import view
from pages.customers.view import View
from pages.overview import listed, parts
from words import formats, vocabulary
from words.i18n import _

REFRESHERS = frozenset({Role.EXECUTIVE, Role.ADMINISTRATOR, Role.CREDIT_CONTROLLER})
"""May start a refresh."""


def freshness(seen: View) -> None:
    """Say so when the last refresh failed, or facts are newer than the figures."""
    with store.reading(load.engine()) as session:  # never cached: progress raises no revision
        job = job_runs.status(session, refresh.KIND)
    state = load.ask(overview.freshness)
    if job is not None and job.state == "running":
        return  # the line under the title follows it
    failed = job is not None and job.state == "failed"
    if not failed and not (state.newer_facts and seen.as_of == state.as_of):
        return
    words = (
        _(
            "The last refresh failed; the figures are those of {date}.",
            date=formats.date(state.as_of),
        )
        if failed
        else _("Data came in after these figures were computed.")
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.warning(words, icon=":material/update:")
        if seen.user.role in REFRESHERS:
            st.button(
                _("Compute now"),
                icon=":material/refresh:",
                on_click=start_refresh,
                width="content",
            )


@frame.guard("overview")
def start_refresh() -> None:
    """Start a refresh in a process of its own, unless one is running."""
    user = frame.require("overview")
    if user.role not in REFRESHERS:
        return
    with suppress(Conflict):  # somebody else was quicker: theirs will do
        refresh.start(settings_url(), started_by=user.id)


def settings_url() -> str:
    """Address of the store, password included, for the process that refreshes it."""
    return load.engine().url.render_as_string(hide_password=False)


def tiles(seen: View) -> overview.Totals:
    """The row of figures: change on the month before, and on the year; returns the sums."""
    run = seen.run
    dates = sorted({*run.trend, *([run.year_before] if run.year_before else [])})
    found = load.ask(overview.totals, seen.filters, seen.user.scope, tuple(dates))
    by_date = {total.as_of: total for total in found}
    now = by_date.get(seen.as_of, overview.Totals(seen.as_of))
    before, then = by_date.get(run.previous), by_date.get(run.year_before)
    past = [by_date[day] for day in run.trend if day in by_date]
    level = load.ask(alerts.totals, seen.filters, seen.user.scope, as_of=seen.as_of)
    level_before = load.ask(
        alerts.totals, seen.filters, seen.user.scope, as_of=run.previous or seen.as_of
    )
    days = (seen.as_of - run.window_from).days if run.window_from else None
    dso = days_sales_outstanding(now.outstanding, now.invoiced, days=days or 1)
    growth = now.sales / then.sales - 1 if then and then.sales > 0 else None
    only_red = replace(seen.filters, levels=("red",))
    found = load.ask(overview.totals, only_red, seen.user.scope, tuple(run.trend[:-1]))
    red_then = {total.as_of: total.customers for total in found}
    reds = [*(red_then.get(day, 0) for day in run.trend[:-1]), level.customers.get("red", 0)]
    tile = cards.Tile
    cards.row(
        tile(
            NET_SALES,
            now.sales,
            before and before.sales,
            trend=[t.sales for t in past],
            note=_("year {change}", change=formats.signed_ratio(growth)),
        ),
        tile(
            ACTIVE_CUSTOMERS,
            now.active,
            before and before.active,
            trend=[t.active for t in past],
            note=_("of {n}", n=now.customers),
        ),
        tile(
            OVERDUE_RECEIVABLES,
            now.overdue,
            before and before.overdue,
            trend=[t.overdue for t in past],
            note=_("{share} of receivables", share=formats.ratio(now.overdue_share)),
        ),
        tile(
            COLLECTION_RATIO,
            now.collection_ratio,
            before and before.collection_ratio,
            trend=[t.collection_ratio for t in past],
            note=_("DSO {days}", days=formats.days(float(dso.dso) if days else None)),
        ),
        tile(
            GROSS_MARGIN,
            now.margin_ratio,
            before and before.margin_ratio,
            trend=[t.margin_ratio for t in past],
            label=_("Margin"),
            note=formats.money(now.margin, compact=True),
        ),
        satisfaction(seen, now, before, past),
        tile(
            VALUE_AT_RISK,
            level.at_risk,
            level_before.at_risk if before else None,
            trend=[t.value_at_risk for t in past],
            note=_(
                "{share} of the margin",
                share=formats.ratio(level.at_risk / now.margin if now.margin > 0 else None),
            ),
        ),
        tile(
            RED_ALERTS,
            reds[-1],
            level_before.customers.get("red", 0) if before else None,
            trend=reds,
            change="difference",
            label=_("Red alerts"),
            note=_("{n} amber", n=level.customers.get("amber", 0)),
        ),
    )
    return now


def satisfaction(
    seen: View, now: overview.Totals, before: overview.Totals | None, past: list[overview.Totals]
) -> cards.Tile:
    """The index of the headline wave, held only against dates whose headline is of its survey."""
    said = seen.run.totals.get("csi") or {}
    label = _("Satisfaction index")
    if said and said["measures"] != "index":
        why = vocabulary.label("survey_measures", said["measures"])
        return cards.Tile(CSI, None, label=label, note=view.noted(why, nps(seen)))
    dates = tuple(t.as_of for t in (*past, *([before] if before else [])))
    led = load.ask(surveys.headline_surveys, dates)
    same = {day for day, survey in led.items() if survey == said.get("survey_id")}
    people = rests_on(now.headline_n, now.headline_customers, now.unsigned)
    return cards.Tile(
        CSI,
        now.csi,
        before.csi if before and before.as_of in same else None,
        label=label,
        trend=[t.csi for t in past if t.as_of in same],
        note=view.noted(
            _("n = {n}", n=people), None if said.get("complete", True) else _("partial"), nps(seen)
        ),
    )


def nps(seen: View) -> str | None:
    """The net promoter score of the headline wave; of the whole company only."""
    found = seen.run.totals.get("nps")
    if not found or not of_everybody(seen.filters, seen.user.scope):
        return None
    return _("NPS {score}", score=formats.signed(found["nps"]))


with frame.screen("overview") as user:
    seen = view.begin(user, versus=True)
    freshness(seen)
    now = tiles(seen)
    left, right = st.columns(2)
    with left:
        parts.pyramid_card(seen)
    with right:
        parts.ageing_card(seen, now)
    listed.alerts_card(seen)
    left, right = st.columns(2)
    with left:
        parts.concentration_card(seen)
    with right:
        parts.flow_card(seen)
    listed.composition_card(seen)
