"""Reading files (读取文件): encodings, separators, headers, quotes, and line numbers."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from data.imports.columns import mapping
from data.imports.files import decoding, detecting, package
from data.imports.files.layout import Hints
from data.imports.files.reading import Table, open_table
from data.imports.terms.plan import Plan
from errors import BadInput

HEADER = "客户编码,客户名称,城市\n"
ROWS = "C1,厦门华南机电有限公司,厦门\nC2,江苏中润贸易有限公司,南京\n"


def table(path: Path, content: bytes | str, **hints: object) -> Table:
    path = path / "f"
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return open_table(path, Hints(**hints), mapping.judge(Plan()))  # type: ignore[arg-type]


def refusal(path: Path, content: bytes | str, **hints: object) -> tuple[str, int | None]:
    with pytest.raises(BadInput) as refused:
        list(table(path, content, **hints).rows())
    issue = refused.value.issues[0]
    return issue.reason, issue.row


@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8 BOM"),
        ("utf-16", "UTF-16 LE"),
        ("utf-16-le", "UTF-16 LE"),
        ("utf-16-be", "UTF-16 BE"),
        ("gb18030", "GB18030"),
    ],
)
def test_encodings_are_found(tmp_path: Path, codec: str, name: str) -> None:
    found = table(tmp_path, (HEADER + ROWS).encode(codec))
    assert found.layout.encoding == name
    assert next(found.rows()).cells[1] == "厦门华南机电有限公司"


def test_rare_signs_of_four_bytes(tmp_path: Path) -> None:
    text = HEADER + "C1,𠮷野䶮㐂有限公司,厦门\nC2,镕堃,南京\n"
    assert next(table(tmp_path, text.encode("gb18030")).rows()).cells[1] == "𠮷野䶮㐂有限公司"


@pytest.mark.parametrize(
    ("content", "reason", "line"),
    [
        (HEADER.encode() + ROWS.encode() + "C3,深圳,广东\n".encode("gbk"), "encoding_mixed", 4),
        (HEADER.encode("gbk") + b"C1,\xe5\x8e\xa6\xe9\x97\xa8,x\n", "encoding_mixed", 2),
        (HEADER.encode() + b"C1,\xff\xc0\x80,x\n", "encoding_mixed", 2),
        (b"customer_code,name\nC1,M\xfcller\nC2,S\xf6hne\n", "encoding_unknown", 2),
        ("客戶編號,名稱\nC1,臺灣機電\n".encode("big5"), "encoding_unknown", 1),
        (
            "customer_code,name\nC1,Müller\n".encode() + "C2,深圳\n".encode("gbk"),
            "encoding_mixed",
            3,
        ),
    ],
)
def test_never_mojibake(tmp_path: Path, content: bytes, reason: str, line: int) -> None:
    assert refusal(tmp_path, content) == (reason, line)


def test_an_encoding_can_be_named(tmp_path: Path) -> None:
    found = table(tmp_path, "客戶編號,名稱\nC1,臺灣機電\n".encode("big5"), encoding="Big5")
    assert next(found.rows()).cells == ["C1", "臺灣機電"]
    assert refusal(tmp_path, ROWS.encode("gbk"), encoding="UTF-8")[0] == "encoding_broken"
    assert refusal(tmp_path, ROWS, encoding="klingon")[0] == "encoding_unknown_name"


@pytest.mark.parametrize(
    ("start", "what"),
    [
        (b"\x89PNG\r\n\x1a\n", "image"),
        (b"\x1f\x8b\x08", "compressed"),
        (b"%PDF-1.7", "pdf"),
        (b"<html><table>", "html"),
        (b'[{"a": 1}]', "json"),
        (b"\x00\x01\x02" * 99, "binary"),
    ],
)
def test_other_formats_are_named(tmp_path: Path, start: bytes, what: str) -> None:
    with pytest.raises(BadInput) as refused:
        table(tmp_path, start + b"x" * 50)
    assert refused.value.issues[0].detail["what"] == what


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators_are_found(tmp_path: Path, separator: str) -> None:
    found = table(tmp_path, (HEADER + ROWS).replace(",", separator))
    assert [len(row.cells) for row in found.rows()] == [3, 3]


def test_a_sep_line_and_a_named_separator(tmp_path: Path) -> None:
    text = (HEADER + ROWS).replace(",", ";")
    rows = list(table(tmp_path, "sep=;\n" + text).rows())
    assert [row.line for row in rows] == [3, 4]
    wide = (HEADER + ROWS).replace(",", "，")
    assert refusal(tmp_path, wide) == ("separator_fullwidth", None)
    assert len(list(table(tmp_path, wide, separator="fullwidth").rows())) == 2


def test_titles_above_the_header_are_passed_over(tmp_path: Path) -> None:
    found = table(tmp_path, "客户清单,,\n导出日期,2026-11-01,\n\n" + HEADER + ROWS)
    assert found.layout.header_line == 4
    assert [row.line for row in found.rows()] == [5, 6]


def test_line_numbers_are_the_files_own(tmp_path: Path) -> None:
    text = HEADER + '\nC1,"两行\n名称",厦门\r\n\nC2,南京中润,南京\rC3,x,y'
    assert [row.line for row in table(tmp_path, text).rows()] == [3, 6, 7]


@pytest.mark.parametrize(
    ("rows", "reason", "line"),
    [
        ('C1,a,b\n"C2,a,"x", c\n', "quote_broken", 3),
        ('C1,a,b\nC2,"a,b\n', "quote_unclosed", 3),
        ('C1,a,b\nC2,a,"x\nC3,a,b\nC4,a,y"\nC5,a,b\n', "quote_unclosed", 3),
        ("C1,a,b\nC2,a\0b,c\n", "nul_character", 3),
    ],
)
def test_a_shifted_row_refuses_the_file(tmp_path: Path, rows: str, reason: str, line: int) -> None:
    assert refusal(tmp_path, HEADER + rows) == (reason, line)


def test_ragged_rows_are_faults_of_the_row(tmp_path: Path) -> None:
    rows = list(table(tmp_path, HEADER + "C1,a\nC2,a,b,c\nC3,a,b,,\n").rows())
    assert [row.fault.reason if row.fault else None for row in rows] == [
        "row_short",
        "row_long",
        None,
    ]


def test_equal_headers_are_refused_by_name(tmp_path: Path) -> None:
    assert refusal(tmp_path, "客户编码,客户名称,客户名称\nC1,a,b\n") == ("column_twice", 1)


@pytest.mark.parametrize("columns", [10_000, 100_000, 1_000_000])
def test_too_many_columns_are_refused_at_once(tmp_path: Path, columns: int) -> None:
    header = ",".join(["客户编码", "客户名称", *["x"] * columns])
    assert refusal(tmp_path, header + "\n")[0] in ("too_many_columns", "line_too_long")


def test_a_file_without_line_breaks_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, b"x" * 9_000_000)[0] == "line_too_long"


def test_no_header(tmp_path: Path) -> None:
    found = table(
        tmp_path, " 00004 0001 19970101  2   29.33\r\n", separator="whitespace", header=False
    )
    assert found.layout.header == ("1", "2", "3", "4", "5")
    assert next(found.rows()).cells == ["00004", "0001", "19970101", "2", "29.33"]


@given(st.binary(max_size=400))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    """Whatever is sent, there are rows or a reason; never an exception of another kind."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        try:
            found = table(Path(folder), content)
            for row in found.rows():
                assert row.line >= 1
        except BadInput:
            return


@given(st.text(alphabet="客户编码厦门有限公司贸易上海股份李王张", min_size=1, max_size=60))
@settings(max_examples=100, deadline=None)
def test_chinese_text_survives_gb18030(text: str) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "f"
        path.write_bytes(f"客户编码,客户名称\nC1,{text}\n".encode("gb18030"))
        try:
            encoding = detecting.find(path)
        except BadInput:  # undecidable bytes are refused, not guessed
            return
        assert list(decoding.lines(path, encoding))[1] == f"C1,{text}\n"


def test_a_workbook_that_is_too_large_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sheet of a million rows costs nothing but the look at its table of contents."""
    sheet = Workbook()
    for n in range(200):
        sheet.active.append([f"C{n}", f"厦门华南机电有限公司{n}"])
    sheet.save(tmp_path / "w.xlsx")
    content = (tmp_path / "w.xlsx").read_bytes()
    monkeypatch.setattr(package, "MOST_UNPACKED", 4096)
    monkeypatch.setattr(zipfile.ZipFile, "open", None)
    assert refusal(tmp_path, content) == ("workbook_too_large", None)
