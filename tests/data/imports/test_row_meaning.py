"""Columns that change what a row means: known words are applied, unknown ones are asked about."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import Engine

from data.imports.columns.registry import SPECS
from data.imports.files.layout import Block
from data.imports.sifting.verdicts import Judge
from data.imports.terms.plan import Plan
from data.imports.terms.report import Outcome
from models.enums import SheetKind
from tests.conftest import shared_or_sample
from tests.data.imports.bringing import bring, content, rows

BASE = "客户编码,客户名称\nC001,厦门华南机电有限公司\nC002,江苏中润贸易有限公司\n"
INVOICES = "发票号,客户编码,开票日期,金额,{header}\n"


def case(name: str) -> Path:
    return shared_or_sample(f"cases/{name}", f"cases/{name}")


@pytest.fixture
def store(sqlite_engine: Engine, tmp_path: Path) -> Engine:
    assert bring(sqlite_engine, BASE, "customers", folder=tmp_path).stored
    return sqlite_engine


def invoices(header: str, cells: Sequence[str]) -> str:
    body = [f"F{n},C001,2026-08-0{n},{n}00.00,{cell}" for n, cell in enumerate(cells, 1)]
    return INVOICES.format(header=header) + "\n".join(body) + "\n"


def test_void_and_draft_rows_are_passed_over_by_name(store: Engine) -> None:
    report = bring(store, case("03-void-and-draft-rows/inv_status.csv"), "invoices")
    assert report.stored
    assert [(one.row, one.value) for one in report.passed] == [(3, "已作废"), (4, "草稿")]
    assert rows(store, "invoice", "code", "amount") == [("I001", 100000)]
    assert "状态" not in report.ignored
    report = bring(store, case("03-void-and-draft-rows/ord_status.csv"), "orders")
    assert report.stored
    assert report.passed_over == {"void_row": 1}
    assert rows(store, "sales_order", "code") == [("S001",)]


@pytest.mark.parametrize(
    ("header", "counts", "not_counts"),
    [
        ("发票状态", "正常", "已作废"),
        ("單據狀態", "已審核", "已取消"),
        ("是否作废", "否", "是"),
        ("docstatus", "1", "2"),
        ("Status", "Posted", "Draft"),
        ("数据状态（必填）", " 已审核 ", "暂存"),
        ("voided", "FALSE", "TRUE"),
    ],
)
def test_words_of_state(
    store: Engine, tmp_path: Path, header: str, counts: str, not_counts: str
) -> None:
    text = invoices(header, [counts, not_counts, ""])
    report = bring(store, text, "invoices", folder=tmp_path)
    assert report.stored
    assert [one.row for one in report.passed] == [3]
    assert rows(store, "invoice", "code") == [("F1",), ("F3",)]


def test_an_unknown_state_is_asked_about(store: Engine, tmp_path: Path) -> None:
    text = invoices("状态", ["正常", "挂起", "挂起"])
    asked = bring(store, text, "invoices", folder=tmp_path)
    assert asked.outcome is Outcome.REJECTED
    assert [(ask.key, ask.rows) for ask in asked.asks] == [("state_unknown:状态=挂起", 2)]
    for answer, kept in (("pass", ["F1"]), ("take", ["F1", "F2", "F3"])):
        plan = Plan(kind="invoices", answers={"state_unknown:状态=挂起": answer})
        assert bring(store, text, plan=plan, folder=tmp_path).stored
        assert [code for (code,) in rows(store, "invoice", "code")] == kept
    only_good = bring(
        store, invoices("状态", ["正常", "挂账"]), "invoices", folder=tmp_path, on_error="reject"
    )
    assert only_good.reasons == {"state_unknown": 1}


@pytest.mark.parametrize(
    ("kind", "header", "cells", "reasons"),
    [
        ("invoices", "借贷方向", ["借", "贷"], {"other_side": 1}),
        ("invoices", "红蓝字", ["蓝字", "红字"], {"other_side": 1}),
        ("invoices", "凭证类型", ["RV", "DZ"], {"other_document": 1}),
        ("invoices", "单据类型", ["销售发票", "其他应收单"], {"other_document": 1}),
        ("invoices", "已收金额", ["0.00", "50.00"], {"paid_left_out": 1}),
        ("invoices", "Payment Status", ["", "Paid"], {"paid_left_out": 1}),
        ("invoices", "汇率", ["1.0000", "7.1"], {"rate_left_out": 1}),
        ("invoices", "备注2", ["已作废", "草稿"], {}),
    ],
)
def test_other_sides_documents_and_rates_are_no_rows_of_the_sheet(
    store: Engine, tmp_path: Path, kind: str, header: str, cells: list[str], reasons: object
) -> None:
    report = bring(store, invoices(header, cells), kind, folder=tmp_path)
    assert report.reasons == reasons
    answered = {ask.key: ask.answers[0] for ask in report.asks}
    plan = Plan(kind=kind, answers=answered)
    assert not reasons or bring(store, invoices(header, cells), plan=plan, folder=tmp_path).stored


def test_a_disabled_customer_arrives_closed(store: Engine, tmp_path: Path) -> None:
    text = "客户编码,客户名称,禁用状态\nC8,甲,否\nC9,乙,是\n"
    assert bring(store, text, "customers", folder=tmp_path).stored
    assert [status for (status,) in rows(store, "customer", "status")][2:] == ["active", "closed"]


@pytest.mark.parametrize("kind", SheetKind)
def test_every_kind_hears_of_void_rows(kind: SheetKind) -> None:
    """A state column that no field takes speaks for the rows of any sheet but answers."""
    judge = Judge(SPECS[kind], {3: "作废标志"}, {})
    found = judge.judge(Block([2, 3], [["a", "b", "c", "是"], ["a", "b", "c", "否"]], 1.0))
    assert list(found.passed) == [0]


def test_what_was_decided_is_kept_with_the_header(store: Engine, tmp_path: Path) -> None:
    plan = Plan(kind="invoices", answers={"state_unknown": "take", "name_of_another": "new"})
    assert plan.lasting({}).answers == {"state_unknown": "take"}
    before = content(store)
    text = invoices("状态", ["挂起"])
    assert bring(store, text, plan=plan, folder=tmp_path, rehearse=True).rows_added == 1
    assert content(store) == before
