"""`manage.py import`: bring files in (导入).

    manage.py import customers 客户.xlsx
    manage.py import orders superstore.csv --map data/samples/maps/superstore.toml
    manage.py import receipts 回款.csv --allocate oldest --on-error reject --rejects 退回.csv
    manage.py import auto 回款.csv 客户.xlsx 订单.csv --on-error reject --rejects 退回/
    manage.py import auto a.csv b.csv --check --json

With `auto` each file is recognised and customers come before what rests on them, whatever
the order they are given in; docs/imports.md tells more, the JSON included.
Exit codes (the worst of the files): 0 done, or everything was there already; 1 some rows are
bad (with --on-error stop nothing was stored, with reject the good rows were); 2 a file cannot
be read as such a table, or the map is wrong; 3 the store failed; 130 or 143 stopped by Ctrl-C
or SIGTERM: of the file at hand all rows are stored, or none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

import settings
from data.imports.terms import asking
from data.imports.terms.plan import Plan, from_toml
from data.imports.terms.report import ImportReport
from errors import BadInput, Issue, StoreUnavailable
from jobs.bringing import launching
from jobs.bringing.files import bring_in, look_at, place, shown, stoppable, summary
from jobs.bringing.tasks import Task
from jobs.cli import console
from jobs.cli.import_report import show, totals
from models.enums import SheetKind

app = typer.Typer()
AUTO, ALL = "auto", "all"


def _list_profiles(wanted: bool) -> None:
    """Every file of a known program that is recognised by its header."""
    if not wanted:
        return
    from data.imports.columns import profiles

    rows = [
        (one.code, one.name, one.plan.kind, ", ".join(one.said).replace("|", " / "))
        for one in profiles.known()
    ]
    console.table("", ("profile", "file", "kind", "recognised by"), rows)
    raise typer.Exit


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
    create_customers: Annotated[
        bool, typer.Option("--create-customers", help="Make customers that are not there yet.")
    ] = False,
    match_names: Annotated[
        bool,
        typer.Option(
            "--match-names", help="Rows without a code: the customer of exactly this name."
        ),
    ] = False,
    correct_past: Annotated[
        bool,
        typer.Option(
            "--correct-past", help="Changed values were always so: past figures change, too."
        ),
    ] = False,
    allocate: Annotated[
        str | None,
        typer.Option(help="Receipts, credit notes without an invoice: none, or oldest due first."),
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="UTF-8, UTF-16 LE, GB18030, Big5 …; found out by itself.")
    ] = None,
    separator: Annotated[
        str | None, typer.Option(help="comma, semicolon, tab, bar, fullwidth or whitespace.")
    ] = None,
    sheet: Annotated[
        str | None,
        typer.Option(help="Sheet of a workbook; all: every sheet with the same columns."),
    ] = None,
    survey: Annotated[str | None, typer.Option(help="Survey that answers belong to.")] = None,
    new_survey: Annotated[
        bool, typer.Option("--new-survey", help="The survey named may be a new one.")
    ] = False,
    wave: Annotated[str | None, typer.Option(help="Survey wave, such as 2026H1.")] = None,
    answer: Annotated[
        list[str] | None,
        typer.Option(help="QUESTION=ANSWER to what a check asked; once for each question."),
    ] = None,
    list_profiles: Annotated[  # noqa: ARG001  (its callback does it)
        bool,
        typer.Option(
            "--list-profiles",
            help="Name the known programs' files and end.",
            is_eager=True,
            callback=_list_profiles,
        ),
    ] = False,
    check: Annotated[bool, typer.Option("--check", help="Find out, store nothing.")] = False,
    rejects: Annotated[
        Path | None,
        typer.Option(help="Write refused rows here, with the reason, as CSV; or into this folder."),
    ] = None,
    refresh: Annotated[
        bool, typer.Option(help="Compute the figures anew once something is stored.")
    ] = True,
    json: Annotated[bool, typer.Option("--json", help="Print the reports as JSON.")] = False,
) -> None:
    """Bring files into the store: all of one kind, or each recognised."""
    plan = _plan(kind, map_file)
    options: dict[str, Any] = {
        "allocate": allocate,
        "survey": survey,
        "wave": wave,
        "new_survey": new_survey or None,
        "create_customers": create_customers or None,
        "match_names": match_names or None,
        "correct_past": correct_past or None,
    }
    hints: dict[str, Any] = {"encoding": encoding, "separator": separator, "sheet": sheet}
    plan = replace(
        plan,
        options=replace(plan.options, **{k: v for k, v in options.items() if v is not None}),
        hints=replace(plan.hints, **{k: v for k, v in hints.items() if v is not None}),
        answers={**plan.answers, **_answers(answer or ())},
    )
    one_of("--on-error", on_error, ("stop", "reject"))
    one_of("--allocate", plan.options.allocate, ("none", "oldest"))
    _can_be_read(files)
    _can_be_written(rejects, files)
    task = Task(plan, "", on_error=on_error, rehearse=check)
    reports: list[ImportReport] = []
    failure: StoreUnavailable | None = None
    try:
        with launching.warm(), stoppable():
            for path, part in _parts(_in_order(files, plan), task):
                reports.append(_bring_in(path, part, rejects))
                if not json:
                    show(reports[-1])
    except StoreUnavailable as error:
        failure = error
    except SystemExit:
        console.note("Stopped: the file at hand is stored whole, or not at all (`batch list`).")
        raise
    finally:
        after(reports, refresh=refresh)
    told = summary(reports, _code(failure))
    if json:
        console.as_json({"files": [each.as_dict() for each in reports], "summary": told})
    elif len(reports) > 1:
        totals(told)
    if failure is not None:
        raise failure
    raise typer.Exit(told["exit_code"])


def _answers(given: Sequence[str]) -> dict[str, str]:
    """What was answered, by question; the answer stands behind the last `=`.

    Raises:
        BadInput: nobody asks that, or it is no answer to it.
    """
    found: dict[str, str] = {}
    for each in given:
        key, _sign, said = each.rpartition("=")
        if asking.fault_of(key, said):
            raise BadInput(Issue("option_unknown", column="--answer", value=each))
        found[key] = said
    return found


def after(reports: Sequence[ImportReport], *, refresh: bool) -> None:
    """What follows the last file: figures are computed anew if something was stored."""
    if refresh and any(report.stored for report in reports):
        follow()


def follow() -> None:
    """See to it that the figures follow the facts; trouble with that is told, not raised."""
    from jobs.refresh import ensure

    try:
        ensure(settings.get().database_url)
    except StoreUnavailable as error:  # the facts are stored all the same
        console.trouble(error)


def _parts(files: list[Path], task: Task) -> Iterator[tuple[Path, Task]]:
    """Each file with its task; of a workbook whose sheets are all wanted, each sheet."""
    plan = task.plan
    if ALL not in (plan.hints.sheet, plan.answers.get("other_sheets")):
        yield from ((path, task) for path in files)
        return
    answers = {key: said for key, said in plan.answers.items() if key != "other_sheets"}
    plan = replace(plan, hints=replace(plan.hints, sheet=None), answers=answers)
    for path in files:
        seen = look_at(settings.get().database_url, path, replace(task, plan=plan, look_only=True))
        wanted = {seen.sheet, *seen.alike}
        sheets: list[str | None] = [name for name in seen.sheets if name in wanted]
        for sheet in sheets or [None]:
            own = replace(plan, hints=replace(plan.hints, sheet=sheet))
            named = f"{path.name} · {sheet}" if sheet else path.name
            yield path, replace(task, plan=own, file_name=named)


def _in_order(files: list[Path], plan: Plan) -> list[Path]:
    """As given; with several kinds, customers before what rests on them."""
    if plan.kind or len(files) == 1:
        return files
    look = Task(plan, "", look_only=True)
    url = settings.get().database_url
    return sorted(files, key=lambda path: place(look_at(url, path, look).kind))


def _code(failure: StoreUnavailable | None) -> str:
    return str(failure.args[0] if failure.args else "unreachable") if failure else ""


def _can_be_read(files: list[Path]) -> None:
    """Refuse before anything is stored."""
    missing = [path for path in files if not path.is_file()]
    if missing:
        raise BadInput(*(Issue("file_missing", value=shown(path.name)) for path in missing))


def _can_be_written(rejects: Path | None, files: list[Path]) -> None:
    if rejects is None or rejects.is_dir():
        return
    if len(files) > 1:
        raise typer.BadParameter("with several files --rejects is a folder that exists")
    if not rejects.absolute().parent.is_dir():
        raise typer.BadParameter(f"there is no folder {rejects.parent}")


def _plan(kind: str, map_file: Path | None) -> Plan:
    if kind != AUTO:
        one_of("KIND", kind, tuple(SheetKind))
    if map_file is not None and not map_file.is_file():
        raise BadInput(Issue("file_missing", value=str(map_file)))
    plan = from_toml(map_file) if map_file else Plan()
    if kind not in (AUTO, plan.kind) and plan.kind:
        raise BadInput(Issue("map_of_other_kind", column="kind", value=plan.kind))
    return replace(plan, kind=plan.kind if kind == AUTO else kind)


def one_of(name: str, value: str, known: tuple[str, ...]) -> None:
    """Refuse what is no known choice of an option.

    Raises:
        BadInput: it is none.
    """
    if value not in known:
        raise BadInput(
            Issue("option_unknown", column=name, value=value, detail={"known": ", ".join(known)})
        )


def _bring_in(path: Path, task: Task, rejects: Path | None) -> ImportReport:
    with console.bar(shown(path.name)) as show_share:
        report, csv = bring_in(
            settings.get().database_url,
            path,
            replace(task, file_name=task.file_name or path.name),
            lang=console.language(),
            show=show_share,
        )
    if rejects is not None and csv:
        target = rejects / f"{path.name}.rejects.csv" if rejects.is_dir() else rejects
        target.write_bytes(csv)
    return report
