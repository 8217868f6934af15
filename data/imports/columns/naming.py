"""Which columns a field may be (列名归属): by names, units and taxes taken off, and by a plan.

A field that two columns fit is not given one of them silently: `doubted` says which.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from data.imports.files import headers
from data.imports.headings import reading
from data.imports.headings.reading import Split
from data.imports.surveys import questions
from data.imports.surveys.known import ITEM_ALIASES
from data.imports.terms import asking
from data.imports.terms.items import Item
from data.imports.terms.plan import Plan, unknown
from data.imports.terms.spec import Field, Spec
from errors import BadInput, Issue

LONGEST = 200
"""Characters of a cell that may be a column's name."""
TWO = "two_columns"
_FIGURES = ("money", "number")
REMARKS = frozenset(
    {"note", "reason", "summary", "comment", "remedy", "evidence", "purpose", "terms", "cause"}
)
"""Free text: a second column of it is left out by name, and no value is wrong for that."""
STANDS_BACK = {
    "customer_code": "客户|customer",
    "province": "区域|地区|region|state|所在省市",
    "contact_name": "contact",
    "receipt_code": "流水号",
    "source": "来源",
    "kind": "type|类型",
    "method": "付款方式|结算方式|评定方法",
    "response_code": "序号|id|答题序号",
    "respondent_name": "联系人|姓名",
}
"""Field → names so general that they mean another thing beside a closer one."""


@dataclass(frozen=True, slots=True, order=True)
class Offer:
    """A column that may be a field."""

    rank: int
    """How well its name is that of the field: 0 is the field's own."""
    order: int
    """Of the field."""
    depth: int
    """How much was taken off the name."""
    place: int
    field: str


def recognised(spec: Spec, header: Sequence[str]) -> dict[str, int]:
    """Fields found by name. A column serves one field: the one that knows it best."""
    places: dict[str, int] = {}
    for offer in _offers(spec, tuple(header)):
        if offer.field not in places and offer.place not in places.values():
            places[offer.field] = offer.place
    return places


@lru_cache(maxsize=256)
def _ranks(names: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for rank, alias in enumerate(names.split("|")):
        found.setdefault(headers.plain(alias), rank)
    return found


def _offers(spec: Spec, header: Sequence[str]) -> list[Offer]:
    known = [(order, field, _ranks(field.names)) for order, field in enumerate(spec.fields)]
    found = []
    for place, name in enumerate(header):
        if not name.strip():
            continue
        asked = headers.plain(headers.unnumbered(name))
        for order, field, ranks in known:
            for depth, split in enumerate(reading.splits(name)):
                if split.name in ranks and (not split.is_cut or field.type in _FIGURES):
                    found.append(Offer(ranks[split.name], order, depth, place, field.name))
                    break
            else:  # who answers is often asked like any question of the form
                if field.name in spec.asked and asked in ranks:
                    found.append(Offer(ranks[asked], order, 0, place, field.name))
    return sorted(found)


def named(spec: Spec) -> set[str]:
    """Every name a column of the kind may have, as compared."""
    names = {alias for field in spec.fields for alias in _ranks(field.names)}
    if spec.asked:
        names |= {headers.plain(alias) for aliases in ITEM_ALIASES.values() for alias in aliases}
    return names


def names_of(cell: str) -> frozenset[str]:
    """The names a cell of a possible header may stand for."""
    return reading.names(cell) if len(cell) <= LONGEST else frozenset({headers.plain(cell)})


def split_of(field: Field, name: str) -> Split:
    """What a column says besides the name of the field it was taken for."""
    found = reading.splits(name)
    ranks = _ranks(field.names)
    for split in found:
        if split.name in ranks and (not split.is_cut or field.type in _FIGURES):
            return split
    uncut = [split for split in found if not split.is_cut]
    if field.type in _FIGURES and found:
        return found[-1]
    return uncut[-1] if uncut else Split(headers.plain(name))


# two columns for one field --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Doubt:
    """A field that several columns fit."""

    field: str
    places: tuple[int, ...]

    def choices(self, header: Sequence[str]) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(header[place] for place in self.places)

    def issue(self, header: Sequence[str], line: int | None) -> Issue:
        """The question which of them is meant."""
        choices = self.choices(header)
        detail = {"choices": choices, "field": self.field}
        return Issue(TWO, " / ".join(choices), line, detail=detail)

    def answer(self, plan: Plan, header: Sequence[str]) -> int | None:
        """The column that was chosen; None where none was."""
        choices = self.choices(header)
        said = asking.answered(plan.answers, TWO, " / ".join(choices))
        return self.places[choices.index(said)] if said in choices else None


def doubted(
    spec: Spec, plan: Plan, header: Sequence[str], places: Mapping[str, int], used: set[int]
) -> list[Doubt]:
    """The fields found by name that another free column fits as well.

    Args:
        spec: the kind.
        plan: what it says of a field is no doubt.
        header: column names.
        places: field → position, as settled so far.
        used: positions that mean something else.
    """
    rivals: dict[str, list[Offer]] = {}
    taken = used | set(places.values())
    offers = _offers(spec, tuple(header))
    claimed: set[int] = set()
    for offer in offers:
        if offer.field in plan.columns or offer.field in REMARKS or offer.field not in places:
            continue
        if offer.place in taken or offer.place in claimed:
            continue
        mine = _offer(offers, offer.field, places[offer.field])
        if mine is not None and not _stands_back(spec, mine, offer):
            claimed.add(offer.place)
            rivals.setdefault(offer.field, []).append(offer)
    return [
        Doubt(name, tuple(sorted({places[name], *(offer.place for offer in found)})))
        for name, found in rivals.items()
    ]


def _offer(offers: Sequence[Offer], field: str, place: int) -> Offer | None:
    return next((one for one in offers if (one.field, one.place) == (field, place)), None)


def _stands_back(spec: Spec, mine: Offer, other: Offer) -> bool:
    """Whether the other column's name is so general that it need not mean the field."""
    general = _ranks(STANDS_BACK.get(mine.field, ""))
    names = spec.field(mine.field).aliases
    return headers.plain(names[other.rank]) in general and (
        headers.plain(names[mine.rank]) not in general
    )


def settled(
    spec: Spec,
    plan: Plan,
    header: Sequence[str],
    places: Mapping[str, int],
    used: Collection[int] = (),
) -> tuple[dict[str, int], list[Doubt]]:
    """Fields with the columns that were chosen for them, and what is still in doubt."""
    chosen = dict(places)
    left = []
    for doubt in doubted(spec, plan, header, places, set(used)):
        place = doubt.answer(plan, header)
        if place is None:
            left.append(doubt)
        else:
            chosen[doubt.field] = place
    return chosen, left


def items_doubted(
    plan: Plan, header: Sequence[str], taken: set[int]
) -> Iterator[tuple[str, Doubt]]:
    """Questions that several columns are called by: `nps` and `推荐度`."""
    spoken = {questions.key(item.column) for item in plan.items if item.column}
    for code, aliases in ITEM_ALIASES.items():
        known = {headers.plain(alias) for alias in aliases}
        found = [
            place
            for place, name in enumerate(header)
            if place not in taken
            and reading.splits(name)
            and {one.name for one in reading.splits(name) if not one.is_cut} & known
            and questions.key(name) not in spoken
        ]
        if len(found) > 1:
            yield code, Doubt("", tuple(found))


def without_doubles(plan: Plan, header: Sequence[str], taken: set[int]) -> tuple[Plan, list[Doubt]]:
    """A survey's plan in which the columns that were not chosen ask nothing, and what is open."""
    left, skipped = [], []
    for _code, doubt in items_doubted(plan, header, taken):
        chosen = doubt.answer(plan, header)
        if chosen is None:
            left.append(doubt)
            continue
        skipped += [
            Item(f"skip_{place}", header[place], skip=True)
            for place in doubt.places
            if place != chosen
        ]
    return (plan if not skipped else _with_items(plan, skipped)), left


def _with_items(plan: Plan, skipped: list[Item]) -> Plan:
    return replace(plan, items=(*plan.items, *skipped))


# what a plan says -----------------------------------------------------------------------


def told(spec: Spec, plan: Plan, header: Sequence[str], line: int | None) -> dict[str, int]:
    """Positions of the columns the plan names.

    Raises:
        BadInput: there are no such columns, or several, or no such fields.
    """
    known = {field.name for field in spec.fields}
    places: dict[str, int] = {}
    faults = []
    for name, column in plan.columns.items():
        if column is None:
            continue
        at = [column - 1] if isinstance(column, int) else _called(header, column)
        if name not in known:
            faults.append(unknown("columns", name, known))
        elif not at or not 0 <= at[0] < len(header):
            faults.append(Issue("column_missing", column=str(column), detail={"names": name}))
        else:
            doubt = Doubt(name, tuple(at))
            chosen = at[0] if len(at) == 1 else doubt.answer(plan, header)
            if chosen is None:
                faults.append(doubt.issue(header, line))
            else:
                places[name] = chosen
    faults += [
        unknown(where, name, known)
        for where, said in (
            ("constants", plan.constants),
            ("templates", plan.templates),
            ("units", plan.units),
        )
        for name in said
        if name not in known
    ]
    if faults:
        raise BadInput(*faults)
    return places


def _called(header: Sequence[str], column: str) -> list[int]:
    """Positions of the columns a plan means: of exactly that name, else as names are compared."""
    wanted = questions.key(column)
    exact = [place for place, name in enumerate(header) if questions.key(name) == wanted]
    plain = headers.plain(column)
    return exact[-1:] or [p for p, name in enumerate(header) if headers.plain(name) == plain]
