"""What a file calls its customers (客户称谓): each different saying once, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

import sqlalchemy as sa

from data.imports.matching.names import plain_name
from data.imports.staging.context import Context
from data.imports.terms.spec import Reference
from data.imports.terms.tables import table_of
from models.customers import Customer

CUSTOMER = table_of(Customer)
WHO = sa.Table(
    "staged_who",
    sa.MetaData(),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("first", sa.Integer, nullable=False),
    sa.Column("line", sa.Integer, nullable=False),
    sa.Column("code", sa.Text),
    sa.Column("tax_no", sa.Text),
    sa.Column("name", sa.Text),
    sa.Column("field", sa.Text),
    sa.Column("customer_id", sa.BigInteger),
    sa.Column("new_code", sa.Text),
    sa.Column("makes", sa.Boolean),
    sa.Column("how", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("other", sa.Text),
    prefixes=["TEMPORARY"],
)
"""The sayings that are not simply a code we know."""

BY_CASE, BY_TAX, BY_CHOICE, BY_NAME, NEW, NOBODY = (
    "code_case",
    "tax",
    "chosen",
    "name",
    "new",
    "nobody",
)
"""How a saying was understood."""


@dataclass(slots=True)
class Who:
    """One saying on its way to a decision."""

    OUTCOME: ClassVar[tuple[str, ...]] = (
        "how",
        "customer_id",
        "new_code",
        "makes",
        "reason",
        "other",
    )

    key: str
    first: int
    """The first staged row that says it."""
    code: str | None
    tax_no: str | None
    name: str | None
    how: str = NOBODY
    customer_id: int | None = None
    new_code: str | None = None
    makes: bool = False
    """The new customer is made of this saying, not of another spelling of it."""
    reason: str | None = None
    other: str | None = None
    plain: str = field(init=False)

    def __post_init__(self) -> None:
        self.plain = plain_name(self.name or "")

    @property
    def said(self) -> str:
        """What the file calls it; `Plan.customers` and `Plan.create` call it the same."""
        return self.code or self.tax_no or self.name or ""

    @property
    def only_named(self) -> bool:
        """Whether the file gives nothing but a name."""
        return self.code is None and self.tax_no is None

    def settle(self, how: str, customer_id: int | None, code: str) -> None:
        """It is this customer; without an id, the new one of this code."""
        self.how, self.customer_id = how, customer_id
        self.new_code = code if customer_id is None else None

    def refuse(self, reason: str, other: str | None = None) -> None:
        """It is nobody, and its rows are refused."""
        self.how, self.reason, self.other = NOBODY, reason, other

    def outcome(self) -> dict[str, Any]:
        """The columns of `staged_who` that say what was decided."""
        return {name: getattr(self, name) for name in self.OUTCOME}


def said_in(staged: Any, reference: Reference) -> tuple[Any, Any, Any]:
    """The columns that name a customer: code, tax number, name."""
    names = (reference.field, reference.tax_field or "", reference.name_field or "")
    code, tax, name = (staged.c[one] for one in names)
    return code, tax, name


def key_of(staged: Any, reference: Reference) -> sa.ColumnElement[str]:
    """What tells the customers of a file apart: code, or tax number and name, or name.

    Literals are written out: PostgreSQL groups by an expression only if it is the same
    to the letter.
    """
    code, tax, name = said_in(staged, reference)
    alone = name.is_not(None)
    if reference.unless:
        alone = sa.and_(alone, staged.c[reference.unless].is_(None))
    return sa.case(
        (code.is_not(None), _literal("c") + code),
        (
            tax.is_not(None),
            _literal("t") + tax + _literal("|") + sa.func.coalesce(name, _literal("")),
        ),
        (alone, _literal("n") + name),
    )


def _literal(text: str) -> sa.ColumnElement[str]:
    return sa.literal_column(f"'{text}'", sa.Text)


def mine(context: Context) -> sa.ColumnElement[bool]:
    """Condition: the importing user may know of the customer."""
    if context.owner_id is None:
        return sa.true()
    return sa.func.coalesce(CUSTOMER.c.owner_id, 0) == context.owner_id


def is_collected(context: Context) -> bool:
    """Whether the kind names customers, so that `staged_who` is there."""
    return any(reference.name_field for reference in context.spec.references)
