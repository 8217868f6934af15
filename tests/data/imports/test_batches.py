"""Import batches (导入批次): found again, opened, and shown to those who may see them."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from data import store
from data.imports.history import batch_rows, batches, undo
from data.imports.history.batches import Wanted
from errors import NotFound
from models.access import EVERYBODY, NOBODY, Role, User
from models.enums import BatchState, SheetKind
from models.filters import Page
from tests.data.imports.bringing import bring, bring_text, person, rows
from tests.data.imports.test_undo import BASE, PAID, PAIRS, edit, resting_on
from tests.kept import Kept

FIRST = Page(number=1, size=50)


def before(engine: Engine) -> None:
    """What is there before, each file under the name of its kind."""
    for kind, text in BASE.items():
        assert bring_text(engine, text, kind, name=f"{kind}.csv").stored


@pytest.fixture
def company(engine: Engine, kept: Kept) -> Engine:
    kept(engine, before)
    return engine


def listed(engine: Engine, user: User | None = None, **wanted: object) -> list[int]:
    with store.reading(engine) as session:
        found = batches.history(session, user, Wanted(**wanted))  # type: ignore[arg-type]
        assert len(found) == batches.count(session, user, Wanted(**wanted))  # type: ignore[arg-type]
        return [one.id for one in found]


def opened(engine: Engine, number: int, user: User | None = None) -> batches.Batch:
    with store.reading(engine) as session:
        return batches.one(session, user, number)


def test_narrowed_sorted_and_paged(company: Engine, tmp_path: Path) -> None:
    anna = person(company, "anna", Role.ADMINISTRATOR)
    bring(company, PAIRS["visits"][0], "visits", folder=tmp_path, name="拜访_7月.csv", actor=anna)
    bad = bring(company, "客户编码,客户名称\nK1,\n", "customers", folder=tmp_path, name="100%.csv")
    undo.undo(company, 4, None)
    assert not bad.stored
    assert listed(company) == [6, 5, 4, 3, 2, 1]
    assert listed(company, kinds=(SheetKind.CUSTOMERS, SheetKind.VISITS)) == [6, 5, 1]
    assert listed(company, states=(BatchState.REJECTED,)) == [6]
    assert listed(company, states=(BatchState.UNDONE,)) == [4]
    assert listed(company, people=(anna.id,)) == [5]
    assert listed(company, people=(0,)) == [6, 4, 3, 2, 1]
    assert listed(company, search="7月") == [5]
    assert listed(company, search="%") == [6], "literally"
    assert listed(company, search=opened(company, 2).file_hash[:9].upper()) == [2]
    with store.reading(company) as session:
        assert batches.people(session, None) == {0: "", anna.id: "anna"}
        named = batches.history(session, None, page=Page(2, 2, "file_name", descending=False))
        assert [one.file_name for one in named] == ["invoices.csv", "orders.csv"]
        unknown = batches.history(session, None, page=Page(1, 50, "password_hash"))
        assert [one.id for one in unknown] == [6, 5, 4, 3, 2, 1]


def test_what_a_batch_says(company: Engine, tmp_path: Path) -> None:
    anna = person(company, "anna", Role.ADMINISTRATOR)
    text = "客户编码,客户名称,省份\nK1,甲公司,浙江省\nK2,乙公司,江苏省\nK3,丙公司,\nK4,,\n"
    report = bring(
        company, text, "customers", folder=tmp_path, name="c.csv", actor=anna, on_error="reject"
    )
    assert report.batch_id
    batch = opened(company, report.batch_id)
    assert (batch.file_name, batch.created_by, batch.state) == (
        "c.csv",
        "anna",
        BatchState.COMMITTED,
    )
    assert batch.file_bytes == len(text.encode())
    counts = (batch.rows_read, batch.rows_added, batch.rows_updated, batch.rows_same)
    assert (*counts, batch.rows_rejected) == (4, 1, 1, 1, 1)
    assert 0 < batch.seconds <= report.seconds
    with store.reading(company) as session:
        assert batches.reasons(session, batch.id) == {"empty": 1}
    undo.undo(company, batch.id, anna)
    batch = opened(company, batch.id)
    assert (batch.state, batch.undone_by) == (BatchState.UNDONE, "anna")
    assert batch.undone_at is not None


def test_a_refused_file_keeps_time_and_reasons(company: Engine, tmp_path: Path) -> None:
    bring(company, "客户编码,客户名称\nK1,\nK2,\n", "customers", folder=tmp_path)
    batch = opened(company, 5)
    assert batch.state is BatchState.REJECTED
    assert batch.seconds > 0
    with store.reading(company) as session:
        assert batches.reasons(session, 5) == {"empty": 2}


def test_the_same_file_is_named(company: Engine, tmp_path: Path) -> None:
    undo.undo(company, 4, None)
    again = bring(company, BASE["invoices"], "invoices", folder=tmp_path)
    assert again.batch_id
    with store.reading(company) as session:
        assert batches.same_files(session, None, opened(company, again.batch_id)) == [4]
        assert batches.same_files(session, None, opened(company, 1)) == []


def test_rows_by_codes(company: Engine, tmp_path: Path) -> None:
    report = bring(company, PAIRS["orders"][0], "orders", folder=tmp_path)
    assert report.batch_id
    batch = opened(company, report.batch_id)
    with store.reading(company) as session:
        assert batch_rows.parts(session, batch, EVERYBODY) == {"sales_order": 1, "order_line": 2}
        found = batch_rows.rows(session, batch, "order_line", EVERYBODY, FIRST)
        second = batch_rows.rows(session, batch, "order_line", EVERYBODY, Page(2, 1))
        changed = batch_rows.changes(session, batch, EVERYBODY, FIRST)
        assert batch_rows.changes_count(session, batch, EVERYBODY) == 2
    assert [(cell.name, cell.kind) for cell in found.cells] == [
        ("line", "number"),
        ("customer", "text"),
        ("customer_name", "text"),
        ("order_id", "text"),
        ("line_no", "number"),
        ("product_code", "text"),
        ("quantity", "number"),
        ("amount", "money"),
    ]
    assert found.rows == (
        (2, "K1", "甲公司", "S1", 1, "P1", 1.0, 10_000),
        (3, "K1", "甲公司", "S1", 2, "P2", 2.0, 20_000),
    )
    assert second.rows == found.rows[1:]
    assert {(d.table, d.row, d.field, d.old, d.new) for d in changed} == {
        ("sales_order", "B1", "ordered_on", "2026-01-05", "2026-01-07"),
        ("order_line", "B1 · 1", "quantity", 1.0, 4.0),
        ("order_line", "B1 · 1", "amount", 10_000, 35_000),
    }


@pytest.mark.parametrize("kind", PAIRS)
def test_every_kind_can_be_opened(company: Engine, tmp_path: Path, kind: str) -> None:
    """Rows and changes of each kind are there for everybody, and for nobody without a right."""
    for before, text in PAID.items():
        assert bring(company, text, before, folder=tmp_path).stored
    resting_on(company, kind, tmp_path)
    assert bring(company, PAIRS[kind][0], kind, folder=tmp_path).stored
    number = bring(company, PAIRS[kind][1], kind, folder=tmp_path).batch_id
    assert number
    batch = opened(company, number)
    with store.reading(company) as session:
        parts = batch_rows.parts(session, batch, EVERYBODY)
        assert parts
        for name, count in parts.items():
            found = batch_rows.rows(session, batch, name, EVERYBODY, FIRST)
            assert len(found.rows) == count
            assert all(len(row) == len(found.cells) for row in found.rows)
            assert found.cells[0].name == "line"
        changed = batch_rows.changes(session, batch, EVERYBODY, FIRST)
        assert changed
        assert all(one.row for one in changed)
        hidden = batch_rows.parts(session, batch, NOBODY)
        of_nobody = {"product", "acquisition_cost", "survey", "survey_item", "wave"}
        assert set(hidden) <= of_nobody
        told = batch_rows.changes(session, batch, NOBODY, FIRST)
        assert {one.table for one in told} <= of_nobody
    undo.undo(company, number, None)
    with store.reading(company) as session:
        assert batch_rows.parts(session, batch, EVERYBODY) == {}
        assert batch_rows.changes(session, batch, EVERYBODY, FIRST), "the history remembers"


def test_made_along(company: Engine, tmp_path: Path) -> None:
    number = bring(company, PAIRS["answers"][0], "answers", folder=tmp_path).batch_id
    assert number
    with store.reading(company) as session:
        made = batch_rows.made(session, opened(company, number))
        assert made == {"survey": 1, "survey_item": 2, "scale": 2, "wave": 1}
        assert batch_rows.changes_count(session, opened(company, number), EVERYBODY) == 0


# who may see it -----------------------------------------------------------------------------


def test_whose_batches(company: Engine, tmp_path: Path) -> None:
    anna = person(company, "anna", Role.ACCOUNT_MANAGER)
    service = person(company, "sam", Role.SERVICE)
    admin = person(company, "ada", Role.ADMINISTRATOR)
    number = bring(
        company, "客户编码,客户名称\nK8,辛公司\n", "customers", folder=tmp_path, actor=anna
    ).batch_id
    visits = bring(company, PAIRS["visits"][0], "visits", folder=tmp_path).batch_id
    assert listed(company, anna) == [number]
    assert listed(company, service) == [visits]
    assert listed(company, admin) == [visits, number, 4, 3, 2, 1]
    for user, other in ((anna, 1), (anna, visits), (service, number), (admin, 99)):
        with pytest.raises(NotFound):
            opened(company, other or 0, user)
    assert opened(company, number or 0, admin).created_by == "anna"


def test_a_customer_handed_over_is_no_longer_shown(company: Engine, tmp_path: Path) -> None:
    """Anna's own batch hides rows, changes and codes of what is somebody else's by now."""
    anna = person(company, "anna", Role.ACCOUNT_MANAGER)
    ben = person(company, "ben", Role.ACCOUNT_MANAGER)
    first = "客户编码,客户名称,省份\nK8,辛公司,福建省\nK9,壬公司,福建省\n"
    second = "客户编码,客户名称,省份,所属集团编码\nK8,辛公司,江苏省,K9\nK9,壬公司,江苏省,\n"
    added = bring(company, first, "customers", folder=tmp_path, actor=anna).batch_id
    changed = bring(company, second, "customers", folder=tmp_path, actor=anna).batch_id
    assert rows(company, "customer", "owner_id", code="K9") == [(anna.id,)]
    edit(company, "customer", "K9", owner_id=ben.id)

    def seen(session: Session, number: int | None) -> tuple[dict[str, int], list[object]]:
        batch = batches.one(session, anna, number or 0)
        told = batch_rows.changes(session, batch, anna.scope, FIRST)
        assert batch_rows.changes_count(session, batch, anna.scope) == len({d.row for d in told})
        return (
            batch_rows.parts(session, batch, anna.scope),
            sorted((one.row, one.field, one.new) for one in told),
        )

    with store.reading(company) as session:
        batch = batches.one(session, anna, added or 0)
        listing = batch_rows.rows(session, batch, "customer", anna.scope, FIRST)
        assert [row[1] for row in listing.rows] == ["K8"]
        assert seen(session, added) == ({"customer": 1}, [])
        batch = batches.one(session, anna, changed or 0)
        kept = batch_rows.rows(session, batch, "card_history", anna.scope, FIRST).rows
        assert [row[1] for row in kept] == ["K8", "K8"]
        assert not any("K9" in row for row in kept), "the group is somebody else's"
        assert seen(session, changed) == (
            {"card_history": 2},
            [("K8", "parent_code", None), ("K8", "province", "江苏省")],
        )
