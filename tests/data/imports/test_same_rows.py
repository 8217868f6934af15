"""One sheet in many files (同表异码): encodings, separators and titles change nothing."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Engine

from data.imports.terms.report import Outcome
from tests.data.imports.bringing import bring, content

HEADER = (
    "客户编码",
    "客户名称",
    "统一社会信用代码",
    "省份",
    "所属行业",
    "账期天数",
    "建档日期",
    "信用额度",
    "备注",
)
FIRST = (
    "00123",
    "厦门华南机电有限公司",
    "91350100M000100Y43",
    "福建省",
    "机械制造",
    "30",
    "2021-03-15",
    "500000",
    "守信，老客户",
)
ROWS = [
    FIRST,
    ["C0002", "江苏㐂润贸易有限公司", "", "江苏省", "贸易", "60", "2023-08-01", "1,250,000.50", ""],
    ["1E5", '上海"申江"物资公司', "", "上海市", "物流", "0", "2020-02-29", "", "第一行，第二行"],
]


def text(separator: str) -> str:
    """The sheet as separated text."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=separator).writerows([HEADER, *ROWS])
    return buffer.getvalue()


def workbook(path: Path) -> None:
    """A workbook with a merged title and a merged subtitle above the header."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["二〇二六年客户档案"])
    page.merge_cells("A1:I1")
    page.append(["制表：财务部", None, None, None, "单位：元"])
    page.merge_cells("A2:D2")
    page.merge_cells("E2:I2")
    page.append([])
    for row in [HEADER, *ROWS]:
        page.append(row)
    book.save(path)


FILES: dict[str, Callable[[Path], None]] = {
    "gb18030": lambda path: path.write_bytes(text(",").encode("gb18030")) and None,
    "utf-8 with BOM": lambda path: path.write_bytes(text(",").encode("utf-8-sig")) and None,
    "Unicode text": lambda path: (
        path.write_bytes(codecs.BOM_UTF16_LE + text("\t").encode("utf-16-le")) and None
    ),
    "UTF-16 big endian": lambda path: (
        path.write_bytes(codecs.BOM_UTF16_BE + text("\t").encode("utf-16-be")) and None
    ),
    "semicolons": lambda path: path.write_bytes(text(";").encode("utf-8")) and None,
    "workbook with titles": workbook,
}


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> dict[str, list[str]]:
    """What the plain UTF-8 file brings."""
    from data import store

    folder = tmp_path_factory.mktemp("plain")
    (folder / "store.db").write_bytes(migrated_file.read_bytes())
    engine = store.open_store(f"sqlite:///{folder / 'store.db'}")
    path = folder / "plain.csv"
    path.write_text(text(","), "utf-8")
    report = bring(engine, path, "customers")
    assert (report.outcome, report.rows_added) == (Outcome.COMMITTED, 3), report
    held = content(engine)
    engine.dispose()
    return held


@pytest.mark.parametrize("name", FILES)
def test_the_same_rows(
    name: str, sqlite_engine: Engine, tmp_path: Path, expected: dict[str, list[str]]
) -> None:
    path = tmp_path / ("book.xlsx" if "workbook" in name else "sheet.txt")
    FILES[name](path)
    report = bring(sqlite_engine, path)
    assert (report.outcome, report.kind) == (Outcome.COMMITTED, "customers"), report
    assert content(sqlite_engine) == expected
    assert any("㐂" in row for row in content(sqlite_engine)["customer"])
