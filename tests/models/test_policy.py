"""Thresholds keep their bounds and survive the way to the store and back (规则设置)."""

from __future__ import annotations

import ast
import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from errors import BadInput
from models.bounds import Choice, Real, Several, Text, Whole
from models.policy import (
    GROUPS,
    RULES,
    TITLES,
    Policy,
    check,
    of_stored,
    set_aside,
    with_values,
)
from tests.policies import READERS, extremes, some_policies

ROOT = Path(__file__).resolve().parents[2]


def test_the_defaults_are_within_their_own_bounds() -> None:
    assert check(Policy()) == []


@pytest.mark.parametrize("key", RULES)
def test_the_defaults_and_the_extremes_are_taken_and_what_lies_beyond_is_not(key: str) -> None:
    rule = RULES[key]
    beyond: list[Any] = ["no such"] if isinstance(rule.kind, Choice) else []
    if isinstance(rule.kind, Text):
        beyond = ["x" * (rule.kind.longest + 1)]
    if isinstance(rule.kind, Whole | Real):
        step = 1 if isinstance(rule.kind, Whole) else 1e-6
        beyond = [rule.kind.low - step, rule.kind.high + step]
    if isinstance(rule.kind, Several):
        each, size = rule.kind.each, rule.kind.least
        rising = list(rule.default)[: rule.kind.most]
        beyond = [
            [each.low - 1, *rising[1:]],
            [*rising[:-1], each.high + 1],
            rising[: size - 1],
            [each.high] * (rule.kind.most + 1),
        ]
    for value in extremes(rule):
        assert with_values(Policy(), value) != Policy() or rule.default in value.values()
    for value in beyond:
        with pytest.raises(BadInput) as refused:
            with_values(Policy(), {key: value})
        assert refused.value.issues[0].column == key


def test_groups_follow_from_the_declaration() -> None:
    assert tuple(TITLES) == GROUPS
    assert [rule.key for rule in RULES.values()] == list(RULES)
    assert [getattr(Policy(), rule.field) for rule in RULES.values()] == [
        rule.default for rule in RULES.values()
    ]


@pytest.mark.parametrize("key", RULES)
def test_every_setting_is_read_by_the_function_named_here(key: str) -> None:
    """A setting that nothing reads is none; add the reader to `tests.policies.READERS`."""
    module, function = READERS[key].split(":")
    source = ROOT.joinpath(*module.split(".")).with_suffix(".py").read_text("utf-8")
    bodies = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef) and node.name == function
    ]
    read = {
        node.attr for body in bodies for node in ast.walk(body) if isinstance(node, ast.Attribute)
    }
    assert RULES[key].field in read
    assert set(READERS) == set(RULES)


@given(some_policies())
def test_what_is_stored_reads_back(policy: Policy) -> None:
    stored = json.loads(json.dumps(policy.as_dict()))
    assert with_values(Policy(), stored) == policy == of_stored(stored)
    assert set_aside(stored) == []


def test_what_an_earlier_version_stored_breaks_nothing() -> None:
    stored = {"rfm.bins": 5, "key.cut": 60, "satisfaction.confidence": 0.99995}
    assert of_stored(stored) == Policy(key_cut=60.0)
    assert set_aside(stored) == ["satisfaction.confidence"]
    with pytest.raises(BadInput) as refused:
        with_values(Policy(), {"rfm.bins": 5})
    assert refused.value.issues[0].reason == "setting_unknown"


def test_a_stored_pair_that_no_longer_rises_falls_back_together() -> None:
    stored = {"loss.amber": 80, "loss.red": 70}
    assert set_aside(stored) == ["loss.amber", "loss.red"]
    assert of_stored(stored) == Policy()


def test_a_short_text_can_be_a_setting() -> None:
    zone = Text(40, lambda text: text in {"Asia/Shanghai", "Europe/Berlin"}, "Asia/Shanghai")
    assert zone.holds(zone.read(" Asia/Shanghai "))
    assert not zone.holds("Asia/Nowhere")
    assert not zone.holds(8)


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
    assert getattr(with_values(Policy(), {key: raw}), RULES[key].field) == expected


@pytest.mark.parametrize(
    ("key", "raw", "reason"),
    [
        ("no.such", 1, "setting_unknown"),
        ("window.months", "twelve", "setting_invalid"),
        ("window.months", 1.5, "setting_invalid"),
        ("window.months", True, "setting_invalid"),
        ("ageing.edges", [30.5, 60], "setting_invalid"),
        ("loss.amber", math.nan, "setting_invalid"),
        ("abc.cuts", [0.9, 0.7], "setting_out_of_bounds"),
        ("pyramid.basis", "volume", "setting_out_of_bounds"),
        ("ageing.edges", [30, 60, 90, 120, 150, 180, 210], "setting_out_of_bounds"),
        ("window.months", "1_0", "setting_invalid"),
        ("satisfaction.main_survey", None, "setting_invalid"),
        ("satisfaction.main_survey", ["CSI"], "setting_invalid"),
        ("satisfaction.main_survey", "\ud800", "setting_out_of_bounds"),
        ("satisfaction.main_survey", "a\x00b", "setting_out_of_bounds"),
        ("calendar.time_zone", "localtime", "setting_out_of_bounds"),
        ("calendar.time_zone", "right/Asia/Shanghai", "setting_out_of_bounds"),
    ],
)
def test_bad_values_are_refused_by_name(key: str, raw: Any, reason: str) -> None:
    with pytest.raises(BadInput) as caught:
        with_values(Policy(), {key: raw})
    issue = caught.value.issues[0]
    assert (issue.reason, issue.column) == (reason, key)
    assert issue.detail.get("allowed") == (RULES[key].kind.allowed if key in RULES else None)


def test_what_is_allowed_is_said_with_order_and_number() -> None:
    assert RULES["pyramid.cuts"].kind.allowed == "3 × (0.01 – 99.99), a < b < c"
    assert RULES["ageing.edges"].kind.allowed == "1–6 × (1 – 3650), a < b < c"
    assert RULES["key.weights"].kind.allowed == "5 × (0 – 1000), a + b + c … ≥ 0.01"
    assert [issue.detail["allowed"] for issue in check(Policy(loss_amber=70.0))] == [
        "loss.amber < loss.red"
    ] * 2
