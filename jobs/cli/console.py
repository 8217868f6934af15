"""How commands speak (终端输出): tables and sentences to people, JSON to programs.

Trouble is told in the reader's language, by the same words the pages use.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from errors import AppError, BadInput, Conflict, Issue, NotAllowed, NotFound, StoreUnavailable

if TYPE_CHECKING:
    from data.imports.terms.grouping import FaultGroup

PIPED_WIDTH = 1000
"""Columns of a table that goes to a file or a pipe, where nothing has an edge."""
SHOWN = 200
"""Faults told at most; the rest are counted."""
_WORDS: dict[type[AppError], str] = {  # those of `components.faults`, too slow to import here
    NotAllowed: "Your role may not do this.",
    NotFound: "There is nothing here that you may see.",
    Conflict: "Somebody else changed this meanwhile. Nothing was saved; look again.",
    StoreUnavailable: "The store cannot be reached just now. Nothing was saved; try again.",
}
_PREFIX: dict[type[AppError], str] = {StoreUnavailable: "store_", NotFound: "no_"}
"""Before the code such an error carries, in the ids of its words."""
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)
_pipe = Console(highlight=False, width=PIPED_WIDTH)


def say(text: str) -> None:
    """A line to the reader."""
    out.print(text, markup=False, soft_wrap=True)


def note(text: str) -> None:
    """A line about the work, to standard error: standard output may be data."""
    err.print(text, markup=False, soft_wrap=True)


def complain(text: str) -> None:
    """A line of trouble, to standard error."""
    err.print(text, markup=False, style="red", soft_wrap=True)


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table; columns whose cells are numbers stand to the right."""
    held = [list(row) for row in rows]
    say(title)
    drawn = Table()
    for index, column in enumerate(columns):
        numeric = all(_numeric(row[index]) for row in held)
        drawn.add_column(column, justify="right" if numeric and held else "left")
    for row in held:
        drawn.add_row(*(cell.replace("[", "\\[") for cell in row))
    (out if out.is_terminal else _pipe).print(drawn)


@contextmanager
def bar(name: str) -> Iterator[Callable[[str, float], None]]:
    """A bar on standard error while the block lasts; told the step and the share done.

    Where nobody looks at it, in a file or a pipe, there is none, nor an empty line.
    """
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    with Progress(
        TextColumn("{task.description:<24}"),
        BarColumn(),
        TimeElapsedColumn(),
        console=err,
        disable=not err.is_terminal,
        transient=True,
    ) as drawn:
        task = drawn.add_task(name[:24].replace("[", "\\["), total=1.0)
        yield lambda _step, share: drawn.update(task, completed=share)


def _numeric(cell: str) -> bool:
    bare = cell.strip("¥%-—+ ").replace(",", "").replace(".", "")
    return not bare or bare.isdigit()


def as_json(value: Any) -> None:
    """Stable JSON on standard output: sorted as given, UTF-8, two spaces."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def language() -> str:
    """The reader's language by the surroundings (`LC_ALL`, `LC_MESSAGES`, `LANG`)."""
    from words import i18n

    names = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    tag = next((name for name in names if name), "").partition(".")[0]
    return i18n.from_browser(None if tag in {"", "C", "POSIX"} else tag)


def trouble(error: AppError, lang: str | None = None) -> int:
    """Tell a known error; the exit code is 2 for unusable input or what is not there, else 3."""
    for sentence in sentences(error, lang or language()):
        complain(sentence)
    return 2 if isinstance(error, BadInput | NotFound) else 3


def sentences(error: AppError, lang: str) -> list[str]:
    """A known error in words: one sentence, or one for every fault of an input."""
    from words import i18n

    if isinstance(error, BadInput):
        faults = [_fault(issue, lang) for issue in error.issues[:SHOWN]]
        left = len(error.issues) - SHOWN
        return [*faults, i18n.translate("and {n} more", lang, n=left)] if left > 0 else faults
    code, *detail = [str(part) for part in error.args] or [""]
    named = f"reason.{_PREFIX.get(type(error), '')}{code}"
    if i18n.known(named, lang):
        told = i18n.translate(named, lang)
    elif type(error) in _WORDS:
        told = i18n.translate(_WORDS[type(error)], lang)
        detail = [code, *detail]
    else:
        return [str(error) or i18n.translate("This could not be done.", lang)]
    return [told, *(part for part in detail if part)]


def group(faults: FaultGroup, lang: str) -> str:
    """Equal faults in one line: lines 3, 4, 5 … (4,932 rows) · amount · 1,2,3: is not a number."""
    from words import i18n

    if faults.rows <= 1 or not faults.lines:
        return "\n".join(_fault(issue, lang) for issue in faults.first)
    lines = ", ".join(map(str, faults.lines))
    if faults.rows > len(faults.lines):
        many = f"{faults.rows:,}"
        lines = i18n.translate("{lines} … ({n} rows)", lang, lines=lines, n=many)
    return _fault(faults.first[0], lang, line=lines)


def _fault(issue: Issue, lang: str, line: str = "") -> str:
    """Where, what, why: line 3 · amount · 1,2,3: is not a number."""
    from words import i18n

    number = line or issue.row
    placed = f"{i18n.in_context('fault', 'Line', lang)} {number}" if number else ""
    where = " · ".join(part for part in (placed, issue.column or "", issue.value or "") if part)
    why = i18n.reason(issue.reason, lang, **dict(issue.detail))
    return f"{where}: {why}" if where else why
