"""Which twins on PostgreSQL may be left to the drill."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from tests import twins

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("select a from t where b = %(b_1)s::INTEGER", "select a from t where b = %(b_2)s::BIGINT"),
        ("x in (%(a)s, %(b)s, %(c)s)", "x in (%(a)s, %(b)s)"),
        (
            "insert into t values (%(a)s, %(b)s), (%(c)s, %(d)s)",
            "insert into t values (%(a)s, %(b)s)",
        ),
        ("limit 5", "limit 50"),
        ("case when x = 'done' then 1 end", "case when x = 'open' then 2 end"),
    ],
)
def test_values_make_no_other_statement(one: str, other: str) -> None:
    assert twins.shape(one) == twins.shape(other)


def test_columns_tables_and_conditions_do() -> None:
    told = ("select a from t", "select b from t", "select a from s", "select a from t where a")
    assert len(set(map(twins.shape, told))) == len(told)


def test_what_is_chosen_does_all_that_any_did() -> None:
    told = {
        "a": frozenset({"1", "2", "3"}),
        "b": frozenset({"3"}),
        "c": frozenset({"3", "4"}),
        "d": frozenset({"1", "2"}),
        "alone": frozenset({"2"}),
    }
    assert twins.enough(told, ["alone"]) == {"a", "c", "alone"}


@cache
def text_of(file: str) -> str:
    return (ROOT / file).read_text("utf-8")


def test_the_list_names_tests_that_are_there() -> None:
    for name in twins.left_to_the_drill():
        file, *_classes, test = name.split("[", 1)[0].split("::")
        assert f"def {test}(" in text_of(file), name
