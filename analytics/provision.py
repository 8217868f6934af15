"""Bad-debt provision (坏账准备): roll rates between buckets and the provision matrix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analytics.checks import (
    FloatArray,
    IntArray,
    floats,
    half_up,
    ratio,
    refuse,
    same_length,
    whole,
)
from analytics.metric import Metric

EXPECTED_LOSS = Metric(
    key="expected_credit_loss",
    en="Expected credit loss",
    unit="money",
    better="lower",
    formula="Σ gross amount of the bucket × its loss rate",
    source="IFRS 9 5.5.15, B5.5.35, Illustrative Example 12; case ECL-01",
)


@dataclass(frozen=True, eq=False)
class RollRates:
    """How much of each bucket went on to the next."""

    rates: FloatArray
    """Net roll rate from bucket k to k + 1, shape (k − 1,); NaN where the bucket was empty."""
    loss_rates: FloatArray
    """Chance of reaching the last bucket: the product of the rates from k on, shape (k,)."""


def roll_rates(before: ArrayLike, after: ArrayLike) -> RollRates:
    """Net roll rates between two month-ends.

        roll_k = balance_{k+1}(t + 1) ÷ balance_k(t)      loss_k = Π_{j ≥ k} roll_j

    Args:
        before: balance per bucket at t, youngest first, shape (k,).
        after: balance per bucket one bucket-length later, shape (k,).

    Raises:
        BadInput: lengths differ or there are fewer than two buckets.

    Source: common practice; case ROLL-01.
    """
    old, new = floats(before, "before"), floats(after, "after")
    if same_length(before=old, after=new) < 2:
        raise refuse("wrong_count", "before", len(old), expected=2)
    rates = ratio(new[1:], old[:-1])
    loss = np.append(np.cumprod(rates[::-1])[::-1], 1.0)
    return RollRates(rates, loss)


@dataclass(frozen=True, eq=False)
class Provision:
    """The provision matrix, money in minor units."""

    allowance: IntArray
    """Per bucket, each rounded half up to a whole unit, shape (k,)."""
    total: int
    gross_total: int
    """Of the positive balances."""


def rates_of(rates: Sequence[float], buckets: int) -> FloatArray:
    """A loss rate for each bucket, shape (buckets,): the last one repeats, more are left out.

    Raises:
        BadInput: there is no rate.
    """
    if not len(rates):
        raise refuse("wrong_count", "rates", 0, expected=1)
    given = [*rates, *[rates[-1]] * buckets]
    return floats(given[:buckets], "rates")


def provision_matrix(gross: ArrayLike, rates: ArrayLike) -> Provision:
    """Expected credit loss by the simplified approach: Σ gross_k × rate_k.

    Credit balances are left out of the base. The rates are an input: history plus a
    forward-looking overlay.

    Args:
        gross: receivables per bucket, minor units, shape (k,).
        rates: loss rate per bucket, 0–1, shape (k,).

    Raises:
        BadInput: lengths differ, money is not whole or a rate is outside 0–1.

    Source: IFRS 9 5.5.15, B5.5.35; case ECL-01.
    """
    money, rate = whole(gross, "gross"), floats(rates, "rates")
    same_length(gross=money, rates=rate)
    if not ((rate >= 0) & (rate <= 1)).all():
        raise refuse("out_of_range", "rates", low=0, high=1)
    base = np.maximum(money, 0)
    allowance = half_up(base * rate).astype(np.int64)
    return Provision(allowance, int(allowance.sum()), int(base.sum()))
