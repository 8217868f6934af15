"""Invoices, receipts, credit notes and how they meet (应收账款): dated events only.

Nothing here is a status. On any day

    ledger = invoices − (receipts − reversals) − (credit notes − reversals) − write-offs
           = Σ open invoices − unallocated

and what happens later (a cheque that bounces, an allocation that is taken back, a due date that
is put off) takes effect on its own day and leaves every earlier day as it was.
"""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field

from models.base import Base, Imported, codes, dated, key, money, now, ref, text, whole
from models.enums import CollectionResult, ContactChannel, ReversalKind, WriteOffKind


class Invoice(Base, Imported, table=True):
    """An invoice (发票)."""

    __tablename__ = "invoice"
    __table_args__ = (
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        sa.CheckConstraint("due_on >= invoiced_on", name="due_after_invoice"),
        sa.Index("ix_invoice_customer_id_invoiced_on", "customer_id", "invoiced_on"),
        sa.Index("ix_invoice_due_on", "due_on"),
        *dated("invoiced_on", "due_on"),
        *whole("amount"),
    )

    id: int | None = key()
    code: str = text(60, default=..., unique=True)
    customer_id: int = ref("customer.id", index=False)
    order_id: int | None = ref("sales_order.id", nullable=True)
    invoiced_on: date
    due_on: date
    """As first agreed; what is in force on a day says `InvoiceSchedule`, where there is one."""
    due_assumed: bool = False
    """The file stated no due date; a payment term was used, and pages say so."""
    due_default: bool = False
    """That term was the company's default, the customer's own being unknown."""
    amount: int = money()


class InvoiceSchedule(Base, Imported, table=True):
    """When an invoice falls due from a day on (付款计划): one row per instalment (分期).

    The rows of the newest `since` on or before a day are in force on it, all together; they
    add up to the invoice. Without any the whole invoice is due on `Invoice.due_on`. So a due
    date that is put off, instalments agreed with the invoice and instalments agreed later are
    one thing, and none of them changes an earlier day.
    """

    __tablename__ = "invoice_schedule"
    __table_args__ = (
        sa.UniqueConstraint("invoice_id", "since", "position"),
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        sa.CheckConstraint("position >= 1", name="position_from_one"),
        *dated("since", "due_on"),
        *whole("amount"),
    )

    id: int | None = key()
    invoice_id: int = ref("invoice.id", index=False, ondelete="CASCADE")
    since: date
    position: int = 1
    due_on: date = Field(index=True)
    amount: int = money()
    reason: str = text(200)
    recorded_by: int | None = ref("app_user.id", nullable=True, index=False)
    created_at: datetime = Field(default_factory=now)


class Receipt(Base, Imported, table=True):
    """Money received (收款)."""

    __tablename__ = "receipt"
    __table_args__ = (
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        sa.Index("ix_receipt_customer_id_received_on", "customer_id", "received_on"),
        *dated("received_on"),
        *whole("amount"),
    )

    id: int | None = key()
    code: str = text(60, default=..., unique=True)
    customer_id: int = ref("customer.id", index=False)
    received_on: date
    amount: int = money()
    method: str = text(24)
    note: str = text(200)


class CreditNote(Base, Imported, table=True):
    """A credit note (红字/贷项): lowers what is owed from its date on."""

    __tablename__ = "credit_note"
    __table_args__ = (
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        sa.Index("ix_credit_note_customer_id_issued_on", "customer_id", "issued_on"),
        *dated("issued_on"),
        *whole("amount"),
    )

    id: int | None = key()
    code: str = text(60, default=..., unique=True)
    customer_id: int = ref("customer.id", index=False)
    issued_on: date
    amount: int = money()
    reason: str = text(200)


class Reversal(Base, Imported, table=True):
    """Part of a receipt or credit note that no longer counts from a day on (退票、退款、作废).

    What of it was applied to invoices is taken back on that day (`Allocation.ended_on`), so
    that the invoices are open again with their days since due kept.
    """

    __tablename__ = "reversal"
    __table_args__ = (
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        sa.CheckConstraint("(receipt_id IS NULL) <> (credit_note_id IS NULL)", name="one_source"),
        sa.Index("ix_reversal_receipt_id_reversed_on", "receipt_id", "reversed_on"),
        sa.Index("ix_reversal_credit_note_id_reversed_on", "credit_note_id", "reversed_on"),
        *dated("reversed_on"),
        *whole("amount"),
    )

    id: int | None = key()
    code: str = text(60, default=..., unique=True)
    receipt_id: int | None = ref("receipt.id", nullable=True, index=False, ondelete="CASCADE")
    credit_note_id: int | None = ref(
        "credit_note.id", nullable=True, index=False, ondelete="CASCADE"
    )
    reversed_on: date
    amount: int = money()
    kind: ReversalKind = Field(
        default=ReversalKind.BOUNCED, sa_type=codes(ReversalKind, "reversal_kind")
    )
    reason: str = text(200)
    recorded_by: int | None = ref("app_user.id", nullable=True, index=False)
    created_at: datetime = Field(default_factory=now)


class WriteOff(Base, Imported, table=True):
    """Part of an invoice that is given up from a day on (尾差、坏账核销), with its reason."""

    __tablename__ = "write_off"
    __table_args__ = (
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        sa.CheckConstraint("reason <> ''", name="reason_given"),
        sa.CheckConstraint(
            "(ended_on IS NULL) OR (ended_on >= written_off_on)", name="ended_later"
        ),
        sa.Index("ix_write_off_invoice_id_written_off_on", "invoice_id", "written_off_on"),
        *dated("written_off_on", "ended_on"),
        *whole("amount"),
    )

    id: int | None = key()
    code: str = text(60, default=..., unique=True)
    invoice_id: int = ref("invoice.id", index=False)
    written_off_on: date
    amount: int = money()
    kind: WriteOffKind = Field(
        default=WriteOffKind.SMALL_DIFFERENCE, sa_type=codes(WriteOffKind, "write_off_kind")
    )
    reason: str = text(200, default=...)
    ended_on: date | None = None
    """Taken back from this day on."""
    recorded_by: int | None = ref("app_user.id", nullable=True, index=False)
    created_at: datetime = Field(default_factory=now)


class Allocation(Base, Imported, table=True):
    """A receipt or credit note applied to an invoice from a day on (核销), until it is ended.

    It counts from the day on which all three exist: itself, its invoice and its receipt or
    credit note (a prepayment waits for its invoice); it no longer counts on `ended_on`.
    """

    __tablename__ = "allocation"
    __table_args__ = (
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        sa.CheckConstraint("(receipt_id IS NULL) <> (credit_note_id IS NULL)", name="one_source"),
        sa.CheckConstraint("(ended_on IS NULL) OR (ended_on >= allocated_on)", name="ended_later"),
        sa.Index(
            "uq_allocation_receipt_live",
            "receipt_id",
            "invoice_id",
            "allocated_on",
            unique=True,
            sqlite_where=sa.text("ended_on IS NULL"),
            postgresql_where=sa.text("ended_on IS NULL"),
        ),
        sa.Index(
            "uq_allocation_credit_note_live",
            "credit_note_id",
            "invoice_id",
            "allocated_on",
            unique=True,
            sqlite_where=sa.text("ended_on IS NULL"),
            postgresql_where=sa.text("ended_on IS NULL"),
        ),
        sa.Index("ix_allocation_receipt_id", "receipt_id"),
        sa.Index("ix_allocation_credit_note_id", "credit_note_id"),
        sa.Index("ix_allocation_invoice_id_allocated_on", "invoice_id", "allocated_on"),
        *dated("allocated_on", "ended_on"),
        *whole("amount"),
    )

    id: int | None = key()
    receipt_id: int | None = ref("receipt.id", nullable=True, index=False, ondelete="CASCADE")
    credit_note_id: int | None = ref(
        "credit_note.id", nullable=True, index=False, ondelete="CASCADE"
    )
    invoice_id: int = ref("invoice.id", index=False)
    allocated_on: date
    amount: int = money()
    ended_on: date | None = None
    """Taken back from this day on (撤销核销): bounced, refunded, or applied elsewhere."""
    ended_reason: str = text(200)
    recorded_by: int | None = ref("app_user.id", nullable=True, index=False)
    ended_by: int | None = ref("app_user.id", nullable=True, index=False)


class CollectionAction(Base, Imported, table=True):
    """A step taken to collect (追账记录), with its result, promise or dispute."""

    __tablename__ = "collection_action"
    __table_args__ = (
        sa.Index("ix_collection_action_customer_id_acted_on", "customer_id", "acted_on"),
        sa.CheckConstraint(
            "(promised_on IS NULL) OR (promised_on >= acted_on)", name="promise_after_action"
        ),
        *dated("acted_on", "promised_on", "next_on"),
        *whole("promised_amount"),
    )

    id: int | None = key()
    customer_id: int = ref("customer.id", index=False)
    invoice_id: int | None = ref("invoice.id", nullable=True)
    acted_on: date
    channel: ContactChannel = Field(sa_type=codes(ContactChannel, "channel"))
    result: CollectionResult = Field(sa_type=codes(CollectionResult, "result"))
    promised_on: date | None = Field(default=None, index=True)
    promised_amount: int | None = money(None, nullable=True)
    interrupts_limitation: bool = False
    """A written demand: the limitation period (诉讼时效) starts anew."""
    next_on: date | None = None
    note: str = text(400)
    acted_by: int | None = ref("app_user.id", nullable=True, index=False)
    created_at: datetime = Field(default_factory=now)
