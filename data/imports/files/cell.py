"""A cell that was no text in a workbook (单元格): its text, what it was, what a person saw."""

from __future__ import annotations

from typing import Any, Literal

from data.imports.files.shown import padded, zeros

Kind = Literal["number", "date", "bool", "error", "formula", "merged"]
TEXT: Literal["text"] = "text"


class Cell(str):
    """Text that knows what it was; cells that are plain text are plain `str`.

    It is text to whoever does not ask, so that a file of text alone costs nothing more.
    """

    __slots__ = ("kind", "pattern")
    kind: Kind
    pattern: str
    """The number format, where it shows other signs than the number's own (`shown`)."""

    def __new__(cls, text: str, kind: Kind, pattern: str = "") -> Cell:
        """Text with the kind of the cell it came from."""
        made = super().__new__(cls, text)
        object.__setattr__(made, "kind", kind)
        object.__setattr__(made, "pattern", pattern)
        return made

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"a cell stays what it was: {name}")

    @property
    def shown(self) -> str:
        """The text a person sees: 7 formatted as `000` is 007."""
        pattern = zeros(self.pattern)
        return padded(str(self), pattern) if pattern and self.isdigit() else str(self)


def kind_of(cell: str) -> Kind | Literal["text"]:
    """What a cell was in its file."""
    return cell.kind if isinstance(cell, Cell) else TEXT


def pattern_of(cell: str) -> str:
    """The number format of a cell that shows other signs than its number's own; else empty."""
    return cell.pattern if isinstance(cell, Cell) else ""


def shown(cell: str) -> str:
    """The text a person sees in a cell."""
    return cell.shown if isinstance(cell, Cell) else cell
