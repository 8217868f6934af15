"""`manage.py undo`: take an import back (撤销导入), rows and changes alike.

Exit codes: 0 taken back; 2 something later rests on it, nothing was changed; 3 the store
failed.
"""

from __future__ import annotations

from typing import Annotated

import typer

import settings
from data import store
from data.imports import undo as imports
from jobs.cli.console import say

app = typer.Typer()


@app.command()
def undo(
    batch: Annotated[int, typer.Argument(help="Number of the import.")],
) -> None:
    """Remove what an import added and put back what it changed."""
    taken = imports.undo(store.open_store(settings.get().database_url), batch, None)
    say(f"removed {taken.removed}, restored {taken.restored}")
