"""Rows in blocks (分块解析): how many are taken at a time changes nothing."""

from __future__ import annotations

import csv
import io
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.imports.columns import mapping
from data.imports.columns.registry import spec_of
from data.imports.columns.rows import RowParser
from data.imports.files import decoding
from data.imports.files.reading import open_table
from data.imports.parsing.cells import MOST_KNOWN, Cells
from data.imports.parsing.manner import Manner
from data.imports.parsing.texts import code
from data.imports.terms.options import Options
from data.imports.terms.plan import Plan

TODAY = date(2026, 11, 22)
ORDERS = ("订单号", "客户编码", "订单日期", "产品编码", "产品名称", "金额", "毛利", "数量")
CELLS = (
    ("SO1", "SO2", "  SO3", "订\u200b1", "", "Ｏ４", "C\u0421"),
    ("C1", "c1", "", "C 1", '"C1"', "\n"),
    ("2026-11-02", "2026/1/3", "3/2/2026", "2026-02-30", "", "20260105", "2030-01-01"),
    ("P1", "", "'=1+1"),
    ("轴承", "=1+1", "轴\u00ad承", "", "a, b", 'x"y', "#REF!"),
    ("12.50", "-3.00", "1,234.5", "0.005", "12", "abc", "", "1.005", "(5.00)"),
    ("1.00", "", "x"),
    ("1", "1.5", "", "many"),
)
SURVEY = ("客户编码", "调查日期", "答卷编号", "总体满意度", "NPS", "意见")
ANSWERS = (
    ("C1", "", "C2"),
    ("2026-11-02", "x"),
    ("R1", "R2", ""),
    ("5", "11", "", "很满意", "4.5"),
    ("9", "-3", "11", ""),
    ("好", "", "a,b"),
)


def parsed(path: Path, plan: Plan, most: int, **manner: Any) -> Any:
    """Everything the rows of a file come to, taken so many at a time."""
    table = open_table(path, plan.hints, mapping.judge(plan))
    columns = mapping.settle(spec_of(plan.kind), plan, table.layout)
    parser = RowParser(columns, Manner(TODAY, **manner), ())
    rows, said, before = [], [], 0
    for block in table.blocks(most):
        assert len(block.lines) <= most
        done = parser.parse(block)
        for index, place in enumerate(done.places):
            bad = bool(done.faults.get(place))
            values = {n: column[index] for n, column in done.columns.items()}
            given = {n: (v, type(v)) for n, v in values.items() if v is not None}
            rows.append((before + place, done.lines[index], bad, given))
        said += list(done.everything_said())
        before += done.rows
    return rows, said, before


def sheet(header: tuple[str, ...], cells: tuple[tuple[str, ...], ...]) -> st.SearchStrategy[bytes]:
    """CSV files, some of their rows too short or too long."""
    row = st.tuples(*(st.sampled_from(column) for column in cells)).map(list)
    uneven = st.tuples(row, st.integers(0, 9)).map(lambda pair: (pair[0] * 2)[: pair[1] + 1])

    def written(rows: list[list[str]]) -> bytes:
        buffer = io.StringIO(newline="")
        csv.writer(buffer).writerows([header, *rows])
        return buffer.getvalue().encode()

    mostly = st.one_of(row, row, row, uneven)
    # one whole row: where every row is cut to one cell, no separator can be told
    rows = st.tuples(row, st.lists(mostly, max_size=29))
    return rows.map(lambda drawn: written([drawn[0], *drawn[1]]))


@settings(max_examples=50, deadline=None)
@given(sheet(ORDERS, CELLS), st.booleans())
def test_orders(content: bytes, round_cents: bool) -> None:
    same_whatever_the_size(content, Plan(kind="orders"), round_cents=round_cents)


@settings(max_examples=15, deadline=None)
@given(sheet(SURVEY, ANSWERS))
def test_surveys(content: bytes) -> None:
    same_whatever_the_size(content, Plan(kind="answers", options=Options(survey="s")))


@settings(max_examples=20, deadline=None)
@given(sheet(ORDERS, CELLS))
def test_templates_and_constants(content: bytes) -> None:
    plan = Plan(
        kind="orders",
        constants={"ordered_on": "2026-11-02", "currency": "cny"},
        templates={"order_code": "{customer_code}-{ordered_on}"},
    )
    same_whatever_the_size(content, plan)


def same_whatever_the_size(content: bytes, plan: Plan, **manner: Any) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        path = Path(folder) / "f.csv"
        path.write_bytes(content)
        whole = parsed(path, plan, 5000, **manner)
        for most in (1, 2, 7):
            assert parsed(path, plan, most, **manner) == whole
        patch.setattr(decoding, "PIECE", 50)
        assert parsed(path, plan, 5000, **manner) == whole


def test_what_rows_come_to(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text(
        "订单号,客户编码,订单日期,产品编码,金额,毛利,数量\n"
        "SO1,C1,2026-11-02,P1,12.50,2.50,1\n"
        "SO1,,3/2/2026,,x,,\n"
        "SO2,C1\n"
        "S\u200bO3,C1,2026-11-03,,0.30,,2\n",
        "utf-8",
    )
    rows, said, count = parsed(path, Plan(kind="orders"), 2)
    assert count == 4
    assert [(place, line, bad) for place, line, bad, _given in rows] == [
        (0, 2, False),
        (1, 3, True),
        (3, 5, False),
    ]
    assert {name: value for name, (value, _type) in rows[0][3].items()} == {
        "order_code": "SO1",
        "customer_code": "C1",
        "ordered_on": date(2026, 11, 2),
        "product_code": "P1",
        "product_name": "P1",
        "amount": 1250,
        "profit": 250,
        "cost": 1000,
        "quantity": 1.0,
    }
    assert [(severity, i.row, i.column, i.reason, i.value) for severity, i in said] == [
        ("fault", 3, "订单日期", "date_ambiguous", "3/2/2026"),
        ("fault", 3, "金额", "not_an_amount", "x"),
        ("fault", 3, said[2][1].column, "empty", None),
        ("fault", 4, None, "row_short", None),
        ("note", 5, "订单号", "text_cleaned", "SO3"),
    ]


def test_cells_that_look_alike_are_told_apart(tmp_path: Path) -> None:
    """A date among texts that read the same is still a date, whichever came first."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["产品编码", "产品名称"])
    for value in ("2026-11-02", date(2026, 11, 2), "2026-11-02", date(2026, 11, 2)):
        page.append([value, "轴承"])
    path = tmp_path / "f.xlsx"
    book.save(path)
    _rows, said, count = parsed(path, Plan(kind="products"), 2)
    assert count == 4
    assert [(issue.row, issue.reason) for _severity, issue in said] == [
        (3, "code_was_changed"),
        (5, "code_was_changed"),
    ]


def test_a_column_forgets() -> None:
    """Memory stays flat: neither many spellings nor long ones are kept."""
    cells = Cells("x", code(40), Manner(TODAY), "x")
    cells.read([f"C{k}" for k in range(MOST_KNOWN + 1)])
    assert cells.known == MOST_KNOWN + 1
    cells.forget()
    assert cells.known == 0
    cells.read(["C1", "C1", "x" * 5_000])
    assert [odd.reason for _place, odd in cells.odd_ones(["x" * 5_000])] == ["value_too_long"]
    cells.forget()
    assert cells.known == 0
    cells.read(["C1", "C1"])
    cells.forget()
    assert cells.known == 1


def test_the_share_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text("产品编码,产品名称\n" + "P1,轴承\n" * 20_000, "utf-8")
    plan = Plan(kind="products")
    table = open_table(path, plan.hints, mapping.judge(plan))
    shares = [block.share for block in table.blocks()]
    assert shares == sorted(shares)
    assert shares[0] < 0.2
    assert shares[-1] == 1
