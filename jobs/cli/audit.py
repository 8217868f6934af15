"""`manage.py audit …`: read the audit trail and prove that it is whole (审计)."""

from __future__ import annotations

import json
from typing import Annotated

import typer

import data.audit
import settings
from data import store
from jobs.cli.console import as_json, complain, say, table

app = typer.Typer(no_args_is_help=True, help="The audit trail: who did what.")

_WHY = {
    "content": "was changed after it was written",
    "link": "does not follow the one before it: an entry was removed or put in",
    "cut": "is the last one, but the head noted earlier is missing after it",
}


@app.command()
def verify(
    head: Annotated[
        str, typer.Option(help="A head printed earlier, which must still be in the chain.")
    ] = "",
) -> None:
    """Check the hash chain; exit code 1 and the first bad entry if it is broken."""
    with store.reading(store.open_store(settings.get().database_url)) as session:
        chain = data.audit.verify(session, must_hold=head)
    if chain.broken is not None:
        complain(f"Entry {chain.broken.entry_id} {_WHY[chain.broken.reason]}.")
        raise typer.Exit(1)
    say(f"{chain.entries} entries, unbroken. Keep this head elsewhere to notice a cut:")
    say(f"  {chain.head or '(none yet)'}")


@app.command("list")
def list_entries(
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
    as_data: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """The newest entries first."""
    with store.reading(store.open_store(settings.get().database_url)) as session:
        entries = data.audit.latest(session, limit=limit)
        rows = [
            {
                "id": entry.id,
                "at": entry.at.isoformat(),
                "actor": entry.actor,
                "action": entry.action,
                "entity": entry.entity,
                "entity_id": entry.entity_id,
                "detail": entry.detail,
            }
            for entry in entries
        ]
    if as_data:
        as_json(rows)
        return
    table(
        "Audit trail",
        ("id", "at (UTC)", "actor", "action", "on", "detail"),
        [
            (
                str(row["id"]),
                str(row["at"])[:19],
                str(row["actor"]),
                str(row["action"]),
                f"{row['entity']} {row['entity_id']}".strip(),
                json.dumps(row["detail"], ensure_ascii=False) if row["detail"] else "",
            )
            for row in rows
        ],
    )
