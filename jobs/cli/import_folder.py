"""`manage.py import-folder`: bring in what lies in a folder (导入文件夹), for schedulers.

    manage.py import-folder /srv/kehu/inbox
    manage.py import-folder inbox --on-error reject --map-dir maps --json
    manage.py import-folder inbox --every 60

One pass, for cron or a systemd timer; with --every it goes on until Ctrl-C or SIGTERM, which
end it with 0. Customers come before what rests on them. Files that are stored go to `done/`,
others to `refused/`, each with a report beside it; docs/imports.md tells more.
Exit codes of a pass (the worst of its files): 0 done, or nothing to do; 1 some rows are bad;
2 a file cannot be read as such a table, or there is no such folder; 3 the store failed, and
what was left waits; 4 another pass is at work in the folder; 130 or 143 stopped.
"""

from __future__ import annotations

import json as jsons
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

import settings
from errors import Conflict, StoreUnavailable
from jobs.bringing import launching
from jobs.bringing.files import stoppable, summary, worst
from jobs.bringing.folder import Handled, Pass, run
from jobs.bringing.inbox import Inbox
from jobs.cli import console
from jobs.cli.import_report import show_faults, totals
from jobs.cli.imports import after, one_of

app = typer.Typer()
BUSY = 4


@app.command()
def import_folder(
    folder: Annotated[Path, typer.Argument(help="Folder that files are dropped into.")],
    map_dir: Annotated[
        Path | None, typer.Option(help="Another folder to look for maps in.")
    ] = None,
    on_error: Annotated[
        str, typer.Option(help="stop: nothing of a file with a bad row; reject: the good rows.")
    ] = "stop",
    every: Annotated[
        float | None, typer.Option(min=1, help="Seconds between passes; one pass if not given.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", "--dry-run", help="Find out, store and move nothing.")
    ] = False,
    quiet_seconds: Annotated[
        float, typer.Option(min=0, help="A file changed within these is still being written.")
    ] = 5,
    most_seconds: Annotated[
        int, typer.Option(min=0, help="The longest one file may take; 0 is no limit.")
    ] = 3600,
    refresh: Annotated[
        bool, typer.Option(help="Compute the figures anew once something is stored.")
    ] = True,
    json: Annotated[
        bool, typer.Option("--json", help="Print JSON; with --every one line a pass.")
    ] = False,
) -> None:
    """Bring in all files of a folder, and put them away."""
    one_of("--on-error", on_error, ("stop", "reject"))
    inbox = Inbox(folder, map_dir, on_error, check, quiet_seconds, most_seconds, console.language())
    if every is None:
        raise typer.Exit(_once(inbox, refresh=refresh, json=json))
    try:
        with stoppable():
            while True:
                _again(inbox, refresh=refresh, json=json)
                time.sleep(every)
    except SystemExit:
        raise typer.Exit(0) from None


def _once(inbox: Inbox, *, refresh: bool, json: bool) -> int:
    """One pass; returns its exit code."""
    with stoppable():
        try:
            done = _pass(inbox, refresh=refresh, json=json)
        except Conflict as busy:
            console.trouble(busy)
            return BUSY
    if json:
        console.as_json(done.as_dict())
    else:
        _tell(done)
    return worst(done.reports, done.failure)


def _again(inbox: Inbox, *, refresh: bool, json: bool) -> None:
    """One of many passes: says something only where something was done."""
    try:
        done = _pass(inbox, refresh=refresh, json=json)
    except Conflict:
        return
    if json and (done.files or done.failure):
        sys.stdout.write(jsons.dumps(done.as_dict(), ensure_ascii=False) + "\n")
        sys.stdout.flush()
    if done.failure:
        console.trouble(_failure(done))


def _pass(inbox: Inbox, *, refresh: bool, json: bool) -> Pass:
    done: list[Handled] = []

    def told(handled: Handled) -> None:
        done.append(handled)
        if not json:
            _say(handled)

    try:
        with launching.warm():
            return run(settings.get().database_url, inbox, told=told)
    finally:
        after([each.report for each in done], refresh=refresh)


def _say(handled: Handled) -> None:
    """A line for a file, and its first faults to standard error."""
    from words import i18n

    report = handled.report
    outcome = i18n.translate(f"import.{report.outcome.value}", console.language())
    batch = f", batch {report.batch_id}" if report.batch_id else ""
    console.say(
        f"{handled.file}: {outcome}; {report.kind or '—'}{batch}, {report.rows_read:,} read,"
        f" {report.rows_added:,} added, {report.rows_updated:,} updated,"
        f" {report.rows_rejected:,} rejected → {handled.moved_to or handled.file}"
    )
    show_faults(report)


def _tell(done: Pass) -> None:
    for left in done.left:
        console.note(f"{left.file}: left where it is ({left.why})")
    totals(summary(done.reports, done.failure))
    if done.failure:
        console.trouble(_failure(done))


def _failure(done: Pass) -> StoreUnavailable:
    return StoreUnavailable(*(part for part in (done.failure, done.detail) if part))
