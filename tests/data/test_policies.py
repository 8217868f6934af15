"""Versioned thresholds: what is in force, what was, who changed it; nothing half-written."""

from __future__ import annotations

import math
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from data import audit, policies, store
from errors import BadInput, Conflict, NotFound
from models.access import EVERYBODY, Role, User
from models.people import AppUser
from models.policy import Policy
from models.system import Setting, SettingVersion


def an_administrator(engine: Engine) -> User:
    with store.writing(engine) as session:
        row = AppUser(login="admin", name="郑伟", role=Role.ADMINISTRATOR, password_hash="!")
        session.add(row)
        session.flush()
        assert row.id is not None
        return User(row.id, row.login, row.name, row.role, EVERYBODY, "key")


def change(engine: Engine, changes: dict[str, Any], note: str = "试行", **more: Any) -> int:
    with store.writing(engine) as session:
        return policies.change(session, more.pop("actor", None), changes, note, **more)


def counts(engine: Engine) -> tuple[int, int, int]:
    with Session(engine) as session:
        return (
            len(session.exec(select(Setting)).all()),
            len(session.exec(select(SettingVersion)).all()),
            audit.verify(session).entries,
        )


def test_an_untouched_store_has_the_defaults(engine: Engine) -> None:
    with store.reading(engine) as session:
        assert policies.current(session) == (0, Policy())
        assert policies.as_of_version(session, 0) == Policy()
        assert policies.history(session) == []


def test_versions_build_on_each_other_and_stay_readable(engine: Engine) -> None:
    actor = an_administrator(engine)
    assert change(engine, {"loss.amber": 25, "pyramid.cuts": [2, 6, 20]}, actor=actor) == 1
    assert change(engine, {"loss.amber": 35.5}, note="回到保守", expected=1) == 2
    with store.reading(engine) as session:
        version, policy = policies.current(session)
        first = policies.as_of_version(session, 1)
        seen = policies.history(session)
        chain = audit.verify(session)
    assert (version, policy.loss_amber, policy.pyramid_cuts) == (2, 35.5, (2, 6, 20))
    assert (first.loss_amber, first.pyramid_cuts) == (25, (2, 6, 20))
    assert [(v.version, v.changed_by, v.note) for v in seen] == [
        (2, "", "回到保守"),
        (1, "郑伟", "试行"),
    ]
    assert seen[0].changes == (policies.Change("loss.amber", 25, 35.5),)
    assert seen[0].changed_at.tzinfo is not None
    assert {c.key: c.before for c in seen[1].changes} == {
        "loss.amber": 30,
        "pyramid.cuts": [1, 5, 20],
    }
    assert (chain.entries, chain.broken) == (2, None)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"loss.amber": 61}, "setting_out_of_bounds"),
        ({"loss.amber": "many"}, "setting_invalid"),
        ({"loss.amber": math.nan}, "setting_invalid"),
        ({"key.weights": [math.inf, 1, 1, 1, 1]}, "setting_invalid"),
        ({"window.months": math.inf}, "setting_invalid"),
        ({"window.months": 6.5}, "setting_invalid"),
        ({"ageing.edges": "30, 20"}, "setting_out_of_bounds"),
        ({"provision.rates": []}, "setting_out_of_bounds"),
        ({"no.such": 1}, "setting_unknown"),
        ({"loss.amber": 30}, "setting_unchanged"),
        ({}, "setting_unchanged"),
    ],
)
def test_what_is_not_acceptable_is_refused_whole(
    engine: Engine, changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(BadInput) as refused:
        change(engine, {"loss.red": 60, **changes})
    assert {issue.reason for issue in refused.value.issues} == {reason}
    assert counts(engine) == (0, 0, 0)


def test_every_fault_is_named_at_once(sqlite_engine: Engine) -> None:
    with pytest.raises(BadInput) as refused:
        change(sqlite_engine, {"loss.drop": 2, "rfm.bins": 7, "x.y": 1, "key.cut": "?"})
    assert {issue.column for issue in refused.value.issues} == {
        "loss.drop",
        "rfm.bins",
        "x.y",
        "key.cut",
    }


@pytest.mark.parametrize("note", ["", "   ", "长" * 401])
def test_a_change_needs_its_why(sqlite_engine: Engine, note: str) -> None:
    with pytest.raises(BadInput, match="setting_note"):
        change(sqlite_engine, {"loss.amber": 20}, note=note)
    assert counts(sqlite_engine) == (0, 0, 0)


def test_two_who_looked_at_the_same_version_cannot_both_save(engine: Engine) -> None:
    change(engine, {"loss.amber": 20}, expected=0)
    with pytest.raises(Conflict):
        change(engine, {"loss.amber": 40}, expected=0)
    with store.reading(engine) as session:
        assert policies.current(session)[1].loss_amber == 20


def test_an_unknown_version_is_not_found(engine: Engine) -> None:
    with store.reading(engine) as session, pytest.raises(NotFound):
        policies.as_of_version(session, 3)


def test_a_change_raises_the_revision_but_no_fact_changed(sqlite_engine: Engine) -> None:
    before = store.revision(sqlite_engine)
    change(sqlite_engine, {"loss.amber": 20})
    assert store.revision(sqlite_engine) == before + 1
