"""Refused rows (退回行): as they stand in the file, with what is wrong, to send again."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from data.imports.files.cell import shown
from data.imports.files.reading import Table
from data.imports.parsing.parsed import FAULT
from data.imports.staging import temporary
from data.imports.staging.context import Context
from data.imports.staging.faults import Faults
from data.imports.terms.report import issue_dict, issue_of
from errors import Issue

_FORMULA = re.compile("^[ \u3000\u00a0]*[=+\\-@\t\r\n＝＋－＠]")
_FIGURE = re.compile(r"[+-]?[\d.,()%¥￥/: -]+")


@dataclass(frozen=True, slots=True)
class Reject:
    """One refused row."""

    line: int
    cells: tuple[str, ...]
    faults: tuple[Issue, ...]


def write(context: Context, faults: Faults, source: Table, path: Path) -> None:
    """Keep the refused rows of a checked import, one JSON line each."""
    table = faults.table
    said = context.connection.execute(
        sa.select(table)
        .where(table.c.severity == FAULT)
        .order_by(table.c.line, table.c.shown)
        .execution_options(yield_per=1000)
    )
    with path.open("w", encoding="utf-8") as file:
        file.write(json.dumps({"header": source.layout.header}, ensure_ascii=False) + "\n")
        rows = source.rows()
        for line, of_line in _by_line(map(temporary.issue_from, said)):
            row = next((row for row in rows if row.line == line), None)
            plain: dict[str, Any] = {
                "line": line,
                "cells": [shown(cell)[:1000] for cell in row.cells] if row else [],
                "faults": [issue_dict(issue) for issue in of_line],
            }
            file.write(json.dumps(plain, ensure_ascii=False) + "\n")


def _by_line(issues: Iterator[Issue]) -> Iterator[tuple[int, list[Issue]]]:
    line = 0
    kept: list[Issue] = []
    for issue in issues:
        if kept and issue.row != line:
            yield line, kept
            kept = []
        line = issue.row or 0
        kept.append(issue)
    if kept:
        yield line, kept


def read(path: Path) -> tuple[tuple[str, ...], Iterator[Reject]]:
    """The header of the file and its refused rows, one at a time."""
    with path.open(encoding="utf-8") as file:
        header = tuple(json.loads(file.readline())["header"])
    return header, _rejects(path)


def _rejects(path: Path) -> Iterator[Reject]:
    with path.open(encoding="utf-8") as file:
        file.readline()
        for text in file:
            plain = json.loads(text)
            faults = tuple(map(issue_of, plain["faults"]))
            yield Reject(plain["line"], tuple(plain["cells"]), faults)


def as_csv(path: Path, line_title: str, reason_title: str, words: Callable[[Issue], str]) -> bytes:
    """The refused rows as CSV with BOM: their own columns, then line and reasons.

    Cells that a spreadsheet would take for a formula get an apostrophe, which an import
    takes off again.
    """
    header, rejects = read(path)
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow([*map(_inert, header), line_title, reason_title])
    for reject in rejects:
        cells = [*reject.cells, *[""] * (len(header) - len(reject.cells))]
        reasons = "; ".join(
            f"{fault.column}: {words(fault)}" if fault.column else words(fault)
            for fault in reject.faults
        )
        writer.writerow([*map(_inert, cells[: len(header)]), reject.line, _inert(reasons)])
    return b"\xef\xbb\xbf" + buffer.getvalue().encode("utf-8", "replace")


def _inert(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) and not _FIGURE.fullmatch(cell) else cell
