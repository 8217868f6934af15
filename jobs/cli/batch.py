"""`manage.py batch …`: what was brought in, by whom and when (导入批次).

    manage.py batch list --state rejected --search 订单
    manage.py batch list --limit 500 --json
    manage.py batch show 12

`manage.py undo NUMBER` takes one back.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

import typer
from sqlmodel import Session

import settings
from data import store
from data.imports.history import batches
from data.imports.history.batches import Batch
from jobs.cli.console import as_json, language, say, table
from models.enums import BatchState, SheetKind
from models.filters import Page

app = typer.Typer(no_args_is_help=True, help="Imports: what was brought in, and how it went.")

AsData = Annotated[bool, typer.Option("--json", help="Print JSON.")]
COLUMNS = (
    "batch",
    "at (UTC)",
    "by",
    "kind",
    "file",
    "read",
    "added",
    "updated",
    "same",
    "rejected",
    "seconds",
    "state",
)


@app.command("list")
def list_batches(
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
    kind: Annotated[list[SheetKind] | None, typer.Option(help="Only these sheets.")] = None,
    state: Annotated[list[BatchState] | None, typer.Option(help="Only in these states.")] = None,
    search: Annotated[
        str, typer.Option(help="Part of the file's name, or the beginning of its SHA-256.")
    ] = "",
    as_data: AsData = False,
) -> None:
    """The newest imports first, refused ones too."""
    wanted = batches.Wanted(tuple(kind or ()), tuple(state or ()), search=search)
    with store.reading(store.open_store(settings.get().database_url)) as session:
        found = batches.history(session, None, wanted, Page(size=limit, sort="id"))
        total = batches.count(session, None, wanted)
    if as_data:
        as_json([_plain(each) for each in found])
        return
    table(f"Imports: {len(found):,} of {total:,}", COLUMNS, [_row(each) for each in found])


@app.command()
def show(
    number: Annotated[int, typer.Argument(help="Number of the import.")],
    as_data: AsData = False,
) -> None:
    """One import: its file, its counts, why rows were refused, where the file came again."""
    with store.reading(store.open_store(settings.get().database_url)) as session:
        batch = batches.one(session, None, number)
        more = _more(session, batch)
    if as_data:
        as_json(_plain(batch) | more)
        return
    table(f"Import {number}", COLUMNS, [_row(batch)])
    say(f"{batch.file_bytes:,} bytes, {batch.encoding or 'xlsx'}, SHA-256 {batch.file_hash}")
    if batch.undone_at is not None:
        say(f"Taken back {_at(batch.undone_at)} (UTC) by {batch.undone_by or '—'}")
    for reason, rows in more["reasons"].items():
        say(f"{_words(reason)} ({rows:,})")
    if more["past"]:
        from words import corrections

        say(corrections.said(more["past"], language()))
    if more["same_file_as"]:
        say(f"The same file: {', '.join(map(str, more['same_file_as']))}")


def _more(session: Session, batch: Batch) -> dict[str, Any]:
    return {
        "reasons": batches.reasons(session, batch.id),
        "past": batches.past(session, batch.id),
        "same_file_as": batches.same_files(session, None, batch),
    }


def _words(reason: str, **detail: str) -> str:
    from words import i18n

    return i18n.reason(reason, language(), **detail)


def _plain(batch: Batch) -> dict[str, Any]:
    """As JSON holds it: instants in ISO 8601 with their offset."""
    plain = asdict(batch)
    instants = {name: at.isoformat() for name, at in plain.items() if isinstance(at, datetime)}
    return plain | instants


def _row(batch: Batch) -> tuple[str, ...]:
    counts = (
        batch.rows_read,
        batch.rows_added,
        batch.rows_updated,
        batch.rows_same,
        batch.rows_rejected,
    )
    return (
        str(batch.id),
        _at(batch.created_at),
        batch.created_by or "—",
        batch.kind.value,
        batch.file_name,
        *(f"{n:,}" for n in counts),
        f"{batch.seconds:.1f}",
        batch.state.value,
    )


def _at(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M}"
