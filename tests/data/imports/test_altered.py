"""The same content written otherwise (变形测试) is stored the same, or it is asked about.

Every kind of sheet, by its template and as a company keeps it, is altered in one to three ways
at random (`altering`). Nothing but what the plain sheet gives may be stored, and only a reason
that an alteration names may speak against it. A failure names its sheet and number;
`altered(sheet, number)` makes the very same file again.
"""

from __future__ import annotations

import csv
import io
import random
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from data.imports import engine as imports
from data.imports.columns import mapping
from data.imports.columns.measuring import Measured
from data.imports.columns.registry import SPECS
from data.imports.columns.templates import template
from data.imports.files.reading import Hints
from data.imports.sifting.sieve import Sieve, Sifted
from data.imports.sifting.verdicts import Judge, Verdicts
from data.imports.terms import asking
from data.imports.terms.plan import Plan
from data.imports.terms.report import ImportReport
from data.imports.terms.request import Request
from models.access import Role
from models.enums import SheetKind
from models.tables import metadata
from tests.data.imports import (
    altering,
    altering_files,
    altering_manners,
    altering_rows,
    company_sheets,
)
from tests.data.imports.altering import Alteration, Draft, Grid
from tests.data.imports.bringing import (
    ABOUT_IMPORTS,
    PROVENANCE,
    TODAY,
    bring,
    managed,
    person,
    said,
)
from tests.data.imports.judging import Bench
from tests.data.imports.test_kinds import BEFORE

EACH, FRESH = 56, 14
"""Altered sheets of each sheet: always the same ones in the suite, others in the drill."""
_TOTAL = frozenset({"may_be_total", "sum_of_above"})
_SUM = frozenset({"sum_of_above", "empty"})
_UNKNOWN = frozenset({"unknown_customer"})
_DAYS = frozenset({"date_ambiguous"})
_MONEY = frozenset({"currency_other"})
_STATE = frozenset({"state_unknown", "plan_is_not_the_invoice"})
_HEADING = frozenset({"may_be_heading"})
_TWO = frozenset({"two_columns", "column_twice"})

ALTERATIONS = (
    Alteration(altering.units_in_title),
    Alteration(altering.units_in_row),
    Alteration(altering.units_in_header),
    Alteration(altering.percents),
    Alteration(altering.void_rows),
    Alteration(altering.thousands),
    Alteration(altering.full_width),
    Alteration(altering.dates),
    Alteration(altering.apostrophes),
    Alteration(altering.doubled_column, _TWO, stored=0.0, refused=0.5),
    Alteration(altering.contradicting_column, _TWO, stored=0.0, refused=0.9),
    Alteration(altering_manners.restyled_header),
    Alteration(altering_manners.wide_letters),
    Alteration(altering_manners.blanks_around),
    Alteration(altering_manners.zeros_lost, _UNKNOWN, stored=0.0, refused=1.0),
    Alteration(altering_manners.ambiguous_days, _DAYS, stored=0.0, refused=1.0),
    Alteration(altering_manners.foreign_currency, _MONEY, stored=0.0, refused=1.0),
    Alteration(altering_manners.unknown_states, _STATE, stored=0.0, refused=1.0),
    Alteration(altering.unrelated_columns),
    Alteration(altering_manners.empty_columns),
    Alteration(altering.reordered),
    Alteration(altering_files.quoted_codes),
    Alteration(altering_rows.titles_above),
    Alteration(altering_manners.captions_above),
    Alteration(altering_manners.numbered_columns, _HEADING, stored=0.3),
    Alteration(altering_manners.required_row),
    Alteration(altering_files.workbook),
    Alteration(altering_files.encoded),
    Alteration(altering_files.separated),
    Alteration(altering_files.split_over_sheets),
    Alteration(altering_rows.wordless_sums, _SUM, stored=0.0, refused=0.9),
    Alteration(altering_rows.filled_subtotals, _TOTAL, stored=0.3),
    Alteration(altering_rows.totals_of_a_group),
    Alteration(altering_rows.worded_totals),
    Alteration(altering_rows.running_totals),
    Alteration(altering_rows.averages),
    Alteration(altering_manners.totals_with_more),
    Alteration(altering_manners.totals_in_a_note),
    Alteration(altering_manners.page_breaks),
    Alteration(altering_rows.footers),
    Alteration(altering_rows.repeated_headers),
    Alteration(altering_rows.blank_rows),
)
"""In the order they are made: columns, how it is written, rows that are none."""
SELDOM = {"percents": 3, "split_over_sheets": 10, "zeros_lost": 12, "wordless_sums": 20}
"""What few sheets have anything of, and how many altered so there are at least."""
RARE = [n for n, one in enumerate(ALTERATIONS) if one.name in SELDOM]
ROWS_FROM = next(n for n, one in enumerate(ALTERATIONS) if one.name == "wordless_sums")


@dataclass(frozen=True)
class Base:
    """A plain sheet, and those it rests on."""

    name: str
    kind: SheetKind
    grid: Grid = field(hash=False)
    before: tuple[tuple[str, bytes], ...] = field(hash=False)


def _text(grid: Grid) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows(grid)
    return buffer.getvalue().encode()


def _template(kind: str) -> tuple[str, bytes]:
    return kind, template(SPECS[SheetKind(kind)], chinese=True)


def bases() -> list[Base]:
    """Every kind's template, and the sheets of a company."""
    found = []
    for kind in SheetKind:
        text = _template(kind.value)[1].decode("utf-8-sig")
        grid = list(csv.reader(io.StringIO(text)))
        earlier = tuple(map(_template, BEFORE.get(kind, ())))
        found.append(Base(f"template-{kind.value}", kind, grid, earlier))
    customers = ("customers", _text(company_sheets.customers()))
    for name, sheet in company_sheets.SHEETS.items():
        before = () if name == "customers" else (customers,)
        found.append(Base(f"company-{name}", SheetKind(name), sheet(), before))
    return found


BASES = bases()


def _queries() -> list[str]:
    """Every table's content, without the numbers that nothing refers to."""
    tables = [t for t in metadata.sorted_tables if t.name not in ABOUT_IMPORTS]
    pointed = {key.column.table.name for table in tables for key in table.foreign_keys}
    found = []
    for table in tables:
        left_out = PROVENANCE if table.name in pointed else {*PROVENANCE, "id"}
        names = [f'"{column.name}"' for column in table.c if column.name not in left_out]
        found.append(f'select {", ".join(names)} from "{table.name}"')
    return found


QUERIES = _queries()


def facts(bench: Bench) -> list[list[str]]:
    """Everything the store holds but where it came from."""
    return [sorted(map(repr, bench.raw[-1].execute(query))) for query in QUERIES]


@dataclass
class Altered:
    """A sheet written otherwise."""

    content: bytes
    ways: list[Alteration]
    sheets: list[str]

    @property
    def asks(self) -> frozenset[str]:
        return frozenset().union(*(one.asks for one in self.ways))


def altered(base: Base, number: int) -> Altered:
    """The sheet of this number: always the same."""
    dice = random.Random(f"{base.name}/{number}")  # noqa: S311
    header, *rows = [list(row) for row in base.grid]
    draft = Draft(SPECS[base.kind], dice, header, rows)
    wanted = dice.choice((1, 1, 2, 3))
    first = number % len(ALTERATIONS)  # each in turn, whatever else is thrown
    if number % 14 == 13 and base.name.startswith("company"):
        first = RARE[number // 14 % len(RARE)]
    others = dice.sample(range(len(ALTERATIONS)), wanted - 1)
    ways = []
    for place in (*sorted({first, *others}), len(ALTERATIONS)):
        if place >= ROWS_FROM and not draft.body:
            draft.body = list(enumerate(draft.rows))
        if place < len(ALTERATIONS) and ALTERATIONS[place].change(draft):
            ways.append(ALTERATIONS[place])
    sheets = [f"{n + 1}月" for n in range(draft.sheets)] if draft.sheets > 1 else [""]
    return Altered(altering_files.content(draft), ways, sheets)


Facts = list[list[str]]


class Stores:
    """A store in memory for each sheet: as it is before, and what the plain sheet gives."""

    def __init__(self, bench: Bench) -> None:
        self.bench, self._empty = bench, bench.kept
        self._filled: dict[tuple[str, ...], sqlite3.Connection] = {}
        self._known: dict[str, tuple[Facts, Facts]] = {}

    def before(self, base: Base) -> tuple[Facts, Facts]:
        """Puts the store where the sheet can be brought in; what it holds, and will hold."""
        bench, key = self.bench, (base.name[:4], *(kind for kind, _sheet in base.before))
        if key not in self._filled:
            self._filled[key] = self._fill(base)
        bench.kept = self._filled[key]
        bench.put_back()
        if base.name not in self._known:
            held = facts(bench)
            self._bring(base.kind.value, _text(base.grid))
            self._known[base.name] = held, facts(bench)
            bench.put_back()
        return self._known[base.name]

    def _fill(self, base: Base) -> sqlite3.Connection:
        self.bench.kept = self._empty
        self.bench.put_back()
        for kind, text in base.before:
            self._bring(kind, text)
        person(self.bench.engine, "anna", Role.ACCOUNT_MANAGER)
        managed(self.bench.engine, "anna")
        kept = sqlite3.connect(":memory:")
        self.bench.raw[-1].backup(kept)
        return kept

    def _bring(self, kind: str, text: bytes) -> None:
        report = bring(self.bench.engine, text, kind, folder=self.bench.folder)
        assert report.stored, said(report)


@pytest.fixture(scope="module")
def stores(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    bench = Bench.over(migrated_file, tmp_path_factory.mktemp("altered"))
    yield Stores(bench)
    bench.close()


def ended(stores: Stores, base: Base, number: int) -> tuple[Altered, str]:
    """Bring an altered sheet in; how it ended: stored, or the reason against it."""
    bench, made = stores.bench, altered(base, number)
    held, wanted = stores.before(base)
    path = bench.folder / "altered"
    path.write_bytes(made.content)
    for sheet in made.sheets:
        hints = Hints(sheet=sheet) if sheet else Hints()
        plan = Plan(kind=base.kind.value, hints=hints)
        report = imports.run(bench.engine, Request(path, plan, TODAY))
        if not report.stored:
            assert len(made.sheets) > 1 or facts(bench) == held, "refused, and not as it was"
            return made, _reason(report, made)
    assert facts(bench) == wanted, "something else was stored"
    return made, ""


def _reason(report: ImportReport, made: Altered) -> str:
    """Why nothing was stored, if an alteration may be the cause."""
    named = {issue.row: issue.reason for issue in report.issues if issue.reason in made.asks}
    others = [issue for issue in report.issues if issue.row not in named]
    assert named, (report.outcome, said(report)[:400])
    assert not others, said(report)[:400]
    return min(named.values())


Tally = dict[str, dict[str, Counter[str]]]
"""Alteration → kind of sheet → how sheets so altered ended."""


def tallied(stores: Stores, sheets: Sequence[Base], numbers: range) -> Tally:
    """Bring altered sheets in, and count how they ended."""
    tally: Tally = defaultdict(lambda: defaultdict(Counter))
    for base in sheets:
        for number in numbers:
            try:
                made, reason = ended(stores, base, number)
            except BaseException as error:
                ways = ", ".join(one.name for one in altered(base, number).ways)
                error.add_note(f"altered sheet {base.name}/{number}: {ways}")
                raise
            end = "asked" if reason in asking.QUESTIONS else "refused" if reason else "equal"
            for one in made.ways:
                if one.asks or not made.asks:  # whatever asks speaks for the sheet
                    tally[one.name][base.kind.value][end] += 1
    return tally


def table(tally: Tally) -> str:
    """How altered sheets ended: equal, asked, refused, by alteration and kind."""
    lines = []
    for name, kinds in sorted(tally.items()):
        whole = sum(kinds.values(), Counter())
        lines.append(f"{name}: {_three(whole)}")
        lines += [f"    {kind}: {_three(each)}" for kind, each in sorted(kinds.items())]
    return "\n".join(lines)


def _three(ends: Counter[str]) -> str:
    return f"{ends['equal']} equal, {ends['asked']} asked, {ends['refused']} refused"


def judge_shares(tally: Tally) -> None:
    """No alteration is always asked about unless it must be, and what must be asked is."""
    for one in ALTERATIONS:
        whole = sum(tally[one.name].values(), Counter())
        if whole.total():
            stored = whole["equal"] / whole.total()
            assert one.stored <= stored <= 1 - one.refused, f"{one.name}: {_three(whole)}"


PARTS = 4
"""So many processes may share the work."""


@pytest.mark.parametrize("part", range(PARTS))
def test_the_same_content_is_stored_or_asked_about(stores: Stores, part: int) -> None:
    tally = tallied(stores, BASES[part::PARTS], range(EACH))
    print(table(tally))  # noqa: T201
    judge_shares(tally)


@pytest.mark.drill
@pytest.mark.parametrize("part", range(PARTS))
def test_sheets_nobody_has_seen_before(stores: Stores, part: int) -> None:
    first = EACH * random.SystemRandom().randrange(1, 10**9)
    tallied(stores, BASES[part::PARTS], range(first, first + FRESH))


def test_every_alteration_is_made_of_many_sheets() -> None:
    """And there are two thousand altered sheets, each kind among them."""
    made: Counter[str] = Counter()
    for base in BASES:
        made.update(one.name for n in range(EACH) for one in altered(base, n).ways)
    assert len(BASES) * EACH >= 2000
    assert {base.kind for base in BASES} == set(SheetKind)
    assert [one.name for one in ALTERATIONS if made[one.name] < SELDOM.get(one.name, 20)] == []


@pytest.mark.parametrize("name", ["void_rows", "worded_totals", "units_in_header"])
def test_what_is_judged_can_fail(
    stores: Stores, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Where the alteration is not understood, something else is stored, or it is refused."""
    base = next(base for base in BASES if base.name == "company-invoices")
    number = next(n for n in range(999) if [w.name for w in altered(base, n).ways] == [name])
    ended(stores, base, number)
    monkeypatch.setattr(Judge, "judge", lambda *_about: Verdicts())
    monkeypatch.setattr(Sieve, "sift", lambda *_about: Sifted())
    monkeypatch.setattr(mapping, "measure", lambda *_about: Measured({}))
    with pytest.raises(AssertionError):
        ended(stores, base, number)
