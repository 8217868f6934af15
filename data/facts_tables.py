"""The facts a refresh reads (事实表): which columns of which tables, as Ibis tables.

They are unbound: expressions over them are compiled for DuckDB, SQLite or PostgreSQL by
`data.facts_engines`. Only these columns are ever read, each table once.
"""

from __future__ import annotations

from typing import Any

import ibis

DAY = "date"
INT = "int64"
FLAG = "boolean"

SCHEMAS: dict[str, dict[str, str]] = {
    "customer": {
        "id": INT,
        "owner_id": INT,
        "since": DAY,
        "created_on": DAY,
        "annual_category_spend": INT,
        "status": "string",
        "province": "string",
        "industry": "string",
        "parent_id": INT,
    },
    "owner_history": {"customer_id": INT, "owner_id": INT, "since": DAY},
    "card_history": {
        "customer_id": INT,
        "since": DAY,
        "status": "string",
        "province": "string",
        "industry": "string",
        "parent_id": INT,
    },
    "key_account_override": {"id": INT, "customer_id": INT, "is_key": FLAG, "decided_on": DAY},
    "sales_order": {"id": INT, "customer_id": INT, "ordered_on": DAY},
    "order_line": {"order_id": INT, "amount": INT, "cost": INT},
    "contract": {"customer_id": INT, "starts_on": DAY, "ends_on": DAY},
    "invoice": {"id": INT, "customer_id": INT, "invoiced_on": DAY, "due_on": DAY, "amount": INT},
    "invoice_schedule": {
        "invoice_id": INT,
        "since": DAY,
        "position": INT,
        "due_on": DAY,
        "amount": INT,
    },
    "receipt": {"id": INT, "customer_id": INT, "received_on": DAY, "amount": INT},
    "credit_note": {"id": INT, "customer_id": INT, "issued_on": DAY, "amount": INT},
    "reversal": {"receipt_id": INT, "credit_note_id": INT, "reversed_on": DAY, "amount": INT},
    "write_off": {
        "id": INT,
        "invoice_id": INT,
        "written_off_on": DAY,
        "ended_on": DAY,
        "amount": INT,
    },
    "allocation": {
        "id": INT,
        "receipt_id": INT,
        "credit_note_id": INT,
        "invoice_id": INT,
        "allocated_on": DAY,
        "ended_on": DAY,
        "amount": INT,
    },
    "collection_action": {"customer_id": INT, "acted_on": DAY},
    "credit_grade": {"customer_id": INT, "since": DAY, "grade": "string"},
    "credit_limit": {"customer_id": INT, "since": DAY, "amount": INT},
    "credit_survey": {"customer_id": INT, "surveyed_on": DAY, "sued": FLAG},
    "scale": {"id": INT, "minimum": "float64", "maximum": "float64"},
    "survey": {"id": INT, "code": "string"},
    "survey_item": {
        "id": INT,
        "survey_id": INT,
        "scale_id": INT,
        "role": "string",
        "weight": "float64",
        "position": INT,
        "since": DAY,
    },
    "wave": {"id": INT, "survey_id": INT, "starts_on": DAY},
    "response": {"id": INT, "wave_id": INT, "customer_id": INT, "answered_on": DAY},
    "answer": {"response_id": INT, "item_id": INT, "value": "float64"},
    "complaint": {"customer_id": INT, "opened_on": DAY, "closed_on": DAY},
    "visit": {"customer_id": INT, "visited_on": DAY, "cost": INT},
    "loss_event": {"customer_id": INT, "happened_on": DAY, "won_back": FLAG},
    "store_state": {"facts_revision": INT},
}

READ_AGAIN = (
    "sales_order",
    "invoice",
    "invoice_schedule",
    "receipt",
    "credit_note",
    "reversal",
    "response",
)
"""Tables several reductions read: worth holding in the engine's memory."""


def fact(name: str) -> Any:
    """The Ibis table of a fact table."""
    return ibis.table(SCHEMAS[name], name=name)
