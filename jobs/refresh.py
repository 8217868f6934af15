"""Refresh (刷新): from dated facts to the snapshot that pages read, for one date or many.

    facts (data.facts, in an engine) → methods (jobs.figures) → rows (data.snapshots)

Each date is written in one transaction, so a kill at any moment leaves every snapshot whole:
the old one or the new one. The same facts and settings give the same rows. A run may simply
be started again.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from types import FrameType

from sqlalchemy import Engine

import settings
from data import (
    calendar,
    facts,
    job_runs,
    policies,
    refresh_state,
    snapshot_alerts,
    snapshots,
    store,
)
from data.facts_periods import month_ends
from data.writes import due_changes
from errors import BadInput, Conflict
from jobs import progress
from jobs.figures import Figures, compute
from models.policy import Policy
from models.snapshots import SnapshotRun

KIND = "refresh"
TREND_MONTHS = refresh_state.TREND_MONTHS
LOOK_SECONDS = 0.2
AT_ONCE = 4
"""Dates computed from one reading of the facts while catching up."""


@dataclass(frozen=True, slots=True)
class Done:
    """One date that was computed."""

    as_of: date
    customers: int
    seconds: float
    engine: str
    alerts: snapshot_alerts.Synced | None
    """What became of the alerts; None where a newer snapshot exists."""


def run(
    engine: Engine,
    as_of: date | None = None,
    *,
    dates: Sequence[date] = (),
    resume: bool = False,
    using: str | None = None,
    on_demand: bool = False,
    started_by: int | None = None,
    number: int | None = None,
    show: progress.Show | None = None,
) -> list[Done]:
    """Compute the snapshot of one date, or of each of `dates`.

    Args:
        engine: of the store.
        as_of: the date; by default `default_date`.
        dates: several dates instead; all are read from one state of the facts.
        resume: leave out dates already computed from these facts and settings.
        using: force a reducing engine (see `data.facts.ENGINES`).
        on_demand: a reader asked for these dates: nothing but a look at them rests on them.
        started_by: id of the user who asked for it.
        number: of the job if `start` has already begun it.
        show: hears (step, share done) to draw progress.

    Returns:
        What was computed, oldest first.

    Raises:
        Conflict: another refresh is running, or facts keep vanishing while it writes.
        StoreUnavailable: the store cannot be read or written; every snapshot is whole.
    """
    with progress.job(engine, KIND, number=number, started_by=started_by, show=show) as told:
        wanted = sorted(set(dates)) or [as_of or default_date(engine)]
        with store.reading(engine) as session:
            today = calendar.today(session)
        due_changes.come_due(engine, today)
        done = _all(engine, wanted, resume, using, told, on_demand)
        told.detail = {
            "as_of": wanted[-1].isoformat(),
            "dates": len(done),
            "customers": done[-1].customers if done else 0,
        }
        return done


def _all(
    engine: Engine,
    dates: list[date],
    resume: bool,
    using: str | None,
    told: progress.Told,
    on_demand: bool,
) -> list[Done]:
    """Compute all dates; those that could not be written are read and tried again."""
    done: dict[date, Done] = {}
    for last_try in (False, True):
        with store.reading(engine) as session:
            version, policy = policies.current(session)
            have = refresh_state.built(session, version) if resume else frozenset()
        left = [day for day in dates if day not in done and day not in have]
        if not left:
            break
        try:
            _some(engine, left, version, policy, using, told, done, on_demand)
        except Conflict:
            if last_try:
                raise
    return [done[day] for day in sorted(done)]


def _some(
    engine: Engine,
    dates: list[date],
    version: int,
    policy: Policy,
    using: str | None,
    told: progress.Told,
    done: dict[date, Done],
    on_demand: bool,
) -> None:
    began = time.monotonic()

    def reading(step: str, share: float) -> None:
        told(step, share * 0.5)

    with facts.read(engine, dates, policy, using=using, tell=reading) as found:
        for place, day in enumerate(dates):
            share = 0.5 + 0.5 * place / len(dates)
            told("methods", share)
            figures = compute(found.at(day), policy)
            told("writing", share + 0.25 / len(dates))
            run_row = SnapshotRun(
                as_of=day,
                setting_version=version,
                facts_revision=found.revision,
                engine=found.engine,
                customers=len(figures.owner_id),
                policy=policy.as_dict(),
                totals=figures.totals,
                seconds=round(time.monotonic() - began, 3),
                on_demand=on_demand,
            )
            with told.silent():
                done[day] = _write(engine, run_row, figures, began)
            began = time.monotonic()


def _write(engine: Engine, run_row: SnapshotRun, figures: Figures, began: float) -> Done:
    day, using, customers = run_row.as_of, run_row.engine, run_row.customers
    with store.writing(engine) as session:
        run_row.on_demand &= not refresh_state.is_regular(session, day)
        snapshots.drop(session, refresh_state.spent(session))
        snapshots.replace(
            session,
            run_row,
            customers=figures.customers,
            owner_id=figures.owner_id,
            over_limit=figures.over_limit,
            invoices=figures.invoices,
            responses=figures.responses,
            waves=figures.waves,
        )
        newest = refresh_state.newest(session) == day
        synced = snapshot_alerts.sync(session, day, figures.customers) if newest else None
    return Done(day, customers, time.monotonic() - began, using, synced)


def default_date(engine: Engine) -> date:
    """The last day with facts if it lies before today, else today."""
    with store.reading(engine) as session:
        return refresh_state.default_date(session, calendar.today(session))


def behind(engine: Engine) -> list[date]:
    """The next dates to compute so that pages and their trends show the present facts.

    The newest date first, alone, so that pages have it soon; then the month-ends of the year
    before it that were computed from older facts or not at all, the newest first, a few at a
    time, so that new facts are noticed in between. Empty where nothing is left to do.
    """
    with store.reading(engine) as session:
        first, newest = refresh_state.first_fact(session), refresh_state.newest(session)
        version, _policy = policies.current(session)
        built = refresh_state.built(session, version)
        same_facts = refresh_state.of_these_facts(session)
        today = calendar.today(session)
        day, trend = refresh_state.default_date(session, today), refresh_state.trend(session, today)
    shown = [day if first is not None else None, newest]
    for each in shown:
        if each is not None and each not in built:
            return [each]
    ends = [end for end in trend if end not in same_facts]
    return sorted(ends, reverse=True)[:AT_ONCE]


def catch_up(engine: Engine, *, started_by: int | None = None) -> int:
    """Refresh until nothing is behind; returns how many dates were computed.

    Facts that come in meanwhile are noticed: whoever finds a refresh running need not wait
    for it (`ensure`).
    """
    computed = 0
    while dates := behind(engine):
        try:
            computed += len(run(engine, dates=dates, started_by=started_by))
        except Conflict:
            return computed  # another process took over
    return computed


def dates_between(first: date, last: date) -> list[date]:
    """Every month's end from `first` to `last`, and `last` itself."""
    return month_ends(first, last)


def ensure(url: str, *, started_by: int | None = None) -> int | None:
    """See to it that the figures will follow the facts, unless the settings forbid it.

    Returns:
        The number of the job that was started; None where one is running already, which
        looks again before it ends, or where refreshes are not to start by themselves.
    """
    if not settings.get().auto_refresh:
        return None
    try:
        return start(url, started_by=started_by)
    except Conflict:
        return None


def ensure_behind(url: str, *, started_by: int | None = None) -> int | None:
    """Like `ensure`, but only if facts came in after the newest figures."""
    engine = store.open_store(url)
    try:
        with store.reading(engine) as session:
            stale = refresh_state.needs_refresh(session)
    finally:
        engine.dispose()
    return ensure(url, started_by=started_by) if stale else None


def running(engine: Engine) -> bool:
    """Whether a refresh is at work now."""
    with store.reading(engine) as session:
        job = job_runs.status(session, KIND)
    return job is not None and job.state == "running"


def wait(engine: Engine) -> None:
    """Stay until no refresh is at work."""
    while running(engine):
        time.sleep(LOOK_SECONDS)


def check_day(engine: Engine, day: date) -> None:
    """Whether there can be figures of a day: from the first fact up to today.

    Args:
        engine: of the store.
        day: asked for.

    Raises:
        BadInput: the store is empty, or the day lies before the first fact or ahead.
    """
    with store.reading(engine) as session:
        fault = refresh_state.outside(session, day, calendar.today(session))
    if fault is not None:
        raise BadInput(fault)


def ask_for(url: str, day: date, *, started_by: int | None = None) -> int | None:
    """Have one date computed because a reader asks for it, unless a refresh is running.

    Args:
        url: of the store.
        day: to compute.
        started_by: id of the reader.

    Returns:
        The number of the job; None where another is at work.

    Raises:
        BadInput: there can be no figures of that day (see `check_day`).
    """
    engine = store.open_store(url)
    try:
        check_day(engine, day)
    finally:
        engine.dispose()
    try:
        return start(url, day, on_demand=True, started_by=started_by)
    except Conflict:
        return None


def start(
    url: str,
    as_of: date | None = None,
    *,
    on_demand: bool = False,
    started_by: int | None = None,
) -> int:
    """Begin a refresh in a process of its own and return the job's number at once.

    How far it is, pages read with `data.job_runs.status(session, "refresh")`.

    Raises:
        Conflict: a refresh is running.
    """
    engine = store.open_store(url)
    number = job_runs.begin(engine, KIND, started_by=started_by)
    process = subprocess.Popen(  # noqa: S603 - our own words only
        [
            sys.executable,
            "-m",
            "jobs.refresh",
            str(number),
            as_of.isoformat() if as_of else "",
            "on-demand" if on_demand else "",
        ],
        cwd=settings.ROOT,
        env={**os.environ, "DATABASE_URL": url},  # never on the command line: it has a password
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,  # a pipe that is held open keeps the caller's pipeline waiting
        start_new_session=True,
    )
    job_runs.beat(engine, number, pid=process.pid)
    engine.dispose()
    threading.Thread(target=process.wait, daemon=True).start()  # leaves no zombie behind
    return number


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(1)


def main(arguments: Sequence[str]) -> None:
    """What the process started by `start` does: its job, then whatever is behind."""
    signal.signal(signal.SIGTERM, _stop)
    number, day, on_demand = arguments
    engine = store.open_store(settings.get().database_url)
    as_of = date.fromisoformat(day) if day else None
    run(engine, as_of, number=int(number), on_demand=bool(on_demand))
    if not day or (on_demand and settings.get().auto_refresh):
        # of a date on demand too: it may have come between a refresh and its earlier months
        os.nice(5)  # what is left are earlier months; readers go first
        catch_up(engine)


if __name__ == "__main__":
    main(sys.argv[1:])
