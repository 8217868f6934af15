"""`manage.py report …`: the figures of the pages without a browser (报表).

    manage.py report pyramid --as-of 2026-10-31
    manage.py report ageing --by invoice --format xlsx --output ageing.xlsx
    manage.py report alerts --format json --owner m01
    manage.py report ageing --as-of 2026-05-17 --compute

Exit codes: 0 done; 2 the date is not computed, or an option is wrong; 3 the store failed, or
with --compute another refresh came in between.
"""

from __future__ import annotations

import sys
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from errors import AppError
from jobs.cli.console import as_json, language, note, say, table, trouble

app = typer.Typer(no_args_is_help=True, help="The figures of the pages without a browser.")


class Format(StrEnum):
    """How a report is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"


class Lang(StrEnum):
    """A language to write in."""

    SIMPLIFIED = "zh_Hans"
    TRADITIONAL = "zh_Hant"
    ENGLISH = "en"


class By(StrEnum):
    """What a line of the ageing report is."""

    BUCKET = "bucket"
    CUSTOMER = "customer"
    INVOICE = "invoice"


AsOf = Annotated[
    datetime | None,
    typer.Option("--as-of", formats=["%Y-%m-%d"], help="Date to report; the newest if not given."),
]
Written = Annotated[Format, typer.Option("--format", "-f", help="How to write it.")]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", dir_okay=False, help="File to write; standard output if not given."
    ),
]
Owner = Annotated[
    str | None, typer.Option("--owner", help="Only customers this manager had on the date (login).")
]
Spoken = Annotated[
    Lang | None, typer.Option("--lang", help="Language; your locale's if not given.")
]
Computed = Annotated[
    bool, typer.Option("--compute", help="Compute the date of --as-of first, if nothing has yet.")
]
Limit = Annotated[int | None, typer.Option("--limit", min=1, help="At most so many rows.")]


@app.command()
def pyramid(
    as_of: AsOf = None,
    compute: Computed = False,
    form: Written = Format.TABLE,
    output: Output = None,
    owner: Owner = None,
    lang: Spoken = None,
) -> None:
    """Tiers, classes and profit tiers: customers, sales, margin, share, entry threshold."""
    from jobs.reports.pyramid import build

    _run(build, as_of, compute, form, output, owner, lang)


@app.command("key-accounts")
def key_accounts(
    as_of: AsOf = None,
    compute: Computed = False,
    form: Written = Format.TABLE,
    output: Output = None,
    owner: Owner = None,
    lang: Spoken = None,
    limit: Limit = None,
) -> None:
    """Key accounts with their figures, largest sales first."""
    from jobs.reports.key_accounts import build

    _run(build, as_of, compute, form, output, owner, lang, limit=limit)


@app.command()
def ageing(
    as_of: AsOf = None,
    compute: Computed = False,
    by: Annotated[By, typer.Option("--by", help="What a line is.")] = By.BUCKET,
    form: Written = Format.TABLE,
    output: Output = None,
    owner: Owner = None,
    lang: Spoken = None,
    limit: Limit = None,
) -> None:
    """Open invoices by bucket, reconciled with the ledger; by customer or by invoice."""
    from jobs.reports.ageing import build

    _run(build, as_of, compute, form, output, owner, lang, by=by.value, limit=limit)


@app.command()
def satisfaction(
    as_of: AsOf = None,
    compute: Computed = False,
    form: Written = Format.TABLE,
    output: Output = None,
    owner: Owner = None,
    lang: Spoken = None,
) -> None:
    """Index, NPS and top-2-box by wave and item, with intervals and numbers of answers."""
    from jobs.reports.satisfaction import build

    _run(build, as_of, compute, form, output, owner, lang)


@app.command()
def alerts(
    as_of: AsOf = None,
    compute: Computed = False,
    form: Written = Format.TABLE,
    output: Output = None,
    owner: Owner = None,
    lang: Spoken = None,
    limit: Limit = None,
) -> None:
    """Customers at risk of loss with level, score, reasons and margin at risk."""
    from jobs.reports.alerts import build

    _run(build, as_of, compute, form, output, owner, lang, limit=limit)


def _run(
    build: Any,
    as_of: datetime | None,
    compute: bool,
    form: Format,
    output: Path | None,
    owner: str | None,
    lang: Lang | None,
    **options: Any,
) -> None:
    from jobs.reports import writing

    _can_write(form, output)
    if compute and as_of is None:
        raise typer.BadParameter("--compute needs --as-of DATE")
    spoken, day = lang.value if lang else language(), as_of.date() if as_of else None
    try:
        if compute and day is not None:
            _compute(day, owner)
        report = _built(build, day, owner, options)
    except AppError as error:
        raise typer.Exit(trouble(error, spoken)) from error
    words = writing.Words(spoken)
    if form is Format.JSON and output is None:
        as_json(report.as_json())
    elif form is Format.TABLE and output is None:
        for title, columns, rows in writing.tables(report, words):
            table(title, columns, rows)
        for line in writing.lines(report, words):
            say(line)
    else:
        _write(writing.to_bytes(report, form.value, words), output)


def _built(build: Any, day: date | None, owner: str | None, options: dict[str, Any]) -> Any:
    import settings
    from data import store
    from jobs.reports import asking

    engine = store.open_store(settings.get().database_url)
    with store.reading(engine) as session:
        return build(session, asking.resolve(session, day, owner=owner), **options)


def _compute(day: date, owner: str | None) -> None:
    """Have a date computed, unless it is or the report would be refused anyway."""
    import settings
    from data import store
    from data.queries.scope import snapshot_dates
    from jobs import refresh
    from jobs.reports import asking

    engine = store.open_store(settings.get().database_url)
    with store.reading(engine) as session:
        if day in snapshot_dates(session) or not asking.known(session, owner):
            return
    refresh.check_day(engine, day)
    refresh.wait(engine)
    for done in refresh.run(engine, day, on_demand=True):
        note(f"{done.as_of} computed in {done.seconds:.1f} s")


def _can_write(form: Format, output: Path | None) -> None:
    """Refuse what could not be written, before anything is read."""
    if output is None and form is Format.XLSX and sys.stdout.isatty():
        raise typer.BadParameter("an xlsx needs --output FILE or a pipe")
    if output is not None and not output.absolute().parent.is_dir():
        raise typer.BadParameter(f"there is no folder {output.parent}")


def _write(content: bytes, output: Path | None) -> None:
    if output is None:
        sys.stdout.buffer.write(content)
        return
    output.write_bytes(content)
    note(f"{output} ({len(content):,} bytes)")
