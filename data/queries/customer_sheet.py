"""Sheets that can be imported again (可回导的表): a customer's card and records, field by field.

Every frame has the fields of a kind of sheet (`data.imports.kinds`) as its columns, all
`object`, with codes as stored; a file made of it says of each row what the store says, so
that importing it changes nothing. Every query passes through the row rule.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from data.imports.columns.registry import spec_of
from data.imports.parsing.days import written
from data.imports.terms.spec import Type
from data.queries.customers import ANY, Also, listed
from data.queries.frames import framed
from data.queries.scope import Rows, visible_to
from models.access import Scope
from models.credit import CreditLimit, CreditSurvey
from models.customers import Contact, Customer
from models.enums import SheetKind
from models.filters import MOST, Filters
from models.people import AppUser
from models.receivables import Allocation, CreditNote, Invoice, Receipt
from models.sales import Contract, OrderLine, Product, SalesOrder
from models.service import Complaint, Visit

_CHINESE = re.compile("[一-鿿]")


CONFIDENTIAL = frozenset(
    {
        "contact_name",
        "contact_title",
        "contact_phone",
        "contact_email",
        "phone",
        "email",
        "credit_limit",
    }
)
"""Fields left out for those who may not know people's numbers and credit."""


@dataclass(frozen=True, slots=True)
class Head:
    """A column of a sheet: the field, the names the import knows it by, and its type."""

    field: str
    chinese: str
    english: str
    type: Type


def heads(kind: SheetKind, *, confidential: bool = True) -> tuple[Head, ...]:
    """The columns a sheet of this kind is exported with, in the order of its fields.

    Args:
        kind: one of `RECORDS`, or customers.
        confidential: with the fields of `CONFIDENTIAL`.
    """
    found = []
    for one in spec_of(kind).fields:
        hidden = not confidential and one.name in CONFIDENTIAL and kind in _PERSONAL
        if one.name not in _LEFT_OUT and not hidden:
            chinese = next(filter(_CHINESE.search, one.aliases), one.aliases[0])
            found.append(Head(one.name, chinese, one.aliases[0], one.type))
    return tuple(found)


_PERSONAL = (SheetKind.CUSTOMERS, SheetKind.CONTACTS)
_LEFT_OUT = frozenset(
    {
        "currency",
        "profit",
        "customer_name",
        "customer_industry",
        "customer_province",
        "customer_city",
        "product_name",
        "product_category",
    }
)
"""Fields that say again what another one says, and what the store does not keep."""


def customers(
    session: Session,
    filters: Filters,
    scope: Scope,
    *,
    as_of: date,
    today: date,
    also: Also = ANY,
) -> pd.DataFrame:
    """Customer sheets of exactly the customers a list shows, by code."""
    chosen: Rows = listed(sa.select(col(Customer.id)), filters, scope, as_of, also)
    return _cards(session, col(Customer.id).in_(chosen.scalar_subquery()), scope, today)


def customer(session: Session, customer_id: int, scope: Scope, *, today: date) -> pd.DataFrame:
    """The customer sheet of one customer; empty if it is not to be seen."""
    return _cards(session, col(Customer.id) == customer_id, scope, today)


def records(session: Session, customer_id: int, scope: Scope, *, kind: SheetKind) -> pd.DataFrame:
    """Every record of one customer as a sheet of a kind of `RECORDS`, oldest first."""
    query = RECORDS[kind]().where(col(Customer.id) == customer_id).limit(MOST)
    frame = framed(session, visible_to(query, scope))
    for name in (head.field for head in heads(kind) if head.type == "instant"):
        told = [None if at is None else written(at) for at in frame[name]]
        frame[name] = pd.Series(told, dtype=object)
    return frame


def _cards(session: Session, which: Any, scope: Scope, today: date) -> pd.DataFrame:
    owner, parent = aliased(AppUser, name="owner"), aliased(Customer, name="parent")
    may_see = sa.true() if scope.owner_id is None else col(parent.owner_id) == scope.owner_id
    contact, limit = _first_contact(), _limit_in_force(today)
    own = {
        one.name: col(getattr(Customer, one.name))
        for one in spec_of(SheetKind.CUSTOMERS).fields
        if one.name in Customer.model_fields
    }
    given = own | {
        "customer_code": col(Customer.code),
        "owner": col(owner.login),
        "parent_code": col(parent.code),
        "contact_name": contact.c.name,
        "contact_title": contact.c.title,
        "contact_phone": contact.c.phone,
        "contact_email": contact.c.email,
        "credit_limit": limit.c.amount,
    }
    query: Rows = (
        sa.select(*(given[head.field].label(head.field) for head in heads(SheetKind.CUSTOMERS)))
        .select_from(Customer)
        .outerjoin(owner, col(owner.id) == col(Customer.owner_id))
        .outerjoin(parent, sa.and_(col(parent.id) == col(Customer.parent_id), may_see))
        .outerjoin(contact, _first_of(contact))
        .outerjoin(limit, _first_of(limit))
        .where(which)
        .order_by(col(Customer.code))
        .limit(MOST)
    )
    return framed(session, visible_to(query, scope))


def _first_contact() -> Any:
    """One contact of each customer, who decides first.

    A contact without a number of its own, at a customer who has one, is no candidate: the
    import would give it the customer's number.
    """
    sayable = sa.or_(col(Contact.phone) != "", col(Customer.phone) == "")
    order = (col(Contact.decides).desc(), col(Contact.id))
    place = sa.func.row_number().over(partition_by=col(Contact.customer_id), order_by=order)
    return (
        sa.select(
            col(Contact.customer_id),
            col(Contact.name),
            col(Contact.title),
            col(Contact.phone),
            col(Contact.email),
            place.label("place"),
        )
        .join(Customer, col(Customer.id) == col(Contact.customer_id))
        .where(sayable)
        .subquery("contact_one")
    )


def _first_of(ranked: Any) -> sa.ColumnElement[bool]:
    return sa.and_(ranked.c.customer_id == col(Customer.id), ranked.c.place == 1)


def _limit_in_force(today: date) -> Any:
    newest = sa.func.row_number().over(
        partition_by=col(CreditLimit.customer_id), order_by=col(CreditLimit.since).desc()
    )
    return (
        sa.select(col(CreditLimit.customer_id), col(CreditLimit.amount), newest.label("place"))
        .where(col(CreditLimit.since) <= today)
        .subquery("limit_one")
    )


def _of_customer(kind: SheetKind, table: Any, /, **given: Any) -> Rows:
    """The fields of a kind from a table of records; `given` are those by another name."""
    named = {"customer_code": col(Customer.code), "tax_no": col(Customer.tax_no)} | given
    columns = [
        (named[head.field] if head.field in named else getattr(table, head.field)).label(head.field)
        for head in heads(kind)
    ]
    query: Rows = sa.select(*columns).select_from(table)
    return query.join(Customer, col(Customer.id) == table.customer_id)


def _contacts() -> Rows:
    query = _of_customer(SheetKind.CONTACTS, Contact, contact_name=col(Contact.name))
    return query.order_by(col(Contact.decides).desc(), col(Contact.name), col(Contact.id))


def _contracts() -> Rows:
    query = _of_customer(SheetKind.CONTRACTS, Contract, contract_code=col(Contract.code))
    return query.order_by(col(Contract.starts_on), col(Contract.code))


def _orders() -> Rows:
    given = {
        "order_code": col(SalesOrder.code),
        "line_no": col(OrderLine.line_no),
        "product_code": col(Product.code),
        "quantity": col(OrderLine.quantity),
        "amount": col(OrderLine.amount),
        "cost": col(OrderLine.cost),
        "sold_by_login": col(AppUser.login),
    }
    query = _of_customer(SheetKind.ORDERS, SalesOrder, **given)
    query = query.join(OrderLine, col(OrderLine.order_id) == col(SalesOrder.id))
    query = query.outerjoin(Product, col(Product.id) == col(OrderLine.product_id))
    query = query.outerjoin(AppUser, col(AppUser.id) == col(SalesOrder.sold_by))
    return query.order_by(col(SalesOrder.ordered_on), col(SalesOrder.code), col(OrderLine.line_no))


def _invoices() -> Rows:
    query = _of_customer(
        SheetKind.INVOICES, Invoice, invoice_code=col(Invoice.code), order_code=col(SalesOrder.code)
    )
    query = query.outerjoin(SalesOrder, col(SalesOrder.id) == col(Invoice.order_id))
    return query.order_by(col(Invoice.invoiced_on), col(Invoice.code))


def _receipts() -> Rows:
    code = {"receipt_code": col(Receipt.code)}
    return _applied(SheetKind.RECEIPTS, Receipt, Allocation.receipt_id, Receipt.received_on, code)


def _credit_notes() -> Rows:
    code = {"credit_note_code": col(CreditNote.code)}
    link, day = Allocation.credit_note_id, CreditNote.issued_on
    return _applied(SheetKind.CREDIT_NOTES, CreditNote, link, day, code)


def _applied(kind: SheetKind, table: Any, link: Any, day: Any, code: dict[str, Any]) -> Rows:
    """A line per invoice paid or lowered on the day itself; what was applied later is left out.

    The sheet has one day only, and an allocation that is there cannot change its day.
    """
    given = {**code, "invoice_code": col(Invoice.code), "allocated": col(Allocation.amount)}
    query = _of_customer(kind, table, **given)
    same_day = sa.and_(
        col(link) == col(table.id),
        col(Allocation.allocated_on) == col(day),
        sa.func.coalesce(col(Allocation.ended_on) > col(Allocation.allocated_on), sa.true()),
    )
    query = query.outerjoin(Allocation, same_day)
    query = query.outerjoin(Invoice, col(Invoice.id) == col(Allocation.invoice_id))
    return query.order_by(col(day), col(table.code), col(Invoice.code))


def _credit_surveys() -> Rows:
    query = _of_customer(SheetKind.CREDIT_SURVEYS, CreditSurvey)
    return query.order_by(col(CreditSurvey.surveyed_on))


def _complaints() -> Rows:
    query = _of_customer(
        SheetKind.COMPLAINTS,
        Complaint,
        complaint_code=col(Complaint.code),
        product_code=col(Product.code),
    )
    query = query.outerjoin(Product, col(Product.id) == col(Complaint.product_id))
    return query.order_by(col(Complaint.opened_on), col(Complaint.code))


def _visits() -> Rows:
    query = _of_customer(SheetKind.VISITS, Visit, visitor=col(AppUser.login))
    query = query.outerjoin(AppUser, col(AppUser.id) == col(Visit.visited_by))
    return query.order_by(col(Visit.visited_on), col(Visit.id))


RECORDS: dict[SheetKind, Callable[[], Rows]] = {
    SheetKind.CONTACTS: _contacts,
    SheetKind.CONTRACTS: _contracts,
    SheetKind.ORDERS: _orders,
    SheetKind.INVOICES: _invoices,
    SheetKind.RECEIPTS: _receipts,
    SheetKind.CREDIT_NOTES: _credit_notes,
    SheetKind.CREDIT_SURVEYS: _credit_surveys,
    SheetKind.COMPLAINTS: _complaints,
    SheetKind.VISITS: _visits,
}
"""The kinds one customer's records are exported as, and how they are asked for."""
