"""What mutants found (变异所得): each fault once met, kept small."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from sqlalchemy import Engine

from data.imports.terms.report import Outcome
from tests.data.imports.bringing import bring, rows
from tests.data.imports.mutating import Base
from tests.data.imports.mutating_books import BOOK, SHEET, book_of

CUSTOMERS = [["客户编码", "客户名称", "城市"], ["C1", "甲公司", "厦门"], ["C2", "乙公司", "南京"]]
LIMITED = [["客户编码", "客户名称", "城市", "信用额度(万元)"], ["C1", "甲公司", "厦门", "7"]]
KOREAN = "가나다라마바사아자차카타파하거너더러머버서어저처커터퍼허고노도로모보소오조초"


@pytest.mark.parametrize(
    "content",
    [
        b"customer_code,name,city\nC1,a," + "中".encode()[:2] + b"\n",
        ("customer_code,name\n" + "".join(f"C{s},{s}\n" for s in KOREAN)).encode("euc_kr"),
        "customer_code,name\nC1,厦门华南机电有限公司\n".encode("euc_kr", "replace"),
    ],
    ids=["half a character of UTF-8", "Korean", "hanzi in the Korean code"],
)
def test_is_not_taken_for_chinese(sqlite_engine: Engine, tmp_path: Path, content: bytes) -> None:
    report = bring(sqlite_engine, content, "customers", folder=tmp_path)
    assert (report.outcome, set(report.reasons)) == (Outcome.REFUSED, {"encoding_unknown"})


def _book(
    part: str, change: Callable[[bytes], bytes], grid: Sequence[Sequence[str]] = CUSTOMERS
) -> bytes:
    """A workbook of customers with one part changed."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(
            io.BytesIO(book_of(Base("x", "customers", [list(row) for row in grid])))
        ) as source,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package,
    ):
        for name in source.namelist():
            content = source.read(name)
            package.writestr(name, change(content) if name == part else content)
    return buffer.getvalue()


DAMAGED = {
    "unknown encoding": _book(BOOK, lambda xml: xml.replace(b"UTF-8", b"UDF-8", 1)),
    "entities far down": _book(
        SHEET, lambda xml: xml.replace(b"?>", b"?><!--%s--><!DOCTYPE a>" % (b"x" * 9000), 1)
    ),
    "row in another's place": _book(SHEET, lambda xml: xml.replace(b'row r="3"', b'row r="1"')),
    "cell in another's place": _book(SHEET, lambda xml: xml.replace(b'r="B3"', b'r="A3"')),
    "cell of another row": _book(SHEET, lambda xml: xml.replace(b'c r="B3"', b'c r="B2"')),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_is_a_damaged_workbook(sqlite_engine: Engine, tmp_path: Path, name: str) -> None:
    report = bring(sqlite_engine, DAMAGED[name], "customers", folder=tmp_path)
    assert (report.outcome, set(report.reasons)) == (Outcome.REFUSED, {"workbook_damaged"})


def test_a_look_up_that_found_nothing_is_no_text(sqlite_engine: Engine, tmp_path: Path) -> None:
    missing = b'<c r="C3" t="e"><v>#N/A</v></c></row>'
    content = _book(
        SHEET, lambda xml: xml[: xml.find(b'<c r="C3"')] + missing + b"</sheetData></worksheet>"
    )
    assert bring(sqlite_engine, content, "customers", folder=tmp_path).stored
    assert rows(sqlite_engine, "customer", "code", "city") == [("C1", "厦门"), ("C2", "")]


HEADER = "customer_code,name,city\n"


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (HEADER.encode("utf-16-le") + "C1,甲公司,厦门  2026-11-16\n".encode(), 2),
        ((HEADER + "C1,甲公司,厦门\n").encode("utf-16-be") + b"C2,2026-11-16,26,1-2 \n", 3),
    ],
    ids=["all but the header", "the last"],
)
def test_lines_of_single_bytes_are_no_hanzi(
    sqlite_engine: Engine, tmp_path: Path, content: bytes, line: int
) -> None:
    """Between lines of UTF-16 without a mark, two letters of ASCII look like one hanzi."""
    report = bring(sqlite_engine, content, "customers", folder=tmp_path)
    assert [(one.reason, one.row) for one in report.issues] == [("encoding_mixed", line)]
    assert rows(sqlite_engine, "customer", "code") == []


def test_a_whole_file_of_utf16_without_a_mark_is_read(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    """Also hanzi whose second byte is NUL, 一 and 开, and signs that few files have."""
    text = HEADER + "C0,一开退一,一\nC1,上海㐂源①②③……有限公司,★☆☆☆\nC2,ありがとう,→→→→\n"
    for codec, outcome in (("utf-16-le", Outcome.COMMITTED), ("utf-16-be", Outcome.UNCHANGED)):
        report = bring(sqlite_engine, text.encode(codec), "customers", folder=tmp_path)
        assert report.outcome is outcome
    assert rows(sqlite_engine, "customer", "name", "city") == [
        ("一开退一", "一"),
        ("上海㐂源①②③……有限公司", "★☆☆☆"),
        ("ありがとう", "→→→→"),
    ]


def test_a_column_name_is_told_without_what_nobody_sees(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    text = "客户编码,客户名称,备\x1b注,备\x1b注\nC1,甲公司,a,b\n"
    report = bring(sqlite_engine, text, "customers", folder=tmp_path)
    assert [one.column for one in report.issues] == ["备注"]


def test_a_small_number_of_a_workbook_is_read_to_its_digits(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    """0.00005 of 万元 are fifty cents, also where the cell holds 5e-05."""
    small = b"<v>5.0000000000000002E-5</v>"
    content = _book(SHEET, lambda xml: xml.replace(b"<v>7</v>", small), LIMITED)
    assert bring(sqlite_engine, content, "customers", folder=tmp_path).stored
    assert rows(sqlite_engine, "credit_limit", "amount") == [(50,)]


def test_a_score_may_end_in_a_sign_nobody_sees(sqlite_engine: Engine, tmp_path: Path) -> None:
    text = "客户编码,客户名称\nC1,甲公司\n"
    assert bring(sqlite_engine, text, "customers", folder=tmp_path).stored
    text = "客户编码,调查日期,满意度\nC1,2026-11-02,4\u200b\n"
    assert bring(sqlite_engine, text, "answers", folder=tmp_path).stored
    assert rows(sqlite_engine, "answer", "value") == [(4.0,)]
