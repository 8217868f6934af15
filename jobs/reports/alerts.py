"""`report alerts` (流失预警): customers at risk with the reasons behind every point."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlmodel import Session

from data.queries import alerts
from jobs.reports.asking import Asked, every, header
from jobs.reports.shape import Column, Part, Report, major
from words.i18n import mark

COLUMNS = (
    Column("code", "text", mark("Customer code")),
    Column("name", "text", mark("Customer")),
    Column("owner", "text", mark("Manager")),
    Column("tier", "text", mark("Tier"), "tier"),
    Column("level", "text", mark("Alert level"), "level"),
    Column("score", "score", mark("Loss score")),
    Column("value_at_risk", "money", mark("Margin at risk")),
    Column("raised_on", "date", mark("At risk since")),
    Column("state", "text", mark("Handling"), "alert_state"),
    Column("due_on", "date", mark("Task due on")),
    Column("reasons", "reasons", mark("Reasons")),
)


def build(
    session: Session, asked: Asked, *, today: date | None = None, limit: int | None = None
) -> Report:
    """Red and amber customers, most margin at risk first."""
    day = today or asked.as_of

    def page(page: Any) -> Any:
        return alerts.alerts(
            session, asked.filters, page, asked.scope, as_of=asked.as_of, day=day, show="all"
        )

    totals = alerts.totals(session, asked.filters, asked.scope, as_of=asked.as_of)
    facts = header(asked) | {
        "thresholds": {"amber": asked.policy.loss_amber, "red": asked.policy.loss_red},
        "totals": {
            "red": totals.customers.get("red", 0),
            "amber": totals.customers.get("amber", 0),
            "green": totals.customers.get("green", 0),
            "value_at_risk": major(totals.at_risk),
        },
    }
    part = Part(
        "customers", mark("Customers at risk"), COLUMNS, tuple(every(page, "value_at_risk", limit))
    )
    return Report("alerts", mark("Loss alerts"), asked.as_of, asked.currency, facts, (part,))
