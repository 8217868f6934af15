"""Several files of one go (多文件导入): recognised, put in order, brought in one by one.

What `manage.py import` and a watched folder have in common.
"""

from __future__ import annotations

import signal
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

from data.imports.columns.registry import ORDER
from data.imports.peek import Peek
from data.imports.storing import rejects
from data.imports.terms.report import ImportReport, Outcome
from jobs.bringing import tasks
from words import i18n

FAILED = 3
"""Exit code where the store failed."""
_COUNTS = ("rows_read", "rows_added", "rows_updated", "rows_same", "rows_rejected", "seconds")
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def place(kind: str) -> int:
    """Where a sheet of this kind stands in the order of several; unknown kinds come last."""
    return next((n for n, known in enumerate(ORDER) if known == kind), len(ORDER))


def look_at(url: str, path: Path, task: tasks.Task) -> Peek:
    """Look at a file where it lies.

    Raises:
        StoreUnavailable: the process could not reach the store.
    """
    token = tasks.keep(b"")
    try:
        return tasks.look(url, token, replace(task, path=str(path.resolve()), look_only=True))
    finally:
        tasks.forget(token)


def bring_in(
    url: str, path: Path, task: tasks.Task, *, lang: str, show: tasks.Show | None = None
) -> tuple[ImportReport, bytes]:
    """Bring in one file and stay until it is done.

    Args:
        url: of the store.
        path: of the file.
        task: what to do with it.
        lang: in which the reasons of refused rows are written.
        show: told step and share.

    Returns:
        The report, and the refused rows as CSV (empty where there are none).

    Raises:
        StoreUnavailable: the process could not reach the store.
    """
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "rejects.jsonl"
        report = tasks.run(url, path, task, rejects=kept, show=show)
        return report, rejects_csv(kept, lang) if kept.exists() else b""


def rejects_csv(kept: Path, lang: str) -> bytes:
    """Refused rows as a file that can be corrected and brought in again."""
    return rejects.as_csv(
        kept,
        i18n.translate("Line in the file", lang),
        i18n.translate("Why it was refused", lang),
        lambda issue: i18n.reason(issue.reason, lang, **dict(issue.detail)),
    )


def exit_code(report: ImportReport) -> int:
    """0 done, 1 rows are bad, 2 the file is."""
    if report.outcome is Outcome.REFUSED:
        return 2
    return 1 if report.rows_rejected else 0


def worst(reports: Sequence[ImportReport], failure: str = "") -> int:
    """The exit code of several files: the worst of them, 3 where the store failed."""
    return FAILED if failure else max(map(exit_code, reports), default=0)


def summary(reports: Sequence[ImportReport], failure: str = "") -> dict[str, Any]:
    """Totals of several files as JSON holds them.

    Args:
        reports: of the files that were dealt with.
        failure: code of what stopped the rest, such as "locked".
    """
    outcomes = Counter(report.outcome.value for report in reports)
    counts = {name: sum(getattr(report, name) for report in reports) for name in _COUNTS}
    return {
        "files": len(reports),
        "outcomes": {outcome.value: outcomes[outcome.value] for outcome in Outcome},
        **counts,
        "seconds": round(counts["seconds"], 3),
        "failure": failure or None,
        "exit_code": worst(reports, failure),
    }


def shown(path: Path | str) -> str:
    """A file's name for people and JSON: bytes that are no text and control signs replaced."""
    text = str(path).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)


@contextmanager
def stoppable() -> Iterator[None]:
    """Ctrl-C, SIGTERM and SIGHUP end the block in order, with exit code 128 + signal.

    The process that brings a file in belongs to a session of its own and would otherwise
    outlive a command that is told to stop. What was ignored before stays ignored (`nohup`).
    """
    held = {each: signal.getsignal(each) for each in _SIGNALS}
    ours = [each for each in _SIGNALS if held[each] is not signal.SIG_IGN]

    def leave(number: int, _frame: FrameType | None) -> None:
        for each in ours:
            signal.signal(each, signal.SIG_IGN)  # cleaning up is not to be interrupted
        raise SystemExit(128 + number)

    for each in ours:
        signal.signal(each, leave)
    try:
        yield
    finally:
        for each in ours:
            signal.signal(each, held[each])
