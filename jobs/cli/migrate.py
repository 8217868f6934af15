"""`manage.py migrate`: bring the store to the newest shape (迁移)."""

from __future__ import annotations

import typer

import settings
from data import store
from data.migrate import current, upgrade
from jobs.cli.console import say

app = typer.Typer()


@app.command()
def migrate() -> None:
    """Create the store or bring it to the newest shape; safe to run at any time."""
    engine = store.open_store(settings.get().database_url)
    before = current(engine)
    upgrade(engine)
    say(f"{before or 'empty'} → {current(engine)}")
