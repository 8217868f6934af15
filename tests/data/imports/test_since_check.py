"""Two people check before either stores (两人先后入库): the second is told what changed since."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from data import store
from data.imports.terms.report import ImportReport, Outcome
from data.writes import customers as keeping
from models.access import Role
from tests.data.imports.bringing import bring, content, person, rows
from tests.data.imports.test_undo import BASE, PAID, PAIRS, resting_on

HEAD = "客户编码,客户名称,省份,备注\n"


@pytest.fixture
def company(engine: Engine, tmp_path: Path) -> Engine:
    for kind, text in {**BASE, **PAID}.items():
        assert bring(engine, text, kind, folder=tmp_path).stored
    return engine


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "in"
    made.mkdir()
    return made


class Somebody:
    """Who checks a file and stores it later, as the page does."""

    def __init__(self, engine: Engine, folder: Path, text: str, kind: str = "customers") -> None:
        self._engine, self._folder, self._text, self._kind = engine, folder, text, kind
        self._checked = folder.parent / f"{id(self)}.jsonl"

    def check(self) -> ImportReport:
        self._checked.unlink(missing_ok=True)
        return self._bring(rehearse=True, changes=self._checked)

    def store(self) -> ImportReport:
        return self._bring(checked=self._checked)

    def _bring(self, **more: Any) -> ImportReport:
        return bring(self._engine, self._text, self._kind, folder=self._folder, **more)


@pytest.mark.parametrize(
    "kind", ["customers", "contracts", "owner_changes", "payment_schedules", "answers"]
)
def test_no_kind_of_sheet_writes_over_what_nobody_saw(
    company: Engine, folder: Path, kind: str
) -> None:
    """What said nothing new when it was checked would take back what came since."""
    before, after = PAIRS[kind]
    resting_on(company, kind, folder)
    assert bring(company, before, kind, folder=folder).stored
    first = Somebody(company, folder, after, kind)
    second = Somebody(company, folder, before + "\n", kind)
    assert first.check().differences_count > 0
    assert second.check().differences_count == 0
    assert first.store().stored, "nobody was quicker"
    held = content(company)
    told = second.store()
    assert (told.outcome, content(company)) == (Outcome.OUTDATED, held)
    assert told.outdated_count == len(told.outdated) > 0
    assert ImportReport.from_dict(told.as_dict()) == told


def test_the_second_is_told_row_field_values_who_and_when(company: Engine, folder: Path) -> None:
    anna = person(company, "anna", Role.ADMINISTRATOR)
    second = Somebody(company, folder, HEAD + "K1,甲公司,海南省,\nK7,新客户,,\n")
    second.check()
    number = bring(company, HEAD + "K1,甲公司,浙江省,\n", folder=folder, actor=anna).batch_id
    told = second.store()
    (one,) = told.outdated
    assert (one.now.line, one.now.row, one.now.field) == (2, "K1", "province")
    values = (one.known, one.checked, one.now.old, one.now.new)
    assert values == (True, "福建省", "浙江省", "海南省")
    assert (one.who, one.batch) == (anna.name, number)
    assert one.at
    assert told.reasons == {"changed_since_check": 1}
    assert rows(company, "customer", "code", code="K7") == [], "all of the file or nothing"
    assert second.check().differences[0].old == "浙江省"
    assert second.store().stored, "who has seen it may store over it"
    assert rows(company, "customer", "province", code="K1") == [("海南省",)]


def test_what_a_form_wrote_is_seen_too(company: Engine, folder: Path) -> None:
    anna = person(company, "anna", Role.ADMINISTRATOR)
    ((number, version),) = rows(company, "customer", "id", "version", code="K1")
    second = Somebody(company, folder, HEAD + "K1,甲公司,,付款慢\n")
    second.check()
    keeping.keep(company, anna, number, version, note="已起诉", verified_on=date(2026, 11, 20))
    (one,) = second.store().outdated
    assert (one.now.field, one.now.old, one.who, one.batch) == ("note", "已起诉", anna.name, None)


def test_nobody_is_named_for_what_left_no_trace(company: Engine, folder: Path) -> None:
    second = Somebody(company, folder, HEAD + "K1,甲公司,海南省,\n")
    second.check()
    with store.writing(company) as session:
        session.execute(sa.text("UPDATE customer SET province = '西藏' WHERE code = 'K1'"))
    (one,) = second.store().outdated
    assert (one.now.old, one.who, one.at, one.batch) == ("西藏", "", "", None)


def test_a_row_that_came_meanwhile_and_one_that_did_not_matter(
    company: Engine, folder: Path
) -> None:
    second = Somebody(company, folder, HEAD + "K8,新客户,海南省,\n")
    second.check()
    assert bring(company, HEAD + "K8,新客户,浙江省,\n", folder=folder).stored
    (one,) = second.store().outdated
    assert (one.now.row, one.known, one.now.old) == ("K8", False, "浙江省")

    other = Somebody(company, folder, HEAD + "K1,甲公司,海南省,\n")
    other.check()
    assert bring(company, HEAD + "K1,甲公司,,换了法人\n", folder=folder).stored
    assert other.store().stored, "another field of the row takes nothing away"
    same = Somebody(company, folder, HEAD + "K1,甲公司,江西省,\nK2,乙公司,江西省,\n")
    same.check()
    assert bring(company, HEAD + "K1,甲公司,江西省,\n", folder=folder).stored
    assert same.store().stored, "both of one mind"
