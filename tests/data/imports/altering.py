"""Sheets written otherwise (变形): the same content as somebody else would write it down.

An alteration changes how a sheet looks and not what it says. What is stored must be the same as
of the plain sheet, or the import must ask or refuse for a reason the alteration names. Sheets
are altered column by column first, then rows that are none are put in, then they are written.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from data.imports.columns import naming
from data.imports.files import headers
from data.imports.terms.spec import Spec

Grid = list[list[str]]
FIGURES = ("money", "number", "whole")


@dataclass
class Draft:
    """A sheet on its way to another look."""

    spec: Spec
    dice: random.Random
    header: list[str]
    rows: Grid
    fields: list[str] = field(default_factory=list)
    """The field of each column; empty where no field takes it."""
    exact: list[dict[str, Decimal]] = field(default_factory=list)
    """The figures of each row as the plain sheet has them."""
    unit: dict[str, int] = field(default_factory=dict)
    """Field → what its figures were divided by."""
    over: Grid = field(default_factory=list)
    """Lines above the header."""
    under: Grid = field(default_factory=list)
    """Lines right under it."""
    body: list[tuple[int | None, list[str]]] = field(default_factory=list)
    """Rows with their number; those that are none have no number."""
    separator: str = ","
    newline: str = "\n"
    codec: str = "utf-8"
    quoted: bool = False
    is_book: bool = False
    sheets: int = 1

    def __post_init__(self) -> None:
        places = naming.recognised(self.spec, self.header)
        at = {place: name for name, place in places.items()}
        self.fields = [at.get(place, "") for place in range(len(self.header))]
        self.exact = [
            {
                name: value
                for name, cell in zip(self.fields, row, strict=True)
                if name and self.type_of(name) in FIGURES and (value := number(cell)) is not None
            }
            for row in self.rows
        ]

    def type_of(self, name: str) -> str:
        return self.spec.field(name).type if name else ""

    def columns(self, *types: str) -> list[int]:
        """Places of the columns of these types that say something."""
        return [
            place
            for place, name in enumerate(self.fields)
            if name and self.type_of(name) in types and any(row[place] for row in self.rows)
        ]

    def figures(self) -> list[int]:
        """Places of what adds up."""
        return [p for p, name in enumerate(self.fields) if name and self.spec.field(name).is_figure]

    def named(self) -> list[int]:
        """Places of keys and names."""
        return [p for p, name in enumerate(self.fields) if name in self.spec.identifying]

    def codes(self) -> list[int]:
        """Places of codes that say something."""
        codes = [p for p, name in enumerate(self.fields) if name.endswith("_code")]
        return [place for place in codes if any(row[place] for row in self.rows)]

    def total(self, place: int, numbers: Sequence[int]) -> Decimal:
        """The sum of a column over some rows, in the unit the sheet is in."""
        name = self.fields[place]
        found = sum((self.exact[n].get(name, Decimal(0)) for n in numbers), Decimal(0))
        return found / self.unit.get(name, 1)

    def put(self, cells: list[str], place: int | None = None) -> None:
        """Put a row that is none somewhere."""
        at = self.dice.randint(0, len(self.body)) if place is None else place
        self.body.insert(at, (None, cells))

    def numbers(self, before: int | None = None) -> list[int]:
        """Numbers of the rows of the body, or of those before a place."""
        return [number for number, _cells in self.body[:before] if number is not None]


def number(cell: str) -> Decimal | None:
    """A plain figure."""
    try:
        found = Decimal(cell)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def plain(value: Decimal) -> str:
    """A figure without an exponent."""
    return f"{value.normalize():f}"


@dataclass(frozen=True)
class Alteration:
    """A way to write a sheet otherwise."""

    change: Callable[[Draft], bool]
    """Changes the draft; False where the sheet has nothing to change."""
    asks: frozenset[str] = frozenset()
    """Reasons for which the sheet may be refused or asked about; empty: it must be stored."""
    stored: float = 1.0
    """The least share of sheets altered so that must be stored."""
    refused: float = 0.0
    """The least share that must be asked about."""

    @property
    def name(self) -> str:
        return self.change.__name__


# columns and cells ---------------------------------------------------------------------------


def units_in_header(draft: Draft) -> bool:
    """金额 becomes 金额（万元）, its figures ten thousandths."""
    places = [p for p in draft.columns("money") if draft.fields[p] not in draft.unit]
    if not places:
        return False
    for place in draft.dice.sample(places, draft.dice.randint(1, len(places))):
        size, words = draft.dice.choice(
            [
                (10_000, ("（万元）", "(万元)", "[万元]", "万元", "（单位：万元）")),
                (1_000, ("（千元）", "(千元)", " (k)", "(k CNY)")),
                (1, ("（元）", "(元)", "（人民币元）")),
            ]
        )
        draft.header[place] += draft.dice.choice(words)
        _divide(draft, place, size)
    return True


def units_in_row(draft: Draft) -> bool:
    """A row under the header says 万元."""
    places = [p for p in draft.columns("money") if draft.fields[p] not in draft.unit]
    if not places or draft.under:
        return False
    draft.under.append([""] * len(draft.header))
    size, word = draft.dice.choice([(10_000, "万元"), (1_000, "千元"), (1, "元")])
    for place in places:
        draft.under[0][place] = word
        _divide(draft, place, size)
    return True


def units_in_title(draft: Draft) -> bool:
    """A line above the header says 单位：万元."""
    places = draft.columns("money")
    if not places or any(draft.fields[p] in draft.unit for p in places):
        return False
    size, word = draft.dice.choice(
        [(10_000, "单位：万元"), (1_000, "单位:千元"), (10_000, "（金额单位：人民币万元）")]
    )
    draft.over.append([*([""] * draft.dice.randint(0, len(draft.header) - 1)), word])
    for place in places:
        _divide(draft, place, size)
    return True


def _divide(draft: Draft, place: int, size: int) -> None:
    draft.unit[draft.fields[place]] = size
    for row in draft.rows:
        value = number(row[place])
        if value is not None and size > 1:
            row[place] = plain(value / size)


def thousands(draft: Draft) -> bool:
    """1,234.50, ¥1234.5, 1234.5元."""
    places = draft.columns("money")
    for place in places:
        ways = ["{:,}", "{:,}"]
        if draft.unit.get(draft.fields[place], 1) == 1:
            ways += ["¥{:,}", "￥{}", "{}元", "{:,}元", "¥ {:,}"]
        way = draft.dice.choice(ways)
        for row in draft.rows:
            value = number(row[place])
            if value is not None:
                row[place] = way.format(value)
    return bool(places)


def percents(draft: Draft) -> bool:
    """5% is 0.05."""
    places = [p for p in draft.columns("number") if any("%" in row[p] for row in draft.rows)]
    for place in places:
        for row in draft.rows:
            share = number(row[place].rstrip("%"))
            if row[place].endswith("%") and share is not None:
                row[place] = plain(share / 100)
    return bool(places)


def full_width(draft: Draft) -> bool:
    """２０２６－０３－０２, １，２３４．５０."""
    wide = {code: code + 0xFEE0 for code in b"0123456789.,"}
    places = [*draft.columns("money", "number", "whole"), *draft.codes()]
    if not places:
        return False
    for place in draft.dice.sample(places, draft.dice.randint(1, len(places))):
        for row in draft.rows:
            row[place] = row[place].translate(wide)
    return True


def iso(cell: str) -> date | None:
    try:
        return date.fromisoformat(cell) if len(cell) == 10 else None
    except ValueError:
        return None


_FORMS: tuple[Callable[[date], str], ...] = (
    lambda day: f"{day.year}/{day.month}/{day.day}",
    lambda day: f"{day.year}.{day.month:02}.{day.day:02}",
    lambda day: f"{day:%Y%m%d}",
    lambda day: f"{day.year}年{day.month}月{day.day}日",
    lambda day: f"{day.isoformat()} 00:00:00",
    lambda day: str((day - date(1899, 12, 30)).days),
)


def dates(draft: Draft) -> bool:
    """2026/3/2, 2026年3月2日, 20260302."""
    places = [p for p in draft.columns("date") if any(iso(row[p]) for row in draft.rows)]
    for place in places:
        form = draft.dice.choice(_FORMS)
        for row in draft.rows:
            day = iso(row[place])
            row[place] = form(day) if day else row[place]
    return bool(places)


def apostrophes(draft: Draft) -> bool:
    """'001, as a spreadsheet is told to take figures for text."""
    places = draft.codes()
    for place in places:
        for row in draft.rows:
            row[place] = "'" + row[place] if row[place] else ""
    return bool(places)


STATES = ("单据状态", "记录状态", "状态标志", "是否作废", "Document Status")
_NORMAL = ("正常", "已审核", "有效", "Posted", "")
_VOID = ("已作废", "作废", "Voided", "Draft", "草稿", "已取消", "Cancelled", "红冲")


def void_rows(draft: Draft) -> bool:
    """A column of states, and rows more that are void, cancelled or drafts."""
    names = [name for name in STATES if not naming.recognised(draft.spec, [name])]
    if not names or draft.spec.asked or not draft.rows:
        return False
    name = draft.dice.choice(names)
    yes_no = name == "是否作废"
    for row in draft.rows:
        row.append("否" if yes_no else draft.dice.choice(_NORMAL))
    draft.header.append(name)
    draft.fields.append("")
    for _ in range(draft.dice.randint(1, 3)):
        at = draft.dice.randint(0, len(draft.rows))
        row = _another(draft, draft.dice.choice(draft.rows))
        row[-1] = "是" if yes_no else draft.dice.choice(_VOID)
        draft.rows.insert(at, row)
        draft.exact.insert(at, {})
    return True


def _another(draft: Draft, row: list[str]) -> list[str]:
    """A row that would be another one, if it counted."""
    made = list(row)
    own = {f for target in draft.spec.targets for f in target.key.values()}
    for place, name in enumerate(draft.fields):
        value, day = number(made[place]), iso(made[place])
        if draft.type_of(name) in ("money", "number") and value is not None:
            made[place] = plain(value * 2)
        elif draft.type_of(name) == "date" and day is not None:
            made[place] = (day + timedelta(days=1)).isoformat()
        elif name in own and name.endswith("_code") and made[place]:
            made[place] += "9"
    return made


def reordered(draft: Draft) -> bool:
    """The columns in another order."""
    order = list(range(len(draft.header)))
    draft.dice.shuffle(order)
    draft.header = [draft.header[place] for place in order]
    draft.fields = [draft.fields[place] for place in order]
    draft.rows = [[row[place] for place in order] for row in draft.rows]
    draft.under = [[row[place] for place in order] for row in draft.under]
    return True


def unrelated_columns(draft: Draft) -> bool:
    """序号, 备注2, 打印次数."""
    if draft.spec.asked:
        return False
    known = {headers.plain(alias) for one in draft.spec.fields for alias in one.aliases}
    names = [
        n for n in ("序号", "备注2", "打印次数", "内部说明") if n not in known | {*draft.header}
    ]
    for name in draft.dice.sample(names, draft.dice.randint(1, len(names))):
        at = draft.dice.randint(0, len(draft.header))
        for line, row in enumerate(draft.rows, 1):
            said = draft.dice.choice(("", "见附件", "加急", "合同价"))
            row.insert(at, said if name in ("备注2", "内部说明") else str(line))
        for row in draft.under:
            row.insert(at, "")
        draft.header.insert(at, name)
        draft.fields.insert(at, "")
    return True


def _doubled(draft: Draft, *, otherwise: bool) -> bool:
    places = [p for p in range(len(draft.header)) if draft.fields[p] not in {"", *naming.REMARKS}]
    places = [p for p in places if any(row[p] for row in draft.rows)]
    if not places or draft.spec.asked:
        return False
    place = draft.dice.choice(places)
    names = [a for a in draft.spec.field(draft.fields[place]).aliases if not a.isascii()]
    draft.header.append(draft.dice.choice([draft.header[place], *names]))
    draft.fields.append("")
    for row in draft.rows:
        row.append(f"{row[place]}1" if otherwise and row[place] else row[place])
    for row in draft.under:
        row.append(row[place])
    return True


def doubled_column(draft: Draft) -> bool:
    """A column twice, under its own or another of its names."""
    return _doubled(draft, otherwise=False)


def contradicting_column(draft: Draft) -> bool:
    """A second column of the same meaning that says something else."""
    return _doubled(draft, otherwise=True)
