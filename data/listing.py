"""Lists that are sorted, paged and counted in SQL (清单), each declared once.

A list says by what it can be sorted, by what it is unless told otherwise, and what orders equals,
so that no row stands on two pages or on none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from models.filters import MOST, Page

Rows = sa.Select[Any]


@dataclass(frozen=True)
class Listing:
    """One list: sort keys as a reader names them → SQL, the usual one, what orders equals.

    `above` orders before any key, such as open work above what is closed.
    """

    sorts: Mapping[str, Any]
    usual: str
    ties: tuple[Any, ...]
    above: tuple[Any, ...] = ()

    def order(self, page: Page, also: Mapping[str, Any] | None = None) -> list[Any]:
        """What to order by: unknown values last, equals always alike.

        An unknown key sorts as usual; `also` are keys that only this question has.
        """
        by = {**self.sorts, **(also or {})}
        key = by.get(page.sort, by[self.usual])
        return [
            *self.above,
            (key.desc() if page.descending else key.asc()).nulls_last(),
            *self.ties,
        ]

    def page(self, query: Rows, page: Page, also: Mapping[str, Any] | None = None) -> Rows:
        """The rows of one page, in order."""
        ordered = query.order_by(*self.order(page, also))
        return ordered.limit(min(page.size, MOST)).offset(page.offset)


def how_many(session: Any, query: Rows) -> int:
    """The number a query of `count(*)` gives."""
    return int(session.execute(query).scalar_one())
