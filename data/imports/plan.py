"""What the user says about a file (导入方案): kind, columns, options; from TOML or a page.

A plan is plain data: it is remembered for a header, handed to the import's own process,
and written by hand in a `map.toml`:

    kind = "orders"
    [file]
    separator = "whitespace"
    header = false
    [columns]
    customer_code = 1            # a position, or a column name
    [constants]
    currency = "CNY"
    [templates]
    order_code = "WEB-{customer_code}-{ordered_on}"
    [options]
    create_customers = true
    [items.q1]
    column = "Delivery"
    minimum = 1
    maximum = 7
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from data.imports.reading import Hints
from errors import BadInput, Issue
from models.enums import ItemRole, SheetKind


@dataclass(frozen=True, slots=True)
class Options:
    """Choices that change what a file means."""

    day_order: str = ""
    """mdy or dmy for dates such as 3/2/2026."""
    round_cents: bool = False
    create_customers: bool = False
    create_products: bool = False
    allocate: str = "none"
    """oldest: receipts without an invoice pay the oldest due first."""
    survey: str = "satisfaction"
    """Code of the survey answers belong to."""
    survey_name: str = ""
    wave: str = ""
    """Code of the wave; empty takes the half-year of the answer, such as 2026H1."""
    minimum: float | None = None
    maximum: float | None = None
    """Scale of items that say nothing themselves."""


@dataclass(frozen=True, slots=True)
class Item:
    """A question of a survey and the column its answers stand in."""

    code: str
    column: str = ""
    minimum: float = 1
    maximum: float = 5
    step: float = 1
    role: str = ItemRole.SATISFACTION.value
    dimension: str = ""
    wording: str = ""
    weight: float = 1
    words: Mapping[str, float] = field(default_factory=dict)


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
    items: tuple[Item, ...] = ()
    options: Options = field(default_factory=Options)

    def as_dict(self) -> dict[str, Any]:
        """The plan as JSON holds it."""
        plain = asdict(self)
        return plain | {"items": [asdict(item) for item in self.items]}

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
    hints = dict(plain.pop("file", {}))
    items = plain.pop("items", {})
    listed = [{"code": code, **item} for code, item in items.items()]
    return Plan.from_dict({**plain, "hints": hints, "items": listed})


class _Reader:
    """Checks names and types; a mistake in a map must not pass for a default."""

    def plan(self, plain: Mapping[str, Any]) -> Plan:
        self._known(plain, {one.name for one in fields(Plan)}, "")
        kind = plain.get("kind", "")
        if kind and kind not in {member.value for member in SheetKind}:
            raise BadInput(Issue("map_unknown", column="kind", value=str(kind)))
        return Plan(
            kind=kind,
            hints=self._make(Hints, plain.get("hints", {}), "file"),
            columns=self._texts(plain, "columns", (str, int, type(None))),
            constants=self._texts(plain, "constants", (str,)),
            templates=self._texts(plain, "templates", (str,)),
            items=tuple(self._make(Item, one, "items") for one in plain.get("items", ())),
            options=self._make(Options, plain.get("options", {}), "options"),
        )

    def _known(self, plain: Mapping[str, Any], names: set[str], where: str) -> None:
        strange = sorted(set(plain) - names)
        if strange:
            raise BadInput(*(Issue("map_unknown", column=where, value=name) for name in strange))

    def _texts(
        self, plain: Mapping[str, Any], name: str, types: tuple[type, ...]
    ) -> dict[str, Any]:
        values = dict(plain.get(name, {}))
        for key, value in values.items():
            if not isinstance(value, types):
                raise BadInput(Issue("map_wrong_type", column=f"{name}.{key}", value=str(value)))
        return values

    def _make(self, kind: type[Any], plain: Mapping[str, Any], where: str) -> Any:
        self._known(plain, {one.name for one in fields(kind)}, where)
        example = kind(code="") if kind is Item else kind()
        for name, value in plain.items():
            default = getattr(example, name)
            if default is None or value is None:
                fits = isinstance(value, str | int | float | bool | type(None))
            elif isinstance(default, float) or name in _FIGURES:
                fits = isinstance(value, int | float) and not isinstance(value, bool)
            else:
                fits = isinstance(value, type(default)) or isinstance(default, Mapping)
            if not fits:
                raise BadInput(Issue("map_wrong_type", column=f"{where}.{name}", value=str(value)))
        return kind(**plain)


_FIGURES = frozenset({"minimum", "maximum", "step", "weight"})
