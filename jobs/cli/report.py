"""`manage.py report …`: the figures of the pages without a browser (报表).

    manage.py report pyramid --as-of 2026-10-31
    manage.py report ageing --by invoice --format xlsx --output ageing.xlsx
    manage.py report alerts --format json --owner m01

Exit codes: 0 done; 2 the date is not computed, or an option is wrong; 3 the store failed.
"""

from __future__ import annotations

import locale
import sys
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from jobs.cli.console import as_json, complain, say, table

app = typer.Typer(no_args_is_help=True, help="The figures of the pages without a browser.")


class Format(StrEnum):
    """How a report is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"


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
    Path | None, typer.Option("--output", "-o", help="File to write; standard output if not given.")
]
Owner = Annotated[
    str | None, typer.Option("--owner", help="Only this account manager's customers (login).")
]
Lang = Annotated[
    str | None, typer.Option("--lang", help="zh_Hans, zh_Hant or en; your locale's if not given.")
]
Limit = Annotated[int | None, typer.Option("--limit", min=1, help="At most so many rows.")]


@app.command()
def pyramid(
    as_of: AsOf = None,
    form: Written = Format.TABLE,
    output: Output = None,
    owner: Owner = None,
    lang: Lang = None,
) -> None:
    """Tiers, classes and profit tiers: customers, sales, margin, share, entry threshold."""
    from jobs.reports import pyramid as report

    _run(report.build, as_of, form, output, owner, lang)


@app.command("key-accounts")
def key_accounts(
    as_of: AsOf = None,
    form: Written = Format.TABLE,
    output: Output = None,
    owner: Owner = None,
    lang: Lang = None,
    limit: Limit = None,
) -> None:
    """Key accounts with their figures, largest sales first."""
    from jobs.reports import key_accounts as report

    _run(report.build, as_of, form, output, owner, lang, limit=limit)


@app.command()
def ageing(
    as_of: AsOf = None,
    by: Annotated[By, typer.Option("--by", help="What a line is.")] = By.BUCKET,
    form: Written = Format.TABLE,
    output: Output = None,
    owner: Owner = None,
    lang: Lang = None,
    limit: Limit = None,
) -> None:
    """Open invoices by bucket, reconciled with the ledger; by customer or by invoice."""
    from jobs.reports import ageing as report

    _run(report.build, as_of, form, output, owner, lang, by=by.value, limit=limit)


@app.command()
def satisfaction(
    as_of: AsOf = None,
    form: Written = Format.TABLE,
    output: Output = None,
    owner: Owner = None,
    lang: Lang = None,
) -> None:
    """Index, NPS and top-2-box by wave and item, with intervals and numbers of answers."""
    from jobs.reports import satisfaction as report

    _run(report.build, as_of, form, output, owner, lang)


@app.command()
def alerts(
    as_of: AsOf = None,
    form: Written = Format.TABLE,
    output: Output = None,
    owner: Owner = None,
    lang: Lang = None,
    limit: Limit = None,
) -> None:
    """Customers at risk of loss with level, score, reasons and margin at risk."""
    from jobs.reports import alerts as report

    _run(report.build, as_of, form, output, owner, lang, limit=limit)


def _run(
    build: Any,
    as_of: datetime | None,
    form: Format,
    output: Path | None,
    owner: str | None,
    lang: str | None,
    **options: Any,
) -> None:
    import settings
    from data import store
    from jobs.reports import asking, writing

    engine = store.open_store(settings.get().database_url)
    day: date | None = as_of.date() if as_of else None
    with store.reading(engine) as session:
        asked = asking.resolve(session, day, owner=owner)
        report = build(session, asked, **options)
    words = writing.Words(lang or _language())
    if form is Format.JSON and output is None:
        as_json(report.as_json())
    elif form is Format.TABLE and output is None:
        for title, columns, rows in writing.tables(report, words):
            table(title, columns, rows)
        for line in writing.lines(report, words):
            say(line)
    else:
        _write(writing.to_bytes(report, form.value, words), output, form)


def _write(content: bytes, output: Path | None, form: Format) -> None:
    if output is not None:
        output.write_bytes(content)
        complain(f"{output} ({len(content):,} bytes)")
    elif form is Format.XLSX and sys.stdout.isatty():
        raise typer.BadParameter("an xlsx needs --output FILE or a pipe")
    else:
        sys.stdout.buffer.write(content)


def _language() -> str:
    name = (locale.getlocale()[0] or "").replace("-", "_")
    if name.startswith(("zh_TW", "zh_HK", "zh_Hant")):
        return "zh_Hant"
    return "en" if name.startswith("en") else "zh_Hans"
