"""Rows that are the sum of those above them (合计校验): told by arithmetic, without a word.

A row is one where every figure it fills is the sum of at least two rows of its group: the
document, the customer, or the whole file. One figure may agree by chance, so that such a row
must also stand where a total stands, at the end of its group; where two figures agree it may
stand anywhere in its document. Of customers most groups must end so, and of the whole file the
last row must not bear a number of its own like those above it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, compress, islice
from operator import ne, sub
from typing import Any

from data.imports.terms.spec import Spec

LONGEST_GROUP = 5000
"""Rows of a longer group are not added up."""
_LOOKED_AT = 20
"""Keys of a block whose shape is remembered."""
_LEAST = 3
"""Two addends and their sum."""
_DIGITS, _LETTERS = re.compile(r"\d+"), re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Total:
    """A row that is the sum of those above it."""

    line: int
    figure: str
    """The field that shows it."""
    value: Any
    """As staged: money in minor units."""
    certain: bool
    """Several figures agree."""


class Sums:
    """Adds up the rows of one file, block by block."""

    def __init__(self, spec: Spec) -> None:
        adding = [one for one in spec.fields if one.is_figure]
        self._figures = [one.name for one in sorted(adding, key=lambda one: one.type != "money")]
        customer = next((one for one in spec.references if one.tax_field), None)
        names = [spec.document, customer.field if customer else ""]
        self._groups = [
            _Groups(name, ends_only=name != spec.document) for name in dict.fromkeys(names) if name
        ]
        texts = [one.name for one in spec.fields if one.required and one.type == "text"]
        self._key = spec.document or (texts or [customer.field if customer else ""])[0]
        self._whole: dict[str, Any] = dict.fromkeys(self._figures, 0)
        self._rows = 0
        self._shapes: set[str] = set()
        self._last: tuple[int, dict[str, Any], str, str] | None = None

    def add(self, lines: Sequence[int], found: Mapping[str, Sequence[Any]]) -> None:
        """Take the rows of a block: their figures in the order of the file."""
        figures = {name: found[name] for name in self._figures if name in found}
        if not figures or not lines:
            return
        for groups in self._groups:
            if groups.name in found:
                groups.take(found[groups.name], lines, figures)
        self._add_up(lines, figures, found.get(self._key, ("",) * len(lines)))

    def totals(self) -> list[Total]:
        """The rows that are sums, once every row was added, in the order of the file."""
        seen: dict[int, Total] = {}
        for groups in self._groups:
            seen |= {one.line: one for one in groups.settled()}
        last = None if seen else self._of_whole()
        return [seen[line] for line in sorted(seen)] if last is None else [last]

    def _add_up(
        self, lines: Sequence[int], figures: Mapping[str, Any], keys: Sequence[Any]
    ) -> None:
        for name, column in figures.items():
            self._whole[name] += sum(filter(None, column))
        self._rows += len(lines)
        known = [self._last[2]] if self._last else []
        known += map(str, keys[:-1])
        self._shapes |= {_shape(key) for key in (*known[:_LOOKED_AT], *known[-1:])}
        values = {name: column[-1] for name, column in figures.items()}
        self._last = (lines[-1], values, str(keys[-1]), known[-1] if known else "")

    def _of_whole(self) -> Total | None:
        """The last row, if it adds up the file and bears no number of its own."""
        if self._last is None or self._rows < _LEAST:
            return None
        line, values, key, before = self._last
        said = {name: value for name, value in values.items() if value}
        agrees = [n for n, value in said.items() if _same(2 * value, self._whole[n])]
        if not said or len(agrees) < len(said):
            return None
        if len(agrees) < 2 and key != before and _shape(key) in self._shapes:
            return None
        return Total(line, agrees[0], said[agrees[0]], len(agrees) > 1)


class _Groups:
    """Consecutive rows that say the same in one field; the last group may go on."""

    def __init__(self, name: str, *, ends_only: bool) -> None:
        self.name = name
        self._ends_only = ends_only
        """Only the last row of a group can be its sum, and only if most groups end so."""
        self._found: list[Total] = []
        self._pairs: list[Total] = []
        """Second rows of two that say the same: sums of one row, if the others end with a sum."""
        self._ends = self._long_enough = 0
        self._keys: list[Any] = []
        self._lines: list[int] = []
        self._figures: dict[str, list[Any]] = {}

    def take(
        self, keys: Sequence[Any], lines: Sequence[int], figures: Mapping[str, Sequence[Any]]
    ) -> None:
        """The rows of a block behind those of the group that is open."""
        before = len(self._keys)
        self._keys += keys
        self._lines += lines
        for name, column in figures.items():
            kept = self._figures.setdefault(name, [None] * before)
            kept += column
        for name in self._figures.keys() - figures.keys():
            self._figures[name] += [None] * len(lines)
        self._close(is_last=False)

    def settled(self) -> list[Total]:
        """The sums, once every row was taken."""
        self._close(is_last=True)
        habit = self._ends > 1 and 2 * self._ends >= self._long_enough
        found = [one for one in self._found if one.certain or habit or not self._ends_only]
        always = found and self._ends == self._long_enough
        return [*found, *self._pairs] if always else found

    def _close(self, *, is_last: bool) -> None:
        """Look at the groups that have ended, and keep the one that has not."""
        keys, size = self._keys, len(self._keys)
        starts = [0, *compress(range(1, size), map(ne, keys, islice(keys, 1, None)))]
        end = size if is_last else max(starts[-1], size - LONGEST_GROUP - 1)
        if is_last:
            starts.append(size)
        if len(starts) > 1 and self._figures:
            sizes = map(sub, islice(starts, 1, None), starts)
            self._long_enough += sum(each >= _LEAST for each in sizes)
            for place in self._likely(starts):
                self._look(starts[place], starts[place + 1])
        del self._keys[:end], self._lines[:end]
        for column in self._figures.values():
            del column[:end]

    def _likely(self, starts: Sequence[int]) -> list[int]:
        """Of the groups between these rows, those in which a row equals the sum before it."""
        main = next(iter(self._figures.values()))[: starts[-1]]
        values = _whole(main)
        sums = list(accumulate(values, initial=0))
        bases = {sums[start] for start in starts}
        equal = map(bases.__contains__, map(sub, sums, values))
        return sorted(
            {bisect_right(starts, row) - 1 for row in compress(range(len(values)), equal)}
        )

    def _look(self, start: int, end: int) -> None:
        """Add one group up."""
        if end - start == _LEAST - 1:
            self._pair(start)
        if not _LEAST <= end - start <= LONGEST_GROUP or self._keys[start] is None:
            return
        figures = {name: column[start:end] for name, column in self._figures.items()}
        found = list(_sums_of(self._lines[start:end], figures, end - start))
        if self._ends_only:
            found = [one for one in found if one.line == self._lines[end - 1]]
        self._ends += bool(found)
        self._found += found

    def _pair(self, start: int) -> None:
        one, other = start, start + 1
        said = {name: column[other] for name, column in self._figures.items() if column[other]}
        same = all(self._figures[name][one] == value for name, value in said.items())
        if said and same and self._keys[start] is not None:
            name = next(iter(said))
            self._pairs.append(Total(self._lines[other], name, said[name], certain=False))


def _whole(values: Sequence[Any]) -> list[int]:
    """Figures as whole numbers, so that they add up exactly: millionths where they are not."""
    if any(isinstance(value, float) for value in islice(filter(None, values), 1)):
        return [round(value * 1_000_000) if value else 0 for value in values]
    return [value or 0 for value in values]


def _shape(key: str) -> str:
    return _LETTERS.sub("A", _DIGITS.sub("9", key))


def _same(one: Any, other: Any) -> bool:
    return bool(abs(one - other) < 1e-6)


def _sums_of(lines: Sequence[int], figures: Mapping[str, list[Any]], size: int) -> Iterator[Total]:
    sums, addends = dict.fromkeys(figures, 0), 0
    for index in range(size):
        said = {name: column[index] for name, column in figures.items() if column[index]}
        agrees = addends >= _LEAST - 1 and said and all(_same(sums[n], said[n]) for n in said)
        if agrees and (len(said) > 1 or index == size - 1):
            name = next(iter(said))
            yield Total(lines[index], name, said[name], len(said) > 1)
            sums, addends = dict.fromkeys(figures, 0), 0
            continue
        for name, value in said.items():
            sums[name] += value
        addends += bool(said)
