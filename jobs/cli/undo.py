"""`manage.py undo`: take an import back (撤销导入), rows and changes alike.

    manage.py undo 12 --check
    manage.py undo 12

Exit codes: 0 taken back; 2 there is no such import or something later rests on it, nothing
was changed; 3 the store failed, or another import is being taken back just now.
"""

from __future__ import annotations

from typing import Annotated

import typer
from sqlalchemy import Engine

import settings
from data import store
from data.imports.history.undo import preview, undo
from errors import BadInput
from jobs import progress
from jobs.bringing.undoing import KIND, quiet
from jobs.cli import console
from jobs.cli.console import say, table
from jobs.cli.imports import follow

app = typer.Typer()


@app.command("undo")
def take_back(
    batch: Annotated[int, typer.Argument(help="Number of the import.")],
    check: Annotated[
        bool, typer.Option("--check", help="Find out what would go, change nothing.")
    ] = False,
    refresh: Annotated[bool, typer.Option(help="Compute the figures anew afterwards.")] = True,
) -> None:
    """Remove what an import added and put back what it changed."""
    opened = store.open_store(settings.get().database_url)
    if check:
        _show(opened, batch)
        return
    with (
        progress.job(opened, KIND, about={"batch": batch}) as told,
        console.bar(f"{batch}") as show,
        quiet(opened, told),
    ):
        taken = undo(opened, batch, None, show)
    kept = f", kept {taken.kept} that other data uses" if taken.kept else ""
    say(f"removed {taken.removed}, restored {taken.restored}{kept}")
    if refresh:
        follow()


def _show(opened: Engine, batch: int) -> None:
    with console.bar(f"{batch}") as show:
        found = preview(opened, batch, None, show)
    if found.reasons:
        raise BadInput(*found.reasons)
    rows = [(name, f"{count:,}") for name, count in found.tables.items()]
    table(f"Import {batch} would take back", ("table", "rows"), rows)
    say(f"and put back {found.restored:,} rows as they were")
