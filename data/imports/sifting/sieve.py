"""Which rows of a block are not data (筛行), and which may not be: by what their cells say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from data.imports.files import headers
from data.imports.files.layout import Block
from data.imports.parsing.parsed import visible
from data.imports.sifting import footers, header_rows, phrases
from data.imports.sifting.marks import Marks
from data.imports.sifting.phrases import TOTALS, Said, Sense
from data.imports.sifting.sheet import Sheet, amount
from data.imports.sifting.totals import NEIGHBOURS, Totals
from data.imports.terms import asking
from errors import Issue

MOST_KNOWN = 20_000
"""Cells remembered to say nothing, in each column."""
HIDDEN, ANOTHER = "hidden_row", "another_table"
_LEAST_NAMES = 3
"""A row of so many column names, and of little else, begins another table."""


@dataclass(slots=True)
class Sifted:
    """Rows of a block by place: why each is no data, or what is asked about it."""

    passed: dict[int, Issue] = field(default_factory=dict)
    asked: dict[int, Issue] = field(default_factory=dict)

    @property
    def elsewhere(self) -> list[int]:
        """Rows of another table: this one's columns say nothing of them."""
        return [place for place, issue in self.asked.items() if issue.reason == ANOTHER]


class Sieve:
    """Tells the rows of one file apart; what it passes over is no row of the sheet."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._totals, self._marks = Totals(sheet), Marks(sheet)
        self._under = {row.line: row for row in sheet.layout.under}
        self._seen: list[set[str]] = [set() for _name in sheet.layout.header]
        self._said: dict[str, Said] = {}
        self._telling: set[str] = set()
        """The cells that say something; few."""
        self._names = [headers.core(name) for name in sheet.layout.header if sheet.header]
        self._another: Issue | None = None
        """Where another table begins; every row from there on is of that one."""
        self._above: list[list[str]] = []
        """The last rows of the block before, for totals that come first in the next."""

    def sift(self, block: Block) -> Sifted:
        """The rows of a block that are not data; blocks come in the order of the file."""
        done = Sifted()
        words, named, headed = self._find(block)
        self._headings(done, block, named)
        self._other_table(done, block, headed)
        for index, place, reason in self._marks.found(block.cells):
            done.passed.setdefault(index, self._issue(reason, block, index, place))
        self._footers_and_totals(done, block, words)
        self._titles(done, block)
        for index in sorted(block.hidden - done.passed.keys()):
            self._ask(done, self._row(HIDDEN, block, index), index)
        self._above = block.cells[-NEIGHBOURS:]
        return done

    def _find(self, block: Block) -> tuple[dict[int, dict[int, Said]], set[int], Counter[int]]:
        """Row → position → what its cell says; rows that name columns, and how many of any kind."""
        words: dict[int, dict[int, Said]] = {}
        named: set[int] = set()
        headed: Counter[int] = Counter()
        for place, column in enumerate(zip(*block.cells, strict=True)):
            distinct = set(column)
            if names := distinct & self._sheet.others:
                headed.update(index for index, cell in enumerate(column) if cell in names)
            like = self._look_at(place, distinct - self._seen[place])
            telling = distinct & self._telling
            if like or telling:
                for index, cell in enumerate(column):
                    if cell in telling:
                        words.setdefault(index, {})[place] = self._said[cell]
                    if cell in like:
                        named.add(index)
        return words, named, headed

    def _look_at(self, place: int, cells: set[str]) -> set[str]:
        """Look at new cells of a column; returns those that are like its name."""
        joined = "\x1f".join(cells)
        if "---" not in joined and phrases.FIGURES.fullmatch(joined):
            return set()
        joined = joined.lower()
        if phrases.may_say(joined):
            for cell in cells:
                said = phrases.said(cell)
                if said is not None:
                    self._said[cell] = said
                    self._telling.add(cell)
        core = self._names[place] if self._names else ""
        like: set[str] = set()
        if core and core in joined:
            like = {cell for cell in cells if headers.plain(cell) == self._sheet.header[place]}
        if len(self._seen[place]) + len(cells) <= MOST_KNOWN:
            self._seen[place] |= cells - like
        return like

    def _headings(self, done: Sifted, block: Block, named: set[int]) -> None:
        for index, line in enumerate(block.lines[: header_rows.LOOKED_AT] if self._under else ()):
            row = self._under.get(line)
            if row is not None and row.reason == header_rows.ASK:
                self._ask(done, Issue(row.reason, None, line, _shown(row.cells)), index)
            elif row is not None:
                done.passed[index] = Issue(row.reason, None, line, _shown(row.cells))
        for index in sorted(named - done.passed.keys()):
            if header_rows.is_repeated(self._sheet, block.cells[index]):
                done.passed[index] = self._row(header_rows.REPEATED, block, index)

    def _other_table(self, done: Sifted, block: Block, headed: Counter[int]) -> None:
        """The rows from a second header of other columns on: they belong to another table."""
        first = 0
        if self._another is None:
            begins = (i for i in sorted(headed) if i not in done.passed)
            first = next((i for i in begins if self._names_columns(block.cells[i], headed[i])), -1)
            if first < 0:
                return
            self._another = self._row(ANOTHER, block, first)
        for index in range(first, len(block.cells)):
            done.passed.pop(index, None)
            self._ask(done, replace(self._another, row=block.lines[index]), index)

    def _names_columns(self, cells: Sequence[str], named: int) -> bool:
        filled = [cell for cell in cells if cell.strip()]
        most = named >= _LEAST_NAMES and 5 * named >= 3 * len(filled)
        figures = any(amount(cell) is not None for cell in filled)
        return most and not figures and not header_rows.is_repeated(self._sheet, cells)

    def _titles(self, done: Sifted, block: Block) -> None:
        """Single cells just above a repeated header: the title of the next printed page."""
        repeated = [i for i, why in done.passed.items() if why.reason == header_rows.REPEATED]
        for index in repeated:
            for above in range(index - 1, max(index - 4, -1), -1):
                filled = [p for p, cell in enumerate(block.cells[above]) if cell.strip()]
                if len(filled) != 1 or self._sheet.is_complete(block.cells[above], ()):
                    break
                done.passed.setdefault(above, self._issue("title_row", block, above, filled[0]))

    def _footers_and_totals(
        self, done: Sifted, block: Block, words: Mapping[int, Mapping[int, Said]]
    ) -> None:
        rows = [*self._above, *block.cells]
        before = len(self._above)
        for index in sorted(words.keys() - done.passed.keys()):
            said, cells = dict(words[index]), block.cells[index]
            if footers.is_footer(self._sheet, cells, said, ragged=index in block.faults):
                done.passed[index] = self._issue("footer_row", block, index, min(said))
                continue
            if not any(one.sense in TOTALS or one.sense is Sense.COUNT for one in said.values()):
                continue
            out = frozenset(place + before for place in done.passed)
            found = self._totals.verdict(rows, index + before, said, out)
            if found is not None:
                reason, place = found
                issue = self._issue(reason, block, index, place)
                if reason in asking.QUESTIONS:
                    self._ask(done, issue, index, as_reason="total_row")
                else:
                    done.passed[index] = issue

    def _ask(self, done: Sifted, issue: Issue, index: int, *, as_reason: str = "") -> None:
        """Pass a row over, keep it or ask, as the plan answers."""
        said = asking.answered(self._sheet.plan.answers, issue.reason, issue.column, issue.value)
        if said == "pass":
            reason = as_reason or issue.reason
            done.passed[index] = Issue(reason, issue.column, issue.row, issue.value)
        elif said != "keep":
            done.asked[index] = issue

    def _row(self, reason: str, block: Block, index: int) -> Issue:
        return Issue(reason, None, block.lines[index], _shown(block.cells[index]))

    def _issue(self, reason: str, block: Block, index: int, place: int) -> Issue:
        name = self._sheet.layout.header[place] or str(place + 1)
        return Issue(reason, name, block.lines[index], visible(block.cells[index][place]))


def _shown(cells: Sequence[str]) -> str:
    """The first cells of a row, as they are told to people."""
    return visible(" | ".join(cell for cell in cells if cell.strip()))
