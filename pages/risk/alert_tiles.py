"""The figures of the loss alerts page (预警指标): who is at risk, what is late, what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from analytics import daily_work
from analytics.loss_score import AMBER_ALERTS, RED_ALERTS, VALUE_AT_RISK
from components import cards
from data import load
from data.queries import alerts, losses, runs, supervision
from models.access import User
from models.filters import Filters
from models.policy import Policy
from words import formats
from words.i18n import _


@dataclass(frozen=True, slots=True)
class View:
    """What is looked at, by whom."""

    user: User
    run: runs.Run
    chosen: Filters
    policy: Policy
    day: date
    newest: bool
    """Work is done on the newest figures only."""
    owners: dict[int, str]


def tiles(view: View) -> None:
    """The figures of the page against the end of the month before."""
    run, ask = view.run, (view.chosen, view.user.scope)
    past = {day: load.ask(alerts.totals, *ask, as_of=day) for day in run.trend}
    past[run.as_of] = now = load.ask(alerts.totals, *ask, as_of=run.as_of, day=view.day)
    before = past.get(run.previous) if run.previous else None
    month = _("vs last month end")

    def count(metric: Any, level: str) -> cards.Tile:
        return cards.Tile(
            metric,
            now.customers.get(level, 0),
            before.customers.get(level, 0) if before else None,
            month,
            [total.customers.get(level, 0) for total in past.values()],
            change="difference",
        )

    cards.row(
        count(RED_ALERTS, "red"),
        count(AMBER_ALERTS, "amber"),
        count(daily_work.GREEN_CUSTOMERS, "green"),
        cards.Tile(
            VALUE_AT_RISK,
            now.at_risk,
            before.at_risk if before else None,
            month,
            [total.at_risk for total in past.values()],
        ),
    )
    work_tiles(view)


def work_tiles(view: View) -> None:
    """What is new, what is late, and what came of it this quarter."""
    scope, day, as_of = view.user.scope, view.day, view.run.as_of
    fresh = None
    if view.run.previous:
        fresh = load.ask(
            alerts.alerts_count,
            view.chosen,
            scope,
            as_of=as_of,
            day=day,
            show="all",
            new_since=view.run.previous,
        )
    week = load.ask(alerts.raised, scope, after=day - timedelta(days=7), until=day)
    board = load.ask(supervision.board_counts, view.chosen, scope, day=day)
    start = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    done = load.ask(losses.outcomes, scope, start=start, end=day)
    cards.row(
        cards.Tile(daily_work.NEW_ALERTS, fresh, note=_("{n} raised in 7 days", n=week)),
        cards.Tile(
            daily_work.SUPERVISION_OVERDUE,
            board["overdue"],
            note=_("{n} open, {m} escalated", n=board["open"], m=board["escalated"]),
        ),
        cards.Tile(
            daily_work.SAVED,
            done.saved,
            note=_("{amount} of margin kept", amount=formats.money(done.saved_value, compact=True)),
        ),
        cards.Tile(
            daily_work.LOST,
            done.lost,
            note=_(
                "{amount} of margin a year; {n} won back",
                amount=formats.money(done.lost_value, compact=True),
                n=done.won_back,
            ),
        ),
    )
