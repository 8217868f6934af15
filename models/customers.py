"""Customers and their people (客户档案): several classification axes, group, contacts."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field

from models.base import Base, Imported, codes, dated, key, money, now, ref, text, today
from models.enums import ChannelRole, CustomerKind, CustomerStatus


class Customer(Base, Imported, table=True):
    """One customer (客户), found by its code; names may repeat."""

    __tablename__ = "customer"
    __table_args__ = (
        sa.CheckConstraint("code = trim(code) AND code <> ''", name="code_trimmed"),
        sa.CheckConstraint("name <> ''", name="name_given"),
        sa.CheckConstraint("terms_days BETWEEN 0 AND 720", name="terms_range"),
        sa.CheckConstraint("parent_id <> id", name="not_own_parent"),
        *dated("since"),
    )

    id: int | None = key()
    code: str = text(40, default=..., unique=True)
    name: str = text(120, default=..., index=True)
    short_name: str = text(40)
    tax_no: str | None = Field(default=None, max_length=20, index=True)
    """统一社会信用代码"""
    kind: CustomerKind = Field(default=CustomerKind.ENTERPRISE, sa_type=codes(CustomerKind, "kind"))
    channel_role: ChannelRole = Field(
        default=ChannelRole.END_USER, sa_type=codes(ChannelRole, "channel_role")
    )
    industry: str = text(40, index=True)
    province: str = text(40, index=True)
    city: str = text(40)
    source: str = text(40)
    """How the customer was found (来源); acquisition cost is kept per source."""
    status: CustomerStatus = Field(
        default=CustomerStatus.ACTIVE, sa_type=codes(CustomerStatus, "status")
    )
    parent_id: int | None = ref("customer.id", nullable=True)
    """Group the customer belongs to (所属集团)."""
    owner_id: int | None = ref("app_user.id", nullable=True)
    """Account manager (客户经理); the row scope rests on it."""
    since: date | None = None
    terms_days: int | None = None
    """Payment term used where an invoice states no due date, days; None = unknown."""
    legal_representative: str = text(40)
    registered_capital: int | None = money(None, nullable=True)
    employees: int | None = None
    address: str = text(200)
    phone: str = text(40)
    website: str = text(120)
    annual_category_spend: int | None = money(None, nullable=True)
    """What the customer spends a year on our categories with all suppliers (wallet)."""
    note: str = text(1000)
    verified_on: date | None = None
    created_at: datetime = Field(default_factory=now)
    created_on: date = Field(default_factory=today)
    """The day the card was made, in the store's time zone."""
    version: int = 1


class CardHistory(Base, Imported, table=True):
    """What a card said from a day on (客户档案变更), of the fields that figures rest on.

    The entry of the newest `since` on or before a day is in force on it; before the first
    entry the first is. A customer without entries always was as its card says.
    """

    __tablename__ = "card_history"
    __table_args__ = (
        sa.UniqueConstraint("customer_id", "since"),
        sa.CheckConstraint("terms_days BETWEEN 0 AND 720", name="terms_range"),
        *dated("since"),
    )

    id: int | None = key()
    customer_id: int = ref("customer.id", index=False, ondelete="CASCADE")
    since: date
    status: CustomerStatus = Field(sa_type=codes(CustomerStatus, "status"))
    industry: str = text(40)
    province: str = text(40)
    parent_id: int | None = ref("customer.id", nullable=True, index=False)
    terms_days: int | None = None
    reason: str = text(200)
    recorded_by: int | None = ref("app_user.id", nullable=True, index=False)
    created_at: datetime = Field(default_factory=now)


class Contact(Base, Imported, table=True):
    """A person at a customer (联系人)."""

    __tablename__ = "contact"
    __table_args__ = (sa.UniqueConstraint("customer_id", "name", "phone"),)

    id: int | None = key()
    customer_id: int = ref("customer.id", index=False, ondelete="CASCADE")
    name: str = text(60, default=...)
    title: str = text(60)
    phone: str = text(40)
    email: str = text(120)
    decides: bool = False
    note: str = text(400)


class KeyAccountOverride(Base, Imported, table=True):
    """A person's decision that a customer is, or is not, a key account (大客户人工认定)."""

    __tablename__ = "key_account_override"
    __table_args__ = (
        sa.Index("ix_key_account_override_customer_id_decided_at", "customer_id", "decided_at"),
    )

    id: int | None = key()
    customer_id: int = ref("customer.id", index=False)
    is_key: bool | None = None
    """None lifts an earlier override."""
    reason: str = text(400, default=...)
    decided_by: int | None = ref("app_user.id", nullable=True, index=False)
    decided_at: datetime = Field(default_factory=now)
    decided_on: date
