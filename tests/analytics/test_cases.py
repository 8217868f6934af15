"""Every reference case is a test that carries its id or waits by name; only tests are cited."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.analytics.cases import HERE, NO_DATA, NO_METHOD, WAITING, all_cases

ROOT = HERE.parent.parent
LIKE_AN_ID = re.compile(r"\b[A-Z]{2,}(?:-[A-Z]+)?(?:-[0-9]{2,4})+\b")
CITING = (
    *sorted((ROOT / "analytics").glob("*.py")),
    ROOT / "docs/methods.md",
    *sorted((ROOT / "locales").glob("*/*.po")),
)


def carried() -> Counter[str]:
    """How many tests carry each id."""
    marks = (
        mark
        for path in (ROOT / "tests").rglob("test_*.py")
        for mark in re.findall(r'"case_id", \[([^\]]+)\]', path.read_text("utf-8"))
    )
    return Counter(case_id for mark in marks for case_id in re.findall(r'"([A-Z0-9-]+)"', mark))


def cited(text: str) -> set[str]:
    """Ids of cases in a text, and what looks like one (a case nobody has)."""
    return {each for each in re.findall(LIKE_AN_ID, text) if each.split("-")[0] in _families()}


def _families() -> set[str]:
    return {case_id.split("-")[0] for case_id in all_cases()}


def test_no_reference_number_lies_idle() -> None:
    tests = set(carried())
    assert tests | set(WAITING) == set(all_cases())
    assert not tests & set(WAITING)


def test_an_id_is_carried_once() -> None:
    assert [case_id for case_id, times in carried().items() if times > 1] == []


def test_what_waits_says_for_what() -> None:
    for case_id, reason in WAITING.items():
        assert reason.startswith((NO_DATA, NO_METHOD)), case_id


@pytest.mark.parametrize("path", CITING, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_tests_are_cited(path: Path) -> None:
    assert cited(path.read_text("utf-8")) - set(carried()) == set()


def test_the_methods_name_every_test() -> None:
    assert cited((ROOT / "docs/methods.md").read_text("utf-8")) == set(carried())


def test_every_id_is_recognised_in_a_text() -> None:
    assert cited("; ".join([*all_cases(), "UTF-8", "SHA-256", "ABC-99"])) == {
        *all_cases(),
        "ABC-99",
    }
