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

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date
from pathlib import Path
from typing import Any

from data.imports.files.layout import Hints
from data.imports.headings import reading
from data.imports.terms import asking
from data.imports.terms.items import ROLES, Item
from data.imports.terms.options import SHAPES, Options
from data.imports.terms.scales import SCALES
from errors import BadInput, Issue
from models.enums import SheetKind


@dataclass(frozen=True, slots=True)
class Plan:
    """All of it."""

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
    points: Mapping[str, float] = field(default_factory=dict)
    """SERVQUAL dimension → its share of 100 points of importance."""
    options: Options = field(default_factory=Options)
    units: Mapping[str, str] = field(default_factory=dict)
    """Field → the unit its figures are in, whatever the file says: 万元, k, %."""
    answers: Mapping[str, str] = field(default_factory=dict)
    """What was asked about the file → the answer (`asking`)."""

    def as_dict(self) -> dict[str, Any]:
        """The plan as JSON holds it."""
        plain = asdict(self)
        return plain | {"items": [asdict(item) for item in self.items]}

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
        self._known(plain, {one.name for one in fields(Plan)}, "")
        kind = plain.get("kind", "")
        if kind and kind not in {member.value for member in SheetKind}:
            raise BadInput(unknown("kind", str(kind), list(SheetKind)))
        return Plan(
            kind=kind,
            hints=self._make(Hints, plain.get("hints", {}), "file"),
            columns=self._texts(plain, "columns", (str, int, type(None))),
            constants=self._texts(plain, "constants", (str,)),
            templates=self._texts(plain, "templates", (str,)),
            customers=self._texts(plain, "customers", (str,)),
            create=self._list(plain, "create"),
            items=tuple(self._item(one) for one in plain.get("items", ())),
            points=self._points(plain.get("points", {})),
            options=self._options(plain.get("options", {})),
            units=self._units(plain),
            answers=self._answers(plain),
        )

    def _item(self, plain: Mapping[str, Any]) -> Item:
        item: Item = self._make(Item, plain, "items")
        self._one_of("items.role", item.role, ROLES)
        if not item.scale:
            return item
        self._one_of("items.scale", item.scale, SCALES)
        scale = SCALES[item.scale]
        ends = {"minimum": scale.minimum, "maximum": scale.maximum, "step": scale.step}
        for name, value in ends.items():
            if plain.get(name, value) != value:
                where = f"items.{item.code}.{name}"
                raise BadInput(Issue("map_wrong_type", column=where, value=str(plain[name])))
        return replace(item, minimum=scale.minimum, maximum=scale.maximum, step=scale.step)

    def _options(self, plain: Mapping[str, Any]) -> Options:
        options: Options = self._make(Options, plain, "options")
        self._one_of("options.scale", options.scale, ("", *SCALES))
        self._one_of("options.shape", options.shape, ("", *SHAPES))
        days = [self._day(name, getattr(options, name)) for name in ("wave_starts", "wave_ends")]
        if days[0] and days[1] and days[0] > days[1]:
            raise BadInput(Issue("wave_ends_early", column="wave_ends", value=options.wave_ends))
        return options

    def _day(self, name: str, text: str) -> date | None:
        try:
            return date.fromisoformat(text) if text else None
        except ValueError as error:
            raise BadInput(Issue("date_unreadable", column=name, value=text)) from error

    def _units(self, plain: Mapping[str, Any]) -> dict[str, str]:
        units = self._texts(plain, "units", (str,))
        for name, unit in units.items():
            if not reading.is_unit(unit):
                raise BadInput(unknown(f"units.{name}", unit, reading.COMMON))
        return units

    def _answers(self, plain: Mapping[str, Any]) -> dict[str, str]:
        answers = self._texts(plain, "answers", (str,))
        for key, answer in answers.items():
            wrong = asking.fault_of(key, answer)
            if wrong == "key":
                raise BadInput(unknown("answers", key, asking.QUESTIONS))
            if wrong:
                known = asking.QUESTIONS[key.partition(":")[0]].answers
                raise BadInput(unknown(f"answers.{key}", answer, known))
        return answers

    def _points(self, plain: Mapping[str, Any]) -> dict[str, float]:
        points = dict(plain)
        for name, value in points.items():
            if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
                raise BadInput(Issue("map_wrong_type", column=f"points.{name}", value=str(value)))
        if points and abs(sum(points.values()) - 100) > 1e-6:
            total = f"{sum(points.values()):g}"
            raise BadInput(Issue("points_not_100", column="points", value=total))
        return points

    def _one_of(self, where: str, said: str, known: Collection[str]) -> None:
        if said not in known:
            raise BadInput(unknown(where, said, known))

    def _known(self, plain: Mapping[str, Any], names: set[str], where: str) -> None:
        strange = sorted(set(plain) - names)
        if strange:
            said = {"file" if name == "hints" else name for name in names}  # as a map.toml has it
            raise BadInput(*(unknown(where, name, said) for name in strange))

    def _texts(
        self, plain: Mapping[str, Any], name: str, types: tuple[type, ...]
    ) -> dict[str, Any]:
        given = plain.get(name, {})
        if not isinstance(given, Mapping):
            raise BadInput(Issue("map_wrong_type", column=name, value=str(given)))
        values = dict(given)
        for key, value in values.items():
            if not isinstance(value, types):
                raise BadInput(Issue("map_wrong_type", column=f"{name}.{key}", value=str(value)))
        return values

    def _list(self, plain: Mapping[str, Any], name: str) -> tuple[str, ...]:
        given = plain.get(name, ())
        if not isinstance(given, list | tuple) or not all(isinstance(one, str) for one in given):
            raise BadInput(Issue("map_wrong_type", column=name, value=str(given)))
        return tuple(given)

    def _make(self, kind: type[Any], plain: Mapping[str, Any], where: str) -> Any:
        self._known(plain, {one.name for one in fields(kind)}, where)
        example = kind(code="") if kind is Item else kind()
        for name, value in plain.items():
            default = getattr(example, name)
            if name == "reverse":
                fits = isinstance(value, bool) or value is default
            elif default is None or value is None:
                fits = isinstance(value, str | int | float | bool | type(None))
            elif isinstance(default, float) or name in _FIGURES:
                fits = isinstance(value, int | float) and not isinstance(value, bool)
            else:
                fits = isinstance(value, type(default)) or isinstance(default, Mapping)
            if not fits:
                raise BadInput(Issue("map_wrong_type", column=f"{where}.{name}", value=str(value)))
        return kind(**plain)


_FIGURES = frozenset({"minimum", "maximum", "step", "weight"})
