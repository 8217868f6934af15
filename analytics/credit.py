"""Credit grading (信用等级): a grade from how a customer pays, capped by what else is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analytics.checks import (
    BoolArray,
    CodeArray,
    FloatArray,
    IntArray,
    ascending,
    flags,
    numbers,
    ratio,
    refuse,
    same_length,
    whole,
)
from analytics.metric import Metric
from analytics.weighting import weighted_mean

RATED_A = Metric(
    key="credit_grade_a",
    en="Customers with credit grade A",
    unit="count",
    better="higher",
    formula="customers who paid everything that fell due in the period",
    source="回款率 grading of the Chinese sales-management texts; limits are a setting",
)
SIX_C_SCORE = Metric(
    key="six_c_score",
    en="Credit score (6C)",
    unit="score",
    better="higher",
    formula="Σ weight × score ÷ Σ weight over character, capacity, capital, collateral, "
    "conditions and continuity",
    source="6C method; weights are a setting, case SCORE-01",
)

GRADES = ("A", "B", "C", "D")
NOT_RATED = "not_rated"
BANDS = (("AAA", 90.0), ("AA", 80.0), ("A", 70.0), ("BBB", 60.0), ("BB", 50.0), ("B", 40.0))
NO_OPEN_CREDIT = "no_open_credit"


@dataclass(frozen=True, eq=False)
class GradeCap:
    """A fact that keeps a grade from being better than something."""

    code: str
    """Reason code, such as "sued" or "new_customer"."""
    rows: BoolArray
    """For whom it holds, shape (n,)."""
    at_most: str
    """Best grade still possible, one of `GRADES`."""


@dataclass(frozen=True, slots=True)
class GradeReason:
    """Why a grade is what it is; money in minor units, shares as ratios."""

    code: str
    """"no_due_amount", "too_few_invoices", "paid_in_full", "shortfall" or a cap's code."""
    value: float
    """What was found: invoices, or the shortfall as a ratio; NaN for a cap."""
    threshold: float
    """The limit it was held against; NaN for a cap."""
    grade: str
    """The grade this reason leads to."""


@dataclass(frozen=True, eq=False)
class CreditGrades:
    """Grades in input order, with what they rest on."""

    grade: CodeArray
    """"A" … "D" or "not_rated", shape (n,)."""
    uncapped: CodeArray
    """The grade by payment alone."""
    shortfall: FloatArray
    """1 − 回款率; NaN where nothing was due."""
    invoices: IntArray
    limits: FloatArray
    min_invoices: int
    caps: tuple[GradeCap, ...]

    def reasons(self, row: int) -> tuple[GradeReason, ...]:
        """The reasons of one customer: the payment first, then the caps that bit."""
        grade, short = str(self.uncapped[row]), float(self.shortfall[row])
        if np.isnan(short):
            first = GradeReason("no_due_amount", np.nan, np.nan, NOT_RATED)
        elif grade == NOT_RATED:
            count = int(self.invoices[row])
            first = GradeReason("too_few_invoices", count, self.min_invoices, NOT_RATED)
        else:
            limit = self.limits[min(GRADES.index(grade), len(self.limits) - 1)]
            code = "paid_in_full" if short <= 0 else "shortfall"
            first = GradeReason(code, short, float(limit), grade)
        biting = (
            GradeReason(cap.code, np.nan, np.nan, cap.at_most)
            for cap in self.caps
            if cap.rows[row] and grade in GRADES and GRADES.index(cap.at_most) > GRADES.index(grade)
        )
        return (first, *biting)


def credit_grades(
    received: ArrayLike,
    due: ArrayLike,
    invoices: ArrayLike,
    *,
    limits: Sequence[float] = (0.0, 0.05, 0.10),
    min_invoices: int = 3,
    caps: Sequence[GradeCap] = (),
) -> CreditGrades:
    """Grade customers by what is missing of what fell due.

        shortfall = (due − received) ÷ due
        A: shortfall ≤ 0   B: ≤ 5 points   C: ≤ 10 points   D: more

    Not rated when nothing fell due or on fewer than `min_invoices` invoices. Then caps
    apply: a customer sued by another supplier is at most C, for instance. A cap does not
    rate the unrated.

    Args:
        received: cash received for invoices due in the period, minor units, shape (n,).
        due: amount of those invoices, minor units, shape (n,).
        invoices: number of those invoices, shape (n,).
        limits: largest shortfall of A, B and C, rising, as ratios.
        min_invoices: fewest invoices a grade may rest on.
        caps: facts that limit the grade.

    Raises:
        BadInput: lengths differ, limits do not rise, or a cap names no grade.

    Source: 回款率 rule of the Chinese texts (recalled, unconfirmed): the limits are ours.
    """
    paid, owed = whole(received, "received"), whole(due, "due")
    count = whole(invoices, "invoices")
    size = same_length(received=paid, due=owed, invoices=count)
    edges = ascending(limits, "limits", above=-1.0)
    if len(edges) != len(GRADES) - 1:
        raise refuse("wrong_count", "limits", tuple(limits), expected=len(GRADES) - 1)
    shortfall = ratio(owed - paid, np.where(owed > 0, owed, np.nan))
    rated = (owed > 0) & (count >= min_invoices)
    index = np.where(rated, np.searchsorted(edges, shortfall, side="left"), len(GRADES))
    names = np.array((*GRADES, NOT_RATED))
    uncapped = names[index]
    for cap in caps:
        if cap.at_most not in GRADES:
            raise refuse("unknown_code", "at_most", cap.at_most)
        rows = flags(cap.rows, cap.code)
        if len(rows) != size:
            raise refuse("different_lengths", cap.code, len(rows), expected=size)
        index = np.where(rows & rated, np.maximum(index, GRADES.index(cap.at_most)), index)
    return CreditGrades(names[index], uncapped, shortfall, count, edges, min_invoices, tuple(caps))


def six_c_score(
    scores: ArrayLike, weights: Sequence[float] | FloatArray, *, min_weight: float = 0.60
) -> FloatArray:
    """Σ w·s ÷ Σ w over the C's that were scored, 0–100; NaN below `min_weight` of the weight.

    Args:
        scores: shape (n, k), each 0–100, NaN = not scored; k = 6 for the six C's.
        weights: shape (k,). None are published in a common form: a configuration.
        min_weight: smallest share of the weight that must be scored.

    Raises:
        BadInput: shapes differ or weights are unusable.

    Source: 5C of credit plus continuity; case SCORE-01.
    """
    return weighted_mean(scores, weights, min_weight=min_weight)


def credit_bands(
    score: ArrayLike, *, bands: Sequence[tuple[str, float]] = BANDS, lowest: str = NO_OPEN_CREDIT
) -> CodeArray:
    """Name a score by its band: the first whose lower bound it strictly exceeds.

    Args:
        score: 0–100, NaN = not rated, shape (n,).
        bands: (code, lower bound), bounds falling; exactly 90 is "AA", not "AAA".
        lowest: code at or below the last bound.

    Raises:
        BadInput: the bounds do not fall.

    Source: bands at jendow.com.tw; case SCORE-01.
    """
    s = np.asarray(score, dtype=np.float64)
    bounds = ascending([bound for _, bound in reversed(bands)], "bands", above=-np.inf)
    names = np.array([NOT_RATED, lowest, *(code for code, _ in reversed(bands))])
    return names[np.where(np.isnan(s), 0, 1 + np.searchsorted(bounds, s, side="left"))]


def exposure(
    receivables: ArrayLike,
    unbilled: ArrayLike = 0,
    open_orders: ArrayLike = 0,
    deposits: ArrayLike = 0,
) -> IntArray:
    """Receivables + deliveries not billed + open orders − deposits, minor units.

    Source: common definition.
    """
    parts = [np.asarray(part) for part in (receivables, unbilled, open_orders, deposits)]
    return np.asarray(parts[0] + parts[1] + parts[2] - parts[3], dtype=np.int64)


@dataclass(frozen=True, eq=False)
class LimitUse:
    """How a credit limit is used; NaN where there is no limit."""

    available: FloatArray
    """limit − exposure, minor units; may be negative."""
    used: FloatArray
    """exposure ÷ limit; NaN also where the limit is 0."""
    over: BoolArray
    """True where the exposure exceeds the limit; False where there is none."""


def limit_use(limit: ArrayLike, exposed: ArrayLike) -> LimitUse:
    """Compare exposure with the credit limit.

    Args:
        limit: credit limit, minor units, NaN = none set, shape (n,).
        exposed: exposure, minor units, shape (n,).

    Raises:
        BadInput: lengths differ.

    Source: common definition.
    """
    top = np.asarray(limit, dtype=np.float64)
    use = numbers(exposed, "exposed")
    same_length(limit=top, exposed=use)
    return LimitUse(top - use, ratio(use, top), use > np.where(np.isnan(top), np.inf, top))
