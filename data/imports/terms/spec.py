"""What a kind of sheet is made of (表定义): fields, references, targets, and its own rules.

A file row becomes one row of the temporary table `staged`, one column per field. A
`Reference` turns a code into the id of a row it names; a `Target` says which rows of
which table the staged rows describe. Everything else follows from that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

from data.imports.parsing.manner import Parser
from data.imports.terms.beyond import Expand, Reader
from models.access import Role
from models.enums import SheetKind

Type = Literal["text", "date", "instant", "money", "number", "whole", "flag"]


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a row may say.

    `names` are the column names it is recognised by, the best first, between bars; the
    first Chinese one heads the template. `examples` fill the template's two rows.
    """

    name: str
    label: str
    names: str
    parse: Parser
    type: Type = "text"
    required: bool = False
    examples: tuple[str, str] = ("", "")
    adds: bool | None = None
    """Whether its values add up in a total row; None: amounts of money do, others do not."""
    gross: bool = False
    """What is owed, its tax in it: a column headed net, or beside one of taxes, is asked about."""
    nothing: str = ""
    """Written by an export where the store holds nothing and an empty cell would say less."""
    kept_from: frozenset[Role] = frozenset()
    """Roles that may bring in the sheet, but not set this."""

    @property
    def aliases(self) -> tuple[str, ...]:
        """The column names it is recognised by, the best first."""
        return tuple(self.names.split("|"))

    @property
    def is_figure(self) -> bool:
        """Whether its values add up in a total row."""
        return self.type == "money" if self.adds is None else self.adds

    def like(self, first: str, second: str) -> Field:
        """The same field with other examples."""
        return replace(self, examples=(first, second))


@dataclass(frozen=True, slots=True)
class Mark:
    """A column no field takes that tells which rows are no data (a preview, an unfinished answer).

    A row is none if its cell is one of `values` (in lower case), is empty where `empty`, or is a
    number under `below`; only in files that also have one of the columns `beside`, if any.
    """

    names: str
    """The column's names, between bars."""
    reason: str
    values: frozenset[str] = frozenset()
    empty: bool = False
    below: float | None = None
    beside: str = ""
    """Names of columns, between bars."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A field that names a row of another table by its code."""

    field: str
    into: str
    table: type[Any]
    missing: str
    """Reason given where there is no such row."""
    by: str = "code"
    tax_field: str | None = None
    """Staged tax number to try where no code is given."""
    name_field: str | None = None
    """Staged name to try where neither code nor tax number is given (`identifying`)."""
    unless: str | None = None
    """Staged field that decides instead of a name alone (the invoice a receipt pays)."""
    creatable: str | None = None
    """Option under which the row is made instead (`create_products`)."""
    soft: bool = False
    """Nobody by that name is only noted; the row is stored without it."""
    own_file: bool = False
    """The named row may stand in the same file (a group above a customer)."""
    also_by: str = ""
    """Another column that names the row where exactly one has it (a person's name)."""


@dataclass(frozen=True, slots=True)
class Target:
    """Rows of one table that the staged rows describe.

    `key` and `columns` map the table's columns to staged ones. A row already there with
    the same key is compared: `updatable` columns may be changed (empty cells say
    nothing), a difference in any other refuses the row.
    """

    table: type[Any]
    id_into: str
    key: Mapping[str, str]
    columns: Mapping[str, str]
    updatable: frozenset[str] = frozenset()
    shared: bool = False
    """Several file rows may describe the same row (an order and its lines)."""
    whole: bool = False
    """If one of the file rows of a shared row is bad, all are refused with it."""
    only_new: str | None = None
    """Option under which missing rows are made; those there are left alone."""
    when: str | None = None
    """Staged column that must be filled for there to be a row."""
    may_lack: str | None = None
    """Column of the key that may be NULL; rows without it are the same row if the rest is."""
    file_key: tuple[str, ...] = ()
    """Staged columns that tell rows apart within the file; those of `key` if empty."""
    duplicate: str = "duplicate_key"
    """Reason given where the file holds the key twice with different content."""

    @property
    def within_file(self) -> tuple[str, ...]:
        """Staged columns that tell rows apart within the file."""
        return self.file_key or tuple(self.key.values())


class Rule(Protocol):
    """A kind's own rule; it is called with what is known, found and changed (`staging`)."""

    def __call__(self, context: Any, faults: Any, changes: Any, /) -> None:
        """Look at the staged rows, and mark or complete them."""


class Stored(Protocol):
    """What the store holds where a row would put a value; it is called with the `Context`."""

    def __call__(self, context: Any, name: str, /) -> Any:
        """A scalar over the staged rows for the field of that name; NULL where there is none."""


class Foreteller(Protocol):
    """Tells what a kind changes beyond its targets; it is called with the `Context`."""

    def __call__(self, context: Any, /) -> Iterable[tuple[str, Any, Any]]:
        """(field, column of the store, query with line, row, old and new) of each."""


@dataclass(frozen=True, slots=True)
class Spec:
    """A kind of sheet."""

    kind: SheetKind
    label: str
    roles: frozenset[Role]
    """Who may bring it in (`permission`)."""
    fields: tuple[Field, ...]
    references: tuple[Reference, ...]
    targets: tuple[Target, ...]
    any_of: tuple[tuple[str, ...], ...] = ()
    """Of each group at least one field must be there and filled."""
    may_be_nobody: bool = False
    """A row that fills no field of `any_of` is not refused while it is read; `prepare` decides."""
    extra: Mapping[str, Type] = field(default_factory=dict)
    """Staged columns no file column stands for."""
    otherwise: tuple[tuple[str, str], ...] = ()
    """(field, the one that stands in for it where it is empty)."""
    derive: Callable[[dict[str, Any]], None] | None = None
    """Completes a parsed row from its own fields."""
    derived_from: tuple[str, ...] = ()
    """Only if one of these fields is in the file; always if empty."""
    prepare: Rule | None = None
    """Runs after references were looked up, before keys are."""
    check: Rule | None = None
    """The kind's own faults, after keys were looked up and compared."""
    also_changes: Rule | None = None
    """Marks rows that change something beyond their targets (`Changes.touch_where`)."""
    also_tells: Foreteller | None = None
    """What those rows change, to show before: (field, column of the store, query with line,
    row, old and new)."""
    finish: Rule | None = None
    """What is left to do after the rows were written."""
    stands_for: Mapping[str, str] = field(default_factory=dict)
    """Staged column no file column stands for → the field people know it by."""
    read_from: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Field → (staged column, column of the row it points to, or empty): where a field that is
    neither a column nor a reference is read from, to write the sheet out again."""
    stored: Mapping[str, Stored] = field(default_factory=dict)
    """Field that is no column of a target → what the store holds for it, to tell whether a row
    would change it."""
    side: str = ""
    """`debit` or `credit`: the side of a ledger its rows stand on; empty where there is none."""
    documents: frozenset[str] = frozenset()
    """What a column of document types may call its rows (`sifting.meanings.DOCUMENT`)."""
    closed: Mapping[str, Any] = field(default_factory=dict)
    """Fields of a row that a column says is no longer in use."""
    asked: frozenset[str] = frozenset()
    """Fields a form may ask for, so that their column bears a question's number."""
    marks: tuple[Mark, ...] = ()
    """Columns that tell which rows are no data."""
    columns: Reader | None = None
    """How columns are read beyond the fields; None: no column says more than they do."""
    expand: Expand | None = None
    """How a row of the file becomes several staged ones; None: it becomes one."""
    choices: Mapping[str, str] = field(default_factory=dict)
    """Option of a plan that a user is asked about → the question, by which a page knows it."""
    facts: bool = True
    """Whether a refresh reads these rows."""

    def field(self, name: str) -> Field:
        """The field of that name."""
        return next(one for one in self.fields if one.name == name)

    @property
    def document(self) -> str:
        """The field that holds the rows of one document together; empty where there is none."""
        return next((target.within_file[0] for target in self.targets if target.whole), "")

    @property
    def identifying(self) -> frozenset[str]:
        """The fields that are keys or names."""
        found = {one.name for one in self.fields if one.required and one.type == "text"}
        found |= {one.name for one in self.fields if one.name.endswith(("name", "code"))}
        found |= {one.field for one in self.references if not one.soft}
        return frozenset(found).union(*self.any_of)

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the fields every row must fill."""
        return tuple(one.name for one in self.fields if one.required)
