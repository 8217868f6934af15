"""What refresh leaves for pages to read (快照): one row per customer and date, and totals.

Everything here can be thrown away and built again from the dated facts. So customers and
invoices are named without foreign keys: undoing an import need not search snapshots, and
what was undone drops out of every list, as lists join the customer or invoice itself.
Money in minor units, ratios 0–1, undefined is NULL, never 0.
"""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from models.base import Base, Minor, now

BUCKETS = 8
"""Ageing columns: b0 is not due, b1…b7 the overdue buckets of the settings in order."""
BUCKET_NAMES = tuple(f"b{k}" for k in range(BUCKETS))


def _m(default: Any = 0, *, nullable: bool = False) -> Any:
    return Field(default=default, sa_type=Minor, nullable=nullable)


class SnapshotRun(Base, table=True):
    """One date that was computed, by which settings, from which state of the facts."""

    __tablename__ = "snapshot_run"

    as_of: date = Field(primary_key=True)
    built_at: datetime = Field(default_factory=now)
    setting_version: int = 0
    facts_revision: int = 0
    engine: str = Field(default="", max_length=24)
    customers: int = 0
    seconds: float = 0
    on_demand: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    """A reader asked for this date alone: it is shown, but no trend, comparison or default
    rests on it, and it holds only as long as the facts and settings it came from."""
    policy: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    """The thresholds in force, as `models.policy.Policy` writes them."""
    totals: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    """Whole-company figures that are not sums of rows (concentration, DSO, CEI, NPS …)."""


class Snapshot(Base, table=True):
    """One customer as of one date."""

    __tablename__ = "snapshot"
    __table_args__ = (
        sa.Index("ix_snapshot_as_of_sales", "as_of", "sales"),
        sa.Index("ix_snapshot_as_of_overdue", "as_of", "overdue"),
        sa.Index("ix_snapshot_as_of_value_at_risk", "as_of", "value_at_risk"),
        sa.Index("ix_snapshot_customer_id_as_of", "customer_id", "as_of"),
        {"sqlite_with_rowid": False},  # rows of one date lie together: sums over it are scans
    )

    as_of: date = Field(primary_key=True, foreign_key="snapshot_run.as_of", ondelete="CASCADE")
    customer_id: int = Field(primary_key=True)

    # the card as it was on the date; who may read the row follows from the card as it is now
    owner_id: int = 0
    """Account manager on the date; 0 is none."""
    status: str = Field(default="active", max_length=24)
    province: str = Field(default="", max_length=40)
    industry: str = Field(default="", max_length=40)
    parent_id: int | None = None

    # sales, over the window of the settings (12 months unless changed)
    sales: int = _m()
    """Net sales in the window (returns are negative)."""
    sales_before: int | None = _m(None, nullable=True)
    """Net sales in the window before; NULL when the window is the whole period."""
    margin: int | None = _m(None, nullable=True)
    """Net sales less cost in the window; NULL when no line of it has a cost."""
    sales_total: int = _m()
    """Net sales from the beginning to the as-of date."""
    sales_recent: int = _m()
    """Net sales of the last `loss.recent_days` (90) days."""
    sales_recent_before: int = _m()
    """The same days a year before, or the days just before if there was no sale then."""
    orders: int = 0
    """Orders in the window."""
    orders_total: int = 0
    first_order: date | None = None
    last_order: date | None = None
    usual_gap: float | None = None
    """Median days between the customer's own purchase days; NULL below three of them."""

    # classes
    rank: int | None = None
    """1 is the largest by the basis of the pyramid; NULL when inactive."""
    cum_share: float | None = None
    tier: str = Field(default="inactive", max_length=8)
    """top, big, medium, small, inactive."""
    profit_tier: str | None = Field(default=None, max_length=8)
    abc: str | None = Field(default=None, max_length=1)
    rfm_r: int | None = None
    rfm_f: int | None = None
    rfm_m: int | None = None
    segment: str | None = Field(default=None, max_length=20)

    # receivables
    outstanding: int = _m()
    """Open invoices, before unallocated receipts and credits."""
    unallocated: int = _m()
    """Receipts and credits not applied to an invoice (positive number)."""
    overdue: int = _m()
    b0: int = _m()
    b1: int = _m()
    b2: int = _m()
    b3: int = _m()
    b4: int = _m()
    b5: int = _m()
    b6: int = _m()
    b7: int = _m()
    oldest_days: int | None = None
    """Days past due of the oldest open invoice; NULL when nothing is overdue."""
    due_amount: int = _m()
    """Invoices that fell due in the window."""
    due_received: int = _m()
    """Of those, what was received by the as-of date: 回款率 = received ÷ due."""
    invoiced: int = _m()
    """Invoiced in the window (credit sales)."""
    days_late: float | None = None
    """Amount-weighted days late (signed) of what was paid in the window."""
    last_receipt: date | None = None
    credit_limit: int | None = _m(None, nullable=True)
    limit_since: date | None = None
    grade: str | None = Field(default=None, max_length=4)
    """Grade in force; NULL is not rated."""
    advised_grade: str | None = Field(default=None, max_length=4)
    """Grade that 回款率 and its caps would give at this date."""

    # voice
    csi: float | None = None
    """Weighted satisfaction index 0–100 of the newest wave of the main survey it answered."""
    csi_n: int = 0
    """Answers (people) that index rests on."""
    csi_before: float | None = None
    """The same of the wave of that survey it answered before."""
    csi_before_n: int = 0
    csi_on: date | None = None
    csi_wave_id: int | None = None
    headline_sum: float = 0
    """Σ index over its answers in the headline wave, so that any sum over customers of these
    two is the figure of the satisfaction page: Σ headline_sum ÷ Σ headline_n."""
    headline_n: int = 0
    complaints_open: int = 0
    complaints_recent: int = 0
    last_contact: date | None = None
    contract_ends: date | None = None

    # judgement
    is_key: bool = False
    key_score: float | None = None
    key_reason: str | None = Field(default=None, max_length=8)
    """score or override."""
    attractiveness: float | None = None
    relationship: float | None = None
    quality: int | None = None
    """Quality score 0–100 (ours)."""
    flags: int = 0
    """Risk flags as bits: 1 finance, 2 profit, 4 management, 8 loss."""
    score: float | None = None
    """Loss score 0–100, high is bad; NULL for customers who never ordered."""
    level: str = Field(default="unknown", max_length=8)
    value_at_risk: int = _m()
    reasons: list[dict[str, Any]] | None = Field(default=None, sa_type=sa.JSON(none_as_null=True))
    """Signals with points: [{code, value, threshold, points}], most points first."""


class SnapshotTotal(Base, table=True):
    """Sums of snapshot rows by owner, tier, class, grade and level, for pages without scans.

    Equal to summing `snapshot` itself (a test holds it).
    """

    __tablename__ = "snapshot_total"

    as_of: date = Field(primary_key=True, foreign_key="snapshot_run.as_of", ondelete="CASCADE")
    owner_id: int = Field(primary_key=True)
    """0 where the customer has no account manager."""
    tier: str = Field(primary_key=True, max_length=8)
    abc: str = Field(primary_key=True, max_length=1)
    """'' where there is none."""
    grade: str = Field(primary_key=True, max_length=4)
    level: str = Field(primary_key=True, max_length=8)
    is_key: bool = Field(primary_key=True)
    customers: int = 0
    active: int = 0
    """Customers with orders in the window."""
    sales: int = _m()
    sales_before: int = _m()
    margin: int = _m()
    margin_sales: int = _m()
    """Sales of the customers whose margin is known: the base of the margin ratio."""
    sales_recent: int = _m()
    outstanding: int = _m()
    unallocated: int = _m()
    overdue: int = _m()
    overdue_customers: int = 0
    b0: int = _m()
    b1: int = _m()
    b2: int = _m()
    b3: int = _m()
    b4: int = _m()
    b5: int = _m()
    b6: int = _m()
    b7: int = _m()
    due_amount: int = _m()
    due_received: int = _m()
    invoiced: int = _m()
    over_limit: int = 0
    value_at_risk: int = _m()
    headline_sum: float = 0
    """Σ index over the answers in the headline wave."""
    headline_n: int = 0
    """Those answers."""
    headline_customers: int = 0
    """Customers that gave them."""
    complaints_open: int = 0
    flagged: int = 0


TOTAL_CLASSES = ("tier", "abc", "grade", "level", "is_key")
"""What `SnapshotTotal` can be split by, beside the account manager."""
TOTAL_SUMS = tuple(
    name for name in SnapshotTotal.model_fields if name not in ("as_of", "owner_id", *TOTAL_CLASSES)
)
"""What it adds up."""


class SnapshotInvoice(Base, table=True):
    """One open invoice, or open instalment of it, as of one date, with what is left of it."""

    __tablename__ = "snapshot_invoice"
    __table_args__ = (
        sa.Index("ix_snapshot_invoice_as_of_overdue_days", "as_of", "overdue_days"),
        {"sqlite_with_rowid": False},
    )

    as_of: date = Field(primary_key=True, foreign_key="snapshot_run.as_of", ondelete="CASCADE")
    customer_id: int = Field(primary_key=True)
    invoice_id: int = Field(primary_key=True)
    position: int = Field(default=0, primary_key=True)
    """Which instalment, from 1; 0 where the invoice falls due as a whole."""
    due_on: date
    """As agreed on the date."""
    amount: int = _m()
    """Of the invoice or instalment."""
    outstanding: int = _m()
    overdue_days: int = 0
    """As-of date less due date; 0 or less is not due."""
    invoice_age: int = 0
    """As-of date less invoice date, days."""
    bucket: int = 0


class SnapshotResponse(Base, table=True):
    """The satisfaction index of one response, as of one date."""

    __tablename__ = "snapshot_response"
    __table_args__ = (
        sa.Index("ix_snapshot_response_as_of_customer_id", "as_of", "customer_id"),
        {"sqlite_with_rowid": False},
    )

    as_of: date = Field(primary_key=True, foreign_key="snapshot_run.as_of", ondelete="CASCADE")
    wave_id: int = Field(primary_key=True)
    response_id: int = Field(primary_key=True)
    customer_id: int = 0
    """0 is an anonymous answer."""
    index: float | None = None
    """0–100; NULL where too little of the weight was answered or the survey has no index."""


class SnapshotWave(Base, table=True):
    """Satisfaction by survey wave, item and owner as of one date: counts of each answer.

    From counts follow mean, top-2-box, NPS and their intervals without reading answers.
    """

    __tablename__ = "snapshot_wave"

    as_of: date = Field(primary_key=True, foreign_key="snapshot_run.as_of", ondelete="CASCADE")
    wave_id: int = Field(primary_key=True, foreign_key="wave.id", ondelete="CASCADE")
    item_id: int = Field(primary_key=True, foreign_key="survey_item.id", ondelete="CASCADE")
    owner_id: int = Field(primary_key=True)
    """Account manager on the date; 0 where there is none, anonymous answers too."""
    tier: str = Field(primary_key=True, max_length=8)
    """'' where the answer is anonymous."""
    value: float = Field(primary_key=True)
    count: int = 0
