"""How commands speak (终端输出): tables and sentences to people, JSON to programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def say(text: str) -> None:
    """A line to the reader."""
    out.print(text, markup=False)


def complain(text: str) -> None:
    """A line of trouble, to standard error."""
    err.print(text, markup=False, style="red")


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table; columns whose cells are numbers stand to the right."""
    held = [list(row) for row in rows]
    drawn = Table(title=title, title_justify="left")
    for index, column in enumerate(columns):
        numeric = all(_numeric(row[index]) for row in held)
        drawn.add_column(column, justify="right" if numeric and held else "left")
    for row in held:
        drawn.add_row(*(cell.replace("[", "\\[") for cell in row))
    out.print(drawn)


def _numeric(cell: str) -> bool:
    bare = cell.strip("¥%-—+ ").replace(",", "").replace(".", "")
    return not bare or bare.isdigit()


def as_json(value: Any) -> None:
    """Stable JSON on standard output: sorted as given, UTF-8, two spaces."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")
