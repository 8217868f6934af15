"""Whatever the store accepts as settings, a refresh survives and the methods accept (规则边界)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import fields, replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import Engine
from sqlmodel import Session, select

from analytics.key_accounts import key_accounts
from analytics.loss_policy import LossPolicy
from analytics.provision import provision_matrix, rates_of
from data import facts, policies, store
from data.facts import Facts
from data.facts_periods import period
from jobs import refresh
from jobs.figures import compute
from jobs.figures.judgement import loss_policy
from models.policy import Policy
from models.snapshots import SnapshotRun
from tests.conftest import DEMO_END
from tests.ledger import at_random
from tests.policies import extreme_policies, some_policies

TODAY = date(2026, 6, 30)


@pytest.fixture(scope="module")
def demo_facts(demo_engine: Engine) -> Iterator[Facts]:
    with ExitStack() as still:
        found = still.enter_context(facts.read(demo_engine, [DEMO_END], Policy()))
        yield found.at(DEMO_END)


def of_some(whole: Facts, share: float, seed: int) -> Facts:
    """The facts of a random part of the customers."""
    chance = np.random.default_rng(seed)
    ids = whole.customers["id"].to_numpy()
    kept = ids[chance.random(len(ids)) < share]
    frames: dict[str, Any] = {}
    for each in fields(Facts):
        frame = getattr(whole, each.name)
        who = {"customers": "id", "paid_out": "payer_id"}.get(each.name, "customer_id")
        if each.name not in ("period", "opening", "waves"):
            frames[each.name] = frame[frame[who].isin(kept)].reset_index(drop=True)
    return replace(whole, **frames)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(some_policies(), some.floats(0, 0.3), some.integers(0, 2**16))
def test_any_policy_gives_figures_on_any_facts(
    demo_facts: Facts, policy: Policy, share: float, seed: int
) -> None:
    part = replace(of_some(demo_facts, share, seed), period=period(DEMO_END, policy))
    found = compute(part, policy)
    assert len(found.owner_id) == len(found.customers["customer_id"].values)
    assert found.totals["receivables"]["provision"] <= found.totals["receivables"]["outstanding"]


@pytest.mark.parametrize("share", [0.0, 0.1])
def test_every_extreme_gives_figures(demo_facts: Facts, share: float) -> None:
    part = of_some(demo_facts, share, 7)
    for policy in extreme_policies():
        compute(replace(part, period=period(DEMO_END, policy)), policy)


def test_a_refresh_survives_the_extremes_together(engine: Engine) -> None:
    with store.writing(engine, facts=True) as session:
        at_random(session, 3, TODAY)
    low, high = {}, {}
    for policy in extreme_policies():
        for key, value in policy.as_dict().items():
            if value != Policy().as_dict()[key]:
                low.setdefault(key, value)
                high[key] = value
    for changes in (low, high):
        changes |= {"loss.amber": 0.1, "loss.red": 100.0}
        with store.writing(engine) as session:
            policies.change(session, None, changes, "extremes")
        refresh.run(engine, TODAY)
        with Session(engine) as session:
            run = session.exec(select(SnapshotRun)).one()
            assert run.policy == policies.current(session)[1].as_dict()


def test_methods_begin_with_the_defaults_in_force() -> None:
    policy = Policy()
    assert loss_policy(policy) == LossPolicy()
    values = np.array([5, 4, 3, 2, 1])
    given_all = [values, *[values / 10.0] * 4]
    ours = key_accounts(*given_all, weights=policy.key_weights, cut=policy.key_cut)
    assert (ours.is_key == key_accounts(*given_all).is_key).all()
    assert ours.score == pytest.approx(key_accounts(*given_all).score)


def test_expected_loss_is_counted_by_bucket(sqlite_engine: Engine) -> None:
    """Not due 0.5 %, up to 30 days 2 %, … beyond 365 days 100 %, of what is open."""
    with store.writing(sqlite_engine, facts=True) as session:
        at_random(session, 5, TODAY)
    refresh.run(sqlite_engine, TODAY)
    with Session(sqlite_engine) as session:
        owed = session.exec(select(SnapshotRun)).one().totals["receivables"]
        rows = session.connection().exec_driver_sql(
            "select sum(b0), sum(b1), sum(b2), sum(b3), sum(b4), sum(b5), sum(b6) from snapshot"
        )
        buckets = list(rows.one())
    rates = (0.005, 0.02, 0.05, 0.10, 0.30, 0.50, 1.0)
    assert sum(buckets) == owed["outstanding"] > 0
    by_hand = sum(int(amount * rate + 0.5) for amount, rate in zip(buckets, rates, strict=True))
    assert owed["provision"] == by_hand
    assert provision_matrix(buckets, rates_of(Policy().provision_rates, 7)).total == by_hand
