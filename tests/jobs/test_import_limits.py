"""Files made to exhaust a machine (资源上限): refused in the import's own process, and quickly.

The server that starts the process, which here is the test itself, does not grow.
"""

from __future__ import annotations

import io
import json
import random
import re
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Engine

from data.imports.terms.plan import Plan
from data.imports.terms.report import ImportReport, Outcome
from jobs.bringing import launching, tasks
from tests.data.imports.bringing import count

SECONDS = 120
"""The wait for a refusal ends here; each takes a second or two on a machine of its own."""
MOST_GROWTH = 48 << 20
MOST_CHILD = 700 << 20
HEAD = "客户编码,客户名称\n"
SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture(autouse=True)
def uploads(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    folder = tmp_path / "uploads"
    monkeypatch.setattr(tasks, "FOLDER", folder)
    return folder


def memory(process: int | str, what: str) -> int:
    """Bytes a process holds (VmRSS) or held at most (VmHWM); 0 when it is over."""
    try:
        told = Path(f"/proc/{process}/status").read_text("utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return 0
    found = re.search(rf"{what}:\s+(\d+) kB", told)
    return int(found[1]) << 10 if found else 0


class Watch:
    """What the process and the server hold while a file is brought in."""

    def __init__(self, uploads: Path) -> None:
        self.uploads = uploads
        self.child = 0
        self.before = self.server = memory("self", "VmRSS")
        self.limits = ""

    def look(self, _step: str = "", _share: float = 0) -> None:
        self.server = max(self.server, memory("self", "VmRSS"))
        for path in self.uploads.glob("*/pid.json"):
            pid = json.loads(path.read_text("utf-8"))["pid"]
            self.child = max(self.child, memory(pid, "VmHWM"))
            limits = Path(f"/proc/{pid}/limits")
            self.limits = limits.read_text("utf-8") if limits.exists() else self.limits


def bring_in(
    engine: Engine, uploads: Path, path: Path, **more: object
) -> tuple[ImportReport, Watch]:
    """Bring a file in as a page would, watched."""
    url, watch = engine.url.render_as_string(hide_password=False), Watch(uploads)
    task = tasks.Task(Plan(kind="customers"), path.name, seconds=SECONDS, **more)  # type: ignore[arg-type]
    report = tasks.run(url, path, task, show=watch.look)
    watch.look()
    assert watch.server - watch.before < MOST_GROWTH
    assert watch.child < MOST_CHILD
    return report, watch


def book(rows: int = 3) -> bytes:
    """A good workbook of customers."""
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.append(["客户编码", "客户名称"])
    for number in range(rows):
        sheet.append([f"C{number}", f"客户{number}"])
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def rebuilt(change: Callable[[str, bytes], bytes], **added: bytes) -> bytes:
    """The good workbook with its parts changed, and parts added."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(book())) as source,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package,
    ):
        for name in source.namelist():
            package.writestr(name, change(name, source.read(name)))
        for name, content in added.items():
            package.writestr(f"xl/{name}.xml", content)
    return buffer.getvalue()


def far_cell() -> bytes:
    """Three kilobytes with one cell in the last corner."""
    cell = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    made = rebuilt(lambda _name, content: content.replace(b"</sheetData>", cell))
    assert len(made) < 8_000
    return made


def bomb() -> bytes:
    """Two hundred megabytes in two hundred kilobytes."""
    made = rebuilt(lambda _name, content: content, big=b" " * (200 << 20))
    assert len(made) < 300_000
    return made


def lying_bomb() -> bytes:
    """A bomb whose table of contents says that it is small."""
    made = bytearray(bomb())
    size = struct.pack("<I", 200 << 20)
    while (place := made.find(size)) >= 0:
        made[place : place + 4] = struct.pack("<I", 100)
    return bytes(made)


def many_strings() -> bytes:
    """Fifty megabytes of shared strings nobody uses."""
    strings = b"<sst xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'>"
    strings += b"<si><t>x</t></si>" * 3_000_000 + b"</sst>"
    kind = (
        b'<Override PartName="/xl/strings.xml" ContentType="application/vnd.openxmlformats-'
        b'officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
    )
    return rebuilt(lambda _name, content: content.replace(b"</Types>", kind), strings=strings)


def spaces_in_the_sheet() -> bytes:
    """A sheet of eighty megabytes, nearly all of it one comment."""
    comment = b"<!--" + b" " * (80 << 20) + b"--><sheetData>"
    return rebuilt(lambda _name, content: content.replace(b"<sheetData>", comment))


REFUSED = {
    "far_cell": (far_cell, "far_cell"),
    "bomb": (bomb, "workbook_too_large"),
    "lying_bomb": (lying_bomb, "workbook_damaged"),
    "equal_headers": (
        lambda: ("客户编码,客户名称" + ",a" * 16_000 + "\n").encode(),
        "too_many_columns",
    ),
    "million_columns": (lambda: (HEAD + "x," * 1_000_000).encode(), "too_many_columns"),
    "million_headers": (lambda: ("客户编码,客户名称," * 500_000).encode(), "too_many_columns"),
    "no_line_end": (lambda: HEAD.encode() + b"x" * (30 << 20), "line_too_long"),
    "open_quote": (lambda: HEAD.encode() + b'C1,"x\n' + b"y\n" * 9_000_000, "quote_unclosed"),
    "zeros": (lambda: HEAD.encode() + b"\0" * (30 << 20), "not_a_sheet"),
    "many_strings": (many_strings, "workbook_too_large"),
    "spaces": (spaces_in_the_sheet, "workbook_too_large"),
}


@pytest.mark.usefixtures("warm_imports")
@pytest.mark.parametrize("name", REFUSED)
def test_refused_in_its_own_process(
    sqlite_engine: Engine, uploads: Path, tmp_path: Path, name: str
) -> None:
    make, reason = REFUSED[name]
    path = tmp_path / name
    path.write_bytes(make())
    report, _watch = bring_in(sqlite_engine, uploads, path)
    assert (report.outcome, set(report.reasons)) == (Outcome.REFUSED, {reason})
    assert count(sqlite_engine, "customer") == 0
    assert list(uploads.iterdir()) == []


def test_a_long_field_rejects_its_row_only(
    sqlite_engine: Engine, uploads: Path, tmp_path: Path
) -> None:
    path = tmp_path / "long.csv"
    path.write_bytes((HEAD + "C1,甲\nC2,").encode() + b"x" * (5 << 20) + b"\n")
    report, _watch = bring_in(sqlite_engine, uploads, path)
    assert (report.outcome, dict(report.reasons)) == (Outcome.REJECTED, {"value_too_long": 1})
    assert [issue.row for issue in report.issues] == [3]


def test_a_heavy_sheet_of_few_rows_is_read_in_little_memory(
    sqlite_engine: Engine, uploads: Path, tmp_path: Path
) -> None:
    """Nothing of it repeats, so it weighs what it says: it is read, bit by bit."""
    chance = random.Random(1)  # noqa: S311
    comments = b"".join(b"<!--%s-->" % chance.randbytes(15_000).hex().encode() for _ in range(500))
    head = comments + b"<sheetData>"
    path = tmp_path / "heavy.xlsx"
    path.write_bytes(rebuilt(lambda _name, content: content.replace(b"<sheetData>", head)))
    report, _watch = bring_in(sqlite_engine, uploads, path)
    assert (report.outcome, report.rows_added) == (Outcome.COMMITTED, 3)


def test_the_process_is_bounded(sqlite_engine: Engine, uploads: Path, tmp_path: Path) -> None:
    """Memory, dumps of memory, open files and time."""
    path = tmp_path / "many.csv"
    path.write_text(HEAD + "".join(f"C{n},客户{n}\n" for n in range(60_000)), "utf-8")
    report, watch = bring_in(sqlite_engine, uploads, path, rehearse=True)
    assert report.rows_added == 60_000
    limits = dict(re.findall(r"^(Max [a-z ]+?)\s{2,}(\d+)", watch.limits, re.MULTILINE))
    assert int(limits["Max address space"]) == launching.MEMORY_BYTES
    assert int(limits["Max core file size"]) == 0
    assert int(limits["Max open files"]) == launching.OPEN_FILES
