"""What refresh kept for the whole company equals what the rows give (整体合计)."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine

from data import store
from data.queries import concentration, receivables
from models.access import EVERYBODY
from models.enums import CustomerKind
from models.filters import Filters
from tests.conftest import DEMO_DATES

ALL_BY_ROWS = Filters(kinds=tuple(kind.value for kind in CustomerKind))
"""Leaves nobody out, but is a choice: so the rows are read."""


@pytest.mark.parametrize("day", DEMO_DATES)
def test_the_ledger_is_the_same(demo_engine: Engine, day: date) -> None:
    with store.reading(demo_engine) as session:
        kept = receivables.ledger(session, Filters(), EVERYBODY, as_of=day)
        assert kept == receivables.ledger(session, ALL_BY_ROWS, EVERYBODY, as_of=day)
    assert kept.invoiced > 0


@pytest.mark.parametrize("day", DEMO_DATES)
def test_concentration_is_the_same(demo_engine: Engine, day: date) -> None:
    with store.reading(demo_engine) as session:
        kept = concentration.concentration(session, Filters(), EVERYBODY, as_of=day)
        rows = concentration.concentration(session, ALL_BY_ROWS, EVERYBODY, as_of=day)
    assert (kept.customers, kept.manager) == (rows.customers, rows.manager)
    for name in ("hhi", "top_1", "top_5", "top_10", "manager_share"):
        assert getattr(kept, name) == pytest.approx(getattr(rows, name))


def test_the_trend_of_concentration_is_the_same(demo_engine: Engine) -> None:
    with store.reading(demo_engine) as session:
        kept = concentration.concentration_trend(session, Filters(), EVERYBODY, DEMO_DATES)
        rows = concentration.concentration_trend(session, ALL_BY_ROWS, EVERYBODY, DEMO_DATES)
    assert [day for day, _, _ in kept] == [day for day, _, _ in rows] == list(DEMO_DATES)
    for one, other in zip(kept, rows, strict=True):
        assert one[1:] == pytest.approx(other[1:])


def test_what_is_long_overdue_is_the_same(demo_engine: Engine) -> None:
    with store.reading(demo_engine) as session:
        whole = receivables.overdue_longer(session, Filters(), EVERYBODY, dates=DEMO_DATES)
        rows = receivables.overdue_longer(session, ALL_BY_ROWS, EVERYBODY, dates=DEMO_DATES)
    assert whole == rows
    assert any(whole.values())
