"""`manage.py demo`: fill the store with the demo company (演示公司) and compute its figures.

    manage.py demo
    manage.py demo --seed 7 --end 2026-06-30 --force

A demo that is there is left alone unless `--force`; a store with anyone else's customers is
always left alone. Exit codes: 0 done or already there; 2 an option is wrong or a demo login
belongs to somebody; 3 the store holds other customers, or failed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer
from sqlalchemy import Engine

import settings
from data import calendar, migrate, store
from jobs.cli.console import say, table
from jobs.demo import PASSWORD, SEED, accounts, compute, run

app = typer.Typer()


@app.command()
def demo(
    seed: Annotated[int, typer.Option(min=0, help="Seed of all random numbers.")] = SEED,
    end: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Last day of the facts; today unless given."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Throw an earlier demo away and build a new one.")
    ] = False,
    refresh: Annotated[
        bool, typer.Option(help="Compute the figures of every month-end afterwards.")
    ] = True,
) -> None:
    """Build the demo company: 400 customers, three years of orders, money and words."""
    engine = store.open_store(settings.get().database_url)
    migrate.upgrade(engine)
    with store.reading(engine) as session:
        last = end.date() if end else calendar.today(session)
    outcome = run(
        engine,
        seed=seed,
        end=last,
        force=force,
        progress=lambda name, rows: say(f"  {name:<22}{rows:>8,}"),
    )
    if not outcome.rows:
        say(f"The demo company is already here (seed {outcome.seed}, to {outcome.end}).")
        say("Use --force to throw it away and build it anew.")
    if refresh:
        say("Computing the figures of every month-end …")
        say(f"  {compute(engine, outcome.end)} dates computed.")
    _tell_accounts(engine)


def _tell_accounts(engine: Engine) -> None:
    rows = [(one.login, one.name, one.role.value) for one in accounts(engine)]
    table("Demo accounts", ("login", "name", "role"), rows)
    say(f"Password of every one of them: {PASSWORD}")
