"""An entry dated ahead reaches the card on its day, once, and is written down."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from data import calendar
from data.writes.due_changes import come_due
from models.access import Role
from models.system import AuditEntry
from tests.data.imports.bringing import bring, person, rows


def test_cards_follow_on_the_day(engine: Engine, tmp_path: Path) -> None:
    first, second = (person(engine, login, Role.ACCOUNT_MANAGER) for login in ("li", "wu"))
    cards = "客户编码,客户名称,客户经理,省份\nC1,甲,li,福建省\nC2,乙,li,福建省\n"
    assert bring(engine, cards, "customers", folder=tmp_path).stored
    with Session(engine) as session:
        today = calendar.today(session)
    ahead = today + timedelta(days=5)
    owner = f"客户编码,变更日期,客户经理\nC1,{ahead},wu\n"
    province = f"客户编码,变更日期,变更后省份,变更后状态\nC2,{ahead},海南省,停用\n"
    assert bring(engine, owner, "owner_changes", folder=tmp_path).stored
    assert bring(engine, province, "card_changes", folder=tmp_path).stored
    card = ("owner_id", "province", "status")
    before = [(first.id, "福建省", "active"), (first.id, "福建省", "active")]
    assert rows(engine, "customer", *card) == before
    assert come_due(engine, ahead - timedelta(days=1)) == 0
    assert rows(engine, "customer", *card) == before
    assert come_due(engine, ahead) == 2
    after = [(second.id, "福建省", "active"), (first.id, "海南省", "closed")]
    assert rows(engine, "customer", *card) == after
    assert come_due(engine, ahead) == 0
    with Session(engine) as session:
        said = session.exec(select(AuditEntry).where(col(AuditEntry.action) == "customer.due"))
        assert sorted(entry.entity_id for entry in said) == ["C1", "C2"]


def test_what_held_already_stays_as_the_card_says(engine: Engine, tmp_path: Path) -> None:
    """Only entries dated ahead come due: a card put right since is not turned back."""
    person(engine, "li", Role.ACCOUNT_MANAGER)
    cards = "客户编码,客户名称,省份\nC1,甲,福建省\n"
    assert bring(engine, cards, "customers", folder=tmp_path).stored
    past = "客户编码,变更日期,变更后省份\nC1,2026-06-01,海南省\n"
    assert bring(engine, past, "card_changes", folder=tmp_path).stored
    assert rows(engine, "customer", "province") == [("海南省",)]
    assert come_due(engine, date(2027, 1, 31)) == 0
