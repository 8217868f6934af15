"""One set of reductions, three engines, equal results (三引擎一致)."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from data import facts, store
from data.facts_engines import scanner
from models.base import Base
from models.policy import Policy
from tests.ledger import Ledger, at_random

END = date(2026, 6, 30)
DATES = (date(2025, 12, 31), END)


def frames(engine: Engine, using: str, policy: Policy, dates=DATES) -> dict[str, pd.DataFrame]:
    """Every frame of every date, rows in one order."""
    found = {}
    with facts.read(engine, dates, policy, using=using) as reading:
        assert reading.engine == using
        for day in dates:
            of_day = reading.at(day)
            for name in facts.NAMES:
                rows = getattr(of_day, name)
                found[f"{name} {day}"] = rows.sort_values(list(rows.columns), ignore_index=True)
    return found


def assert_equal(one: dict[str, pd.DataFrame], other: dict[str, pd.DataFrame]) -> None:
    assert one.keys() == other.keys()
    for name, rows in one.items():
        pd.testing.assert_frame_equal(rows, other[name], obj=name)


def copy_rows(source: Engine, target: Engine) -> None:
    """The same rows in another store."""
    with source.connect() as old, target.begin() as new:
        for table in Base.metadata.sorted_tables:
            rows = [dict(row) for row in old.execute(sa.select(table)).mappings()]
            if rows:
                new.execute(table.insert(), rows)


@pytest.mark.skipif(scanner() is None, reason="DuckDB's reader of SQLite has no wheel here")
@pytest.mark.parametrize("months", [12, 0])
def test_duckdb_equals_sqlite(sqlite_engine: Engine, months: int) -> None:
    with store.writing(sqlite_engine, facts=True) as session:
        at_random(session, months, END)
    policy = Policy(window_months=months)
    by_sqlite = frames(sqlite_engine, "sqlite", policy)
    assert len(by_sqlite[f"open_invoices {END}"]) > 10
    assert len(by_sqlite[f"responses {END}"]) > 10
    assert_equal(by_sqlite, frames(sqlite_engine, "duckdb", policy))


@pytest.mark.postgres
def test_postgres_equals_sqlite(sqlite_engine: Engine, postgres_engine: Engine) -> None:
    with store.writing(sqlite_engine, facts=True) as session:
        at_random(session, 5, END)
    copy_rows(sqlite_engine, postgres_engine)
    by_sqlite = frames(sqlite_engine, "sqlite", Policy())
    assert_equal(by_sqlite, frames(postgres_engine, "postgres", Policy()))


def test_facts_dated_later_change_nothing(sqlite_engine: Engine) -> None:
    early = date(2025, 9, 30)
    with store.writing(sqlite_engine, facts=True) as session:
        at_random(session, 3, early)
    using = facts.choose(sqlite_engine)
    cut = (early - timedelta(days=200),)
    before_later = frames(sqlite_engine, using, Policy(), cut)
    with store.writing(sqlite_engine, facts=True) as session:
        book, next_day = Ledger(session, "L"), cut[0] + timedelta(days=1)
        survey, items = book.survey((1,), nps=True)
        wave = book.wave(survey, next_day)
        who = session.execute(sa.text("select id from customer")).scalars().all()
        for number in who:
            book.order(number, next_day, (500, 200))
            invoice = book.invoice(number, next_day, next_day, 900)
            book.allocate(invoice, next_day, 5, receipt=book.receipt(number, next_day, 90))
            for still in session.execute(
                sa.text("select id from invoice where customer_id = :c"), {"c": number}
            ).scalars():
                note = book.credit_note(number, next_day, 1)
                book.allocate(still, next_day, 1, note=note)
            book.response(wave, number, next_day, dict.fromkeys(items, 3))
            book.complaint(number, next_day)
            book.visit(number, next_day, 7)
            book.action(number, next_day)
            book.contract(number, next_day, next_day)
    after = frames(sqlite_engine, using, Policy(), cut)
    assert_equal(before_later, after)


def test_empty_store(sqlite_engine: Engine) -> None:
    """No facts are no error, in any engine."""
    empty = frames(sqlite_engine, "sqlite", Policy(), (END,))
    assert {name: len(rows) for name, rows in empty.items() if len(rows)} == {f"opening {END}": 1}
    assert_equal(empty, frames(sqlite_engine, facts.choose(sqlite_engine), Policy(), (END,)))


def test_facts_that_change_while_they_are_read(sqlite_engine: Engine, monkeypatch) -> None:
    """Read under DuckDB, a store that changes meanwhile is read again from a still copy."""
    with store.writing(sqlite_engine, facts=True) as session:
        at_random(session, 1, END, customers=4)
    asked = []
    child = facts._child

    def slow(path, folder, dates, policy, tell):
        found = child(path, folder, dates, policy, tell)
        asked.append(path)
        return (found[0], found[1] + 1) if len(asked) == 1 else found

    monkeypatch.setattr(facts, "_child", slow)
    with facts.read(sqlite_engine, (END,), Policy(), using="duckdb") as reading:
        assert asked[0] == store.sqlite_path(sqlite_engine)
        assert asked[1].name == "copy.db"
        assert reading.revision == 1
        assert len(reading.at(END).customers) == 4
