"""Cells that say there is nothing (置空), where an empty one says nothing."""

from __future__ import annotations

from typing import Any

from data.imports.parsing.manner import Manner, Parser
from data.imports.parsing.texts import folded, refuse_unreadable_cell

_DASHES = frozenset({"-", "--", "—", "——", "–", "无", "無"})
NOTHING = object()
"""What a cell holds that says there is nothing, where an empty one says nothing."""


def or_nothing(parse: Parser) -> Parser:
    """A parser that also reads `-` and `无`, as `NOTHING`; the kind's `derive` minds it."""

    def read(raw: str, how: Manner) -> Any:
        refuse_unreadable_cell(raw)
        return NOTHING if folded(raw) in _DASHES else parse(raw, how)

    return read
