"""Hundreds of mutant workbooks (变异工作簿): read right or refused, as text files are."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.data.imports.judging import Bench, judge
from tests.data.imports.mutating import Base
from tests.data.imports.mutating_books import book_of, mutant_book
from tests.data.imports.test_mutants import FOLDER, SHEETS, bases, bench, company

__all__ = ["bench", "company"]  # fixtures

PER_BASE = 40
BASES = [base for base in bases() if not base.name.endswith("-en") and "template" in base.name]
BASES += [base for base in bases() if base.name.removeprefix("base-") in SHEETS]


def _content(base: Base) -> bytes:
    """The workbook of a good file: the one kept beside it, where there is one."""
    kept = Path(FOLDER) / f"{base.name}-xlsx.xlsx"
    return kept.read_bytes() if kept.exists() else book_of(base)


@pytest.mark.parametrize("base", BASES, ids=lambda base: base.name)
def test_read_right_or_refused(bench: Bench, base: Base) -> None:
    ends: Counter[str] = Counter()
    content, unclear = _content(base), bench.unclear
    for number in range(PER_BASE):
        made = mutant_book(base.name, content, number)
        try:
            ends[judge(bench, base, made, number)] += 1
        except BaseException as error:
            error.add_note(f"mutant {made.name}: {', '.join(made.told)}")
            raise
    assert ends["refused"] >= PER_BASE // 20
    assert ends.total() - ends["refused"] >= PER_BASE // 10
    assert bench.unclear - unclear <= PER_BASE // 10
