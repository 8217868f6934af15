"""Invoices, receipts, credit notes and how they meet (应收账款): dated events only."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field

from models.base import Base, Imported, codes, dated, key, money, now, ref, text, whole
from models.enums import CollectionResult, ContactChannel


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
    due_assumed: bool = False
    """The file stated no due date; the customer's term was used, and pages say so."""
    amount: int = money()


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


class Allocation(Base, Imported, table=True):
    """A receipt or credit note applied to an invoice on a day (核销)."""

    __tablename__ = "allocation"
    __table_args__ = (
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        sa.CheckConstraint("(receipt_id IS NULL) <> (credit_note_id IS NULL)", name="one_source"),
        sa.UniqueConstraint("receipt_id", "invoice_id"),
        sa.UniqueConstraint("credit_note_id", "invoice_id"),
        sa.Index("ix_allocation_invoice_id_allocated_on", "invoice_id", "allocated_on"),
        *dated("allocated_on"),
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


class CollectionAction(Base, table=True):
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
