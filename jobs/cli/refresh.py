"""`manage.py refresh`: compute the figures that pages read (刷新).

    manage.py refresh
    manage.py refresh --as-of 2026-06-30
    manage.py refresh --from 2024-01-01 --to 2026-06-30 --monthly

Safe to run at any time and to run again after a kill: a date is written whole or not at all.
One that is running, such as the one an import starts, is waited for.
Exit codes: 0 done; 2 the dates do not fit; 3 the store failed, or with --no-wait another
refresh is running.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy import Engine

import jobs.refresh
import settings
from data import calendar, store
from errors import BadInput, Issue
from jobs.cli.console import err, note, say, table

app = typer.Typer()
DAY = ["%Y-%m-%d"]


@app.command()
def refresh(
    as_of: Annotated[
        datetime | None,
        typer.Option("--as-of", formats=DAY, help="One date; the last day with facts, or today."),
    ] = None,
    first: Annotated[
        datetime | None, typer.Option("--from", formats=DAY, help="First of several dates.")
    ] = None,
    last: Annotated[
        datetime | None, typer.Option("--to", formats=DAY, help="Last of several dates.")
    ] = None,
    monthly: Annotated[
        bool, typer.Option("--monthly", help="Every month's end from --from to --to, and --to.")
    ] = False,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Leave out dates computed from these facts and settings."),
    ] = False,
    engine: Annotated[
        str | None,
        typer.Option(help="Force a reducing engine: duckdb, sqlite or postgres."),
    ] = None,
    wait: Annotated[
        bool, typer.Option(help="Wait for a refresh that is running, or give up at once.")
    ] = True,
) -> None:
    """Compute the snapshot of a date, or of every month's end in a stretch."""
    opened = store.open_store(settings.get().database_url)
    dates = _dates(opened, first, last, monthly)
    if dates and as_of:
        raise BadInput(Issue("dates_conflict", column="--as-of"))
    _ahead(opened, max([*dates, *([as_of.date()] if as_of else [])], default=None))
    if waited := wait and jobs.refresh.running(opened):
        say("Waiting for the refresh that is running …")
        jobs.refresh.wait(opened)
    with Progress(
        TextColumn("{task.description:<12}"), BarColumn(), TimeElapsedColumn(), console=err
    ) as drawn:
        task = drawn.add_task("", total=1.0)
        done = jobs.refresh.run(
            opened,
            as_of.date() if as_of else None,
            dates=dates,
            resume=resume,
            using=engine,
            show=lambda step, share: drawn.update(task, description=step, completed=share),
        )
        drawn.update(task, description="done", completed=1.0)
    table(
        "Refreshed",
        ("date", "customers", "seconds", "engine", "alerts opened", "ended"),
        [_row(each) for each in done],
    )
    if waited:
        # it may have been in the middle of earlier months
        jobs.refresh.ensure(settings.get().database_url)
    elif not (as_of or dates):
        jobs.refresh.ensure_behind(settings.get().database_url)


def _dates(
    engine: Engine, first: datetime | None, last: datetime | None, monthly: bool
) -> list[date]:
    """The dates asked for by --from, --to and --monthly; empty for a single date."""
    if first is None:
        if last is not None or monthly:
            raise BadInput(Issue("first_date_missing", column="--from"))
        return []
    end = last.date() if last else jobs.refresh.default_date(engine)
    if first.date() > end or not monthly:
        reason = "dates_reversed" if monthly else "monthly_missing"
        raise BadInput(Issue(reason, column="--from", value=first.date().isoformat()))
    return jobs.refresh.dates_between(first.date(), end)


def _ahead(engine: Engine, day: date | None) -> None:
    """Say so where a date lies ahead: pages take the newest date, whichever it is."""
    with store.reading(engine) as session:
        today = calendar.today(session)
    if day is not None and day > today:
        note(f"{day} lies ahead of today, {today}: pages and reports begin with it from now on.")


def _row(done: jobs.refresh.Done) -> tuple[str, ...]:
    alerts = ("", "") if done.alerts is None else (str(done.alerts.opened), str(done.alerts.ended))
    return (str(done.as_of), f"{done.customers:,}", f"{done.seconds:.1f}", done.engine, *alerts)
