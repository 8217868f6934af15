"""Measures of trade (交易指标): cards of the sums and counts that need no method of their own."""

from __future__ import annotations

from analytics.metric import Metric

NET_SALES = Metric(
    key="net_sales",
    en="Net sales",
    unit="money",
    better="higher",
    formula="order lines less returns, in the window",
    source="common definition",
)
NEW_CUSTOMERS = Metric(
    key="new_customers",
    en="New customers",
    unit="count",
    better="higher",
    formula="customers whose first order lies in the window",
    source="common definition",
)
REPEAT_CUSTOMERS = Metric(
    key="repeat_customers",
    en="Repeat customers",
    unit="count",
    better="higher",
    formula="customers who ordered in the window and before it",
    source="common definition",
)
STOPPED_CUSTOMERS = Metric(
    key="stopped_customers",
    en="Stopped buying",
    unit="count",
    better="lower",
    formula="customers who ordered in the window before and not in this one",
    source="common definition",
)
WALLET_SHARE = Metric(
    key="wallet_share",
    en="Share of wallet",
    unit="ratio",
    better="higher",
    formula="our sales of the window ÷ the customer's yearly spend on our categories",
    source="common definition; case SOW-01",
)
LIMIT_USED = Metric(
    key="limit_used",
    en="Credit limit used",
    unit="ratio",
    better="lower",
    formula="(open invoices − unallocated receipts) ÷ credit limit",
    source="common definition",
)
KEY_SALES_SHARE = Metric(
    key="key_sales_share",
    en="Sales held by key accounts",
    unit="ratio",
    better="neither",
    formula="net sales of key accounts ÷ Σ positive net sales",
    source="common definition",
)
KEY_MARGIN_SHARE = Metric(
    key="key_margin_share",
    en="Margin held by key accounts",
    unit="ratio",
    better="neither",
    formula="margin of key accounts ÷ Σ positive margin",
    source="common definition",
)
KEY_FLAGGED = Metric(
    key="key_flagged",
    en="Key accounts with a risk flag",
    unit="count",
    better="lower",
    formula="key accounts with a flag of financial, profit, management or loss risk",
    source="ours, on the four risks of large customers",
)
KEY_QUIET = Metric(
    key="key_quiet",
    en="Key accounts not contacted",
    unit="count",
    better="lower",
    formula="key accounts whose last known contact is older than the setting, or unknown",
    source="ours; the days are a setting",
)
FILE_COMPLETENESS = Metric(
    key="file_completeness",
    en="File completeness",
    unit="ratio",
    better="higher",
    formula="fields filled ÷ fields of the four blocks of the customer file",
    source="ours, on the four blocks of the customer file",
)
