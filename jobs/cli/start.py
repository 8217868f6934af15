"""`manage.py start`: what `make run` does: a store with a company in it, then the server (启动)."""

from __future__ import annotations

from typing import Annotated

import sqlalchemy as sa
import typer
from sqlmodel import col

import settings
from data import migrate, store
from jobs.cli.console import say
from models.people import AppUser

app = typer.Typer()


@app.command()
def start(
    port: Annotated[int, typer.Option(envvar="KEHU_PORT", min=1, max=65535)] = 8501,
    address: Annotated[str, typer.Option(envvar="KEHU_ADDRESS")] = "127.0.0.1",
) -> None:
    """Prepare the store (the demo company at the very first start) and serve."""
    from jobs.cli.demo import demo
    from jobs.cli.serve import serve

    engine = store.open_store(settings.get().database_url)
    migrate.upgrade(engine)
    with store.reading(engine) as session:
        empty = session.execute(sa.select(col(AppUser.id)).limit(1)).first() is None
    engine.dispose()
    if empty and not settings.get().production:
        say("First start: building the demo company (about half a minute) …")
        demo()
    serve(port=port, address=address)
