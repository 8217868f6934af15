"""Complaints, visits and calls (投诉、拜访)."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field

from models.base import Base, Imported, codes, dated, key, money, now, ref, text, whole
from models.enums import ComplaintScope, ComplaintState, ContactChannel


class Complaint(Base, Imported, table=True):
    """A complaint (投诉). Whether it is open on a day follows from its dates."""

    __tablename__ = "complaint"
    __table_args__ = (
        sa.CheckConstraint("(closed_on IS NULL) OR (closed_on >= opened_on)", name="closed_later"),
        sa.CheckConstraint("score_after BETWEEN 0 AND 100", name="score_range"),
        sa.Index("ix_complaint_customer_id_opened_on", "customer_id", "opened_on"),
        *dated("opened_on", "closed_on", "due_on"),
    )

    id: int | None = key()
    code: str = text(60, default=..., unique=True)
    customer_id: int = ref("customer.id", index=False)
    product_id: int | None = ref("product.id", nullable=True)
    opened_on: date
    first_reply_at: datetime | None = None
    due_on: date | None = None
    closed_on: date | None = None
    scope: ComplaintScope = Field(sa_type=codes(ComplaintScope, "scope"))
    state: ComplaintState = Field(
        default=ComplaintState.RECORDED, sa_type=codes(ComplaintState, "state")
    )
    upheld: bool | None = None
    department: str = text(60)
    summary: str = text(400)
    cause: str = text(400)
    remedy: str = text(400)
    score_after: float | None = None
    version: int = 1


class Visit(Base, Imported, table=True):
    """A visit or call (拜访、联系)."""

    __tablename__ = "visit"
    __table_args__ = (
        sa.Index("ix_visit_customer_id_visited_on", "customer_id", "visited_on"),
        *dated("visited_on"),
        *whole("cost"),
    )

    id: int | None = key()
    customer_id: int = ref("customer.id", index=False)
    visited_on: date
    channel: ContactChannel = Field(
        default=ContactChannel.VISIT, sa_type=codes(ContactChannel, "channel")
    )
    purpose: str = text(120)
    note: str = text(1000)
    cost: int | None = money(None, nullable=True)
    visited_by: int | None = ref("app_user.id", nullable=True, index=False)
    created_at: datetime = Field(default_factory=now)
