"""What came of a file, told on the command line (导入结果输出)."""

from __future__ import annotations

from typing import Any

from data.imports.terms.report import ImportReport
from errors import BadInput
from jobs.cli import console

SHOWN = 20
"""Kinds of faults printed; `--json` and `--rejects` hold every one."""


def show(report: ImportReport) -> None:
    """One file's counts, and its first faults to standard error."""
    from words import i18n

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
    if report.profile:
        console.say(i18n.translate("Recognised as: {name}", lang, name=report.profile))
    show_faults(report)


def show_faults(report: ImportReport) -> None:
    """The first faults of a file to standard error, its notes to standard output."""
    lang = console.language()
    _complain(report, lang)
    _say(report, lang)


def _complain(report: ImportReport, lang: str) -> None:
    """What stands against rows, and what has to be decided."""
    from words import i18n

    for group in report.groups[:SHOWN]:
        console.complain(console.group(group, lang))
    left = len(report.groups) - SHOWN
    if left > 0:
        console.complain(i18n.translate("and {n} more", lang, n=left))
    for ask in report.asks:
        choices = " | ".join(f'--answer "{ask.key}={code}"' for code in ask.answers)
        console.complain(i18n.translate("Decide with {choices}", lang, choices=choices))
    if report.unmatched:
        console.complain(_not_found(report, lang))


def _say(report: ImportReport, lang: str) -> None:
    """What was done to the file, and which rows are no data."""
    from words import corrections, i18n

    for reading in report.readings:
        words = i18n.reason(reading.reason, lang, **dict(reading.detail))
        console.say(f"{reading.column}: {words}")
    if report.past:
        console.say(corrections.said(report.past, lang))
    passed = console.sentences(BadInput(*report.passed[:SHOWN]), lang) if report.passed else []
    for sentence in passed:
        console.say(sentence)
    more = sum(report.passed_over.values()) - min(len(report.passed), SHOWN)
    if more > 0:
        console.say(i18n.translate("and {n} more", lang, n=more))
    made = console.sentences(BadInput(*report.made), lang) if report.made else []
    for sentence in made:
        console.say(sentence)
    for reason, count in report.noted.items():
        console.say(f"{i18n.reason(reason, lang, **report.about(reason))} ({count:,})")


def _not_found(report: ImportReport, lang: str) -> str:
    """Such as: Customers not found (12): C77 ×3 (C07?), C78 ×1, … ."""
    from words import i18n

    names = [
        f"{each.said} ×{each.rows}" + "".join(f" ({near.code}?)" for near in each.suggestions[:1])
        for each in report.unmatched[:SHOWN]
    ]
    more = "" if report.unmatched_count <= len(names) else ", …"
    return i18n.translate(
        "Customers not found ({n}): {names}",
        lang,
        n=report.unmatched_count,
        names=", ".join(names) + more,
    )


def totals(told: dict[str, Any]) -> None:
    """All files in one line."""
    console.say(
        f"Files: {told['files']} · rows: {told['rows_read']:,} read, {told['rows_added']:,} added,"
        f" {told['rows_updated']:,} updated, {told['rows_same']:,} the same,"
        f" {told['rows_rejected']:,} rejected · {told['seconds']:.1f} s"
    )
