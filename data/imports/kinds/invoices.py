"""Invoice sheets (发票表)."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from data import card_changes, policies
from data.imports.kinds import parts
from data.imports.parsing import texts, values
from data.imports.parsing.days import day
from data.imports.receivables import invoicing
from data.imports.staging.changes import Changes
from data.imports.staging.context import Context
from data.imports.staging.currency import refuse_other_currency
from data.imports.staging.faults import Faults
from data.imports.staging.rows import set_rows
from data.imports.terms import permission
from data.imports.terms.spec import Field, Reference, Spec, Target
from data.imports.terms.tables import table_of
from models.enums import SheetKind
from models.receivables import Invoice
from models.sales import SalesOrder

INVOICE = table_of(Invoice)

FIELDS = (
    Field(
        "invoice_code",
        "Invoice number",
        "invoice_code|发票号|发票号码|发票编号|invoice_no|invoice number|invoice id",
        texts.code(60),
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
    parts.amount("amount|金额|发票金额|价税合计|开票金额|total", negative="invoice_negative"),
    parts.CURRENCY,
    Field(
        "due_assumed",
        "Due date assumed",
        "due_assumed|到期日为推算|到期日推算",
        values.flag,
        "flag",
    ),
    Field(
        "due_default",
        "Due date by the company's default term",
        "due_default|到期日按公司账期推算|按公司账期推算",
        values.flag,
        "flag",
    ),
    Field("order_code", "Order number", "order_code|订单号|订单编号|order_no", texts.code(60)),
)


def _derive(row: dict[str, object]) -> None:
    """A due date by the company's term is an assumed one."""
    if row.get("due_default"):
        row["due_assumed"] = True


def _prepare(context: Context, faults: Faults, _changes: Changes) -> None:
    """Amounts are in the store's currency."""
    refuse_other_currency(context, faults)


def _check(context: Context, faults: Faults, changes: Changes) -> None:
    _assume(context)
    staged = context.staged
    faults.where("due_before_invoice", "due_on", staged.c.due_on < staged.c.invoiced_on)
    invoicing.check(context, faults, changes)
    _no_longer_assumed(context)


def _assume(context: Context) -> None:
    """Where no due date is stated a term gives one: the customer's, else the company's.

    The customer's is what the card named on the invoice's day. An invoice that is there keeps
    its due date, stated or assumed (`invoicing` sees to one whose date is put right).
    """
    staged = context.staged
    default = policies.in_force(context.connection).terms_default_days
    no_day = sa.and_(staged.c.due_on.is_(None), staged.c.customer_id.is_not(None))
    terms = card_changes.Terms(context.connection, sa.select(staged.c.customer_id).where(no_day))
    rows = context.connection.execute(
        sa.select(staged.c.id, staged.c.invoiced_on, staged.c.customer_id).where(
            no_day, staged.c.invoiced_on.is_not(None), staged.c.invoice_id.is_(None)
        )
    )
    set_rows(
        context,
        (
            {
                "row": r.id,
                "due_on": r.invoiced_on + timedelta(days=default if named is None else named),
                "due_assumed": True,
                "due_default": named is None,
            }
            for r in rows
            for named in [terms.on(r.customer_id, r.invoiced_on)]
        ),
        "due_on",
        "due_assumed",
        "due_default",
    )


def _no_longer_assumed(context: Context) -> None:
    """A due date that puts an assumed one right is assumed no more.

    A list of ours that repeats the assumed one does not make it a stated one.
    """
    staged = context.staged
    kept = sa.select(INVOICE.c.due_assumed).where(
        INVOICE.c.id == staged.c.invoice_id, INVOICE.c.due_on != staged.c.due_on
    )
    context.connection.execute(
        sa.update(staged)
        .where(
            staged.c.due_on.is_not(None),
            staged.c.due_assumed.is_(None),
            kept.scalar_subquery(),
        )
        .values(due_assumed=False, due_default=False)
    )


SPEC = Spec(
    kind=SheetKind.INVOICES,
    label="Invoices",
    roles=permission.FINANCE,
    choices={"correct_past": "correct_due_dates"},
    fields=FIELDS,
    side="debit",
    documents=frozenset({"invoice"}),
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
                "due_default": "due_default",
                "amount": "amount",
            },
            updatable=frozenset(
                {"order_id", "invoiced_on", "due_on", "due_assumed", "due_default", "amount"}
            ),
        ),
    ),
    extra={"due_agreed": "date", "due_before": "date"},
    derive=_derive,
    prepare=_prepare,
    check=_check,
    also_changes=invoicing.count,
    also_tells=invoicing.tell,
    finish=invoicing.write,
)
