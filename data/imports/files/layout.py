"""How a file is built (版式): what the user says of it, what was found, and its rows."""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import ConfigDict

from errors import Issue


@dataclass(frozen=True, slots=True)
class Hints:
    """What the user says about a file; None is found out."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    encoding: str | None = None
    separator: str | None = None
    header: bool | None = None
    """False: there is no header, columns are called by their position from 1."""
    header_line: int | None = None
    sheet: str | None = None
    apart: bool = False
    """Columns of the same name are told apart by their position, not refused."""


@dataclass(frozen=True, slots=True)
class Under:
    """A row under the header that belongs to it: other names, units, what must be filled."""

    line: int
    cells: tuple[str, ...]
    """As they stand in the file."""
    reason: str
    """heading_row, unit_row, or may_be_heading where a person has to say."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is built, as found: shown to the user before anything is stored."""

    format: str
    """text or xlsx."""
    encoding: str
    separator: str
    """Name of the separator, empty in a workbook."""
    sheet: str
    sheets: tuple[str, ...]
    header_line: int | None
    header: tuple[str, ...]
    """The column names as they stand in the file; positions "1", "2" … without a header."""
    is_1904: bool = False
    under: tuple[Under, ...] = ()
    """Rows under the header that belong to it, once they were told apart (`sifting`)."""
    hidden: tuple[int, ...] = ()
    """Positions of the columns a reader of the workbook does not see."""
    alike: tuple[str, ...] = ()
    """Other sheets with the same columns, where none was named."""
    titles: tuple[str, ...] = ()
    """The texts above the header, cell by cell and each line as a whole."""
    units: tuple[str, ...] = ()
    """The cells of a row of units among them."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its line in the file, its cells, and the fault of the row as a whole."""

    line: int
    cells: list[str]
    fault: Issue | None = None


@dataclass(slots=True)
class Block:
    """Some rows: the line of each, its cells (all as wide as the header), faults by place."""

    lines: list[int]
    cells: list[list[str]]
    share: float
    """How much of the file is read after them, 0 to 1."""
    faults: dict[int, Issue] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)
    """Places of the rows a reader of the workbook does not see."""
