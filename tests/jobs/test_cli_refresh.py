"""`manage.py refresh` and `manage.py bench` (命令行): dates, progress and figures."""

from __future__ import annotations

import json
from datetime import date

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from typer.testing import CliRunner

import settings
from data import store
from errors import BadInput
from jobs.bench import whole
from jobs.cli.refresh import app
from models.snapshots import SnapshotRun
from tests.ledger import at_random

TODAY = date(2026, 6, 30)


@pytest.fixture
def opened(sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    url = sqlite_engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("DATABASE_URL", url)
    settings.get.cache_clear()
    with store.writing(sqlite_engine, facts=True) as session:
        at_random(session, 1, TODAY, customers=3)
    yield sqlite_engine
    settings.get.cache_clear()


def dates(engine: Engine) -> list[date]:
    with store.reading(engine) as session:
        return list(session.exec(select(SnapshotRun.as_of).order_by(SnapshotRun.as_of)).all())


def test_month_ends(opened: Engine) -> None:
    asked = ["--from", "2026-04-01", "--to", "2026-06-15", "--monthly"]
    result = CliRunner().invoke(app, asked)
    assert result.exit_code == 0, result.output
    assert dates(opened) == [date(2026, 4, 30), date(2026, 5, 31), date(2026, 6, 15)]
    assert "2026-05-31" in result.output
    CliRunner().invoke(app, ["--as-of", "2026-06-30"])
    assert dates(opened)[-1] == TODAY


@pytest.mark.parametrize(
    "asked",
    [
        ["--from", "2026-06-01", "--to", "2026-05-01", "--monthly"],
        ["--from", "2026-06-01"],
        ["--to", "2026-06-01"],
        ["--from", "2026-05-01", "--to", "2026-06-01", "--monthly", "--as-of", "2026-06-01"],
    ],
)
def test_dates_that_do_not_fit(opened: Engine, asked: list[str]) -> None:
    result = CliRunner().invoke(app, asked)
    assert isinstance(result.exception, BadInput)
    assert dates(opened) == []


@pytest.mark.slow
def test_bench_measures(tmp_path) -> None:
    said: list[str] = []
    (size,) = whole.measure([60], tmp_path, said.append, pages=False, most_imported=200)
    assert size.refresh.wall > 0
    assert size.bare.wall > 0
    assert size.brought is not None
    assert size.brought.rows == 200
    assert json.loads(json.dumps(whole.as_json([size])))["sizes"][0]["ratio"] == size.ratio
    assert not list(tmp_path.glob("*.db")), "stores are not left behind"
