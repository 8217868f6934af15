"""What must hold for every file whatsoever (不变量): the judge of mutants.

Most runs are cut off where matching begins, which is what a cancel does, after everything
that was read and parsed has been compared with a second reading of the file. Every tenth
goes on to the end, and every other one of those is stored and taken back.
"""

from __future__ import annotations

import re
import signal
import sqlite3
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import FrameType
from typing import Any

import sqlalchemy as sa
from opencc import OpenCC
from sqlalchemy import Engine

from data import store
from data.imports import engine as imports
from data.imports.columns import understanding
from data.imports.columns.registry import spec_of
from data.imports.history.undo import undo
from data.imports.terms.plan import Plan
from data.imports.terms.report import ImportReport, Outcome
from data.imports.terms.request import REJECT, STOP, Request
from errors import BadInput, Issue
from models.tables import metadata
from tests.data.imports import deriving
from tests.data.imports.bringing import ABOUT_IMPORTS, PROVENANCE, TODAY
from tests.data.imports.deriving import Cell, Sheet
from tests.data.imports.mutating import Base, Mutant
from words import i18n

SECONDS = 20.0
"""Processor time one mutant may take."""
LANGUAGES = ("zh_Hans", "en")
WHOLE_ROW = {"row_short", "row_long", "sheets_left_out"}
"""What is said of no one column."""
TELLTALE = re.compile(r"/[a-z]\w*/|SELECT|INSERT|Traceback|sqlite|\.py|0x[0-9a-f]{6}")
DERIVED = {
    "customer_name",
    "product_name",
    "cost",
    "contact_phone",
    "channel",
    "allocated",
    "wave_code",
    "kind",
    "state",
    "due_assumed",
}
FILLED_UP = {"status", "province", "industry", "terms_days"}
"""What a change of card takes over from the card where its row says nothing."""
LIFTED = {"取消", "撤销", "取消认定", "撤销认定", "lifted"}
INTENDED = {Outcome.COMMITTED, Outcome.PARTLY, Outcome.UNCHANGED, Outcome.CHECKED}
_SIMPLE = OpenCC("t2s")


class Enough(BaseException):
    """Cuts a run off, as a cancel does."""


class TooLong(BaseException):
    """A mutant took more processor time than any file of its size may."""


@dataclass
class Bench:
    """A store in memory that can be put back, and the connection imports use."""

    engine: Engine
    kept: sqlite3.Connection
    folder: Path
    raw: list[sqlite3.Connection] = field(default_factory=list)
    held: str = ""
    unclear: int = 0
    """Workbooks whose XML is wrong in a place the second reading needs and the first does not."""

    @classmethod
    def over(cls, template: Path, folder: Path) -> Bench:
        engine = store.open_store("sqlite://")
        bench = cls(engine, sqlite3.connect(template), folder)
        sa.event.listen(engine, "connect", lambda made, _record: bench.raw.append(made))
        with engine.connect():
            bench.put_back()
        bench.held = bench.content()
        return bench

    def put_back(self) -> None:
        self.kept.backup(self.raw[-1])

    def content(self) -> str:
        """Everything the store holds but where it came from."""
        return repr([self.raw[-1].execute(query).fetchall() for query in _QUERIES])

    def close(self) -> None:
        self.engine.dispose()
        self.kept.close()


def _query(table: sa.Table) -> str:
    names = [f'"{column.name}"' for column in table.c if column.name not in PROVENANCE]
    return f'select {", ".join(names)} from "{table.name}" order by 1, 2'


_QUERIES = [_query(t) for t in metadata.sorted_tables if t.name not in ABOUT_IMPORTS]


@dataclass
class Parsed:
    """What a run had read when it was looked at."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    faults: list[dict[str, Any]] = field(default_factory=list)


def _table(raw: sqlite3.Connection, name: str) -> list[dict[str, Any]]:
    found = raw.execute(f"select * from {name}")
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found]


@contextmanager
def bounded() -> Iterator[None]:
    """Ends what takes too much of the processor, whatever else the machine is doing."""

    def end(_signal: int, _frame: FrameType | None) -> None:
        raise TooLong

    before = signal.signal(signal.SIGVTALRM, end)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def judge(bench: Bench, base: Base, mutant: Mutant, number: int) -> str:
    """Bring a mutant in and hold every promise against what happens; says how it ended."""
    path = bench.folder / "mutant"
    path.write_bytes(mutant.content)
    deep, stores = number % 10 == 0, number % 20 == 0
    on_error = REJECT if number % 3 == 0 else STOP
    request = Request(path, Plan(kind=base.kind), TODAY, on_error=on_error, rehearse=not stores)
    parsed = Parsed()

    def look(step: str, _share: float) -> None:
        if step == "matching":
            parsed.rows = _table(bench.raw[-1], "staged")
            parsed.faults = _table(bench.raw[-1], "staged_fault")
            if not deep:
                raise Enough

    with bounded():
        try:
            report = imports.run(bench.engine, request, look)
        except Enough:
            report = None
        judge_parsed(bench, base, mutant, request, parsed)
    if report is None:
        assert bench.content() == bench.held
        return "parsed"
    judge_report(report, rehearse=request.rehearse)
    if report.stored:
        judge_stored(bench, base, report, parsed)
        undo(bench.engine, report.batch_id or 0, None)
    assert bench.content() == bench.held, "the store is not as it was"
    if stores:
        bench.put_back()
    return report.outcome.value


# what was read ---------------------------------------------------------------------------------


def judge_parsed(
    bench: Bench, base: Base, mutant: Mutant, request: Request, parsed: Parsed
) -> None:
    """Every staged value is what the file says there, and no row is lost."""
    try:
        layout = understanding.open_file(bench.engine, request).table.layout
    except BadInput:
        assert not parsed.rows
        return
    if not parsed.rows and not parsed.faults:
        return
    if layout.format == "text":
        assert layout.encoding in mutant.encodings, "read in an encoding it is not written in"
        sheet = deriving.text_sheet(mutant.content, layout.encoding, layout.separator)
    else:
        found = deriving.workbook_sheet(mutant.content, layout.sheet)
        if found is None:
            bench.unclear += 1
            return
        sheet = found
    judge_rows(base, parsed, sheet, layout.header_line or 0)


def judge_rows(base: Base, parsed: Parsed, sheet: Sheet, header_line: int) -> None:
    known = {row["line"] for row in parsed.rows} | {fault["line"] for fault in parsed.faults}
    known = {line for line in known if line > header_line}  # else said of the whole sheet
    said = {
        line for line, cells in sheet.rows.items() if line > header_line and any(map(_says, cells))
    }
    assert known == said, "rows were lost or made up"
    header = [_name(str(cell)) for cell in sheet.rows.get(header_line, [])]
    places = {name: _place(header, column) for name, column in columns_of(base).items()}
    spec = spec_of(base.kind)
    types = {one.name: one.type for one in spec.fields} | dict.fromkeys(_coded(base), "coded")
    for row in parsed.rows:
        if row["bad"]:
            continue
        cells = sheet.rows[row["line"]]
        for name, kind in types.items():
            cell = _cell(cells, places.get(name))
            if name in row and cell is not NOWHERE:
                assert says(kind, name, cell, _signed(base, name, cell, row), sheet), (
                    row["line"],
                    name,
                    cell,
                    row[name],
                )
        if row.get("item_code") and row.get("value") is not None:
            cell = _cell(cells, places.get(row["item_code"]))
            agrees = cell is NOWHERE or deriving.score(cell) == Decimal(repr(row["value"]))
            assert agrees, (row["line"], row["item_code"], cell, row["value"])


def _coded(base: Base) -> set[str]:
    """Fields whose words become codes."""
    return {"topic", "move"} | {
        field
        for target in spec_of(base.kind).targets
        for column, field in {**target.columns, **target.key}.items()
        if isinstance(metadata.tables[str(target.table.__tablename__)].c[column].type, sa.Enum)
    }


NOWHERE = object()


def _signed(base: Base, name: str, cell: Any, row: Mapping[str, Any]) -> Any:
    """An amount with the sign the sheet gave it: a negative one is kept as what is taken back."""
    if name == "amount" and row.get("taken_back") is not None:
        return -row["taken_back"]
    if name == "amount" and base.kind == "reversals":
        read = deriving.amount(cell) if cell is not NOWHERE else None
        return -row[name] if read is not None and read < 0 else row[name]
    return row[name]


def _cell(cells: list[Cell], place: int | None) -> Any:
    if place is None:
        return NOWHERE
    return cells[place] if place < len(cells) else ""


def _says(cell: Cell) -> bool:
    return not isinstance(cell, str) or bool(cell.strip())


def _name(column: str) -> str:
    seen = "".join(c for c in column if unicodedata.category(c) != "Cf")
    plain = _SIMPLE.convert(unicodedata.normalize("NFKC", seen))
    return re.sub(r"\(.*?\)|[\s_*:.]", "", plain).casefold()


def _place(header: list[str], column: str) -> int | None:
    """Where a column of the good file stands now, if that is beyond doubt."""
    found = [place for place, name in enumerate(header) if name == _name(column)]
    return found[0] if len(found) == 1 else None


def columns_of(base: Base) -> Mapping[str, str]:
    """Field, or question, → column of the good file."""
    spec, header = spec_of(base.kind), base.grid[0]
    by_name = {_name(name): name for name in header}
    found: dict[str, str] = {}
    for one in spec.fields:
        known = [by_name[_name(alias)] for alias in one.aliases if _name(alias) in by_name]
        if known and known[0] not in found.values():
            found[one.name] = known[0]
    questions = {"csat": ("满意度", "csat"), "nps": ("推荐度", "nps")}
    for code, names in questions.items():
        for name in header:
            if name in names:
                found[code] = name
    return found


def says(kind: str, name: str, cell: Cell, stored: Any, sheet: Sheet) -> bool:
    """Whether a cell says what was made of it."""
    if stored is None:
        lifted = name == "is_key" and deriving.folded(str(cell)) in LIFTED
        return kind in ("text", "coded") or cell == "" or lifted or deriving.is_unsaid(cell)
    if isinstance(cell, str) and not deriving.folded(cell):
        return name in DERIVED
    if kind == "instant":
        at = datetime.fromisoformat(str(stored)).replace(tzinfo=UTC)
        return deriving.day(cell, is_1904=sheet.is_1904) == at.astimezone(deriving.CHINA).date()
    if name == "month":
        plain = deriving.folded(str(cell))
        plain = re.sub(r"^([0-9]{4})([0-9]{2})$", r"\1-\2", plain)
        first = f"{re.sub('[年/.]', '-', plain).rstrip('月')}-01"
        read = deriving.day(cell, is_1904=sheet.is_1904) or deriving.day(first, is_1904=False)
        return read is not None and read.replace(day=1) == date.fromisoformat(str(stored))
    if kind == "date":
        return deriving.day(cell, is_1904=sheet.is_1904) == date.fromisoformat(str(stored))
    if kind in ("money", "number", "whole"):
        read = deriving.amount(cell)
        if name in DERIVED and read is None:
            return deriving.is_unsaid(cell)
        if kind == "money":
            return read is not None and read * 100 == stored
        return read is not None and abs(float(read) - stored) <= 1e-12 * abs(stored)
    if kind == "flag":
        return deriving.flag(cell) is bool(stored)
    return kind == "coded" or _same_text(name, cell, str(stored))


def _same_text(name: str, cell: Cell, stored: str) -> bool:
    if name == "response_code":  # unique only on its day: the day may stand behind it
        stored = re.sub(r" @ \d{4}-\d\d-\d\d$", "", stored)
    if isinstance(cell, bool):
        return stored == str(cell).upper()
    if isinstance(cell, Decimal):
        if re.fullmatch(r"\d{4}-\d\d-\d\d", stored):  # shown as a day by its style
            days = [deriving.day(cell, is_1904=is_1904) for is_1904 in (False, True)]
            return date.fromisoformat(stored) in days
        return f"{float(stored):.15g}" == f"{float(cell):.15g}"
    if isinstance(cell, date) or cell is None:
        return isinstance(cell, date) and cell.isoformat() in stored
    plain = deriving.skeleton(cell)
    if name == "tax_no":
        plain = plain.upper().replace("-", "")
    return plain == deriving.skeleton(stored)


# what is said ----------------------------------------------------------------------------------


def judge_report(report: ImportReport, *, rehearse: bool) -> None:
    """The counts add up, and everything that is said can be understood and acted upon."""
    settled = report.rows_added + report.rows_updated + report.rows_same + report.rows_rejected
    if report.outcome in INTENDED:
        assert settled == report.rows_read
    if report.outcome in (Outcome.REJECTED, Outcome.REFUSED):
        assert report.reasons
        assert report.rows_rejected <= report.rows_read
    assert bool(report.rows_rejected) <= bool(report.issues)
    assert rehearse <= (not report.stored)
    for issue in (*report.issues, *report.notes):
        judge_issue(issue, report)


def judge_issue(issue: Issue, report: ImportReport) -> None:
    for language in LANGUAGES:
        assert i18n.known(f"reason.{issue.reason}", language), issue.reason
        words = i18n.reason(issue.reason, language, **issue.detail)
        assert "…" not in words, (issue, words)
        assert not TELLTALE.search(words), words
    if report.outcome is not Outcome.REFUSED:
        assert issue.row, issue
        assert issue.column or issue.reason in WHOLE_ROW, issue
    for shown in (issue.column or "", issue.value or ""):
        odd = [c for c in shown if unicodedata.category(c) in ("Cc", "Cs") or c in "\u202e\u2066"]
        assert not odd, issue


def judge_stored(bench: Bench, base: Base, report: ImportReport, parsed: Parsed) -> None:
    """What is in the store is what was parsed, to the letter."""
    for target in spec_of(base.kind).targets:
        table = str(target.table.__tablename__)
        ours = bench.raw[-1].execute(
            f"select * from {table} where batch_id = ?", (report.batch_id,)
        )
        names = [column[0] for column in ours.description]
        for row in ours.fetchall():
            kept = dict(zip(names, row, strict=True))
            for column, source in target.columns.items():
                if kept[column] in (None, "") or source.endswith("_id"):
                    continue
                if table == "card_history" and column in FILLED_UP:
                    continue
                usual = metadata.tables[table].c[column].default
                if usual is not None and usual.is_scalar and kept[column] == usual.arg:
                    continue
                read = {one.get(source) for one in parsed.rows} - {None}
                assert kept[column] in read or not read, (table, column, kept[column])
