"""Questions of one customer's card (客户资料卡): who they are, what happened, how they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from data.queries.customers import month_starts
from data.queries.frames import framed
from data.queries.runs import month_ends
from data.queries.scope import Rows, regular, visible_to
from errors import NotFound
from models.access import Scope
from models.customers import Contact, Customer
from models.loss import LossEvent
from models.people import AppUser, OwnerHistory
from models.sales import OrderLine, Product, SalesOrder
from models.snapshots import Snapshot

MOST = 500
"""Rows any list of one customer holds at most, newest first."""

BLOCKS: dict[str, tuple[str, ...]] = {
    "basics": (
        "name",
        "tax_no",
        "legal_representative",
        "registered_capital",
        "employees",
        "since",
        "province",
        "city",
        "address",
        "phone",
        "website",
    ),
    "traits": ("kind", "channel_role", "industry", "source", "annual_category_spend"),
    "business": ("owner", "status", "sales", "margin", "last_contact", "contacts"),
    "trading": ("terms_days", "grade", "credit_limit", "usual_gap", "contract_ends", "csi"),
}
"""The four blocks of a customer file (基础资料、客户特征、业务状况、交易现状) and their fields."""


@dataclass(frozen=True, slots=True)
class Relative:
    """A customer of the same group that the reader may see."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Held:
    """A stretch of time in which one account manager looked after the customer."""

    name: str
    """Empty where nobody did."""
    since: date | None
    """None: from the beginning."""
    until: date | None
    """The last day of it; None: still."""


@dataclass(frozen=True, slots=True)
class Card:
    """One customer: the card, the people, the standing as of a date."""

    id: int
    version: int
    fields: dict[str, Any]
    """The card's own columns, and `owner` (name)."""
    parent: Relative | None
    children: tuple[Relative, ...]
    contacts: tuple[dict[str, Any], ...]
    """name, title, phone, email, decides, note."""
    managers: tuple[Held, ...]
    """Who looked after it when, oldest first; empty where that never changed."""
    standing: dict[str, Any] | None
    """The snapshot's columns as of the date; None where it was not computed then."""

    def get(self, name: str) -> Any:
        """A field of the four blocks; None where unknown."""
        if name == "contacts":
            return len(self.contacts) or None
        if name in self.fields:
            return self.fields[name]
        return (self.standing or {}).get(name)

    def known(self, block: str) -> int:
        """How many fields of a block are filled."""
        return sum(self.get(name) not in (None, "") for name in BLOCKS[block])

    @property
    def completeness(self) -> float:
        """Fields filled ÷ fields of the four blocks, 0–1."""
        asked = sum(map(len, BLOCKS.values()))
        return sum(self.known(block) for block in BLOCKS) / asked


def name(session: Session, code: str, scope: Scope) -> str:
    """The customer's name; '' where there is none, or none this reader may see."""
    query: Rows = sa.select(col(Customer.name)).where(col(Customer.code) == code)
    return str(session.execute(visible_to(query, scope)).scalar_one_or_none() or "")


def card(session: Session, code: str, scope: Scope, *, as_of: date | None) -> Card:
    """One customer by code.

    Raises:
        NotFound: there is none, or none this reader may see; the two are never told apart.
    """
    owner = aliased(AppUser, name="owner")
    query: Rows = (
        sa.select(Customer, col(owner.name).label("owner"))
        .outerjoin(owner, col(owner.id) == col(Customer.owner_id))
        .where(col(Customer.code) == code)
    )
    found = session.execute(visible_to(query, scope)).one_or_none()
    if found is None:
        raise NotFound("customer")
    customer: Customer = found[0]
    number = int(customer.id or 0)
    fields = customer.model_dump(exclude={"id", "batch_id", "batch_line", "created_at"})
    relatives = _relatives(session, customer, scope)
    contacts = session.execute(
        sa.select(Contact)
        .where(col(Contact.customer_id) == number)
        .order_by(col(Contact.decides).desc(), col(Contact.name))
    ).scalars()
    standing = session.get(Snapshot, (as_of, number)) if as_of else None
    return Card(
        id=number,
        version=customer.version,
        fields={**fields, "owner": found.owner},
        parent=next((r for own, r in relatives if own), None),
        children=tuple(r for own, r in relatives if not own),
        contacts=tuple(
            contact.model_dump(include={"name", "title", "phone", "email", "decides", "note"})
            for contact in contacts
        ),
        managers=_managers(session, number),
        standing=standing.model_dump() if standing else None,
    )


def _managers(session: Session, customer_id: int) -> tuple[Held, ...]:
    """The history of a customer the reader may see; entries of one manager in a row are one."""
    rows = session.execute(
        sa.select(col(OwnerHistory.since), col(AppUser.name))
        .outerjoin(AppUser, col(AppUser.id) == col(OwnerHistory.owner_id))
        .where(col(OwnerHistory.customer_id) == customer_id)
        .order_by(col(OwnerHistory.since))
    ).all()
    turns = [row for place, row in enumerate(rows) if not place or row.name != rows[place - 1].name]
    ends = [*(row.since - timedelta(days=1) for row in turns[1:]), None]
    if len(turns) < 2:
        return ()
    return tuple(
        Held(row.name or "", row.since if place else None, end)
        for place, (row, end) in enumerate(zip(turns, ends, strict=True))
    )


def contact_frame(found: Card) -> pd.DataFrame:
    """The contacts of a card as lines of a table, columns as in `Card.contacts`."""
    return framed_lines(found.contacts)


def framed_lines(lines: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Lines of equal keys as a frame of `object` columns."""
    return _objects({key: [line[key] for line in lines] for key in (lines[0] if lines else ())})


def _relatives(session: Session, customer: Customer, scope: Scope) -> list[tuple[bool, Relative]]:
    """The group above (True) and the members below (False), as far as visible."""
    query: Rows = sa.select(col(Customer.id), col(Customer.code), col(Customer.name)).where(
        sa.or_(col(Customer.id) == customer.parent_id, col(Customer.parent_id) == customer.id)
    )
    rows = session.execute(visible_to(query.order_by(col(Customer.name)), scope))
    return [(row.id == customer.parent_id, Relative(row.code, row.name)) for row in rows]


def history(session: Session, customer_id: int, scope: Scope, *, as_of: date) -> pd.DataFrame:
    """The last computed date of each month of one customer up to a date, oldest first.

    Columns: as_of, tier, abc, level, score, grade, sales, margin, outstanding, overdue, csi,
    is_key, quality, flags.
    """
    names = (
        "as_of",
        "tier",
        "abc",
        "level",
        "score",
        "grade",
        "sales",
        "margin",
        "outstanding",
        "overdue",
        "csi",
        "is_key",
        "quality",
        "flags",
    )
    query: Rows = (
        sa.select(*(getattr(Snapshot, name) for name in names))
        .join(Customer, col(Customer.id) == col(Snapshot.customer_id))
        .where(
            col(Snapshot.customer_id) == customer_id,
            col(Snapshot.as_of) <= as_of,
            regular(Snapshot.as_of, as_of),
        )
        .order_by(col(Snapshot.as_of))
    )
    frame = framed(session, visible_to(query, scope))
    ends = month_ends(list(frame["as_of"]))
    return frame[frame["as_of"].isin(ends)].reset_index(drop=True)


def lost_on(session: Session, customer_id: int, scope: Scope, *, as_of: date) -> tuple[date, ...]:
    """The day a customer was lost, if it was not won back by a date; else nothing."""
    query: Rows = (
        sa.select(col(LossEvent.happened_on), col(LossEvent.won_back))
        .join(Customer, col(Customer.id) == col(LossEvent.customer_id))
        .where(col(LossEvent.customer_id) == customer_id, col(LossEvent.happened_on) <= as_of)
        .order_by(col(LossEvent.happened_on).desc())
        .limit(1)
    )
    last = session.execute(visible_to(query, scope)).one_or_none()
    return () if last is None or last.won_back else (last.happened_on,)


def trading_by_month(
    session: Session, customer_id: int, scope: Scope, *, as_of: date, months: int = 24
) -> pd.DataFrame:
    """One customer's calendar months up to a date, oldest first, none left out.

    Columns: month (its first day), sales, margin (None where no line has a cost), orders.
    Minor units.
    """
    starts = month_starts(as_of, months)
    year = sa.extract("year", col(SalesOrder.ordered_on))
    month = sa.extract("month", col(SalesOrder.ordered_on))
    known = col(OrderLine.cost).is_not(None)
    query = _lines(
        sa.select(
            year.label("year"),
            month.label("month"),
            sa.func.sum(col(OrderLine.amount)).label("sales"),
            sa.func.sum(sa.case((known, col(OrderLine.amount) - col(OrderLine.cost)))).label(
                "margin"
            ),
            sa.func.count(col(SalesOrder.id).distinct()).label("orders"),
        ),
        customer_id,
        scope,
        starts[0] - timedelta(days=1),
        as_of,
    ).group_by(year, month)
    found = {(int(row.year), int(row.month)): row for row in session.execute(query)}
    rows = [(start, found.get((start.year, start.month))) for start in starts]
    return _objects(
        {
            "month": [start for start, _ in rows],
            "sales": [int(row.sales) if row else 0 for _, row in rows],
            "margin": [
                int(row.margin) if row and row.margin is not None else None for _, row in rows
            ],
            "orders": [int(row.orders) if row else 0 for _, row in rows],
        }
    )


def product_mix(
    session: Session, customer_id: int, scope: Scope, *, as_of: date, since: date | None
) -> pd.DataFrame:
    """What one customer bought after `since` (None: ever) up to a date, by product.

    Columns: code, name, category, quantity, sales, margin (None where unknown), last_order,
    share (of the sales above zero), margin_ratio (None where undefined). Largest sales
    first; lines without a product have code ''.
    """
    known = col(OrderLine.cost).is_not(None)
    query = _lines(
        sa.select(
            sa.func.coalesce(col(Product.code), "").label("code"),
            sa.func.coalesce(col(Product.name), "").label("name"),
            sa.func.coalesce(col(Product.category), "").label("category"),
            sa.func.sum(col(OrderLine.quantity)).label("quantity"),
            sa.func.sum(col(OrderLine.amount)).label("sales"),
            sa.func.sum(sa.case((known, col(OrderLine.amount) - col(OrderLine.cost)))).label(
                "margin"
            ),
            sa.func.max(col(SalesOrder.ordered_on)).label("last_order"),
        ),
        customer_id,
        scope,
        since,
        as_of,
    )
    query = (
        query.outerjoin(Product, col(Product.id) == col(OrderLine.product_id))
        .group_by(col(Product.code), col(Product.name), col(Product.category))
        .order_by(sa.desc("sales"), sa.asc("code"))
        .limit(MOST)
    )
    frame = framed(session, query)
    for column in ("sales", "margin"):
        whole = [None if value is None else int(value) for value in frame[column]]
        frame[column] = pd.Series(whole, dtype=object)
    total = sum(max(value, 0) for value in frame["sales"])
    margins = zip(frame["margin"], frame["sales"], strict=True)
    ratios = [m / s if m is not None and s > 0 else None for m, s in margins]
    shares = [value / total if total else None for value in frame["sales"]]
    frame["share"] = pd.Series(shares, dtype=object)
    frame["margin_ratio"] = pd.Series(ratios, dtype=object)
    return frame


def _lines(query: Rows, customer_id: int, scope: Scope, since: date | None, as_of: date) -> Rows:
    """Order lines of one customer after `since` up to a date, under a query."""
    query = (
        query.select_from(SalesOrder)
        .join(OrderLine, col(OrderLine.order_id) == col(SalesOrder.id))
        .join(Customer, col(Customer.id) == col(SalesOrder.customer_id))
        .where(col(SalesOrder.customer_id) == customer_id, col(SalesOrder.ordered_on) <= as_of)
    )
    if since is not None:
        query = query.where(col(SalesOrder.ordered_on) > since)
    return visible_to(query, scope)


def _objects(columns: dict[str, list[Any]]) -> pd.DataFrame:
    return pd.DataFrame({k: pd.Series(v, dtype=object) for k, v in columns.items()})
