"""Thresholds keep their bounds and survive the way to the store and back (规则设置)."""

from __future__ import annotations

from typing import Any

import pytest

from errors import BadInput
from models.policy import Policy, check, key_of, names, with_values


def test_the_defaults_are_within_their_own_bounds() -> None:
    assert check(Policy()) == []


def test_every_field_has_a_bound() -> None:
    broken = {
        name: -5.0 if isinstance(value, float) else -5
        for name in names().values()
        for value in [getattr(Policy(), name)]
        if not isinstance(value, (tuple, str))
    }
    found = {issue.column for issue in check(Policy(**broken))}
    assert {key_of(name) for name in broken} <= found


def test_stored_form_reads_back_as_the_same_policy() -> None:
    assert with_values(Policy(), Policy().as_dict()) == Policy()


@pytest.mark.parametrize(
    ("key", "raw", "expected"),
    [
        ("abc.cuts", "0.7,0.9", (0.7, 0.9)),
        ("abc.cuts", "0.7，0.9", (0.7, 0.9)),
        ("ageing.edges", [30, 60], (30, 60)),
        ("window.months", "0", 0),
        ("pyramid.rounding", "ceiling", "ceiling"),
    ],
)
def test_values_as_people_type_them(key: str, raw: Any, expected: Any) -> None:
    assert getattr(with_values(Policy(), {key: raw}), names()[key]) == expected


@pytest.mark.parametrize(
    ("key", "raw", "reason"),
    [
        ("no.such", 1, "setting_unknown"),
        ("window.months", "twelve", "setting_invalid"),
        ("window.months", 1.5, "setting_invalid"),
        ("abc.cuts", [0.9, 0.7], "setting_out_of_bounds"),
        ("pyramid.basis", "volume", "setting_out_of_bounds"),
        ("ageing.edges", [30, 60, 90, 120, 150, 180, 210], "setting_out_of_bounds"),
    ],
)
def test_bad_values_are_refused_by_name(key: str, raw: Any, reason: str) -> None:
    with pytest.raises(BadInput) as caught:
        with_values(Policy(), {key: raw})
    assert (caught.value.issues[0].reason, caught.value.issues[0].column) == (reason, key)
