"""Files of known programs are recognised by their headers, through data."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from data.imports.columns import profiles
from data.imports.columns.profiles import Profile
from data.imports.columns.registry import SPECS
from data.imports.files.layout import Layout
from data.imports.terms.options import Options
from data.imports.terms.plan import Plan
from models.enums import SheetKind
from tests.conftest import shared_or_sample
from tests.data.imports.bringing import bring, rows

BASE = "客户编码,客户名称\nC001,厦门华南机电有限公司\nC002,江苏中润贸易有限公司\n"
DOCS = Path(__file__).resolve().parents[3] / "docs" / "imports.md"


def case(name: str) -> Path:
    return shared_or_sample(f"cases/imports/{name}", f"cases/imports/{name}")


def header_of(profile: Profile) -> tuple[str, ...]:
    first = [names[0] for names in profile.columns.values()]
    said = [one.split("|")[0] for one in profile.said]
    return tuple(dict.fromkeys([*said, *first]))


@pytest.mark.parametrize("profile", profiles.known(), ids=lambda one: one.code)
def test_a_profile_gives_its_kind_what_it_needs(profile: Profile) -> None:
    header = header_of(profile)
    layout = Layout("text", "UTF-8", "comma", "", (), 1, header)
    assert profiles.recognised(Plan(), layout) == profile
    plan = profile.applied(Plan(), layout)
    fields = {field.name for field in SPECS[SheetKind(profile.plan.kind)].fields}
    assert set(plan.columns) == set(profile.columns) <= fields
    assert set(plan.columns.values()) <= set(header)
    spec = SPECS[SheetKind(profile.plan.kind)]
    if spec.kind is not SheetKind.ANSWERS:
        assert {field.name for field in spec.fields if field.required} <= set(plan.columns)
    assert f"`{profile.code}`" in DOCS.read_text("utf-8")


@pytest.mark.parametrize("customer", ["Name", "Customer", "Customer full name"])
def test_a_program_may_call_a_column_several_names(customer: str) -> None:
    header = ("Date", "Transaction type", "No.", customer, "Due date", "Amount", "Open balance")
    layout = Layout("text", "UTF-8", "comma", "", (), 1, header)
    profile = profiles.recognised(Plan(), layout)
    assert profile is not None
    assert profile.code == "quickbooks_invoices"
    columns = profile.applied(Plan(), layout).columns
    assert (columns["customer_name"], columns["invoice_code"]) == (customer, "No.")


def test_what_the_user_says_goes_before_a_profile() -> None:
    profile = next(one for one in profiles.known() if one.code == "surveymonkey_answers")
    header = (*header_of(profile), "Company code")
    layout = Layout("text", "UTF-8", "comma", "", (), 1, header)
    said = Plan(columns={"customer_code": "Company code"}, options=Options(wave="2026H2"))
    plan = profile.applied(said, layout)
    assert plan.columns["customer_code"] == "Company code"
    assert plan.columns["response_code"] == "Respondent ID"
    assert (plan.options.day_order, plan.options.wave) == ("mdy", "2026H2")
    assert profiles.recognised(Plan(kind="orders"), layout) is None
    left_out = profile.applied(Plan(columns={"customer_code": None}), layout)
    assert left_out.columns["customer_code"] is None


def test_files_of_ledgers_and_tax_offices(sqlite_engine: Engine, tmp_path: Path) -> None:
    assert bring(sqlite_engine, BASE, "customers", folder=tmp_path).stored
    tax = bring(sqlite_engine, case("28_tax_bureau_paper_number.xlsx"))
    assert tax.stored
    assert tax.profile.startswith("税务局")
    assert rows(sqlite_engine, "invoice", "code", "amount") == [("00123401", 1130000)]
    assert tax.passed_over == {"void_row": 1}
    odoo = bring(
        sqlite_engine, case("33_odoo_account_move.csv"), match_names=True, on_error="reject"
    )
    assert odoo.reasons == {"invoice_negative": 1}
    assert odoo.passed_over == {"void_row": 1}
    assert rows(sqlite_engine, "invoice", "amount", code="INV/2026/00012") == [(113000,)]
    friends = bring(sqlite_engine, case("07_k3cloud_customer_gbk.csv"))
    assert friends.stored
    assert rows(sqlite_engine, "customer", "code", "status")[2:] == [
        ("CUST0001", "active"),
        ("CUST0002", "closed"),
    ]


def test_outgoing_payments_of_a_bank_statement_are_no_receipts(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    assert bring(sqlite_engine, BASE, "customers", folder=tmp_path).stored
    text = (
        "交易日期,借方发生额,贷方发生额,余额,对方户名,摘要,交易流水号\n"
        "2026-08-05,,1000.00,5000.00,厦门华南机电有限公司,货款,T1\n"
        "2026-08-06,300.00,,4700.00,某供应商,采购,T2\n"
    )
    report = bring(sqlite_engine, text, folder=tmp_path, match_names=True)
    assert report.stored
    assert report.passed_over == {"other_amount": 1}
    assert rows(sqlite_engine, "receipt", "code", "amount") == [("T1", 100000)]
