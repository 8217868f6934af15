"""Files to take away: readable, complete, and unable to run anything."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import UTC, date, datetime

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from data.imports.parsing.manner import Manner
from data.imports.parsing.texts import text as text_cell
from words import exports
from words.exports import Column, Sheet

FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    "  =1",
    "\u3000=1",
    "\u200b=1",
    "\u202e=1",
    "\x00=1",
    "=cmd|' /C calc'!A0",
    "+86 592 555 1234",
    "-2+3+cmd|' /C notepad'!'A1'",
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
NOTES = (("数据截至", "2026-11-21"), ("筛选", "广东\n佛山, 客户名称"), ("行数", "3"))
SHEET = Sheet("客户明细", COLUMNS, ROWS, NOTES)
EVALUATED = re.compile("[\\s\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]*[=+\\-@＝＋－＠]")
"""What Excel, WPS, LibreOffice or Sheets might evaluate at the start of a cell."""
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
HOSTILE = some.text(
    some.sampled_from("=+-@＝＋－＠'\"\t\r\n ,;|\u3000\u200b\u202e\ufeff\x00\x0b\x7f09Aa_x瑞景")
    | some.characters(),
    max_size=12,
)
TODAY = Manner(date(2026, 11, 22))


def read(content: bytes) -> list[tuple[object, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return list(book.worksheets[0].iter_rows(values_only=True))


def read_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def column_of(texts: list[str]) -> Sheet:
    return Sheet("x", [Column("t")], [(text,) for text in texts])


def test_the_first_lines_of_an_xlsx_say_what_it_is() -> None:
    rows = read(exports.xlsx(SHEET))
    assert rows[0][0] == "客户明细"
    told = ["数据截至: 2026-11-21", "筛选: 广东 佛山, 客户名称", "行数: 3"]
    assert [row[0] for row in rows[1:4]] == told
    assert rows[5] == ("客户", "销售额", "占比", "日期")
    assert rows[6][:3] == ("瑞景医疗", 1_234_567.89, 0.25)


def test_a_csv_says_the_same_above_its_header() -> None:
    xlsx, lines = read(exports.xlsx(SHEET)), read_csv(exports.csv_bytes(SHEET))
    assert [line[0] if line else None for line in lines[:5]] == [row[0] for row in xlsx[:5]]
    assert all(len(line) == 2 and not line[1] for line in lines[:4]), "told apart from rows"
    assert lines[4] == []
    assert lines[5] == ["客户", "销售额", "占比", "日期"]


def test_a_csv_for_programs_is_header_and_rows_alone() -> None:
    assert read_csv(exports.csv_bytes(SHEET, bare=True)) == read_csv(exports.csv_bytes(SHEET))[5:]


def test_an_xlsx_holds_no_formula_and_no_link() -> None:
    texts = [*FORMULAS, "http://evil.test", "mailto:a@evil.test", "{=1+1}", "internal:A1"]
    sheet = Sheet("=1+1", [Column("=1")], [(text,) for text in texts], [("=n", "=cmd|x")])
    with zipfile.ZipFile(io.BytesIO(exports.xlsx(sheet))) as book:
        xml = book.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in xml
        assert "<hyperlink" not in xml
        assert not [name for name in book.namelist() if "externalLink" in name]


def test_figures_and_days_are_formatted_in_an_xlsx() -> None:
    page = openpyxl.load_workbook(io.BytesIO(exports.xlsx(SHEET))).worksheets[0]
    cells = page[7]
    assert [cell.number_format for cell in cells[1:]] == ["#,##0.00", "0.0%", "yyyy-mm-dd"]
    assert cells[3].is_date


def test_unprintable_characters_do_not_kill_an_xlsx() -> None:
    assert read(exports.xlsx(SHEET))[8][0] == "badname"


def test_missing_cells_are_empty_and_not_zero() -> None:
    assert read(exports.xlsx(SHEET))[7][2:] == (None, None)
    assert (
        exports.csv_bytes(SHEET, bare=True).decode("utf-8-sig").splitlines()[2].endswith(",-0.05,,")
    )


def test_a_csv_opens_in_excel_with_exact_amounts() -> None:
    content = exports.csv_bytes(SHEET)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = read_csv(content)[5:]
    assert rows[1] == ["瑞景医疗", "1234567.89", "0.25", "2026-11-21"]
    assert rows[3][1] == "10000000000000.01"


def test_instants_are_local_and_readable_in_both() -> None:
    at = datetime(2026, 11, 21, 16, 30, tzinfo=UTC)
    sheet = Sheet("x", [Column("t")], [(at,), (pd.NaT,)])
    assert read_csv(exports.csv_bytes(sheet, bare=True))[1:] == [["2026-11-22 00:30"], [""]]
    assert read(exports.xlsx(sheet))[3:] == [("2026-11-22 00:30",)]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_csv_cell_cannot_start_a_formula(text: str) -> None:
    sheet = Sheet(text, [Column(text)], [(text,)], [(text, text)])
    for line in read_csv(exports.csv_bytes(sheet)):
        assert not [cell for cell in line if EVALUATED.match(cell)], line


@given(some.lists(HOSTILE, min_size=1, max_size=6))
def test_no_cell_of_a_csv_is_evaluated(texts: list[str]) -> None:
    sheet = Sheet(texts[0], [Column(texts[-1])], [(t,) for t in texts], [(texts[0], texts[-1])])
    cells = [cell for line in read_csv(exports.csv_bytes(sheet)) for cell in line]
    assert not [cell for cell in cells if EVALUATED.match(cell) and not NUMBER.fullmatch(cell)]


@settings(max_examples=60)
@given(some.lists(HOSTILE, min_size=1, max_size=4))
def test_texts_come_back_through_the_import_as_they_were(texts: list[str]) -> None:
    """What the store holds is cleaned once; both files read back as exactly that."""
    parse = text_cell(10_000, one_line=False)
    stored = [found for text in texts if (found := parse(text, TODAY))]
    sheet = column_of(stored)
    rows = read_csv(exports.csv_bytes(sheet, bare=True))[1:]
    assert [parse(row[0], TODAY) for row in rows] == stored
    cells = [row[0] for row in read(exports.xlsx(sheet))[3:]]
    assert [parse(str(cell), TODAY) for cell in cells if cell is not None] == stored


@settings(max_examples=60)
@given(some.lists(HOSTILE, min_size=1, max_size=4))
def test_the_cells_of_an_xlsx_are_strings_and_nothing_else(texts: list[str]) -> None:
    page = openpyxl.load_workbook(io.BytesIO(exports.xlsx(column_of(texts)))).worksheets[0]
    kinds = {cell.data_type for row in page.iter_rows(min_row=4) for cell in row if cell.value}
    assert kinds <= {"s", "inlineStr"}


@given(some.text(max_size=30))
def test_disarmed_text_never_begins_like_a_formula(text: str) -> None:
    assert not EVALUATED.match(exports.disarm(text))


@given(some.lists(some.text(max_size=20), min_size=1, max_size=5))
def test_any_text_can_be_exported(texts: list[str]) -> None:
    sheet = column_of(texts)
    assert exports.xlsx(sheet)[:2] == b"PK"
    assert len(read_csv(exports.csv_bytes(sheet))) >= 2 + len([t for t in texts if t.strip()])


def test_pandas_values_are_written_as_what_they_are() -> None:
    frame = pd.DataFrame({"n": pd.array([5, None], dtype="Int64"), "x": [float("nan"), 1.5]})
    sheet = Sheet("x", [Column("n", "count"), Column("x", "number")], frame.itertuples(index=False))
    assert read(exports.xlsx(sheet))[3:] == [(5, None), (None, 1.5)]


def test_file_names_work_everywhere() -> None:
    name = exports.file_name("客户/明细:*?", date(2026, 11, 21), "xlsx")
    assert name == "客户_明细_2026-11-21.xlsx"
    assert exports.file_name("///", None, "csv") == "kehu.csv"


@given(HOSTILE | some.text(max_size=200))
def test_file_names_hold_nothing_a_shell_or_a_sheet_would_mind(title: str) -> None:
    name = exports.file_name(title, None, "csv")
    assert re.fullmatch(r"[\w\u4e00-\u9fff][\w\u4e00-\u9fff-]*\.csv", name)
    assert len(name) <= 84


def test_sheet_names_are_cut_cleaned_and_none_twice() -> None:
    sheets = [Sheet("a/b:" * 20, [Column("t")], []) for _ in range(3)]
    names = openpyxl.load_workbook(io.BytesIO(exports.xlsx(*sheets))).sheetnames
    assert all(len(name) <= 31 for name in names)
    assert len({name.lower() for name in names}) == 3


def pages_of(content: bytes) -> list[list[tuple[object, ...]]]:
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    return [list(page.iter_rows(values_only=True)) for page in book.worksheets]


@pytest.mark.parametrize("lazily", [False, True])
@pytest.mark.parametrize(
    ("rows", "sizes"), [(0, [0]), (5, [5]), (6, [4, 2]), (8, [4, 4]), (9, [4, 4, 1])]
)
def test_a_table_longer_than_a_worksheet_goes_on_on_the_next(
    monkeypatch: pytest.MonkeyPatch, rows: int, sizes: list[int], lazily: bool
) -> None:
    monkeypatch.setattr(exports, "EXCEL_ROWS", 9)  # title, one note, blank line, header: five left
    given = [(k,) for k in range(rows)]
    sheet = Sheet(
        "客户",
        [Column("n", "count")],
        iter(given) if lazily else given,
        [("行数", str(rows))],
        count=rows if lazily else None,
    )
    content = exports.xlsx(sheet, lang="en")
    found = pages_of(content)
    names = openpyxl.load_workbook(io.BytesIO(content)).sheetnames
    assert names == ["客户", *(f"客户 {k}" for k in range(2, len(sizes) + 1))]
    head = 4 if len(sizes) == 1 else 5
    assert [len(page) - head for page in found] == sizes
    assert [row[0] for page in found for row in page[head:]] == list(range(rows))
    assert all(page[head - 1] == ("n",) for page in found)
    if len(sizes) > 1:
        said = [page[2][0] for page in found]
        assert said[0] == f"Sheet: 1 of {len(sizes)}; Excel holds no more rows on one sheet"
        assert said[-1].startswith(f"Sheet: {len(sizes)} of {len(sizes)};")
    assert (
        len(read_csv(exports.csv_bytes(Sheet("客户", [Column("n", "count")], given)))) == rows + 3
    )


def test_rows_beyond_the_number_told_are_never_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "EXCEL_ROWS", 9)
    sheet = Sheet("x", [Column("n", "count")], iter([(k,) for k in range(20)]), count=3)
    with pytest.raises(ValueError, match="more rows"):
        exports.xlsx(sheet)


def test_the_last_row_of_excel_is_used_and_none_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the real size, with the writing itself left out: it takes a minute."""
    written: list[int] = []
    monkeypatch.setattr(
        exports, "_write", lambda _page, part, _styles: written.append(sum(1 for _ in part.rows))
    )
    exports.xlsx(Sheet("x", [Column("n", "count")], range(2_000_000), [("a", "b")]))  # type: ignore[arg-type]
    assert exports.EXCEL_ROWS == 2**20
    assert written == [1_048_571, 2_000_000 - 1_048_571]


def test_several_tables_come_as_one_package_of_csv() -> None:
    made = exports.csv_files([("a.csv", SHEET), ("b.csv", column_of(["=1"]))])
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        assert package.namelist() == ["a.csv", "b.csv"]
        assert package.read("a.csv") == exports.csv_bytes(SHEET)


@pytest.mark.parametrize(("sign", "width"), [("长", 1), ("😀", 2)])
def test_a_text_longer_than_a_cell_is_cut_in_a_workbook_and_says_so(sign: str, width: int) -> None:
    """Excel has room for 32,767 units of UTF-16."""
    most = 32_767 // width
    for length, kept in ((most, sign * most), (most + 1, sign * (32_766 // width) + "…")):
        sheet = Sheet("t", [Column("a")], [(sign * length,)])
        with zipfile.ZipFile(io.BytesIO(exports.xlsx(sheet, lang="en"))) as book:
            xml = book.read("xl/worksheets/sheet1.xml").decode()
        assert re.findall(f"{sign}+…?", xml) == [kept]
        assert sign * length in exports.csv_bytes(sheet).decode("utf-8-sig"), "a CSV has room"
