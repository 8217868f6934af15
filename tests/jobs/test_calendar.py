"""One time zone for the store (系统时区): no server's clock shifts a day."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

import settings
from data import calendar, policies, store
from data.imports.terms.plan import Options, Plan
from data.writes import permission
from errors import BadInput
from jobs import refresh
from jobs.bringing import child
from jobs.bringing.tasks import Task
from models import base
from tests.data.imports.bringing import rows
from tests.ledger import Ledger

EVENING = datetime(2026, 11, 30, 16, 30, tzinfo=UTC)
"""Already December in Shanghai and Auckland, still November in Los Angeles and by UTC."""
NOON = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
"""December in Auckland only."""
NOVEMBER, DECEMBER = date(2026, 11, 30), date(2026, 12, 1)


@pytest.fixture(params=["America/Los_Angeles", "Pacific/Auckland", "UTC"])
def server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server whose own clock runs elsewhere."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


def lies(engine: Engine, zone: str) -> None:
    """Move the store into another time zone."""
    with store.writing(engine) as session:
        policies.change(session, None, {"calendar.time_zone": zone}, "moved")


def at(instant: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "now", lambda: instant)


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize(
    ("zone", "instant", "day"),
    [
        ("", EVENING, DECEMBER),
        ("", NOON, NOVEMBER),
        ("America/Los_Angeles", EVENING, NOVEMBER),
        ("Pacific/Auckland", NOON, DECEMBER),
    ],
)
def test_every_today_is_the_store_s(
    sqlite_engine: Engine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    zone: str,
    instant: datetime,
    day: date,
) -> None:
    if zone:
        lies(sqlite_engine, zone)
    at(instant, monkeypatch)
    monkeypatch.setenv("DATABASE_URL", sqlite_engine.url.render_as_string(hide_password=False))
    settings.get.cache_clear()
    (tmp_path / "c.csv").write_text("客户编码,客户名称,信用额度\nC1,甲公司,100\n", encoding="utf-8")
    task = Task(Plan(kind="customers"), "c.csv", path=str(tmp_path / "c.csv"))
    assert child._do(tmp_path, task)["report"]["outcome"] == "committed"
    (tmp_path / "o.csv").write_text(
        f"订单号,客户编码,客户名称,订单日期,金额\nS1,C2,乙公司,{day},1\n", encoding="utf-8"
    )
    plan = Plan(kind="orders", options=Options(create_customers=True))
    task = Task(plan, "o.csv", path=str(tmp_path / "o.csv"))
    assert child._do(tmp_path, task)["report"]["outcome"] == "committed"
    settings.get.cache_clear()
    assert rows(sqlite_engine, "customer", "code", "created_on") == [("C1", day), ("C2", day)]
    assert rows(sqlite_engine, "credit_limit", "since") == [(day,)]
    assert refresh.default_date(sqlite_engine) == day
    with store.reading(sqlite_engine) as session:
        assert calendar.today(session) == day
        assert permission.not_yet(session, day, "on") == []
        assert permission.not_yet(session, DECEMBER, "on") == [] or day == NOVEMBER
        late = permission.not_yet(session, date(2026, 12, 2), "on")
        assert [issue.reason for issue in late] == ["day_in_future"]


def test_a_limit_of_today_counts_on_the_day_the_customer_was_made(
    sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A day made by the clock in UTC lay before the limit's, west of Greenwich behind it."""
    at(EVENING, monkeypatch)
    with store.writing(sqlite_engine, facts=True) as session:
        book = Ledger(session)
        who = book.customer(since=None)
        book.limit(who, DECEMBER, 500)
    refresh.run(sqlite_engine, as_of=NOVEMBER)
    assert rows(sqlite_engine, "snapshot", "customer_id") == []
    refresh.run(sqlite_engine, as_of=DECEMBER)
    assert rows(sqlite_engine, "snapshot", "credit_limit", as_of=DECEMBER) == [(500,)]


@pytest.mark.parametrize("name", ["", "Mars/Base", "../etc/passwd", "Asia", "+08:00"])
def test_a_time_zone_must_be_one(sqlite_engine: Engine, name: str) -> None:
    with store.writing(sqlite_engine) as session, pytest.raises(BadInput) as refused:
        policies.change(session, None, {"calendar.time_zone": name}, "why")
    assert [issue.column for issue in refused.value.issues] == ["calendar.time_zone"]
