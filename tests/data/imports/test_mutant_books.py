"""Hundreds of mutant workbooks (变异工作簿): read right or refused, as text files are."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.data.imports.judging import Bench, judge
from tests.data.imports.mutating import Base
from tests.data.imports.mutating_books import book_of, mutant_book
from tests.data.imports.test_mutants import FOLDER, SHEETS, bases, bench, company

__all__ = ["bench", "company"]  # fixtures

PER_BASE, SAMPLE = 20, 10
"""Mutants of a workbook: all of them in the drill, the first ones in the suite."""
BASES = [base for base in bases() if not base.name.endswith("-en") and "template" in base.name]
BASES += [base for base in bases() if base.name.removeprefix("base-") in SHEETS]


def _content(base: Base) -> bytes:
    """The workbook of a good file: the one kept beside it, where there is one."""
    kept = Path(FOLDER) / f"{base.name}-xlsx.xlsx"
    return kept.read_bytes() if kept.exists() else book_of(base)


def judged(bench: Bench, base: Base, numbers: Iterable[int]) -> Counter[str]:
    """How the mutants of these numbers ended; now and then a second reading is in doubt."""
    ends: Counter[str] = Counter()
    content, unclear = _content(base), bench.unclear
    for number in numbers:
        made = mutant_book(base.name, content, number)
        try:
            ends[judge(bench, base, made, number)] += 1
        except BaseException as error:
            error.add_note(f"mutant {made.name}: {', '.join(made.told)}")
            bench.put_back()  # what it left behind must not fail those after it
            raise
    assert bench.unclear - unclear <= max(ends.total() // 10, 1)
    return ends


@pytest.mark.parametrize("base", BASES, ids=lambda base: base.name)
def test_read_right_or_refused(bench: Bench, base: Base) -> None:
    ends = judged(bench, base, range(SAMPLE))
    assert ends["refused"] > 0
    assert ends.total() > ends["refused"]


@pytest.mark.drill
@pytest.mark.parametrize("base", BASES, ids=lambda base: base.name)
def test_all_and_fresh_ones(bench: Bench, base: Base) -> None:
    """The rest of the fixed ones, and as many that nobody has seen before."""
    fresh = PER_BASE * random.SystemRandom().randrange(1, 10**9)
    ends = judged(bench, base, (*range(SAMPLE, PER_BASE), *range(fresh, fresh + PER_BASE)))
    assert ends["refused"] >= ends.total() // 20
    assert ends.total() - ends["refused"] >= ends.total() // 10
