"""What the user says about a file (导入方案): kind, columns, options; from TOML or a page.

A plan is plain data: it is remembered for a header, handed to the import's own process,
and written by hand in a `map.toml`:

    kind = "orders"
    create = ["Z9"]              # what the file says, to be made new customers
    [file]
    separator = "whitespace"
    header = false
    [columns]
    customer_code = 1            # a position, or a column name
    [constants]
    currency = "CNY"
    [templates]
    order_code = "WEB-{customer_code}-{ordered_on}"
    [customers]
    "华南机电" = "C0001"          # what the file says = our customer's code
    [options]
    create_customers = true
    [items.q1]
    column = "Delivery"
    scale = "words7"             # a name, or minimum and maximum
    reverse = true               # 1 is the best; stored turned, so that more is better
    [points]
    reliability = 30             # SERVQUAL: 100 points shared by the dimensions
    [units]
    amount = "万元"               # whatever header and title say
    [answers]
    sum_of_above = "pass"        # what the import asked, answered (`asking`)
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from data.imports.files.layout import Hints
from data.imports.headings import reading
from data.imports.terms import asking
from data.imports.terms.codec import NOTHING_ELSE, adapter, plain_of
from data.imports.terms.items import ROLES, Figure, Item
from data.imports.terms.options import SHAPES, Options
from data.imports.terms.scales import SCALES
from errors import BadInput, Issue
from models.enums import SheetKind


@dataclass(frozen=True, slots=True)
class Plan:
    """All of it."""

    __pydantic_config__ = NOTHING_ELSE

    kind: str = ""
    """Empty: recognised from the header."""
    hints: Hints = field(default_factory=Hints)
    columns: Mapping[str, str | int | None] = field(default_factory=dict)
    """Field → column name or position; None leaves the field out."""
    constants: Mapping[str, str] = field(default_factory=dict)
    templates: Mapping[str, str] = field(default_factory=dict)
    customers: Mapping[str, str] = field(default_factory=dict)
    """What the file calls a customer we do not find → the code of the one meant."""
    create: tuple[str, ...] = ()
    """What the file calls customers that shall be made."""
    items: tuple[Item, ...] = ()
    points: Mapping[str, Figure] = field(default_factory=dict)
    """SERVQUAL dimension → its share of 100 points of importance."""
    options: Options = field(default_factory=Options)
    units: Mapping[str, str] = field(default_factory=dict)
    """Field → the unit its figures are in, whatever the file says: 万元, k, %."""
    answers: Mapping[str, str] = field(default_factory=dict)
    """What was asked about the file → the answer (`asking`)."""

    def as_dict(self) -> dict[str, Any]:
        """The plan as JSON holds it."""
        plain: dict[str, Any] = plain_of(self)
        return plain

    def lasting(self, made: Mapping[str, str]) -> Plan:
        """What the next file with this header may rest on.

        Consent to names, new customers, a new survey and a corrected past is given for one file
        at a time, and so is the unit of its figures; what was made under a code of ours is
        chosen from now on.

        Args:
            made: what the file said → code of the customer made of it.
        """
        options = replace(self.options, match_names=False, correct_past=False, new_survey=False)
        return replace(
            self,
            customers={**self.customers, **made},
            create=(),
            units={},
            options=options,
            answers=asking.lasting(self.answers),
        )

    def without_customers(self) -> Plan:
        """The plan for a reader who must not see whom others' files name."""
        return replace(self, customers={}, create=())

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Plan:
        """A plan out of JSON or TOML.

        Raises:
            BadInput: a name in it is unknown or a value has the wrong type.
        """
        return _Reader().plan(plain)


def from_toml(path: Path) -> Plan:
    """The plan in a map file.

    Raises:
        BadInput: it is no TOML, or says something we do not know.
    """
    try:
        plain = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(Issue("map_unreadable", value=str(error)[:40])) from error
    return from_tables(plain)


def from_tables(plain: dict[str, Any]) -> Plan:
    """The plan in what a map says, read from TOML.

    Raises:
        BadInput: it says something we do not know.
    """
    hints = dict(plain.pop("file", {}))
    items = plain.pop("items", {})
    listed = [{"code": code, **item} for code, item in items.items()]
    return Plan.from_dict({**plain, "hints": hints, "items": listed})


def unknown(where: str, said: str, known: Collection[str]) -> Issue:
    """A name in a map that means nothing, with those that do."""
    names = ", ".join(sorted(name for name in map(str, known) if name))
    return Issue("map_unknown", column=where, value=said, detail={"known": names})


class _Reader:
    """Checks names and types; a mistake in a map must not pass for a default."""

    def plan(self, plain: Mapping[str, Any]) -> Plan:
        """The plan, if everything in it is known and fits."""
        kind = plain.get("kind", "")
        if kind and kind not in {member.value for member in SheetKind}:
            raise BadInput(unknown("kind", str(kind), list(SheetKind)))
        try:
            # as JSON, since types are strict there without asking for tuples and records
            found: Plan = adapter(Plan).validate_json(
                json.dumps(plain, default=_as_list), strict=True
            )
        except ValidationError as refused:
            raise BadInput(*_faults(refused, plain)) from refused
        said = plain.get("items", ())
        items = tuple(self._item(*pair) for pair in zip(found.items, said, strict=True))
        self._options(found.options)
        self._points(found.points)
        self._units(found.units)
        self._answers(found.answers)
        return replace(found, items=items)

    def _item(self, item: Item, said: Mapping[str, Any]) -> Item:
        self._one_of("items.role", item.role, ROLES)
        if not item.scale:
            return item
        self._one_of("items.scale", item.scale, SCALES)
        scale = SCALES[item.scale]
        ends = {"minimum": scale.minimum, "maximum": scale.maximum, "step": scale.step}
        for name, value in ends.items():
            if said.get(name, value) != value:
                where = f"items.{item.code}.{name}"
                raise BadInput(Issue("map_wrong_type", column=where, value=str(said[name])))
        return replace(item, minimum=scale.minimum, maximum=scale.maximum, step=scale.step)

    def _options(self, options: Options) -> None:
        self._one_of("options.scale", options.scale, ("", *SCALES))
        self._one_of("options.shape", options.shape, ("", *SHAPES))
        days = [self._day(name, getattr(options, name)) for name in ("wave_starts", "wave_ends")]
        if days[0] and days[1] and days[0] > days[1]:
            raise BadInput(Issue("wave_ends_early", column="wave_ends", value=options.wave_ends))

    def _day(self, name: str, text: str) -> date | None:
        try:
            return date.fromisoformat(text) if text else None
        except ValueError as error:
            raise BadInput(Issue("date_unreadable", column=name, value=text)) from error

    def _units(self, units: Mapping[str, str]) -> None:
        for name, unit in units.items():
            if not reading.is_unit(unit):
                raise BadInput(unknown(f"units.{name}", unit, reading.COMMON))

    def _answers(self, answers: Mapping[str, str]) -> None:
        for key, answer in answers.items():
            wrong = asking.fault_of(key, answer)
            if wrong == "key":
                raise BadInput(unknown("answers", key, asking.QUESTIONS))
            if wrong:
                known = asking.QUESTIONS[key.partition(":")[0]].answers
                raise BadInput(unknown(f"answers.{key}", answer, known))

    def _points(self, points: Mapping[str, float]) -> None:
        for name, value in points.items():
            if value < 0:
                raise BadInput(Issue("map_wrong_type", column=f"points.{name}", value=str(value)))
        if points and abs(sum(points.values()) - 100) > 1e-6:
            total = f"{sum(points.values()):g}"
            raise BadInput(Issue("points_not_100", column="points", value=total))

    def _one_of(self, where: str, said: str, known: Collection[str]) -> None:
        if said not in known:
            raise BadInput(unknown(where, said, known))


_PARTS: dict[str, type[Any]] = {"hints": Hints, "options": Options, "items": Item}
"""Names of a plan → what is said there, field by field."""


def _as_list(value: object) -> list[str]:
    """What JSON has no type for (a date of TOML) is made to fit nowhere."""
    return [str(value)]


def _faults(refused: ValidationError, plain: Mapping[str, Any]) -> list[Issue]:
    """What was refused: names nobody knows, with those that are; values of another type."""
    strange: list[Issue] = []
    for fault in refused.errors():
        at = [str(part) for part in fault["loc"] if isinstance(part, str)]
        where = "file" if at[0] == "hints" else at[0]
        if fault["type"] != "unexpected_keyword_argument":
            column = ".".join([where, *at[1:2]])
            wrong = Issue("map_wrong_type", column=column, value=str(_said(plain, fault["loc"])))
            strange += [] if wrong in strange else [wrong]
        elif len(at) > 1:
            strange.append(unknown(where, at[-1], [one.name for one in fields(_PARTS[at[0]])]))
        else:
            known = ["file" if one.name == "hints" else one.name for one in fields(Plan)]
            strange.append(unknown("", at[-1], known))
    return sorted(strange, key=lambda one: (one.column or "", one.value or ""))


def _said(plain: Any, place: Sequence[int | str]) -> Any:
    """What stands at a place of a map; the last steps may be no place, but a type."""
    for step in place:
        try:
            plain = plain[step]
        except (KeyError, IndexError, TypeError):
            break
    return plain
