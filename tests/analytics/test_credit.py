"""Credit grades by 回款率, caps, bands, exposure."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from analytics.credit import (
    GRADES,
    GradeCap,
    credit_bands,
    credit_grades,
    exposure,
    limit_use,
    six_c_score,
)
from errors import BadInput
from tests.analytics.cases import case


@pytest.mark.parametrize("case_id", ["SCORE-01"])
def test_six_c(case_id: str) -> None:
    c = case(case_id)
    names = list(c.inputs["scores"])
    score = six_c_score(
        [[c.inputs["scores"][name] for name in names]],
        [c.inputs["weights"][name] for name in names],
    )
    assert score[0] == pytest.approx(c.expected["score"], abs=c.tolerance)
    bands = [tuple(band) for band in c.inputs["bands"]]
    assert credit_bands(score, bands=bands)[0] == credit_bands(score)[0] == c.expected["grade"]


def test_bands_are_open_below() -> None:
    names = credit_bands([90, 90.01, 40, 0, np.nan])
    assert names.tolist() == ["AA", "AAA", "no_open_credit", "no_open_credit", "not_rated"]


def test_grades_at_the_limits() -> None:
    # 1 − 0.95 is more than 0.05 in floats: the shortfall is taken on the money instead
    received = [100, 95, 94, 90, 89, 0, 130]
    result = credit_grades(received, [100] * 7, [3] * 7)
    assert result.grade.tolist() == ["A", "B", "C", "C", "D", "D", "A"]


def test_not_rated_without_due_amount_or_on_few_invoices() -> None:
    result = credit_grades([0, 100], [0, 100], [5, 2])
    assert result.grade.tolist() == ["not_rated", "not_rated"]
    assert result.reasons(0)[0].code == "no_due_amount"
    few = result.reasons(1)[0]
    assert (few.code, few.value, few.threshold) == ("too_few_invoices", 2, 3)


def test_caps_hold_grades_down_but_do_not_rate_the_unrated() -> None:
    sued = GradeCap("sued", np.array([True, True, True, False]), "C")
    new = GradeCap("new_customer", np.array([False, False, False, True]), "B")
    result = credit_grades([100, 50, 0, 100], [100, 100, 0, 100], [3, 3, 0, 4], caps=(sued, new))
    assert result.grade.tolist() == ["C", "D", "not_rated", "B"]
    assert result.uncapped.tolist() == ["A", "D", "not_rated", "A"]
    assert [reason.code for reason in result.reasons(0)] == ["paid_in_full", "sued"]
    assert [reason.code for reason in result.reasons(1)] == ["shortfall"]
    assert result.reasons(1)[0].value == 0.5
    assert result.reasons(3)[1].grade == "B"


def test_limits_are_configurable() -> None:
    result = credit_grades([98, 80], [100, 100], [1, 1], limits=(0.02, 0.1, 0.3), min_invoices=1)
    assert result.grade.tolist() == ["A", "C"]


@pytest.mark.parametrize(
    "knobs",
    [
        {"limits": (0.1, 0.05, 0.2)},
        {"limits": (0.1,)},
        {"caps": (GradeCap("x", np.array([True]), "E"),)},
        {"caps": (GradeCap("x", np.array([True, False]), "C"),)},
    ],
)
def test_bad_rules_are_refused(knobs: dict) -> None:
    with pytest.raises(BadInput):
        credit_grades([1], [1], [3], **knobs)


def test_exposure_and_use_of_the_limit() -> None:
    exposed = exposure([100, 300, 50], [20, 0, 0], [30, 0, 0], [50, 0, 0])
    assert exposed.tolist() == [100, 300, 50]
    use = limit_use([200, 250, np.nan], exposed)
    assert use.available[:2].tolist() == [100, -50]
    assert use.used[:2].tolist() == [0.5, 1.2]
    assert use.over.tolist() == [False, True, False]
    assert np.isnan(use.available[2])


@given(some.lists(some.tuples(some.integers(0, 10**9), some.integers(1, 10**9)), min_size=1))
def test_who_pays_more_never_grades_worse(rows: list[tuple[int, int]]) -> None:
    paid, due = zip(*rows, strict=True)
    result = credit_grades(paid, due, [9] * len(rows))
    order = np.argsort(result.shortfall)
    assert (np.diff([GRADES.index(grade) for grade in result.grade[order]]) >= 0).all()
