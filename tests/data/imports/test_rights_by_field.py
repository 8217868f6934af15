"""What a role may not set although it may bring in the sheet; people by name."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from data.imports.columns.registry import MAY_IMPORT, SPECS
from data.imports.terms.report import Outcome
from models.access import Role
from models.enums import SheetKind
from tests.data.imports.bringing import bring, person, rows

CARDS = (
    "客户编码,客户名称,信用额度,账期天数,客户经理,所属集团编码\n"
    "C1,甲公司,500.00,30,li,G1\n"
    "G1,甲集团,,,li,\n"
    "G2,乙集团,,,wu,\n"
)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    return tmp_path


def test_the_columns_kept_from_a_role() -> None:
    kept = {
        (kind, field.name): set(field.kept_from)
        for kind, spec in SPECS.items()
        for field in spec.fields
        if field.kept_from
    }
    not_finance = {Role.ACCOUNT_MANAGER, Role.SERVICE}
    assert kept == {
        (SheetKind.CUSTOMERS, "terms_days"): not_finance,
        (SheetKind.CUSTOMERS, "credit_limit"): not_finance,
        (SheetKind.CARD_CHANGES, "terms_days"): not_finance,
    }
    for kind in (SheetKind.CREDIT_GRADES, SheetKind.CREDIT_LIMITS, SheetKind.OWNER_CHANGES):
        assert kind not in MAY_IMPORT[Role.ACCOUNT_MANAGER]


@pytest.mark.parametrize(
    ("column", "same", "other", "reason"),
    [
        ("信用额度", "500.00", "900.00", "field_not_allowed"),
        ("账期天数", "30", "90", "field_not_allowed"),
        ("客户经理", "li", "wu", "owner_not_yours"),
        ("所属集团编码", "G1", "G2", "group_not_yours"),
    ],
)
def test_account_managers_set_neither_credit_nor_owner_nor_others_groups(
    sqlite_engine: Engine, files: Path, column: str, same: str, other: str, reason: str
) -> None:
    manager = person(sqlite_engine, "li", Role.ACCOUNT_MANAGER)
    person(sqlite_engine, "wu", Role.ACCOUNT_MANAGER)
    finance = person(sqlite_engine, "qian", Role.CREDIT_CONTROLLER)
    assert bring(sqlite_engine, CARDS, "customers", folder=files).stored
    sheet = "客户编码,客户名称,{column},城市\nC1,甲公司,{value},厦门市\n"
    asks = sheet.format(column=column, value=other)
    refused = bring(sqlite_engine, asks, "customers", actor=manager, folder=files)
    assert refused.outcome is Outcome.REJECTED
    assert [(one.reason, one.row) for one in refused.issues] == [(reason, 2)]
    harmless = sheet.format(column=column, value=same)
    assert bring(sqlite_engine, harmless, "customers", actor=manager, folder=files).stored
    assert rows(sqlite_engine, "customer", "city", code="C1") == [("厦门市",)]
    if reason == "field_not_allowed":
        assert refused.issues[0].column == column
        assert bring(sqlite_engine, asks, "customers", actor=finance, folder=files).stored


def test_new_customers_and_dated_changes_keep_the_rule(sqlite_engine: Engine, files: Path) -> None:
    manager = person(sqlite_engine, "li", Role.ACCOUNT_MANAGER)
    person(sqlite_engine, "wu", Role.ACCOUNT_MANAGER)
    assert bring(sqlite_engine, CARDS, "customers", folder=files).stored
    new = "客户编码,客户名称,信用额度,账期天数\nN1,新客户,1.00,5\n"
    report = bring(sqlite_engine, new, "customers", actor=manager, folder=files)
    assert report.reasons == {"field_not_allowed": 2}
    for term, good in (("60", False), ("-", False), ("30", True)):
        text = f"客户编码,变更日期,账期天数,变更后省份\nC1,2026-11-01,{term},福建省\n"
        report = bring(sqlite_engine, text, "card_changes", actor=manager, folder=files)
        assert report.stored is good, term


def test_people_are_named_by_name_where_one_alone_has_it(engine: Engine, files: Path) -> None:
    one = person(engine, "li", Role.ACCOUNT_MANAGER)
    person(engine, "李雷", Role.ACCOUNT_MANAGER)
    from data import store
    from models.people import AppUser

    with store.writing(engine) as session:
        session.get_one(AppUser, one.id).name = "韩梅梅"
        for login in ("wang1", "wang2"):
            session.add(AppUser(login=login, name="王伟", role=one.role, password_hash="x"))
    text = "客户编码,客户名称,客户经理\nC1,甲,{name}\n"
    assert bring(engine, text.format(name="韩梅梅"), "customers", folder=files).stored
    assert rows(engine, "customer", "owner_id", code="C1") == [(one.id,)]
    twice = bring(engine, text.format(name="王伟"), "customers", folder=files)
    assert twice.reasons == {"name_of_several": 1}
    nobody = bring(engine, text.format(name="赵六"), "customers", folder=files)
    assert nobody.noted == {"unknown_user": 1}
    again = bring(engine, text.format(name="LI"), "customers", folder=files)
    assert again.outcome is Outcome.UNCHANGED
    assert rows(engine, "customer", "owner_id", code="C1") == [(one.id,)]
