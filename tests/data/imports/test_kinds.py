"""Kinds of sheet (表的类型): recognised, complete in words, with templates that import."""

from __future__ import annotations

from pathlib import Path

import pytest
from opencc import OpenCC
from sqlalchemy import Engine

from data.imports.columns import mapping
from data.imports.columns.registry import SPECS
from data.imports.columns.templates import template
from data.imports.files import headers
from data.imports.files.reading import Layout
from data.imports.terms.plan import Plan, from_toml
from data.imports.terms.report import Outcome
from errors import BadInput
from models.access import Role
from models.enums import SheetKind
from models.tables import metadata
from settings import ROOT
from tests.data.imports.bringing import bring, managed, person, said
from words import i18n

BEFORE = {
    SheetKind.CONTACTS: ("customers",),
    SheetKind.STOCK_COUNTS: ("customers", "products"),
    SheetKind.ORDERS: ("customers", "products"),
    SheetKind.INVOICES: ("customers",),
    SheetKind.RECEIPTS: ("customers", "invoices"),
    SheetKind.CREDIT_NOTES: ("customers", "invoices"),
    SheetKind.PAYMENT_SCHEDULES: ("customers", "invoices"),
    SheetKind.ALLOCATIONS: ("customers", "invoices", "receipts"),
    SheetKind.REVERSALS: ("customers", "invoices", "receipts"),
    SheetKind.WRITE_OFFS: ("customers", "invoices"),
    SheetKind.CONTRACTS: ("customers",),
    SheetKind.CREDIT_SURVEYS: ("customers",),
    SheetKind.COMPLAINTS: ("customers", "products"),
    SheetKind.VISITS: ("customers",),
    SheetKind.ANSWERS: ("customers",),
    SheetKind.OWNER_CHANGES: ("customers",),
    SheetKind.CARD_CHANGES: ("customers",),
    SheetKind.CREDIT_GRADES: ("customers",),
    SheetKind.CREDIT_LIMITS: ("customers",),
    SheetKind.COLLECTION_ACTIONS: ("customers",),
    SheetKind.KEY_ACCOUNT_DECISIONS: ("customers",),
    SheetKind.LOSS_EVENTS: ("customers",),
    SheetKind.SUPERVISION_ITEMS: ("customers",),
    SheetKind.WAVES: ("survey_items",),
}


@pytest.mark.parametrize("kind", SheetKind)
@pytest.mark.parametrize("chinese", [True, False])
def test_every_template_imports_and_is_recognised(
    sqlite_engine: Engine, files: Path, kind: SheetKind, chinese: bool
) -> None:
    for earlier in BEFORE.get(kind, ()):
        assert bring(
            sqlite_engine, template(SPECS[SheetKind(earlier)], chinese=True), folder=files
        ).stored
    person(sqlite_engine, "anna", Role.ACCOUNT_MANAGER)
    managed(sqlite_engine, "anna")  # who answers for a matter where its sheet does not say
    report = bring(sqlite_engine, template(SPECS[kind], chinese=chinese), folder=files)
    assert (report.outcome, report.kind) == (Outcome.COMMITTED, kind.value), said(report)
    assert report.rows_added == 2
    assert report.ignored == ()


@pytest.mark.parametrize("kind", SheetKind)
def test_every_column_written_to_is_there(kind: SheetKind) -> None:
    spec = SPECS[kind]
    staged = {field.name for field in spec.fields} | set(spec.extra)
    staged |= {reference.into for reference in spec.references}
    staged |= {target.id_into for target in spec.targets}
    for target in spec.targets:
        columns = set(metadata.tables[target.table.__tablename__].c.keys())
        assert set(target.key) | set(target.columns) <= columns
        assert set(target.updatable) <= set(target.columns)
        assert {*target.key.values(), *target.columns.values(), *target.within_file} <= staged


@pytest.mark.parametrize("lang", ["zh_Hans", "zh_Hant"])
def test_every_field_and_reason_has_words(lang: str) -> None:
    for spec in SPECS.values():
        labels = [("import field", field.label) for field in spec.fields]
        labels.append(("sheet", spec.label))
        assert i18n.missing(lang, labels) == []
        reasons = {target.duplicate for target in spec.targets}
        reasons |= {reference.missing for reference in spec.references}
        assert i18n.missing(lang, [f"reason.{code}" for code in reasons]) == []
        assert i18n.missing("en", [f"reason.{code}" for code in reasons]) == []


def test_every_code_of_a_refusal_has_words() -> None:
    """Codes given to parsers and rules, which the catalogue tests do not see."""
    import re

    found: set[str] = set()
    for path in (ROOT / "data" / "imports").rglob("*.py"):
        source = path.read_text("utf-8")
        found |= set(re.findall(r'(?:Unreadable|fault_where|note_where)\(\s*"(\w+)"', source))
        found |= set(re.findall(r'"(more_than_\w+|quote_\w+)"', source))
    assert len(found) > 40
    for lang in ("zh_Hans", "en"):
        assert i18n.missing(lang, [f"reason.{code}" for code in found]) == []


def test_names_are_compared_loosely() -> None:
    assert headers.plain(" 客戶編號（必填）") == headers.plain("客户编号")
    assert headers.plain("Customer_Code\u00a0\u200b") == headers.plain("CUSTOMER CODE")
    assert headers.plain("金额(元)") == "金额"


def test_traditional_headers_are_recognised() -> None:
    layout = Layout("text", "", "", "", (), 1, ("發票號碼", "客戶編號", "開票日期", "金額"))
    assert mapping.recognise(layout) is SheetKind.INVOICES


@pytest.mark.parametrize("kind", SheetKind)
def test_every_name_is_known_in_traditional_signs(kind: SheetKind) -> None:
    traditional = OpenCC("s2t")
    for field in SPECS[kind].fields:
        for alias in field.aliases:
            assert headers.plain(traditional.convert(alias)) == headers.plain(alias)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("kind = 3", "map_unknown"),
        ("kind = 'orders'\nextra = 1", "map_unknown"),
        ("kind = 'orders'\n[columns]\norder_code = 1.5", "map_wrong_type"),
        ("kind = 'orders'\n[options]\nround_cents = 'yes'", "map_wrong_type"),
        ("kind = ", "map_unreadable"),
    ],
)
def test_a_mistake_in_a_map_is_named(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "map.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(BadInput) as refused:
        from_toml(path)
    assert refused.value.issues[0].reason == reason


def test_a_map_may_name_columns_that_are_not_there(engine: Engine, files: Path) -> None:
    plan = Plan(kind="customers", columns={"name": "抬头"})
    report = bring(engine, "客户编码,客户名称\nC1,甲\n", plan=plan, folder=files)
    assert report.outcome is Outcome.REFUSED
    assert report.issues[0].column == "抬头"


@pytest.mark.parametrize("path", sorted((ROOT / "data" / "samples" / "maps").glob("*.toml")))
def test_the_maps_we_ship_are_sound(path: Path) -> None:
    plan = from_toml(path)
    known = {field.name for field in SPECS[SheetKind(plan.kind)].fields}
    assert {*plan.columns, *plan.templates} <= known
    assert Plan.from_dict(plan.as_dict()) == plan
