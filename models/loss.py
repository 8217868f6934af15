"""Loss events, alerts and supervision (流失、预警、督办)."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from models.base import Base, Imported, codes, dated, key, money, now, ref, text, whole
from models.enums import AlertState, Level, LossReason, SupervisionState


class LossEvent(Base, Imported, table=True):
    """A customer was lost, or won back, on a day (流失/挽回)."""

    __tablename__ = "loss_event"
    __table_args__ = (
        sa.UniqueConstraint("customer_id", "happened_on"),
        *dated("happened_on"),
        *whole("value"),
    )

    id: int | None = key()
    customer_id: int = ref("customer.id", index=False)
    happened_on: date = Field(index=True)
    won_back: bool = False
    reason: LossReason = Field(default=LossReason.UNKNOWN, sa_type=codes(LossReason, "reason"))
    value: int | None = money(None, nullable=True)
    """Margin of the twelve months before, minor units."""
    competitor: str = text(80)
    note: str = text(400)
    recorded_by: int | None = ref("app_user.id", nullable=True, index=False)


class Alert(Base, table=True):
    """A loss alert in work (流失预警); at most one per customer is not yet ended."""

    __tablename__ = "alert"
    __table_args__ = (
        sa.Index(
            "uq_alert_customer_live",
            "customer_id",
            unique=True,
            sqlite_where=sa.text("ended_on IS NULL"),
            postgresql_where=sa.text("ended_on IS NULL"),
        ),
        sa.CheckConstraint("score BETWEEN 0 AND 100", name="score_range"),
        *dated("raised_on", "snoozed_until", "ended_on"),
        *whole("value_at_risk"),
    )

    id: int | None = key()
    customer_id: int = ref("customer.id", index=True)
    raised_on: date = Field(index=True)
    level: Level = Field(sa_type=codes(Level, "level"))
    score: float
    value_at_risk: int = money(0)
    reasons: list[dict[str, Any]] = Field(default_factory=list, sa_type=sa.JSON)
    state: AlertState = Field(default=AlertState.OPEN, sa_type=codes(AlertState, "state"))
    snoozed_until: date | None = None
    ended_on: date | None = None
    note: str = text(400)
    decided_by: int | None = ref("app_user.id", nullable=True, index=False)
    decided_at: datetime | None = None
    version: int = 1


class SupervisionItem(Base, Imported, table=True):
    """A matter somebody must settle by a day (督办)."""

    __tablename__ = "supervision_item"
    __table_args__ = (
        sa.Index("ix_supervision_item_owner_id_due_on", "owner_id", "due_on"),
        sa.CheckConstraint(
            "(state <> 'closed') OR (closed_on IS NOT NULL AND evidence <> '')",
            name="closed_with_evidence",
        ),
        sa.Index(
            "uq_supervision_item_live",
            "customer_id",
            "topic",
            unique=True,
            sqlite_where=sa.text("closed_on IS NULL"),
            postgresql_where=sa.text("closed_on IS NULL"),
        ),
        *dated("due_on", "closed_on", "opened_on"),
    )

    id: int | None = key()
    customer_id: int = ref("customer.id", index=False)
    alert_id: int | None = ref("alert.id", nullable=True)
    complaint_id: int | None = ref("complaint.id", nullable=True)
    response_id: int | None = ref("response.id", nullable=True, ondelete="SET NULL")
    topic: str = text(40, default=...)
    """Code of the matter (loss_alert, low_score, overdue, complaint …): one live item each."""
    title: str = text(200)
    owner_id: int = ref("app_user.id", index=False)
    opened_on: date
    due_on: date
    state: SupervisionState = Field(
        default=SupervisionState.OPEN, sa_type=codes(SupervisionState, "state")
    )
    escalated_to: int | None = ref("app_user.id", nullable=True, index=False)
    escalated_on: date | None = None
    closed_on: date | None = None
    evidence: str = text(400)
    opened_by: int | None = ref("app_user.id", nullable=True, index=False)
    created_at: datetime = Field(default_factory=now)
    version: int = 1
