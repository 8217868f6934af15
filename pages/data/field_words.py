"""Words for what an import touched (字段用语): fields, tables, values as people read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from data.imports.columns.registry import SPECS
from words import exports, formats, vocabulary
from words.i18n import _, _c, mark_c

_TABLES = {
    "customer": mark_c("table", "Customers"),
    "contact": mark_c("table", "Contacts"),
    "credit_limit": mark_c("table", "Credit limits"),
    "product": mark_c("table", "Products"),
    "stock_count": mark_c("table", "Stock counts"),
    "sales_order": mark_c("table", "Orders"),
    "order_line": mark_c("table", "Order lines"),
    "invoice": mark_c("table", "Invoices"),
    "receipt": mark_c("table", "Receipts"),
    "credit_note": mark_c("table", "Credit notes"),
    "allocation": mark_c("table", "Allocations"),
    "invoice_schedule": mark_c("table", "Payment schedules"),
    "reversal": mark_c("table", "Reversals"),
    "write_off": mark_c("table", "Write-offs"),
    "contract": mark_c("table", "Contracts"),
    "credit_survey": mark_c("table", "Credit surveys"),
    "credit_grade": mark_c("table", "Credit grades"),
    "complaint": mark_c("table", "Complaints"),
    "visit": mark_c("table", "Visits"),
    "response": mark_c("table", "Questionnaires"),
    "answer": mark_c("table", "Answers"),
    "survey": mark_c("table", "Surveys"),
    "survey_item": mark_c("table", "Questions"),
    "scale": mark_c("table", "Scales"),
    "wave": mark_c("table", "Survey waves"),
    "loss_event": mark_c("table", "Losses"),
    "acquisition_cost": mark_c("table", "Acquisition costs"),
    "owner_history": mark_c("table", "Account managers by date"),
    "card_history": mark_c("table", "Cards by date"),
    "collection_action": mark_c("table", "Collection actions"),
    "key_account_override": mark_c("table", "Key account decisions"),
    "supervision_item": mark_c("table", "Supervision"),
}
_FIELDS = {
    "line": mark_c("import field", "Line in the file"),
    "customer": mark_c("import field", "Customer code"),
    "code": mark_c("import field", "Code"),
    "name": mark_c("import field", "Name"),
    "owner_id": mark_c("import field", "Account manager"),
    "parent_id": mark_c("import field", "Group code"),
    "verified_on": mark_c("import field", "Verified on"),
    "since": mark_c("import field", "Since"),
    "method": mark_c("import field", "Method"),
    "reason": mark_c("import field", "Reason"),
    "decided_by": mark_c("import field", "Decided by"),
    "recorded_by": mark_c("import field", "Recorded by"),
    "order_id": mark_c("import field", "Order number"),
    "invoice_id": mark_c("import field", "Invoice number"),
    "receipt_id": mark_c("import field", "Receipt number"),
    "credit_note_id": mark_c("import field", "Credit note number"),
    "product_id": mark_c("import field", "Product code"),
    "is_key": mark_c("import field", "Key account"),
    "acted_by": mark_c("import field", "Collected by"),
    "opened_by": mark_c("import field", "Opened by"),
    "scale_id": mark_c("import field", "Scale"),
    "decided_at": mark_c("import field", "Decided on"),
    "sold_by": mark_c("import field", "Sold by"),
    "visited_by": mark_c("import field", "Visited by"),
    "allocated_on": mark_c("import field", "Applied on"),
    "ended_on": mark_c("import field", "Taken back on"),
    "ended_reason": mark_c("import field", "Reason for taking back"),
    "due_assumed": mark_c("import field", "Due date assumed"),
    "due_default": mark_c("import field", "Due date by the company's default term"),
    "first_reply_at": mark_c("import field", "First reply"),
    "wave_id": mark_c("import field", "Survey wave"),
    "survey_id": mark_c("import field", "Survey"),
    "item_id": mark_c("import field", "Item"),
    "respondent": mark_c("import field", "Respondent"),
    "value": mark_c("import field", "Score"),
    "starts_on": mark_c("import field", "Begins on"),
    "ends_on": mark_c("import field", "Ends on"),
    "sent": mark_c("import field", "Sent out"),
    "undeliverable": mark_c("import field", "Undeliverable"),
}
"""Columns no sheet has a field for."""
_FILE_KINDS: dict[str, exports.Kind] = {"money": "money", "number": "number"}


def table(name: str) -> str:
    """The word for rows of a table."""
    return _c("table", _TABLES.get(name, name))


def field(kind: str, name: str) -> str:
    """The word for a field of a sheet, or for a column no sheet names.

    Args:
        kind: of the sheet.
        name: of the field or column.
    """
    own = next((one.label for one in _fields(kind) if one.name == name), None)
    anywhere = (one.label for each in SPECS for one in _fields(each) if one.name == name)
    return _c("import field", own or _FIELDS.get(name) or next(anywhere, name))


def _fields(kind: str) -> Sequence[Any]:
    spec = next((spec for each, spec in SPECS.items() if each == kind), None)
    return spec.fields if spec else ()


def text(kind: str, value: Any) -> str:
    """A value as people read it.

    Args:
        kind: of `describing.kind_of`.
        value: as JSON holds it.
    """
    if formats.is_missing(value) or value == "":
        return formats.NONE
    if kind == "money":
        return formats.money(value)
    if kind == "flag":
        return _("yes") if value else _("no")
    if kind == "number":
        return f"{value:.12g}"
    if kind in vocabulary.WORDS:
        return vocabulary.label(kind, value)
    return str(value)


def in_file(kind: str, value: Any) -> Any:
    """A value as an exported file holds it: figures stay figures."""
    if formats.is_missing(value) or value == "" or kind in _FILE_KINDS:
        return value
    return text(kind, value)


def file_kind(kind: str) -> exports.Kind:
    """The kind of a column of an exported file."""
    return _FILE_KINDS.get(kind, "text")
