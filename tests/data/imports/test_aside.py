"""A check keeps nobody from writing (校验不占写锁), and says what storing then does."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from data import store
from data.imports import engine as imports
from data.imports.staging import aside
from data.imports.terms.plan import Options, Plan
from data.imports.terms.report import ImportReport, Outcome
from data.imports.terms.request import Request
from models.customers import Customer
from models.enums import SheetKind
from tests.data.imports.bringing import TODAY, bring, bring_text, content, count
from tests.data.imports.test_kill import orders
from tests.data.imports.test_undo import BASE, PAID, PAIRS, SHAPES, resting_on
from tests.kept import Kept

STRANGERS = "订单号,行号,客户编码,订单日期,金额\nS1,1,N1,2026-05-01,100\nS2,1,N2,2026-05-01,200\n"


def paying(engine: Engine) -> None:
    """A company, its documents, and what pays its invoices."""
    for kind, text in {**BASE, **PAID}.items():
        assert bring_text(engine, text, kind).stored


@pytest.fixture
def company(sqlite_engine: Engine, kept: Kept) -> Engine:
    kept(sqlite_engine, paying)
    return sqlite_engine


@pytest.fixture
def writer(company: Engine) -> Iterator[sqlite3.Connection]:
    """Somebody else, who does not wait for a lock at all."""
    path = store.sqlite_path(company)
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
        yield connection


def told(report: ImportReport) -> ImportReport:
    """What a report says of rows; not what only a check or only storing can say."""
    return replace(
        report,
        outcome=Outcome.CHECKED,
        file_name="",
        batch_id=None,
        differences=(),
        differences_count=0,
        changed_fields={},
        seconds=0,
    )


@pytest.mark.parametrize("kind", PAIRS)
def test_a_check_needs_no_lock_whatever_the_sheet(
    company: Engine, writer: sqlite3.Connection, tmp_path: Path, kind: str
) -> None:
    """Somebody holds the lock from before it to after it; it would wait for them, and fail."""
    resting_on(company, kind, tmp_path)
    for text in PAIRS[kind]:
        before = content(company)
        writer.execute("begin immediate")
        check = bring(company, text, kind, folder=tmp_path, rehearse=True)
        writer.execute("rollback")
        assert check.outcome is Outcome.CHECKED, check
        assert content(company) == before
        stored = bring(company, text, kind, folder=tmp_path)
        assert stored.outcome is Outcome.COMMITTED
        assert told(check) == told(stored)


@pytest.mark.parametrize("shape", SHAPES)
def test_nor_does_one_that_makes_a_survey(
    company: Engine, writer: sqlite3.Connection, tmp_path: Path, shape: str
) -> None:
    before, text = content(company), SHAPES[shape]
    new = {"folder": tmp_path, "survey": "N", "new_survey": True}
    writer.execute("begin immediate")
    check = bring(company, text, "answers", rehearse=True, **new)
    writer.execute("rollback")
    assert content(company) == before
    assert check.made
    stored = bring(company, text, "answers", **new)
    assert stored.stored
    assert told(check) == told(stored)


def test_nor_does_one_that_makes_customers(
    company: Engine, writer: sqlite3.Connection, tmp_path: Path
) -> None:
    before = content(company)
    more = {"folder": tmp_path, "create_customers": True}
    writer.execute("begin immediate")
    check = bring(company, STRANGERS, "orders", rehearse=True, **more)
    writer.execute("rollback")
    assert content(company) == before
    assert check.rows_added == 2
    assert told(check) == told(bring(company, STRANGERS, "orders", **more))
    assert count(company, "customer") == 4


def test_others_write_all_the_while(
    company: Engine, writer: sqlite3.Connection, tmp_path: Path
) -> None:
    """At every step somebody stores something; none of it is refused, none of it disturbs."""
    path, steps, locked = orders(tmp_path / "many.csv", 2_000), [], 0

    def write(step: str, _share: float) -> None:
        nonlocal locked
        steps.append(step)
        try:
            writer.execute("begin immediate")
            writer.execute("update customer set version = version + 1")
            writer.execute("commit")
        except sqlite3.OperationalError:
            locked += 1

    plan = Plan(kind="orders", options=Options(create_customers=True))
    check = imports.run(company, Request(path, plan, TODAY, rehearse=True), write)
    assert (check.outcome, check.rows_added) == (Outcome.CHECKED, 2_000)
    assert {"matching", "comparing"} < set(steps)
    assert locked == 0
    steps.clear()
    imports.run(company, Request(path, plan, TODAY), write)
    assert locked > 0, "storing takes the lock: the measure would see one"


def test_what_is_put_aside_is_the_whole_table(company: Engine) -> None:
    """Its rows, its rules and its indexes; the store's own table is the old one."""
    with store.connected(company) as connection:
        with store.rehearsing_on(connection) as session, aside.writes(session.connection()):
            run = session.connection()
            names = sa.select(Customer.code).order_by(Customer.id)
            assert list(run.execute(names).scalars()) == ["K1", "K2"]
            run.execute(sa.update(Customer).where(Customer.code == "K1").values(name="X"))
            made = sa.insert(Customer).values(code="K3", name="丙", created_on=TODAY)
            assert run.execute(made.returning(Customer.id)).scalar_one() == 3
            assert list(run.execute(names).scalars()) == ["K1", "K2", "K3"]
            with pytest.raises(sa.exc.IntegrityError):
                run.execute(sa.insert(Customer).values(code="K1", name="甲", created_on=TODAY))
            assert _declared(run, "temp") == _declared(run, "main")
            old = run.exec_driver_sql("select code, name from main.customer order by id").all()
            assert [tuple(row) for row in old] == [("K1", "甲公司"), ("K2", "乙公司")]
        assert count(company, "customer") == 2
        with connection.begin():
            assert connection.exec_driver_sql("pragma foreign_keys").scalar_one() == 1
            left = connection.exec_driver_sql("select count(*) from temp.sqlite_master")
            assert left.scalar_one() == 0


def _declared(connection: sa.Connection, schema: str) -> dict[str, Any]:
    query = f"select name, sql from {schema}.sqlite_master where tbl_name = 'customer'"
    return {row.name: row.sql for row in connection.exec_driver_sql(query)}


def test_every_kind_is_checked() -> None:
    assert set(PAIRS) == {kind.value for kind in SheetKind}
