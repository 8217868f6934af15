"""`manage.py import`: bring files in (导入).

    manage.py import customers 客户.xlsx
    manage.py import orders superstore.csv --map data/samples/maps/superstore.toml
    manage.py import receipts 回款.csv --allocate oldest --on-error reject --rejects 退回.csv
    manage.py import auto a.csv b.csv --check --json

Exit codes: 0 done, or everything was there already; 1 some rows are bad (with --on-error
stop nothing was stored, with reject the good rows were); 2 a file cannot be read as such a
table, or the map is wrong; 3 the store failed.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

import settings
from data.imports import plan as plans
from data.imports import rejects as refused
from data.imports.plan import Plan
from data.imports.report import ImportReport, Outcome
from errors import BadInput, Issue
from jobs import imports as work
from jobs.cli import console
from models.enums import SheetKind

app = typer.Typer()
AUTO = "auto"
SHOWN = 20
"""Faults printed; `--json` and `--rejects` hold more."""


@app.command()
def import_files(
    kind: Annotated[
        str, typer.Argument(help=f"What the files hold: {', '.join(SheetKind)} or {AUTO}.")
    ],
    files: Annotated[list[Path], typer.Argument(help="CSV, text or xlsx files.")],
    map_file: Annotated[
        Path | None, typer.Option("--map", help="TOML that says which column is what.")
    ] = None,
    on_error: Annotated[
        str, typer.Option(help="stop: nothing if a row is bad; reject: the good rows.")
    ] = "stop",
    allocate: Annotated[
        str | None, typer.Option(help="Receipts without an invoice: none, or oldest due first.")
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="UTF-8, UTF-16 LE, GB18030, Big5 …; found out by itself.")
    ] = None,
    separator: Annotated[
        str | None, typer.Option(help="comma, semicolon, tab, bar, fullwidth or whitespace.")
    ] = None,
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook.")] = None,
    survey: Annotated[str | None, typer.Option(help="Survey that answers belong to.")] = None,
    wave: Annotated[str | None, typer.Option(help="Survey wave, such as 2026H1.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Find out, store nothing.")] = False,
    rejects: Annotated[
        Path | None, typer.Option(help="Write refused rows here, with the reason, as CSV.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the reports as JSON.")] = False,
) -> None:
    """Bring files of one kind into the store."""
    plan = _plan(kind, map_file)
    options: dict[str, Any] = {"allocate": allocate, "survey": survey, "wave": wave}
    hints: dict[str, Any] = {"encoding": encoding, "separator": separator, "sheet": sheet}
    plan = replace(
        plan,
        options=replace(plan.options, **{k: v for k, v in options.items() if v is not None}),
        hints=replace(plan.hints, **{k: v for k, v in hints.items() if v is not None}),
    )
    _one_of("--on-error", on_error, ("stop", "reject"))
    _one_of("--allocate", plan.options.allocate, ("none", "oldest"))
    reports = [
        _bring_in(path, work.Task(plan, path.name, on_error=on_error, rehearse=check), rejects)
        for path in files
    ]
    if json:
        console.as_json([report.as_dict() for report in reports])
    else:
        for report in reports:
            _show(report)
    raise typer.Exit(max(map(exit_code, reports)))


def exit_code(report: ImportReport) -> int:
    """0 done, 1 rows are bad, 2 the file is."""
    if report.outcome is Outcome.REFUSED:
        return 2
    return 1 if report.rows_rejected else 0


def _plan(kind: str, map_file: Path | None) -> Plan:
    if kind != AUTO:
        _one_of("KIND", kind, tuple(SheetKind))
    if map_file is not None and not map_file.is_file():
        raise BadInput(Issue("file_missing", value=str(map_file)))
    plan = plans.from_toml(map_file) if map_file else Plan()
    if kind not in (AUTO, plan.kind) and plan.kind:
        raise BadInput(Issue("map_of_other_kind", column="kind", value=plan.kind))
    return replace(plan, kind=plan.kind if kind == AUTO else kind)


def _one_of(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise BadInput(
            Issue("option_unknown", column=name, value=value, detail={"known": ", ".join(known)})
        )


def _bring_in(path: Path, task: work.Task, rejects: Path | None) -> ImportReport:
    if not path.is_file():
        raise BadInput(Issue("file_missing", value=str(path)))
    with (
        Progress(
            TextColumn("{task.description:<24}"),
            BarColumn(),
            TimeElapsedColumn(),
            console=console.err,
            transient=True,
        ) as drawn,
        tempfile.TemporaryDirectory() as folder,
    ):
        bar = drawn.add_task(path.name[:24], total=1.0)
        kept = Path(folder) / "rejects.jsonl"
        report = work.run(
            settings.get().database_url,
            path,
            task,
            rejects=kept,
            show=lambda _step, share: drawn.update(bar, completed=share),
        )
        if rejects is not None and kept.exists():
            rejects.write_bytes(_rejects_csv(kept))
    return report


def _rejects_csv(kept: Path) -> bytes:
    from components import i18n

    lang = console.language()
    return refused.as_csv(
        kept,
        i18n.translate("Line in the file", lang),
        i18n.translate("Why it was refused", lang),
        lambda issue: i18n.reason(issue.reason, lang, **dict(issue.detail)),
    )


def _show(report: ImportReport) -> None:
    from components import i18n

    lang = console.language()
    console.table(
        f"{report.file_name}: {i18n.translate(f'import.{report.outcome.value}', lang)}",
        ("kind", "batch", "encoding", "read", "added", "updated", "same", "rejected", "seconds"),
        [
            (
                report.kind,
                str(report.batch_id or ""),
                report.encoding,
                *(
                    f"{n:,}"
                    for n in (
                        report.rows_read,
                        report.rows_added,
                        report.rows_updated,
                        report.rows_same,
                        report.rows_rejected,
                    )
                ),
                f"{report.seconds:.1f}",
            )
        ],
    )
    for sentence in console.sentences(BadInput(*report.issues[:SHOWN]), lang):
        console.complain(sentence)
    left = sum(report.reasons.values()) - min(len(report.issues), SHOWN)
    if left > 0:
        console.complain(i18n.translate("and {n} more", lang, n=left))
    for reason, count in report.noted.items():
        console.say(f"{i18n.reason(reason, lang)} ({count:,})")
