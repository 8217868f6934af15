"""Refresh as a whole (刷新): sums agree, repeats are equal, nobody disturbs it."""

from __future__ import annotations

import time
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import Session, col, select

import settings
from data import job_runs, policies, refresh_state, store
from data.facts_periods import months_before
from errors import Conflict
from jobs import progress, refresh
from models.snapshots import (
    Snapshot,
    SnapshotInvoice,
    SnapshotResponse,
    SnapshotRun,
    SnapshotTotal,
    SnapshotWave,
)
from tests.ledger import Ledger, at_random

TODAY = date(2026, 6, 30)
TABLES = (Snapshot, SnapshotTotal, SnapshotInvoice, SnapshotResponse, SnapshotWave)
MADE_WHEN = {"built_at", "seconds"}


def content(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every snapshot table, but for when and how fast it was made."""
    found = {}
    with engine.connect() as connection:
        for table in (*TABLES, SnapshotRun):
            columns = [c for c in sa.inspect(table).local_table.c if c.name not in MADE_WHEN]
            rows = connection.execute(sa.select(*columns)).all()
            found[str(table.__tablename__)] = sorted(map(tuple, rows), key=repr)
    return found


def fill(engine: Engine, seed: int = 1, **more: Any) -> None:
    with store.writing(engine, facts=True) as session:
        at_random(session, seed, TODAY, **more)


def total(session: Session, column: Any) -> int:
    return int(session.exec(select(sa.func.coalesce(sa.func.sum(column), 0))).one())


def test_sums_agree_and_repeats_are_equal(engine: Engine) -> None:
    fill(engine)
    refresh.run(engine, TODAY)
    first = content(engine)
    with store.reading(engine) as session:
        for name in (
            "sales",
            "sales_recent",
            "outstanding",
            "unallocated",
            "overdue",
            "b0",
            "b4",
            "due_amount",
            "due_received",
            "invoiced",
            "value_at_risk",
            "headline_n",
            "complaints_open",
        ):
            each = total(session, getattr(Snapshot, name))
            assert each == total(session, getattr(SnapshotTotal, name)), name
        customers = session.exec(select(sa.func.count()).select_from(Snapshot)).one()
        assert customers == total(session, SnapshotTotal.customers) > 0
        assert total(session, Snapshot.sales) > 0
        buckets = sum(total(session, getattr(Snapshot, f"b{k}")) for k in range(8))
        assert buckets == total(session, Snapshot.outstanding)
        assert buckets == total(session, SnapshotInvoice.outstanding) > 0
        known = col(Snapshot.margin).is_not(None)
        base = session.exec(select(sa.func.sum(Snapshot.sales)).where(known)).one()
        assert total(session, Snapshot.margin) == total(session, SnapshotTotal.margin)
        assert base == total(session, SnapshotTotal.margin_sales)
    refresh.run(engine, TODAY)
    assert content(engine) == first


def test_numbers_are_stored_as_numbers(sqlite_engine: Engine) -> None:
    fill(sqlite_engine)
    refresh.run(sqlite_engine, TODAY)
    with sqlite_engine.connect() as connection:
        for column in sa.inspect(Snapshot).local_table.c:
            kinds = set(
                connection.exec_driver_sql(
                    f"select distinct typeof({column.name}) from snapshot"
                ).scalars()
            )
            assert "blob" not in kinds, column.name


def test_later_facts_change_no_earlier_snapshot(sqlite_engine: Engine) -> None:
    early = TODAY - timedelta(days=100)
    fill(sqlite_engine, customers=12)
    refresh.run(sqlite_engine, early)
    before = content(sqlite_engine)
    with store.writing(sqlite_engine, facts=True) as session:
        book = Ledger(session, "L")
        new = book.customer(since=TODAY)
        for number in (1, 2, 3, new):
            book.order(number, early + timedelta(days=1), (10**9, 1))
            book.invoice(number, TODAY, TODAY, 10**9)
            book.loss(number, TODAY + timedelta(days=99))
    refresh.run(sqlite_engine, early)
    after = content(sqlite_engine)
    runs = before.pop("snapshot_run"), after.pop("snapshot_run")
    assert after == before
    assert runs[0][0][-1] == runs[1][0][-1], "totals"


def test_several_dates_equal_single_ones(sqlite_engine: Engine) -> None:
    fill(sqlite_engine, customers=12)
    dates = refresh.dates_between(date(2026, 4, 15), date(2026, 6, 15))
    assert dates == [date(2026, 4, 30), date(2026, 5, 31), date(2026, 6, 15)]
    done = refresh.run(sqlite_engine, dates=dates, using="duckdb")
    assert [(each.as_of, each.engine) for each in done] == [(day, "duckdb") for day in dates]
    together = content(sqlite_engine)
    for day in dates:
        refresh.run(sqlite_engine, day, using="sqlite")
    alone = content(sqlite_engine)
    together.pop("snapshot_run")
    alone.pop("snapshot_run")
    assert together == alone
    with store.writing(sqlite_engine) as session:
        session.execute(sa.delete(SnapshotRun).where(col(SnapshotRun.as_of) == dates[1]))
    again = refresh.run(sqlite_engine, dates=dates, resume=True)  # what a kill left undone
    assert [each.as_of for each in again] == [dates[1]]


def test_a_second_refresh_is_refused(engine: Engine) -> None:
    fill(engine, customers=2)
    with progress.job(engine, refresh.KIND) as told:
        told("orders", 0.25)
        with pytest.raises(Conflict):
            refresh.run(engine, TODAY)
        with store.reading(engine) as session:
            status = job_runs.status(session, refresh.KIND)
        assert status is not None
        assert (status.state, status.step, status.progress) == ("running", "orders", 0.25)
    refresh.run(engine, TODAY)
    with store.reading(engine) as session:
        status = job_runs.status(session, refresh.KIND)
    assert status is not None
    assert (status.state, status.progress, status.detail["dates"]) == ("done", 1, 1)


def test_a_failure_is_told(sqlite_engine: Engine) -> None:
    with pytest.raises(Conflict), progress.job(sqlite_engine, "refresh"):
        raise Conflict("somebody")
    with store.reading(sqlite_engine) as session:
        status = job_runs.status(session, "refresh")
    assert status is not None
    assert (status.state, status.error) == ("failed", "Conflict: somebody")


def test_progress_spares_the_caches(sqlite_engine: Engine) -> None:
    before = store.revision(sqlite_engine)
    with progress.job(sqlite_engine, "refresh") as told:
        told("orders", 0.5)
    assert store.revision(sqlite_engine) == before
    fill(sqlite_engine, customers=2)
    refresh.run(sqlite_engine, TODAY)
    assert store.revision(sqlite_engine) == before + 2


def test_knows_when_it_is_behind(sqlite_engine: Engine) -> None:
    def behind() -> bool:
        with store.reading(sqlite_engine) as session:
            return refresh_state.needs_refresh(session)

    assert not behind(), "an empty store has nothing to compute"
    fill(sqlite_engine, customers=2)
    assert behind()
    refresh.run(sqlite_engine)
    assert not behind()
    with store.writing(sqlite_engine) as session:
        policies.change(session, None, {"abc.cuts": [0.7, 0.9]}, "stricter")
    assert behind()
    refresh.run(sqlite_engine)
    with store.reading(sqlite_engine) as session:
        run = session.exec(select(SnapshotRun).order_by(col(SnapshotRun.as_of).desc())).first()
        assert run is not None
        assert (run.setting_version, run.policy["abc.cuts"]) == (1, [0.7, 0.9])
    assert not behind()


def test_default_date_is_the_last_day_with_facts(sqlite_engine: Engine) -> None:
    with store.writing(sqlite_engine, facts=True) as session:
        book = Ledger(session)
        book.order(book.customer(), date(2019, 3, 5), (100, None))
    assert refresh.default_date(sqlite_engine) == date(2019, 3, 5)


def test_starts_in_a_process_of_its_own(sqlite_engine: Engine) -> None:
    fill(sqlite_engine, customers=3)
    url = sqlite_engine.url.render_as_string(hide_password=False)
    number = refresh.start(url, TODAY)
    with pytest.raises(Conflict):
        refresh.start(url, TODAY)
    until = time.monotonic() + 120
    status = None
    while time.monotonic() < until and (status is None or status.state == "running"):
        time.sleep(0.2)
        with store.reading(sqlite_engine) as session:
            status = job_runs.status(session, refresh.KIND)
    assert status is not None
    assert (status.id, status.state, status.error) == (number, "done", "")
    with store.reading(sqlite_engine) as session:
        assert session.exec(select(SnapshotRun.as_of)).all() == [TODAY]


def test_catching_up_leaves_nothing_behind(engine: Engine) -> None:
    fill(engine, customers=6)
    dates = refresh.behind(engine)
    assert dates == [refresh.default_date(engine)], "pages have the newest date first"
    refresh.catch_up(engine)
    with store.reading(engine) as session:
        done = set(session.exec(select(SnapshotRun.as_of)).all())
        first = refresh_state.first_fact(session)
    assert first is not None
    begin = max(first, months_before(dates[0], refresh.TREND_MONTHS))
    assert done == set(refresh.dates_between(begin, dates[0]))
    assert refresh.behind(engine) == []


def test_new_facts_and_settings_are_caught_up_with(sqlite_engine: Engine) -> None:
    assert refresh.catch_up(sqlite_engine) == 0, "an empty store has nothing to compute"
    fill(sqlite_engine, customers=3)
    computed = refresh.catch_up(sqlite_engine)
    with store.writing(sqlite_engine, facts=True) as session:
        book = Ledger(session, "N")
        book.order(book.customer(since=TODAY), TODAY, (100, None))
    assert refresh.catch_up(sqlite_engine) >= computed
    with store.writing(sqlite_engine) as session:
        policies.change(session, None, {"window.months": 6}, "shorter")
    assert refresh.catch_up(sqlite_engine) == 1, "earlier months keep the settings of their day"


def test_an_import_need_not_wait(sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    url = sqlite_engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("KEHU_AUTO_REFRESH", "1")
    settings.get.cache_clear()
    try:
        with progress.job(sqlite_engine, refresh.KIND):
            assert refresh.ensure(url) is None, "the running one looks again before it ends"
        fill(sqlite_engine, customers=3)
        assert refresh.ensure(url) is not None
        until = time.monotonic() + 120
        while refresh.behind(sqlite_engine) and time.monotonic() < until:
            refresh.wait(sqlite_engine)
        refresh.wait(sqlite_engine)
        assert refresh.behind(sqlite_engine) == []
    finally:
        monkeypatch.undo()
        settings.get.cache_clear()
