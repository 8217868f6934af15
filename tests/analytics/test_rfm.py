"""RFM against the published summaries and quantiles."""

from __future__ import annotations

from itertools import product
from math import prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from analytics.rfm import (
    SEGMENTS,
    RfmScores,
    Segment,
    btyd_summary,
    classic_summary,
    quantile_edges,
    repeat_rate,
    rfm_scores,
    rfm_segments,
    rfm_threshold_scores,
)
from errors import BadInput
from tests.analytics.cases import case, cdnow


def segment_of(scores: list[tuple[int, int, int]]) -> list[str]:
    r, f, m = np.array(scores, dtype=float).T
    edges = np.zeros(4)
    return list(rfm_segments(RfmScores(r, f, m, edges, edges, edges)))


def volume(one: Segment) -> int:
    return prod(high - low + 1 for low, high in (one.r, one.f, one.m))


counts = some.lists(some.integers(1, 50), min_size=1, max_size=60)


@pytest.mark.parametrize("case_id", ["RFM-01"])
def test_btyd_summary(case_id: str) -> None:
    c = case(case_id)
    who, day, amount = zip(*c.inputs["transactions"], strict=True)
    summary = btyd_summary(
        who, np.array(day, "M8[D]"), amount, as_of=np.datetime64(c.inputs["as_of"])
    )
    assert summary.to_numpy().tolist() == c.expected["rows"]


@pytest.mark.parametrize("case_id", ["RFM-08"])
def test_quantiles(case_id: str) -> None:
    c = case(case_id)
    edges = quantile_edges(c.inputs["values"], bins=c.inputs["bins"])
    assert edges == pytest.approx(c.expected["edges"], abs=c.tolerance)
    assert edges + 1 == pytest.approx(c.expected["edges_plus_one"], abs=c.tolerance)


@pytest.mark.parametrize("case_id", ["RFM-11"])
def test_cdnow_repeat_buyers(case_id: str) -> None:
    c = case(case_id)
    data = cdnow()
    summary = btyd_summary(
        data["customer"],
        data["day"],
        data["cents"],
        as_of=np.datetime64(c.inputs["calibration_end"]),
    )
    money = summary.loc[summary["frequency"] > 0, "monetary"] / 100
    found = {
        "repeat_buyers": len(money),
        "mean_m": money.mean(),
        "sd_m": money.std(),
        "min_m": money.min(),
        "median_m": money.median(),
        "max_m": money.max(),
    }
    assert found == pytest.approx(c.expected, abs=c.tolerance)


@pytest.mark.parametrize("case_id", ["BG-11"])
def test_cdnow_repeat_purchases(case_id: str) -> None:
    """The published histogram is of the same customers, at the end of the calibration."""
    c = case(case_id)
    data = cdnow()
    end = np.datetime64(case("RFM-11").inputs["calibration_end"])
    summary = btyd_summary(data["customer"], data["day"], data["cents"], as_of=end)
    counts = np.bincount(np.minimum(summary["frequency"], 7))
    expected = c.expected["repeat_purchases"]
    assert dict(zip(expected, counts.tolist(), strict=True)) == expected
    assert len(summary) == c.inputs["dataset"]["rows"]


@pytest.mark.parametrize("case_id", ["RFM-04"])
def test_scores_at_the_published_limits(case_id: str) -> None:
    """Five customers of the R package, scored at the limits it prints for all 995.

    Its rule is lower ≤ value < upper; ours for days is value ≤ limit, so the limits of days
    go in one step lower. How limits follow from quantiles is held against RFM-08.
    """
    c = case(case_id)
    days, orders, money, codes = zip(*c.expected["rows"].values(), strict=True)
    edges = c.expected["edges"]
    scores = rfm_threshold_scores(
        days,
        orders,
        money,
        recency_limits=np.nextafter(edges["recency"], 0).tolist(),
        frequency_limits=edges["frequency"],
        monetary_limits=edges["monetary"],
    )
    assert scores.code().tolist() == list(codes)


def test_the_ten_boxes_have_the_published_limits() -> None:
    i = case("RFM-05").inputs
    names = [name.lower().replace(" ", "_").replace("'", "") for name in i["segments"]]
    limits = [list(zip(i[f"{v}_lower"], i[f"{v}_upper"], strict=True)) for v in "RFM"]
    published = set(zip(names, *limits, strict=True))
    assert {(box.code, box.r, box.f, box.m) for box in SEGMENTS} == published


@pytest.mark.parametrize("case_id", ["LOY-04"])
def test_repeat_rate(case_id: str) -> None:
    c = case(case_id)
    data = cdnow()
    end = np.datetime64(c.inputs["calibration_end"])
    summary = classic_summary(data["customer"], data["day"], data["cents"], as_of=end)
    assert len(summary) == c.expected["customers"]
    assert (summary["frequency"] >= 2).sum() == c.expected["repeat"]
    assert repeat_rate(summary["frequency"]) == pytest.approx(
        c.expected["repeat_rate"], abs=c.tolerance
    )


def test_repeat_rate_of_nobody_is_undefined() -> None:
    assert np.isnan(repeat_rate([0, 0]))


def test_classic_summary_counts_days_and_nothing_after_the_date() -> None:
    days = np.array(["2024-01-01", "2024-01-01", "2024-01-31", "2024-02-01"], "M8[D]")
    summary = classic_summary(
        [7, 7, 7, 8], days, [100, -30, 50, 900], as_of=np.datetime64("2024-01-31")
    )
    assert summary.to_numpy().tolist() == [[7, 0, 2, 120]]


def test_scores_keep_ties_together_and_close_on_the_right() -> None:
    # quintile edges of 1..10 are 2.8 4.6 6.4 8.2
    v = np.arange(1, 11)
    scores = rfm_scores(v, v, v)
    assert scores.f.tolist() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert scores.m.tolist() == scores.f.tolist()
    assert scores.r.tolist() == [5, 5, 4, 4, 3, 3, 2, 2, 1, 1]
    assert scores.code()[0] == 511


def test_a_value_on_an_edge_takes_the_lower_score() -> None:
    # edges of 0..5 by type 7: exactly 1 2 3 4
    v = np.arange(6)
    assert rfm_scores(v, v + 1, v).m.tolist() == [1, 1, 2, 3, 4, 5]


def test_customers_who_never_bought_have_no_score() -> None:
    scores = rfm_scores([3.0, np.nan, 9.0], [2, 0, 1], [500, 0, -20])
    assert np.isnan(scores.r[1])
    assert np.isnan(scores.code()[1])
    assert rfm_segments(scores)[1] == ""
    assert scores.m[2] == 1


def test_fixed_limits_are_inclusive() -> None:
    scores = rfm_threshold_scores(
        [0, 30, 31, 365, 366],
        [1, 2, 3, 12, 20],
        [99, 100, 1000, 9999, 10000],
        recency_limits=(30, 90, 180, 365),
        frequency_limits=(2, 4, 8, 12),
        monetary_limits=(100, 500, 1000, 10000),
    )
    assert scores.r.tolist() == [5, 5, 4, 2, 1]
    assert scores.f.tolist() == [1, 2, 2, 5, 5]
    assert scores.m.tolist() == [1, 2, 4, 4, 5]


def test_fixed_limits_must_be_four() -> None:
    with pytest.raises(BadInput, match="wrong_count"):
        rfm_threshold_scores(
            [1], [1], [1], recency_limits=(1, 2), frequency_limits=(1,), monetary_limits=(1,)
        )


@pytest.mark.parametrize(
    ("r", "f", "m", "segment"),
    [
        (5, 4, 4, "champions"),
        (3, 5, 3, "loyal_customers"),
        (2, 5, 3, "at_risk"),
        (4, 3, 1, "potential_loyalist"),
        (5, 1, 1, "new_customers"),
        (4, 1, 1, "new_customers"),
        (3, 1, 1, "promising"),
        (2, 2, 3, "need_attention"),
        (2, 1, 1, "about_to_sleep"),
        (1, 2, 5, "at_risk"),
        (1, 4, 5, "cant_lose_them"),
        (1, 1, 2, "lost"),
        (5, 1, 5, "others"),
    ],
)
def test_segments_by_example(r: int, f: int, m: int, segment: str) -> None:
    assert segment_of([(r, f, m)]) == [segment]


def test_every_combination_falls_in_the_narrowest_box_and_every_box_is_reached() -> None:
    every = list(product(range(1, 6), repeat=3))
    found = segment_of(every)
    for scores, code in zip(every, found, strict=True):
        boxes = [
            (one.code != "champions", volume(one), one.code)
            for one in SEGMENTS
            if all(
                low <= score <= high
                for score, (low, high) in zip(scores, (one.r, one.f, one.m), strict=True)
            )
        ]
        least = min((place[:2] for place in boxes), default=None)
        allowed = {place[2] for place in boxes if place[:2] == least} or {"others"}
        assert code in allowed, scores
    assert set(found) == {one.code for one in SEGMENTS} | {"others"}
    assert len(SEGMENTS) == 10


@given(counts)
def test_scores_rise_with_the_value(values: list[int]) -> None:
    scores = rfm_scores(values, values, values)
    order = np.argsort(values)
    assert (np.diff(scores.f[order]) >= 0).all()
    assert (np.diff(scores.r[order]) <= 0).all()
    assert set(scores.f) <= {1, 2, 3, 4, 5}
    for value in set(values):
        assert len(set(scores.m[np.array(values) == value])) == 1


@given(some.lists(some.integers(0, 5), max_size=30))
def test_repeat_rate_is_a_share(days: list[int]) -> None:
    rate = repeat_rate(np.array(days, dtype=int))
    assert np.isnan(rate) or 0 <= rate <= 1
