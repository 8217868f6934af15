"""Kinds of sheets in words (表类型名称): as their declarations say."""

from __future__ import annotations

from data.imports.columns.registry import spec_of
from models.enums import SheetKind
from words.i18n import _c


def kind_words(kind: SheetKind | str) -> str:
    """The word for a kind of sheet."""
    return _c("sheet", spec_of(kind).label)
