"""What a header says about its values (表头口径): read from its name, a row under it, titles.

    read("金额(万元)")                   金额, figures in ten thousands
    read("Amount (k CNY, excl. tax)")    amount, in thousands, of the store's currency, net
    read("金额", row="万元")             the same from a row of units
    read("金额", titles=("单位：万元",))   or from a title line above

Whatever stands in brackets is read or named (`Reading.unknown`); nothing is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from data.imports.files import headers
from data.imports.headings import vocabulary, words
from data.imports.headings.words import MONEY, NUMBER, TEXT, What, Word

COMMON = ("元", "千元", "万元", "百万元", "亿元", "k", "mn", "bn", "%")
"""Units as a map may say them, among others."""
FOREIGN = ""
"""A currency that is said to be another, but not which (原币)."""
OWN = "own"
_POSITION = re.compile(r" #\d+$")
_EXAMPLE = re.compile(r"(如|例如?|示例|样例|比如|e\.?g\.?|such as|for example)[:,\s]*(?=\S)")
_FORMAT = re.compile(r"(格式|日期格式|format|date format|时间格式)[:为\s]*")
_LABEL = re.compile(
    r"(金额单位|货币单位|(?<![\u4e00-\u9fff])单位|币种|货币|\bcurrency|\bunits?)\s*:\s*"
)
_IN = re.compile(r"\b(?:in|amounts in|figures in|expressed in)\s+")
_KINDS: dict[str, tuple[What, ...]] = {"money": MONEY, "number": NUMBER, "whole": NUMBER}


@dataclass(frozen=True, slots=True)
class Split:
    """A name a header may stand for, and what else it says."""

    name: str
    """As `headers.plain` compares it."""
    pieces: tuple[str, ...] = ()
    """Contents of brackets, and words taken off the name."""
    is_cut: bool = False
    """Words were taken off: so only columns of figures are named."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What is said about the values of a column."""

    factor: Decimal = Decimal(1)
    """Figures are multiplied by it."""
    unit: str = ""
    """The words that say so; empty where none do, which is another thing than `元`."""
    currency: str | None = None
    """ISO code, a shared sign, OWN or FOREIGN; None where nothing is said."""
    tax: str = ""
    """net or gross."""
    day_order: str | None = None
    """Of dates such as 3/2/2026; None where no format is said."""
    unknown: tuple[str, ...] = ()
    """What nobody can read."""
    differ: tuple[str, ...] = ()
    """Units that contradict each other."""

    def before(self, other: Reading) -> Reading:
        """This reading, completed by one of less weight."""
        return replace(
            self,
            factor=self.factor if self.unit else other.factor,
            unit=self.unit or other.unit,
            currency=other.currency if self.currency is None else self.currency,
            tax=self.tax or other.tax,
            day_order=other.day_order if self.day_order is None else self.day_order,
            unknown=(*self.unknown, *other.unknown),
            differ=(*self.differ, *other.differ),
        )


@lru_cache(maxsize=4096)
def splits(name: str) -> tuple[Split, ...]:
    """The names a header may stand for, the closest first."""
    text = words.normal(_POSITION.sub("", name))
    bare, inside = words.brackets(text)
    found = [Split(headers.plain(bare) or headers.plain(text), inside)]
    if inside:
        joined = re.sub(r"[()\[\]{}<>【】〔〕「」《》]", " ", text)
        found.insert(0, Split(headers.plain(joined)))
    rest = re.sub(r"[\s_:*、/\-]+", " ", bare).strip()
    pieces = inside
    alone = vocabulary.STANDING_ALONE.get(headers.plain(rest))
    if alone:
        found.append(Split(alone[0], (*pieces, alone[1]), is_cut=True))
    while rest:
        rest, word = words.stripped(rest)
        if word is None:
            break
        pieces = (*pieces, word.said)
        left = headers.plain(rest)
        found.append(Split(vocabulary.WHOLE.get(left, left), pieces, is_cut=True))
    return tuple(one for one in found if one.name)


@lru_cache(maxsize=4096)
def names(name: str) -> frozenset[str]:
    """Every name a header may stand for, as `headers.plain` compares them."""
    return frozenset(one.name for one in splits(name))


def tax_of(name: str) -> str:
    """Whether a header says net or gross, be it part of the name it is known by (价税合计)."""
    found = splits(name)
    return read(found[-1].pieces).tax if found else ""


def read(
    pieces: Iterable[str],
    kind: str = "money",
    aliases: Collection[str] = (),
    row: str = "",
    titles: Sequence[str] = (),
) -> Reading:
    """What is said about the values of a column.

    Args:
        pieces: of its header (`Split.pieces`).
        kind: of the field it fills: money, number, whole, date, instant or another.
        aliases: names of that field, as compared: it may be said twice, in two languages.
        row: its cell in a row of units under the header.
        titles: the lines above the header.
    """
    said = Reading()
    for piece in pieces:
        said = _both(said, _piece(words.normal(piece), kind, aliases))
    under = _piece(_bare(row), kind, aliases) if row.strip() else Reading()
    said = _both(said, under)
    return said.before(_titles(tuple(titles))) if kind == "money" else said


def is_unit(text: str) -> bool:
    """Whether a text names a unit."""
    found = [_piece(words.normal(text), kind, ()) for kind in ("money", "number")]
    return any(one.unit and not one.unknown for one in found)


def are_units(cells: Sequence[str]) -> bool:
    """Whether a row under a header says nothing but units."""
    said = [_bare(cell) for cell in cells if cell.strip(" -/—")]
    cuts = [words.cut(text, MONEY) or words.cut(text, NUMBER) for text in said]
    if not said or any(cells and cell.isdigit() for cell in said) or not all(cuts):
        return False
    telling = ("scale", "currency", "percent", "measure")
    return any(word.what in telling for found in cuts for word in found or ())


def _bare(cell: str) -> str:
    text = words.normal(cell)
    bare, inside = words.brackets(text)
    return bare.strip() or " ".join(inside)


def _both(first: Reading, second: Reading) -> Reading:
    """Two readings of equal weight, which must not contradict each other."""
    if first.unit and second.unit and first.factor != second.factor:
        return replace(first.before(second), differ=(first.unit, second.unit))
    return first.before(second)


def _piece(text: str, kind: str, aliases: Collection[str]) -> Reading:
    if headers.plain(text) in aliases or text in vocabulary.MARKS or _EXAMPLE.match(text):
        return Reading()
    if kind in ("date", "instant"):
        return _format(text)
    kinds = _KINDS.get(kind, TEXT)
    found = words.cut(text, kinds)
    if found is None or not _makes_sense(found, kind):
        return Reading(unknown=(text,))
    return _of(found)


def _makes_sense(found: Sequence[Word], kind: str) -> bool:
    scales = [word for word in found if word.what == "scale" and Decimal(word.value) != 1]
    currencies = {word.value for word in found if word.what == "currency"}
    if len(scales) > 1 or len(currencies - {OWN}) > 1:
        return False
    per = next((at for at, word in enumerate(found) if word.what == "per"), len(found))
    if any(word in found[per:] for word in scales) and per:
        return False  # 元/千件
    said = {word.what for word in found}
    if kind == "whole" and "percent" in said:
        return False
    return kind != "money" or "measure" not in said or bool(said & {"scale", "currency"})


def _of(found: Sequence[Word]) -> Reading:
    units = [word.said for word in found if word.what in ("scale", "percent")]
    currency = next((word.value for word in found if word.what == "currency"), None)
    tax = next((word.value for word in found if word.what == "tax"), "")
    return Reading(words.factor_of(found), " ".join(units), currency, tax)


def _format(text: str) -> Reading:
    """`YYYY-MM-DD`, `DD/MM/YYYY`, `格式：年-月-日`."""
    bare = _FORMAT.sub("", text, count=1)
    bare = bare.replace("年", "y").replace("月", "m").replace("日", "d")
    letters = "".join(letter for letter in bare if letter not in " -/.:,t'\"")
    order = re.sub(r"(.)\1+", r"\1", letters.partition("h")[0])
    if re.fullmatch("[ymdhs]+", letters) and order in vocabulary.DAY_ORDERS:
        return Reading(day_order=vocabulary.DAY_ORDERS[order])
    found = words.cut(text, TEXT)
    return Reading() if found is not None else Reading(unknown=(text,))


@lru_cache(maxsize=256)
def _titles(lines: tuple[str, ...]) -> Reading:
    """What the lines above the header say of all amounts."""
    said = Reading()
    for line in lines:
        text = words.normal(line)
        for found in _claims(text):
            if any(word.what in ("scale", "currency") for word in found):
                said = _both(said, _of(found))
    return said


def _claims(text: str) -> Iterable[tuple[Word, ...]]:
    for label in _LABEL.finditer(text):
        yield words.leading(re.split(r"[)\]}】;。]", text[label.end() :])[0], MONEY)
    yield words.cut(text, MONEY) or ()
    for start in _IN.finditer(text):
        yield words.leading(text[start.end() :], MONEY)
    _rest, inside = words.brackets(text)
    for piece in inside:
        yield words.cut(piece, MONEY) or ()
