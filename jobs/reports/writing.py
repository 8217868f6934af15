"""Reports as tables, JSON, CSV and xlsx (报表输出), in the reader's language."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jobs.reports.shape import Column, Part, Phrase, Report, missing
from words import exports, formats, reasons
from words.i18n import mark, translate
from words.vocabulary import label

KINDS: dict[str, exports.Kind] = {
    "text": "text",
    "date": "date",
    "reasons": "text",
    "money": "money",
    "ratio": "ratio",
    "count": "count",
    "days": "count",
    "score": "number",
    "number": "number",
}


@dataclass(frozen=True, slots=True)
class Words:
    """Words and figures in one language."""

    lang: str

    def say(self, message: str | Phrase) -> str:
        """A message in this language."""
        msgid, values = message if isinstance(message, Phrase) else (message, {})
        return translate(msgid, self.lang, **values)

    def cell(self, value: Any, column: Column, currency: str) -> str:
        """A value as a person reads it."""
        if column.unit == "reasons":
            return reasons.sentences(value, top=len(value or ()), lang=self.lang)
        if missing(value):
            return formats.NONE
        if column.vocabulary or column.words:
            return self.code(str(value), column)
        if column.unit == "money":
            return formats.money(value, self.lang, currency)
        if column.unit == "ratio":
            return formats.ratio(value, self.lang)
        if column.unit in {"count", "days"}:
            return formats.count(value, self.lang)
        if column.unit in {"score", "number"}:
            return formats.number(value, 1 if column.unit == "score" else 2, self.lang)
        return str(value)

    def code(self, code: str, column: Column) -> str:
        """The word for a code; the code itself where there is none."""
        if column.vocabulary:
            return label(column.vocabulary, code, self.lang)
        phrase = column.words.get(code)
        return code if phrase is None else self.say(phrase)


def tables(report: Report, words: Words) -> Iterator[tuple[str, list[str], list[list[str]]]]:
    """Title, headers and rows of every part, ready to print; columns of detail left out."""
    for part in report.parts:
        shown = [column for column in part.columns if not column.detail]
        heads = [words.say(column.header) for column in shown]
        rows = [
            [words.cell(row.get(c.name), c, report.currency) for c in shown] for row in part.rows
        ]
        yield f"{words.say(report.title)} · {words.say(part.title)} · {report.as_of}", heads, rows


def lines(report: Report, words: Words) -> Iterator[str]:
    """The totals, one line each, under their stable JSON names."""
    yield words.say(mark("Totals"))
    for name, value in report.facts.get("totals", {}).items():
        yield f"  {name}: {_total(value)}"


def _total(value: Any) -> str:
    if value is None:
        return formats.NONE
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{round(value, 4):,}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def to_bytes(report: Report, form: str, words: Words) -> bytes:
    """The report as a file: json, csv (the main table), xlsx (every table a sheet), or text."""
    if form == "json":
        return (json.dumps(report.as_json(), ensure_ascii=False, indent=2) + "\n").encode()
    if form == "csv":
        return exports.csv_bytes(_sheet(report, report.parts[0], words), bare=True)
    if form == "xlsx":
        return exports.xlsx(
            *(_sheet(report, part, words) for part in report.parts), lang=words.lang
        )
    text = [
        "\t".join(line)
        for title, heads, rows in tables(report, words)
        for line in ((title,), heads, *rows, ())
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
    title = f"{words.say(report.title)} {words.say(part.title)}"
    return exports.Sheet(title, heads, rows, notes)


def _value(value: Any, column: Column, words: Words) -> Any:
    """A cell of a file: figures stay figures, codes and reasons become words."""
    if _is_empty(value, column):
        return None
    coded = column.vocabulary or column.words or column.unit == "reasons"
    return words.cell(value, column, "") if coded else value


def _is_empty(value: Any, column: Column) -> bool:
    return not value if column.unit == "reasons" else missing(value)
