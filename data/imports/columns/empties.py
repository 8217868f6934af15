"""Rows that say too little (必填项为空): a required field, or every one of a group, is empty."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from data.imports.columns.mapping import Columns
from data.imports.files.cell import kind_of
from data.imports.parsing.parsed import ParsedBlock
from errors import Issue

Found = dict[str, list[Any]]
"""Field → its values, one a row; a field nothing says anything about is not there."""


def refuse_empty(
    columns: Columns,
    done: ParsedBlock,
    found: Found,
    whole: Sequence[int],
    lines: Sequence[int],
    rows: Sequence[list[str]],
) -> None:
    """Required fields, and of each group at least one, must say something.

    Args:
        columns: of the file.
        done: where faults are kept.
        found: what the rows say.
        whole: place of each row in its block.
        lines: of each row in the file.
        rows: their cells.
    """
    shown, places, spec = columns.shown, columns.places, columns.spec
    for name in spec.required:
        for index in _gaps(found, [name], len(rows)):
            said = done.faults.setdefault(whole[index], [])
            if not _about(said, shown[name]):
                place = places.get(name)
                merged = place is not None and kind_of(rows[index][place]) == "merged"
                reason = "merged_cell" if merged else "empty"
                said.append(Issue(reason, column=shown[name], row=lines[index]))
    for group in () if spec.may_be_nobody else spec.any_of:
        names = [name for name in group if columns.has(name)]
        for index in _gaps(found, names, len(rows)):
            said = done.faults.setdefault(whole[index], [])
            if not any(_about(said, shown[name]) for name in names):
                column = " / ".join(shown[name] for name in names)
                said.append(Issue("empty", column, lines[index]))


def _gaps(found: Found, names: Sequence[str], size: int) -> Iterator[int]:
    """Rows in which none of these fields says anything."""
    columns = [found[name] for name in names if name in found]
    if not columns:
        yield from range(size)
    elif len(columns) == 1 or None in columns[0]:
        for index, value in enumerate(columns[0]):
            if value is None and all(column[index] is None for column in columns):
                yield index


def _about(faults: list[Issue], shown: str) -> bool:
    return any(fault.column == shown for fault in faults)
