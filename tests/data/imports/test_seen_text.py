"""Text is what a person sees in the file; look-alikes of customers are asked about."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Engine

from data.imports.files.shown import padded, unquoted, zeros
from data.imports.parsing.manner import Unreadable
from data.imports.parsing.texts import cleaned, email
from data.imports.terms.plan import Plan
from data.imports.terms.report import Outcome
from tests.conftest import shared_or_sample
from tests.data.imports.bringing import bring, rows
from tests.data.imports.test_values import HOW


def case(name: str) -> Path:
    return shared_or_sample(f"cases/imports/{name}", f"cases/imports/{name}")


@pytest.mark.parametrize(
    ("number_format", "digits", "seen"),
    [
        ("000000", "1001", "001001"),
        ('"C"0000', "7", "C0007"),
        (r"\C0000", "77", "C0077"),
        ("0000-0000", "12345678", "1234-5678"),
        ("000000;-000000", "12", "000012"),
        ("[$-804]00000_ ", "12", "00012"),
        ("00", "123", "123"),
        ("0.00", "5", ""),
        ("#,##0", "5", ""),
        ("0", "5", ""),
        ("yyyy-mm-dd", "5", ""),
    ],
)
def test_a_number_format_shows_its_digits(number_format: str, digits: str, seen: str) -> None:
    kept = zeros(number_format)
    assert (padded(digits, kept) if kept else "") == seen


def test_cells_quoted_by_a_formula() -> None:
    assert unquoted('="001234"') == "001234"
    assert unquoted('="a ""b"" c"') == 'a "b" c'
    assert unquoted("=1+1") == "=1+1"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\x0bb", "a\nb"),
        ("a\u2028b\x0cc", "a\nb\nc"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("ab\u200ccd\u200d", "abcd"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("ന\u0d4d\u200d", "ന\u0d4d\u200d"),
        ("客\u200d户\u200b", "客户"),
        ("'0013", "0013"),
        ("'90s Music", "'90s Music"),
        ("'=1+1", "=1+1"),
    ],
)
def test_words_stay_apart_and_joiners_where_they_are_seen(text: str, kept: str) -> None:
    assert cleaned(text) == kept


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("a.b@example.com", "a.b@example.com"),
        ("mailto:a@example.com.cn", "a@example.com.cn"),
        ("ａ@example.com", "a@example.com"),
        ("无", None),
    ],
)
def test_a_cell_holds_one_address(cell: str, kept: str | None) -> None:
    assert email()(cell, HOW) == kept


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("a@example.com; b@example.com", "email_several"),
        ("张三 <a@example.com>", "email_unreadable"),
        ("a@example", "email_unreadable"),
        ("see notes", "email_unreadable"),
    ],
)
def test_anything_else_in_it_is_refused(cell: str, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        email()(cell, HOW)
    assert refused.value.reason == reason


def test_codes_as_programs_quote_them(sqlite_engine: Engine, tmp_path: Path) -> None:
    plan = Plan(kind="customers", answers={"name_of_another": "new"})  # one stands in both files
    for name in ("11_eq_quoted_codes.csv", "16_vertical_tab.csv"):
        assert bring(sqlite_engine, case(name), plan=plan).stored, name
    assert rows(sqlite_engine, "customer", "code", "phone")[:2] == [
        ("001234", "13800000001"),
        ("001235", "0551-600000"),
    ]
    assert rows(sqlite_engine, "customer", "name", "note", code="U001") == [
        ("温州瑞达 电器有限公司", "第一行\n第二行")
    ]
    again = bring(
        sqlite_engine,
        "客户编码,客户名称\n'001234,温州瑞达电器有限公司\n",
        "customers",
        folder=tmp_path,
    )
    assert again.outcome is Outcome.UNCHANGED


def test_a_number_shown_as_a_code_is_that_code(sqlite_engine: Engine, tmp_path: Path) -> None:
    book = case("17_code_number_format_000000.xlsx")
    assert bring(sqlite_engine, book, "customers").stored
    assert rows(sqlite_engine, "customer", "code") == [("001001",), ("001002",)]
    sheet = openpyxl.Workbook()
    page = sheet.active
    assert page is not None
    page.append(["发票号", "客户编码", "开票日期", "金额"])
    page.append([7, 1001, "2026-08-05", 1200])
    page["A2"].number_format, page["B2"].number_format = '"FP"000', "000000"
    page["D2"].number_format = "00000000"
    path = tmp_path / "invoices.xlsx"
    sheet.save(path)
    assert bring(sqlite_engine, path, "invoices").stored
    assert rows(sqlite_engine, "invoice", "code", "amount") == [("FP007", 120000)]


def test_look_alikes_are_asked_about(engine: Engine, tmp_path: Path) -> None:
    head = "客户编码,客户名称,城市\n"
    assert bring(
        engine, head + "001001,佛山陶瓷,佛山\nC2,东莞玩具,东莞\n", "customers", folder=tmp_path
    ).stored
    text = head + "1001,佛山陶瓷,广州\nC3,东莞玩具,深圳\nC4,合计纸业,\n"
    asked = bring(engine, text, "customers", folder=tmp_path)
    assert asked.outcome is Outcome.REJECTED
    assert {(ask.key, ask.detail["other"]) for ask in asked.asks} == {
        ("code_like_another:客户编码=1001", "001001"),
        ("name_of_another:客户名称=东莞玩具", "C2"),
    }
    answers = {"code_like_another": "same", "name_of_another:客户名称=东莞玩具": "new"}
    plan = Plan(kind="customers", answers=answers)
    assert bring(engine, text, plan=plan, folder=tmp_path).stored
    assert sorted(rows(engine, "customer", "code", "city")) == [
        ("001001", "广州"),
        ("C2", "东莞"),
        ("C3", "深圳"),
        ("C4", ""),
    ]
    assert Plan.from_dict(plan.as_dict()) == plan
    assert plan.lasting({}).answers == {}
