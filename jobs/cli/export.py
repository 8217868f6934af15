"""`manage.py export`: the whole store as files that can be brought in again (全库导出).

    manage.py export DIR
    manage.py export DIR --kinds customers,orders
    manage.py user import DIR/store/users.csv         # into another store: accounts first,
    manage.py setting load DIR/store/settings.json --note "as before"
    manage.py import-folder DIR --quiet-seconds 0     # then everything else

docs/imports.md tells what is in it and what is not.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import settings
from data import store
from jobs import export_store
from jobs.cli import console
from jobs.cli.imports import one_of
from models.enums import SheetKind

app = typer.Typer()


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(help="An empty folder, or one to be made.")],
    kinds: Annotated[
        str, typer.Option(help=f"Only these, with commas: {', '.join(SheetKind)}.")
    ] = "",
    json: Annotated[bool, typer.Option("--json", help="Print what was written as JSON.")] = False,
) -> None:
    """Write every row of every sheet, accounts without passwords, and changed thresholds."""
    wanted = [name.strip() for name in kinds.split(",") if name.strip()]
    for name in wanted:
        one_of("--kinds", name, tuple(SheetKind))
    engine = store.open_store(settings.get().database_url)
    done = export_store.run(engine, folder, kinds=[SheetKind(name) for name in wanted])
    rows = [(one.path.relative_to(folder).as_posix(), one.rows, one.left_out) for one in done]
    if json:
        console.as_json([dict(zip(("file", "rows", "left_out"), row, strict=True)) for row in rows])
        return
    console.table(
        str(folder), ("file", "rows", "left out"), [(n, f"{k:,}", f"{o:,}") for n, k, o in rows]
    )
    if any(left for _name, _rows, left in rows):
        console.note("Left out: rows that an import could not tell from a newer one of that day.")
