"""What stands under a table (表尾): who made it, when it was printed, pages, remarks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from data.imports.sifting.phrases import Said, Sense
from data.imports.sifting.sheet import Sheet

_LABELS = (Sense.FOOTER, Sense.MAYBE_FOOTER)


def is_footer(
    sheet: Sheet, cells: Sequence[str], words: Mapping[int, Said], *, ragged: bool
) -> bool:
    """Whether a row is no row of the sheet but a footer.

    Args:
        sheet: the file.
        cells: of the row.
        words: position → what its cells say.
        ragged: the row has fewer cells than the header.
    """
    filled = [place for place, cell in enumerate(cells) if cell.strip()]
    first = words.get(filled[0]) if filled else None
    if first is None:
        return False
    if first.sense is Sense.RULE:
        return all(p in words and words[p].sense is Sense.RULE for p in filled)
    values = _values(filled, words)
    if sheet.is_complete(cells, {*words, *values}):
        return False
    if first.sense is Sense.REMARK:
        return ragged or len(filled) == 1
    labels = [place for place in filled if place in words and words[place].sense in _LABELS]
    if first.sense not in _LABELS or len(labels) + len(values) < len(filled):
        return False
    certain = any(words[place].sense is Sense.FOOTER for place in labels)
    return certain or len(labels) > 1 or len(filled) == 1


def _values(filled: Sequence[int], words: Mapping[int, Said]) -> set[int]:
    """The cells that hold what the label before them names."""
    found = set()
    for before, place in pairwise(filled):
        label = words.get(before)
        if label and label.sense in _LABELS and not label.has_value and place not in words:
            found.add(place)
    return found
