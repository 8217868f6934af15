"""Reports as tables, JSON, CSV and xlsx (报表输出), in the reader's language."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from components import exports, formats
from components.i18n import mark, translate
from components.vocabulary import label
from jobs.reports.shape import Column, Part, Report

KINDS: dict[str, exports.Kind] = {
    "text": "text",
    "date": "date",
    "json": "text",
    "money": "money",
    "ratio": "ratio",
    "count": "count",
    "days": "count",
    "score": "number",
}


@dataclass(frozen=True, slots=True)
class Words:
    """Words and figures in one language."""

    lang: str

    def say(self, msgid: str) -> str:
        """A message in this language."""
        return translate(msgid, self.lang)

    def cell(self, value: Any, column: Column, currency: str) -> str:
        """A value as a person reads it."""
        if formats.is_missing(value) and not isinstance(value, list):
            return formats.NONE
        if column.vocabulary:
            return label(column.vocabulary, str(value), self.lang)
        if column.unit == "json":
            return "; ".join(_reason(item) for item in value or ())
        if column.unit == "money":
            return formats.money(value, self.lang, currency)
        if column.unit == "ratio":
            return formats.ratio(value, self.lang)
        if column.unit in {"count", "days"}:
            return formats.count(value, self.lang)
        return formats.score(value, self.lang) if column.unit == "score" else str(value)


def _reason(item: dict[str, Any]) -> str:
    return f"{item['code']} {item['value']:g} ({item['points']})"


def tables(report: Report, words: Words) -> Iterator[tuple[str, list[str], list[list[str]]]]:
    """Title, headers and rows of every part, ready to print."""
    for part in report.parts:
        heads = [words.say(column.header) for column in part.columns]
        rows = [
            [words.cell(row.get(c.name), c, report.currency) for c in part.columns]
            for row in part.rows
        ]
        yield f"{words.say(report.title)} · {report.as_of} · {part.name}", heads, rows


def lines(report: Report, words: Words) -> Iterator[str]:
    """The totals, one line each, under their stable JSON names."""
    yield words.say(mark("Totals"))
    for name, value in report.facts.get("totals", {}).items():
        shown = f"{value:,}" if isinstance(value, (int, float)) else str(value)
        yield f"  {name}: {shown if value is not None else formats.NONE}"


def to_bytes(report: Report, form: str, words: Words) -> bytes:
    """The report as a file: json, csv (the main table), xlsx (every table a sheet), or text."""
    if form == "json":
        return (json.dumps(report.as_json(), ensure_ascii=False, indent=2) + "\n").encode()
    sheets = [_sheet(report, part, words) for part in report.parts]
    if form == "csv":
        return exports.csv_bytes(sheets[0])
    if form == "xlsx":
        return exports.xlsx(*sheets)
    text = [
        "\t".join(line) for _, heads, rows in tables(report, words) for line in (heads, *rows, ())
    ]
    return "\n".join([*text, *lines(report, words), ""]).encode()


def _sheet(report: Report, part: Part, words: Words) -> exports.Sheet:
    rows = [[_value(row.get(c.name), c, words) for c in part.columns] for row in part.rows]
    heads = [exports.Column(words.say(c.header), KINDS[c.unit]) for c in part.columns]
    notes = [
        (words.say(mark("Data as of")), report.as_of.isoformat()),
        (words.say(mark("Currency")), report.currency),
        (words.say(mark("Rows")), str(len(rows))),
    ]
    title = f"{words.say(report.title)} {part.name}" if len(report.parts) > 1 else report.title
    return exports.Sheet(words.say(title), heads, rows, notes)


def _value(value: Any, column: Column, words: Words) -> Any:
    if column.vocabulary or column.unit == "json":
        return words.cell(value, column, "")
    return value
