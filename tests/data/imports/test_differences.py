"""What an import will change, before it does (变更预览): old → new, in full, and in the report."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from data import store
from data.imports.history import differences
from data.imports.terms.difference import Difference
from data.imports.terms.report import ImportReport
from models.access import Role
from models.credit import CreditLimit
from models.enums import GradeMethod
from tests.data.imports.bringing import TODAY, bring, person, rows
from tests.data.imports.test_undo import PAIRS, paying_company, resting_on
from tests.kept import Kept


@pytest.fixture
def company(engine: Engine, kept: Kept) -> Engine:
    kept(engine, paying_company)
    return engine


def foreseen(engine: Engine, text: str, kind: str, folder: Path) -> ImportReport:
    return bring(
        engine, text, kind, folder=folder, rehearse=True, changes=folder.parent / "changes.jsonl"
    )


def test_customers_old_and_new(company: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    person(company, "anna", Role.ACCOUNT_MANAGER)
    text = (
        "客户编码,客户名称,省份,客户状态,客户经理,合作起始日,注册资本,信用额度,所属集团编码\n"
        "K1,甲公司,浙江省,潜在,anna,2020-01-02,12.5万,2000,K9\n"
        "K2,乙公司,江苏省,,,,,700,\nK9,新集团,江苏省,,,,,900,\n"
    )
    report = foreseen(company, text, "customers", folder)
    told = {(d.line, d.row, d.field): (d.kind, d.old, d.new) for d in report.differences}
    assert told == {
        (2, "K1", "province"): ("text", "福建省", "浙江省"),
        (2, "K1", "status"): ("customer_status", "active", "prospect"),
        (2, "K1", "owner"): ("text", None, "anna"),
        (2, "K1", "since"): ("date", None, "2020-01-02"),
        (2, "K1", "registered_capital"): ("money", None, 12_500_000),
        (2, "K1", "credit_limit"): ("money", 100_000, 200_000),
        (2, "K1", "parent_code"): ("text", None, "K9"),
        (3, "K2", "credit_limit"): ("money", None, 70_000),
    }
    assert report.differences_count == len(told)
    assert report.changed_fields["credit_limit"] == 2
    assert list(differences.read(tmp_path / "changes.jsonl")) == list(report.differences)
    assert ImportReport.from_dict(report.as_dict()) == report
    assert rows(company, "customer", "province", code="K1") == [("福建省",)], "nothing is stored"


@pytest.mark.parametrize("kind", PAIRS)
def test_what_is_foreseen_is_what_is_kept(company: Engine, tmp_path: Path, kind: str) -> None:
    """As many values as the import then keeps with before and after, for every kind."""
    folder = tmp_path / "in"
    folder.mkdir()
    resting_on(company, kind, folder)
    assert bring(company, PAIRS[kind][0], kind, folder=folder).stored
    report = foreseen(company, PAIRS[kind][1], kind, folder)
    batch = bring(company, PAIRS[kind][1], kind, folder=folder).batch_id
    kept = rows(company, "import_change", "table_name", "before", "after", batch_id=batch)
    values = [
        (name, before.get(key), value)
        for name, before, after in kept
        for key, value in after.items()
        if before and key not in ("response_id", "item_id") and (kind, name) != ("answers", "wave")
    ]
    beside = ("credit_limit", "invoice_schedule")
    limits = [
        line
        for line in report.differences
        if line.table in beside and kind in ("customers", "invoices")
    ]
    dated = [value for value in values if value[0] in beside and kind in ("customers", "invoices")]
    assert report.differences_count - len(limits) == len(values) - len(dated)
    assert report.differences_count == len(report.differences) > 0


def test_shared_rows_come_once(company: Engine, tmp_path: Path) -> None:
    """Two lines of an order move its date: that is one change of one order."""
    folder = tmp_path / "in"
    folder.mkdir()
    bring(company, PAIRS["orders"][0], "orders", folder=folder)
    text = (
        "订单号,行号,客户编码,订单日期,产品编码,数量,金额\n"
        "S1,1,K1,2026-05-02,P1,1,100\nS1,2,K1,2026-05-02,P2,2,250\n"
    )
    report = foreseen(company, text, "orders", folder)
    assert tuple(replace(one, row_id=None) for one in report.differences) == (
        Difference(2, "sales_order", "S1", "ordered_on", "date", "2026-05-01", "2026-05-02"),
        Difference(3, "order_line", "S1 · 2", "amount", "money", 20_000, 25_000),
    )


def test_the_limit_in_force_is_the_old_one(company: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    ((customer,),) = rows(company, "customer", "id", code="K1")
    with store.writing(company) as session:
        session.add(
            CreditLimit(
                customer_id=customer,
                since=TODAY + timedelta(days=9),
                amount=1,
                method=GradeMethod.SALES,
            )
        )
    report = foreseen(company, "客户编码,客户名称,信用额度\nK1,甲公司,2000\n", "customers", folder)
    assert [(d.old, d.new) for d in report.differences] == [(100_000, 200_000)]


def test_only_new_rows_ask_nothing(company: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    report = foreseen(company, "客户编码,客户名称\nK7,庚公司\n", "customers", folder)
    assert (report.rows_added, report.differences_count, report.differences) == (1, 0, ())
    assert not (tmp_path / "changes.jsonl").exists()


def test_long_lists_are_counted_and_kept_whole(sqlite_engine: Engine, tmp_path: Path) -> None:
    def sheet(place: str) -> str:
        lines = [f"L{i:04d},公司{i},{place}" for i in range(450)]
        return "客户编码,客户名称,省份\n" + "\n".join(lines) + "\n"

    folder = tmp_path / "in"
    folder.mkdir()
    bring(sqlite_engine, sheet("福建省"), "customers", folder=folder)
    path = folder / "again.csv"
    path.write_text(sheet("江苏省"), "utf-8")
    kept = tmp_path / "kept.jsonl"
    report = bring(sqlite_engine, path, "customers", rehearse=True, changes=kept)
    assert len(report.differences) == differences.MOST_SHOWN
    assert report.differences_count == report.changed_fields["province"] == 450
    assert [d.row for d in differences.read(kept)] == [f"L{i:04d}" for i in range(450)]
