"""Dates computed because somebody asks (按需计算): right, and bending nothing else."""

from __future__ import annotations

import time
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import col, select

from data import calendar, job_runs, policies, refresh_state, store
from data.queries import alerts, card, overview, runs
from errors import BadInput
from jobs import progress, refresh
from models.access import EVERYBODY
from models.snapshots import SnapshotRun
from tests.jobs.test_refresh import TODAY, content, fill

MONTHS = (date(2026, 3, 31), date(2026, 5, 31), TODAY)
BETWEEN, LATER = date(2026, 4, 17), TODAY + timedelta(days=5)
"""A day of a month without any other date, and one after the newest."""


def ask(engine: Engine, question: Any, *args: Any, **more: Any) -> Any:
    with store.reading(engine) as session:
        return question(session, *args, **more)


def marks(engine: Engine) -> dict[date, bool]:
    query = select(SnapshotRun.as_of, SnapshotRun.on_demand)
    with store.reading(engine) as session:
        return dict(session.exec(query).all())


def test_figures_of_a_day_asked_for_are_those_of_a_refresh(sqlite_engine: Engine) -> None:
    fill(sqlite_engine, customers=12)
    refresh.run(sqlite_engine, TODAY)
    days = [TODAY - timedelta(days=n) for n in (13, 100, 365, 800)]
    refresh.run(sqlite_engine, dates=days, on_demand=True)
    asked = content(sqlite_engine)
    assert marks(sqlite_engine) == {TODAY: False, **dict.fromkeys(days, True)}
    refresh.run(sqlite_engine, dates=days)
    assert marks(sqlite_engine) == dict.fromkeys([TODAY, *days], False)
    computed = content(sqlite_engine)
    assert {len(row) for row in asked.pop("snapshot_run")} == {
        len(row) for row in computed.pop("snapshot_run")
    }
    assert asked == computed


def test_an_extra_date_bends_nothing(engine: Engine) -> None:
    fill(engine, customers=6)
    refresh.run(engine, dates=MONTHS)
    customer = ask(engine, lambda s: s.execute(sa.text("select min(id) from customer")).scalar())

    def seen() -> dict[str, Any]:
        found = ask(engine, runs.run)
        return {
            "run": (found.as_of, found.previous, found.year_before, found.trend),
            "newest": ask(engine, runs.choices, EVERYBODY).days.newest,
            "fresh": ask(engine, overview.freshness),
            "stale": ask(engine, refresh_state.needs_refresh),
            "behind": refresh.behind(engine),
            "history": ask(engine, alerts.history, customer, EVERYBODY, as_of=TODAY),
            "card": ask(engine, card.history, customer, EVERYBODY, as_of=TODAY).to_dict(),
        }

    before = seen()
    assert before["run"][1:] == (MONTHS[1], None, MONTHS)
    refresh.run(engine, dates=[BETWEEN, LATER], on_demand=True)
    assert seen() == before
    days = ask(engine, runs.choices, EVERYBODY).days
    assert days.computed == (LATER, TODAY, MONTHS[1], BETWEEN, MONTHS[0])
    found = ask(engine, runs.run, BETWEEN)
    assert (found.as_of, found.previous, found.trend) == (BETWEEN, MONTHS[0], (MONTHS[0], BETWEEN))
    assert found.computed_in > 0
    assert ask(engine, runs.run).computed_in is None


def test_it_holds_only_for_the_facts_and_settings_it_came_from(engine: Engine) -> None:
    def shown() -> bool:
        there = BETWEEN in ask(engine, runs.choices, EVERYBODY).days.computed
        assert there is (ask(engine, runs.run, BETWEEN) is not None)
        return there

    fill(engine, customers=3)
    refresh.run(engine, TODAY)
    refresh.run(engine, BETWEEN, on_demand=True)
    assert shown()
    with store.writing(engine, facts=True):
        pass
    assert not shown(), "new facts"
    assert ask(engine, runs.run, TODAY) is not None
    refresh.run(engine, BETWEEN, on_demand=True)
    assert shown()
    with store.writing(engine) as session:
        policies.change(session, None, {"window.months": 6}, "shorter")
    assert not shown(), "new settings"
    refresh.run(engine, TODAY)
    assert marks(engine) == {TODAY: False}, "what holds no longer is not kept"


def test_a_date_of_a_refresh_stays_one(sqlite_engine: Engine) -> None:
    fill(sqlite_engine, customers=3)
    refresh.run(sqlite_engine, BETWEEN, on_demand=True)
    assert marks(sqlite_engine) == {BETWEEN: False}, "the first of all is what pages show"
    refresh.run(sqlite_engine, TODAY)
    refresh.run(sqlite_engine, TODAY, on_demand=True)
    assert marks(sqlite_engine) == {BETWEEN: False, TODAY: False}


def test_days_without_figures_are_refused(
    sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calendar, "today", lambda _session: TODAY)
    with pytest.raises(BadInput, match="nothing_computed"):
        refresh.check_day(sqlite_engine, TODAY)
    fill(sqlite_engine, customers=3)
    first = ask(sqlite_engine, refresh_state.first_fact)
    refresh.check_day(sqlite_engine, first)
    refresh.check_day(sqlite_engine, TODAY)
    url = sqlite_engine.url.render_as_string(hide_password=False)
    for day, reason in (
        (first - timedelta(days=1), "date_too_early"),
        (TODAY + timedelta(days=1), "date_too_late"),
    ):
        with pytest.raises(BadInput, match=reason):
            refresh.ask_for(url, day)
    refresh.run(sqlite_engine, LATER)
    refresh.check_day(sqlite_engine, LATER)


def test_it_is_computed_in_a_process_of_its_own_and_never_twice(
    sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calendar, "today", lambda _session: LATER)
    fill(sqlite_engine, customers=3)
    refresh.run(sqlite_engine, TODAY)
    url = sqlite_engine.url.render_as_string(hide_password=False)
    with progress.job(sqlite_engine, refresh.KIND):
        assert refresh.ask_for(url, BETWEEN) is None
    assert refresh.ask_for(url, BETWEEN) is not None
    assert refresh.ask_for(url, LATER) is None, "one at a time"
    until = time.monotonic() + 120
    while refresh.running(sqlite_engine) and time.monotonic() < until:
        time.sleep(0.1)
    status = ask(sqlite_engine, job_runs.status, refresh.KIND)
    assert (status.state, status.error) == ("done", "")
    assert marks(sqlite_engine) == {TODAY: False, BETWEEN: True}


def test_alerts_follow_no_date_that_was_asked_for(sqlite_engine: Engine) -> None:
    fill(sqlite_engine, customers=3)
    refresh.run(sqlite_engine, TODAY)
    (done,) = refresh.run(sqlite_engine, LATER, on_demand=True)
    assert done.alerts is None
    with store.reading(sqlite_engine) as session:
        newest = session.exec(select(sa.func.max(col(SnapshotRun.as_of)))).one()
    assert newest == LATER
    assert ask(sqlite_engine, refresh_state.newest) == TODAY
