"""Files to take away: readable, complete, and unable to run anything."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as some

from components import exports
from components.exports import Column, Sheet

FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    "  =1",
    "\u3000=1",
]
COLUMNS = [
    Column("客户"),
    Column("销售额", "money"),
    Column("占比", "ratio"),
    Column("日期", "date"),
]
ROWS = [
    ("瑞景医疗", 123_456_789, 0.25, date(2026, 11, 21)),
    ('=HYPERLINK("http://evil.test")', -5, None, None),
    ("bad\x00\x0bname", 10**15 + 1, 0.5, date(2026, 1, 1)),
]
SHEET = Sheet(
    "客户明细", COLUMNS, ROWS, (("数据截至", "2026-11-21"), ("筛选", "广东"), ("行数", "3"))
)


def read(content: bytes) -> list[tuple[object, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return list(book.worksheets[0].iter_rows(values_only=True))


def test_the_first_lines_of_an_xlsx_say_what_it_is() -> None:
    rows = read(exports.xlsx(SHEET))
    assert rows[0][0] == "客户明细"
    assert [row[0] for row in rows[1:4]] == ["数据截至: 2026-11-21", "筛选: 广东", "行数: 3"]
    assert rows[5] == ("客户", "销售额", "占比", "日期")
    assert rows[6][:3] == ("瑞景医疗", 1_234_567.89, 0.25)


def test_an_xlsx_holds_no_formula_and_no_link() -> None:
    sheet = Sheet("x", [Column("text")], [(text,) for text in FORMULAS] + [("http://evil.test",)])
    with zipfile.ZipFile(io.BytesIO(exports.xlsx(sheet))) as book:
        xml = book.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in xml
        assert "<hyperlink" not in xml
        assert not [name for name in book.namelist() if "externalLink" in name]


def test_unprintable_characters_do_not_kill_an_xlsx() -> None:
    assert read(exports.xlsx(SHEET))[8][0] == "badname"


def test_missing_cells_are_empty_and_not_zero() -> None:
    assert read(exports.xlsx(SHEET))[7][2:] == (None, None)
    assert exports.csv_bytes(SHEET).decode("utf-8-sig").splitlines()[2].endswith(",-0.05,,")


def test_a_csv_opens_in_excel_with_exact_amounts() -> None:
    content = exports.csv_bytes(SHEET)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows[0] == ["客户", "销售额", "占比", "日期"]
    assert rows[1] == ["瑞景医疗", "1234567.89", "0.25", "2026-11-21"]
    assert rows[3][1] == "10000000000000.01"


@pytest.mark.parametrize("text", FORMULAS)
def test_a_csv_cell_cannot_start_a_formula(text: str) -> None:
    rows = list(
        csv.reader(
            io.StringIO(exports.csv_bytes(Sheet("x", [Column("t")], [(text,)])).decode("utf-8-sig"))
        )
    )
    assert rows[1][0].startswith("'")


@given(some.text(max_size=30))
def test_disarmed_text_never_begins_like_a_formula(text: str) -> None:
    assert exports.disarm(text)[:1] not in set("=+-@\t\r＝＋－＠") - {""}


@given(some.lists(some.text(max_size=20), min_size=1, max_size=5))
def test_any_text_can_be_exported(texts: list[str]) -> None:
    sheet = Sheet("x", [Column("t")], [(text,) for text in texts])
    assert exports.xlsx(sheet)[:2] == b"PK"
    assert len(list(csv.reader(io.StringIO(exports.csv_bytes(sheet).decode("utf-8-sig"))))) >= 1


def test_pandas_values_are_written_as_what_they_are() -> None:
    frame = pd.DataFrame({"n": pd.array([5, None], dtype="Int64"), "x": [float("nan"), 1.5]})
    sheet = Sheet("x", [Column("n", "count"), Column("x", "number")], frame.itertuples(index=False))
    assert read(exports.xlsx(sheet))[3:] == [(5, None), (None, 1.5)]


def test_file_names_work_everywhere() -> None:
    name = exports.file_name("客户/明细:*?", date(2026, 11, 21), "xlsx")
    assert name == "客户_明细_2026-11-21.xlsx"
    assert exports.file_name("///", None, "csv") == "kehu.csv"


def test_sheet_names_are_cut_and_cleaned() -> None:
    book = openpyxl.load_workbook(io.BytesIO(exports.xlsx(Sheet("a/b:" * 20, [Column("t")], []))))
    assert len(book.sheetnames[0]) <= 31
