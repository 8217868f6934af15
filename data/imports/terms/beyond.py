"""Columns a kind understands beyond its fields (字段之外的列), such as the questions of a survey.

A kind may declare how such columns are read (`Spec.columns`) and how a row becomes several
staged ones by them (`Spec.expand`). Whoever works on a file asks the declaration, and need not
know which kind it is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Engine

from data.imports.files.reading import Row
from data.imports.parsing.manner import Manner
from data.imports.parsing.parsed import Parsed
from data.imports.terms.plan import Item, Plan
from errors import Issue

Rows = Sequence[Sequence[str]]
Example = tuple[str, tuple[str, str]]
"""A column of a template: its heading and the two examples."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One column (or code) that is a question, or may be one."""

    place: int
    """Position of the column; -1 where the file names questions by code."""
    item: Item
    seen: tuple[str, ...] = ()
    """Some different answers, as written."""
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Made:
    """A template of a kind that has several."""

    shape: str
    scale: str
    columns: Callable[[], list[Example]]


class Beyond(Protocol):
    """What the columns of one file say beyond the fields."""

    @property
    def shape(self) -> str:
        """How the sheet is built."""

    @property
    def items(self) -> tuple[tuple[int, Item], ...]:
        """(position, question) of the columns."""

    @property
    def used(self) -> set[int]:
        """Positions of columns that are read."""

    @property
    def spoken_for(self) -> set[int]:
        """Positions no field may take: read, left out by the plan, or unclear."""

    @property
    def listed(self) -> tuple[Asked, ...]:
        """Every question as columns stand, the unclear and the left out among them."""

    @property
    def doubts(self) -> tuple[Issue, ...]:
        """What is asked about the columns that are left out."""

    def kept(self, plan: Plan, places: Mapping[str, int]) -> dict[str, int]:
        """The fields that count beside these columns."""

    def completed(self, plan: Plan, places: Mapping[str, int]) -> Plan:
        """The plan with what follows from the columns."""

    def against(self, given: Collection[str]) -> tuple[tuple[Issue, ...], bool]:
        """What speaks against the file, and whether `Columns.instead` is lacking."""


class Reader(Protocol):
    """How a kind reads columns beyond its fields."""

    @property
    def looked_at(self) -> int:
        """First rows of the file it wants to see."""

    @property
    def answers(self) -> frozenset[str]:
        """Fields that hold what such a column would; they are not measured."""

    @property
    def instead(self) -> str:
        """The field that is needed where no such column is read."""

    def named(self, header: Sequence[str], places: Mapping[str, int]) -> int | None:
        """How many columns are such ones by their name; None where the file is no such sheet."""

    def known(self, engine: Engine, plan: Plan) -> tuple[Item, ...]:
        """What the store has of them."""

    def find(
        self,
        plan: Plan,
        header: Sequence[str],
        known_items: Sequence[Item],
        places: Mapping[str, int],
        rows: Rows,
    ) -> Beyond:
        """What they say in one file."""

    def examples(self, *, chinese: bool) -> list[Example]:
        """Such columns in the plainest template."""

    def templates(self, fields: Mapping[str, Example], *, chinese: bool) -> Iterable[Made]:
        """Templates by shape and scale, out of the columns of the fields and such ones."""


class Understood(Protocol):
    """The columns of a file as understood (`columns.mapping`)."""

    @property
    def plan(self) -> Plan:
        """What the user says."""

    @property
    def places(self) -> Mapping[str, int]:
        """Field → position."""

    @property
    def shown(self) -> Mapping[str, str]:
        """Field → the name people know it by."""

    @property
    def free(self) -> Mapping[int, str]:
        """Position → name of the columns no field takes."""

    @property
    def beyond(self) -> Beyond | None:
        """What they say beyond the fields."""

    def has(self, field: str) -> bool:
        """Whether the file or the plan says anything about a field."""


class Expander(Protocol):
    """Makes staged rows of the rows of one file."""

    @property
    def used(self) -> dict[str, Item]:
        """Questions answered in the file, so far."""

    def expand(self, done: Parsed, found: dict[str, Any], row: Row) -> Iterator[dict[str, Any]]:
        """The staged rows of one row."""


Expand = Callable[[Understood, Manner, tuple[Item, ...]], Expander]
"""Begins with a file: its columns, how its values are written, what the store knows."""
