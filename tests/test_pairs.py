"""Fewer combinations, and no pair lost."""

from __future__ import annotations

import itertools

import pytest

from tests import pairs
from tests.pages import opening


@pytest.mark.parametrize(
    "axes",
    [("ab", "xyz", "12"), ("a", "x"), ("abcde", "xyz", "12345678"), ("ab", "xy", "12", "+-")],
)
def test_every_pair_stands_in_fewer_combinations(axes: tuple[str, ...]) -> None:
    every = list(itertools.product(*axes))
    chosen = pairs.enough(every)
    assert set().union(*map(pairs.of, chosen)) == set().union(*map(pairs.of, every))
    assert set(chosen) <= set(every)
    assert len(set(chosen)) == len(chosen)
    longest, second = sorted(map(len, axes), reverse=True)[:2]
    assert len(chosen) <= longest * second + 2, "pairs, not combinations"


def test_the_drill_runs_what_is_left_out() -> None:
    given = pairs.params("ab", "xyz", "12")
    assert sorted(one.values for one in given) == sorted(itertools.product("ab", "xyz", "12"))
    assert [one.values for one in given if not one.marks] == [
        row
        for row in itertools.product("ab", "xyz", "12")
        if row in pairs.enough(itertools.product("ab", "xyz", "12"))
    ]


def test_every_page_is_opened_by_everybody_and_in_every_language() -> None:
    opened = {
        screen: [one.values for one in opening.by_whom_in_what(screen) if not one.marks]
        for screen in opening.OPENED_BY
    }
    for screen, roles in opening.OPENED_BY.items():
        assert {role for role, _language in opened[screen]} == set(roles), screen
        assert {language for _role, language in opened[screen]} == set(opening.LANGUAGES), screen
        assert len(opening.by_whom_in_what(screen)) == len(roles) * len(opening.LANGUAGES)
    read = {pair for rows in opened.values() for pair in rows}
    assert read == set(itertools.product(opening.Role, opening.LANGUAGES))
