"""Workbooks with several sheets of one shape: all of them, or asked about, never one in silence."""

from __future__ import annotations

from pathlib import Path

import openpyxl
from sqlalchemy import Engine

from data.imports.peek import look
from data.imports.terms.plan import Plan
from data.imports.terms.report import Outcome
from data.imports.terms.request import Request
from tests.conftest import shared_or_sample
from tests.data.imports.bringing import TODAY, bring, rows

NAME = "cases/imports/84_monthly_sheets.xlsx"
BASE = "客户编码,客户名称\nC001,厦门华南机电有限公司\nC002,江苏中润贸易有限公司\n"


def test_sheets_of_one_shape_are_named_and_asked_about(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    assert bring(sqlite_engine, BASE, "customers", folder=tmp_path).stored
    book = shared_or_sample(NAME, NAME)
    asked = bring(sqlite_engine, book, "invoices")
    assert asked.outcome is Outcome.REFUSED
    assert [ask.key for ask in asked.asks] == ["other_sheets"]
    assert asked.asks[0].detail == {"sheet": "8月", "others": "9月, 10月"}
    seen = look(sqlite_engine, Request(book, Plan(), TODAY))
    assert (seen.kind, seen.sheet, seen.alike) == ("invoices", "8月", ("9月", "10月"))
    assert [ask.key for ask in seen.asks] == ["other_sheets"]
    this = bring(sqlite_engine, book, plan=Plan("invoices", answers={"other_sheets": "this"}))
    assert this.stored
    assert [note.value for note in this.notes] == ["9月, 10月"]
    assert rows(sqlite_engine, "invoice", "code") == [("FP001",)]


def test_other_shapes_are_only_said(sqlite_engine: Engine, tmp_path: Path) -> None:
    assert bring(sqlite_engine, BASE, "customers", folder=tmp_path).stored
    book = openpyxl.Workbook()
    cover = book.active
    assert cover is not None
    cover.title = "封面"
    cover.append(["八月开票汇总"])
    page = book.create_sheet("明细")
    page.append(["发票号", "客户编码", "开票日期", "金额"])
    page.append(["FP009", "C001", "2026-08-05", 12])
    path = tmp_path / "book.xlsx"
    book.save(path)
    report = bring(sqlite_engine, path, "invoices")
    assert report.stored
    assert [(note.reason, note.value) for note in report.notes] == [("sheets_left_out", "封面")]
