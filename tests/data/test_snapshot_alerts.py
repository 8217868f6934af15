"""Alerts follow the newest snapshot, decisions stay (预警同步)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import Engine
from sqlmodel import select

from data import snapshot_alerts, store
from data.bulk import Column
from data.snapshot_alerts import Synced
from models.enums import AlertState, Level
from models.loss import Alert
from tests.ledger import Ledger

TODAY = date(2026, 6, 30)
REASONS = '[{"code": "own_rhythm", "value": 3.0, "threshold": 2.0, "points": 30}]'


@pytest.fixture
def customer(engine: Engine) -> int:
    with store.writing(engine) as session:
        return Ledger(session).customer()


def sync(engine: Engine, customer: int, level: str, score: float, on: date = TODAY) -> Synced:
    columns = {
        "customer_id": Column(np.array([customer])),
        "level": Column(np.array([level])),
        "score": Column(np.array([score])),
        "value_at_risk": Column(np.array([700])),
        "reasons": Column([REASONS]),
    }
    with store.writing(engine) as session:
        return snapshot_alerts.sync(session, on, columns)


def alerts(engine: Engine) -> list[Alert]:
    with store.reading(engine) as session:
        return list(session.exec(select(Alert).order_by(Alert.id)).all())


def decide(engine: Engine, state: AlertState, **more: object) -> None:
    with store.writing(engine) as session:
        alert = session.exec(select(Alert)).one()
        alert.state = state
        alert.decided_at = datetime(2026, 6, 30, 9, tzinfo=UTC)
        for name, value in more.items():
            setattr(alert, name, value)
        session.add(alert)


def test_opens_once_follows_and_ends(engine: Engine, customer: int) -> None:
    assert sync(engine, customer, "amber", 40) == Synced(opened=1)
    assert sync(engine, customer, "amber", 40) == Synced(), "the same again changes nothing"
    assert sync(engine, customer, "red", 70, TODAY + timedelta(days=30)) == Synced(updated=1)
    (alert,) = alerts(engine)
    assert (alert.raised_on, alert.level, alert.score) == (TODAY, Level.RED, 70)
    assert (alert.state, alert.value_at_risk) == (AlertState.OPEN, 700)
    assert alert.reasons[0]["points"] == 30
    later = TODAY + timedelta(days=60)
    assert sync(engine, customer, "green", 5, later) == Synced(ended=1)
    (alert,) = alerts(engine)
    assert (alert.ended_on, alert.state) == (later, AlertState.OPEN)
    assert sync(engine, customer, "green", 5, later) == Synced()
    assert sync(engine, customer, "amber", 31, later) == Synced(opened=1)


def test_a_lost_customer_has_no_live_alert(engine: Engine, customer: int) -> None:
    sync(engine, customer, "red", 70)
    assert sync(engine, customer, "unknown", float("nan")) == Synced(ended=1)
    assert sync(engine, customer, "unknown", float("nan")) == Synced()


@pytest.mark.parametrize("ended", [None, TODAY])
def test_a_dismissal_rests_ninety_days(engine: Engine, customer: int, ended: date | None) -> None:
    sync(engine, customer, "amber", 40)
    decide(engine, AlertState.DISMISSED, ended_on=ended)
    sync(engine, customer, "amber", 55, TODAY + timedelta(days=89))
    assert [alert.state for alert in alerts(engine)] == [AlertState.DISMISSED]
    sync(engine, customer, "amber", 55, TODAY + timedelta(days=90))
    assert [a.state for a in alerts(engine) if a.ended_on is None] == [AlertState.OPEN]


@pytest.mark.parametrize("ended", [None, TODAY])
def test_red_wakes_what_was_dismissed_at_amber(
    engine: Engine, customer: int, ended: date | None
) -> None:
    sync(engine, customer, "amber", 40)
    decide(engine, AlertState.DISMISSED, ended_on=ended)
    sync(engine, customer, "red", 65, TODAY + timedelta(days=1))
    assert [a.state for a in alerts(engine) if a.ended_on is None] == [AlertState.OPEN]


def test_what_was_dismissed_at_red_rests(engine: Engine, customer: int) -> None:
    sync(engine, customer, "red", 65)
    decide(engine, AlertState.DISMISSED)
    sync(engine, customer, "red", 90, TODAY + timedelta(days=30))
    (alert,) = alerts(engine)
    assert (alert.state, alert.score) == (AlertState.DISMISSED, 90)


def test_a_snooze_lasts_until_its_day(engine: Engine, customer: int) -> None:
    sync(engine, customer, "amber", 40)
    until = TODAY + timedelta(days=14)
    decide(engine, AlertState.SNOOZED, snoozed_until=until)
    sync(engine, customer, "amber", 41, until - timedelta(days=1))
    assert alerts(engine)[0].state is AlertState.SNOOZED
    version = alerts(engine)[0].version
    assert sync(engine, customer, "amber", 41, until) == Synced(reopened=1)
    (alert,) = alerts(engine)
    assert (alert.state, alert.snoozed_until) == (AlertState.OPEN, None)
    assert alert.version == version + 1, "a form somebody has open must notice"


def test_confirmed_stays_confirmed(engine: Engine, customer: int) -> None:
    sync(engine, customer, "amber", 40)
    decide(engine, AlertState.CONFIRMED)
    sync(engine, customer, "red", 80)
    (alert,) = alerts(engine)
    assert (alert.state, alert.level) == (AlertState.CONFIRMED, Level.RED)


def test_a_saved_customer_rests_ninety_days(engine: Engine, customer: int) -> None:
    """The signals that raised the alert outlast the saving: they must not raise it at once."""
    sync(engine, customer, "amber", 40)
    decide(engine, AlertState.SAVED, ended_on=TODAY)
    assert sync(engine, customer, "amber", 40, TODAY + timedelta(days=89)) == Synced()
    assert sync(engine, customer, "amber", 40, TODAY + timedelta(days=90)) == Synced(opened=1)
