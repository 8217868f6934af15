"""Invoice sheets (发票表)."""

from __future__ import annotations

import sqlalchemy as sa

from data.imports.kinds import parts
from data.imports.kinds.spec import Field, Reference, Spec, Target
from data.imports.parsing import values
from data.imports.parsing.days import day
from data.imports.tables import table_of
from data.imports.work import Work
from models.customers import Customer
from models.enums import SheetKind
from models.receivables import Invoice
from models.sales import SalesOrder

CUSTOMER = table_of(Customer)

FIELDS = (
    Field(
        "invoice_code",
        "Invoice number",
        "invoice_code|发票号|发票号码|发票编号|invoice_no|invoice number|invoice id",
        values.code(60),
        required=True,
        examples=("INV2026001", "INV2026002"),
    ),
    parts.customer_code(),
    parts.TAX_NUMBER,
    parts.CUSTOMER_NAME,
    parts.event_day(
        "invoiced_on",
        "Invoice date",
        "invoiced_on|开票日期|发票日期|日期|invoice_date|invoice date|date",
    ),
    Field(
        "due_on",
        "Due date",
        "due_on|到期日|到期日期|应收日期|付款到期日|due_date|due date",
        day(event=False),
        "date",
        examples=("2026-12-02", ""),
    ),
    parts.amount("amount|金额|发票金额|价税合计|开票金额|total"),
    parts.CURRENCY,
    Field(
        "due_assumed",
        "Due date assumed",
        "due_assumed|到期日为推算|到期日推算",
        values.flag,
        "flag",
    ),
    Field("order_code", "Order number", "order_code|订单号|订单编号|order_no", values.code(60)),
)


def _due(work: Work) -> None:
    """Where no due date is stated, the customer's term gives one, and pages say so."""
    work.check_currency()


def _check(work: Work) -> None:
    staged = work.staged
    rows = work.connection.execute(
        sa.select(staged.c.id, staged.c.invoiced_on, CUSTOMER.c.terms_days)
        .join(CUSTOMER, CUSTOMER.c.id == staged.c.customer_id)
        .where(staged.c.due_on.is_(None), staged.c.invoiced_on.is_not(None))
    )
    work.set_rows(
        (
            {
                "row": r.id,
                "due_on": work.days_later(r.invoiced_on, r.terms_days),
                "due_assumed": True,
            }
            for r in rows
        ),
        "due_on",
        "due_assumed",
    )
    stated = sa.and_(staged.c.due_on.is_not(None), staged.c.due_assumed.is_(None))
    work.connection.execute(sa.update(staged).where(stated).values(due_assumed=False))
    work.fault_where("due_before_invoice", "due_on", staged.c.due_on < staged.c.invoiced_on)
    work.forbid_less_than_allocated()


SPEC = Spec(
    kind=SheetKind.INVOICES,
    label="Invoices",
    fields=FIELDS,
    any_of=(parts.IDENTIFIES,),
    references=(
        parts.CUSTOMER,
        Reference("order_code", "order_id", SalesOrder, "unknown_order"),
    ),
    targets=(
        Target(
            Invoice,
            "invoice_id",
            {"code": "invoice_code"},
            {
                "customer_id": "customer_id",
                "order_id": "order_id",
                "invoiced_on": "invoiced_on",
                "due_on": "due_on",
                "due_assumed": "due_assumed",
                "amount": "amount",
            },
            updatable=frozenset({"order_id", "invoiced_on", "due_on", "due_assumed", "amount"}),
        ),
    ),
    prepare=_due,
    check=_check,
)
