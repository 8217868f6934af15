"""Cards of daily work (日常工作指标): promises, limits, alerts, supervision and what came of it."""

from __future__ import annotations

from analytics.metric import Metric

PROMISES_DUE = Metric(
    key="promises_due",
    en="Promises due this week",
    unit="count",
    better="neither",
    formula="customers whose newest promise falls due by Sunday and is not yet paid",
    source="ours",
)
LIMIT_BREACHES = Metric(
    key="limit_breaches",
    en="Over the credit limit",
    unit="count",
    better="lower",
    formula="customers with receivables less unallocated receipts above their credit limit",
    source="common definition",
)
GREEN_CUSTOMERS = Metric(
    key="loss_green",
    en="Customers without risk signs",
    unit="count",
    better="higher",
    formula="customers with a loss score below the amber threshold",
    source="ours: sum of graduated points over eight signals",
)
NEW_ALERTS = Metric(
    key="new_alerts",
    en="New at risk this month",
    unit="count",
    better="lower",
    formula="customers red or amber now and neither at the end of the month before",
    source="ours",
)
SUPERVISION_OVERDUE = Metric(
    key="supervision_overdue",
    en="Overdue tasks",
    unit="count",
    better="lower",
    formula="open supervision items whose due date has passed",
    source="ours",
)
SAVED = Metric(
    key="alerts_saved",
    en="Saved this quarter",
    unit="count",
    better="higher",
    formula="alerts that ended with the customer kept",
    source="ours",
)
LOST = Metric(
    key="customers_lost",
    en="Lost this quarter",
    unit="count",
    better="lower",
    formula="customers recorded as lost",
    source="ours",
)
SALES_ANSWERED = Metric(
    key="sales_answered",
    en="Sales share of those who answered",
    unit="ratio",
    better="higher",
    formula="sales of the customers who answered ÷ sales of all customers",
    source="ours",
)
WORST_DIMENSION = Metric(
    key="worst_dimension",
    en="Weakest dimension",
    unit="index",
    better="higher",
    formula="lowest weighted mean of the items of a dimension, rescaled to 0–100",
    source="ours",
)
