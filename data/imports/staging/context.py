"""One import as it stands (导入背景): what is fixed for a file, and the rows it was staged as.

Rules ask it; what they find goes to `Faults`, what they store goes through `Changes`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa

from data.imports.terms.plan import Item, Options
from data.imports.terms.spec import Spec
from models.access import Role


@dataclass(frozen=True, slots=True)
class Context:
    """What the rules of a kind may know; everything happens in one transaction."""

    connection: sa.Connection
    spec: Spec
    staged: sa.Table
    options: Options
    shown: Mapping[str, str]
    """Field → the column of the file it is read from."""
    today: date
    owner_id: int | None = None
    """The importing user's own customers only; None is everybody's."""
    role: Role | None = None
    """Of the importing user; None is the command line, which may set everything."""
    items: Mapping[str, Item] = field(default_factory=dict)
    told: frozenset[str] = frozenset()
    """Fields the file has a column for."""
    filled: frozenset[str] = frozenset()
    """Staged columns the file said something in."""
    one_each: bool = False
    """No line of the file came to more than one staged row."""
    customers: Mapping[str, str] = field(default_factory=dict)
    """What the file calls a customer → code of the one the user chose (`Plan.customers`)."""
    answers: Mapping[str, str] = field(default_factory=dict)
    """What was asked about the file → the answer (`Plan.answers`)."""
    create: frozenset[str] = frozenset()
    """What the file calls customers that shall be made (`Plan.create`)."""
    _there: dict[str, bool] = field(default_factory=dict)

    def good(self) -> sa.ColumnElement[bool]:
        """Condition: the staged row has no fault."""
        return sa.not_(self.staged.c.bad)

    def any_row(self, condition: Any) -> bool:
        """Whether a condition holds for any staged row."""
        question = sa.select(sa.exists().where(condition).select_from(self.staged))
        return bool(self.connection.execute(question).scalar_one())

    def is_there(self, id_into: str) -> bool:
        """Whether any row was found in the store, once they were looked for."""
        if id_into not in self._there:
            self._there[id_into] = self.any_row(self.staged.c[id_into].is_not(None))
        return self._there[id_into]
