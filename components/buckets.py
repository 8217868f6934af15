"""The names of ageing buckets (账龄区间名), from the edges of the settings."""

from __future__ import annotations

from collections.abc import Sequence

from words.i18n import _


def labels(edges: Sequence[int]) -> list[str]:
    """Words for the buckets: not due, one per edge (days past due, inclusive), and beyond.

    >>> labels((30, 60))
    ['Not due', '1–30 d', '31–60 d', 'over 60 d']
    """
    lows = [1, *(edge + 1 for edge in edges[:-1])]
    spans = [
        _("{low}–{high} d", low=str(low), high=str(high))
        for low, high in zip(lows, edges, strict=True)
    ]
    return [_("Not due"), *spans, _("over {days} d", days=str(edges[-1]))]
