"""New customers that come with a file (随表建档): their code, their card, their provenance.

They are made while the file is checked, so that everything after sees them like any other
customer; a rehearsal and a refusal roll them back with the rest. Those that no good row
needs are taken away again before the batch is written.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from data.imports.matching.names import plain_name
from data.imports.matching.whom import CUSTOMER, NEW, WHO, Who, is_collected
from data.imports.staging.changes import Changes
from data.imports.staging.context import Context
from models.customers import Customer

_NUMBERED = re.compile(r"N(\d{4,12})")
"""Codes given to customers a file names without one: N0001, N0002 …"""
_CARD = {
    "industry": "customer_industry",
    "province": "customer_province",
    "city": "customer_city",
}
"""What an order sheet may say about a new customer besides its name."""


@dataclass(frozen=True, slots=True)
class New:
    """A card about to be made."""

    code: str
    tax_no: str | None
    only_named: bool


class Maker:
    """Makes the new customers of one file; none gets what another has."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._taxes = self._taken(CUSTOMER.c.tax_no, WHO.c.tax_no)
        codes = self._taken(sa.func.upper(CUSTOMER.c.code), sa.func.upper(WHO.c.code))
        self._codes = {code.upper() for code in codes}
        self._number = 0
        self._by_tax: dict[str, New] = {}
        self._by_name: defaultdict[str, list[New]] = defaultdict(list)

    def named(self, plain: str) -> list[New]:
        """New customers of this name so far."""
        return self._by_name.get(plain, [])

    def twin(self, one: Who) -> New | None:
        """The new customer that is this one in another spelling of its name."""
        if one.code is not None:
            return None
        if one.tax_no is not None:
            return self._by_tax.get(one.tax_no)
        alone = [new for new in self.named(one.plain) if new.only_named]
        return alone[0] if alone else None

    def make(self, one: Who) -> None:
        """Settle it as a new customer, or refuse it with the reason."""
        twin = self.twin(one)
        if twin is not None:
            one.settle(NEW, None, twin.code)
        elif one.code is not None and one.code.upper() in self._codes:
            # whose it is stays unsaid: an account manager may not know
            known = self._context.owner_id is None
            one.refuse("code_differs_in_case" if known else "customer_code_taken")
        elif one.tax_no is not None and (one.tax_no in self._taxes or one.tax_no in self._by_tax):
            one.refuse("tax_number_taken")
        elif not one.plain and one.code is None:
            one.refuse("new_customer_without_name")
        else:
            self._add(one)

    def _add(self, one: Who) -> None:
        code = one.code or self._next_code()
        new = New(code, one.tax_no, one.only_named)
        self._codes.add(code.upper())
        if one.tax_no:
            self._by_tax[one.tax_no] = new
        self._by_name[one.plain or plain_name(code)].append(new)
        one.settle(NEW, None, code)
        one.makes = True

    def _next_code(self) -> str:
        """The code after the highest there is, in the store and in the file."""
        if not self._number:
            query = sa.select(CUSTOMER.c.code).where(CUSTOMER.c.code.like("N%"))
            written = sa.select(WHO.c.code).where(WHO.c.code.like("N%"))
            codes = [
                *self._context.connection.execute(query).scalars(),
                *self._context.connection.execute(written).scalars(),
            ]
            found = filter(None, map(_NUMBERED.fullmatch, codes))
            self._number = max((int(match[1]) for match in found), default=0)
        self._number += 1
        return f"N{self._number:04}"

    def _taken(self, column: Any, asked: Any) -> set[str]:
        """Which of the values the file says some customer has, whoever looks after it."""
        wanted = sa.select(asked).where(asked.is_not(None))
        query = sa.select(column).where(column.in_(wanted))
        return set(self._context.connection.execute(query).scalars())


def store(context: Context) -> None:
    """Put the cards into the store, without a batch for now, and tell `staged_who` their ids."""
    staged = context.staged
    card = {
        "code": WHO.c.new_code,
        "name": sa.func.coalesce(WHO.c.name, WHO.c.new_code),
        "tax_no": WHO.c.tax_no,
        "owner_id": sa.literal(context.owner_id, sa.BigInteger),
        "created_on": sa.literal(context.today, sa.Date),
    }
    for column, given in _CARD.items():
        if given in staged.c:
            card[column] = sa.func.coalesce(staged.c[given], "")
    made = (
        sa.select(*card.values())
        .select_from(WHO.join(staged, staged.c.id == WHO.c.first))
        .where(WHO.c.makes)
        .order_by(WHO.c.first)
    )
    done = context.connection.execute(sa.insert(Customer).from_select(list(card), made))
    if not done.rowcount:
        return
    if context.connection.dialect.name == "postgresql":
        # what follows is matched against them
        context.connection.execute(sa.text("ANALYZE customer"))
    context.connection.execute(
        sa.update(WHO)
        .where(WHO.c.customer_id.is_(None), WHO.c.new_code == CUSTOMER.c.code)
        .values(customer_id=CUSTOMER.c.id)
    )


def settle(context: Context, changes: Changes) -> None:
    """Tie the new customers to the batch; those whose rows were all refused go again."""
    connection, staged = context.connection, context.staged
    made = sa.select(WHO.c.customer_id).where(WHO.c.how == NEW)
    if not (is_collected(context) and connection.execute(sa.select(made.exists())).scalar_one()):
        return
    lines = (
        sa.select(staged.c.customer_id, sa.func.min(staged.c.line).label("line"))
        .where(context.good(), staged.c.customer_id.in_(made))
        .group_by(staged.c.customer_id)
        .subquery()
    )
    connection.execute(
        sa.update(Customer)
        .where(CUSTOMER.c.id == lines.c.customer_id)
        .values(batch_id=changes.batch_id, batch_line=lines.c.line)
    )
    connection.execute(
        sa.delete(Customer).where(CUSTOMER.c.id.in_(made), CUSTOMER.c.batch_id.is_(None))
    )
