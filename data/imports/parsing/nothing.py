"""Cells that say there is nothing (置空), where an empty one says nothing."""

from __future__ import annotations

from typing import Any

from data.imports.parsing.values import (
    Manner,
    Parser,
    folded,
    is_missing,
    refuse_unreadable_cell,
)

NOTHING = object()
"""What a cell holds that says there is nothing, where an empty one says nothing."""


def or_nothing(parse: Parser) -> Parser:
    """A parser that also reads `-` and `无`, as `NOTHING`; the kind's `derive` minds it."""

    def read(raw: str, how: Manner) -> Any:
        refuse_unreadable_cell(raw)
        said = folded(raw)
        return NOTHING if said and is_missing(said) else parse(raw, how)

    return read
