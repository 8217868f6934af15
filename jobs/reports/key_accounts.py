"""`report key-accounts` (大客户): the list of key accounts with their figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlmodel import Session

from components.i18n import mark
from data.queries import customers, key_accounts
from jobs.reports.asking import Asked, every, header
from jobs.reports.shape import Column, Part, Report, major, share

COLUMNS = (
    Column("code", "text", mark("Customer code")),
    Column("name", "text", mark("Customer")),
    Column("owner", "text", mark("Account manager")),
    Column("tier", "text", mark("Tier"), "tier"),
    Column("abc", "text", mark("Class")),
    Column("key_score", "score", mark("Key score")),
    Column("key_reason", "text", mark("Key by")),
    Column("sales", "money", mark("Net sales")),
    Column("change", "ratio", mark("Change")),
    Column("margin", "money", mark("Gross margin")),
    Column("margin_ratio", "ratio", mark("Margin ratio")),
    Column("wallet_share", "ratio", mark("Share of wallet")),
    Column("outstanding", "money", mark("Receivables")),
    Column("overdue", "money", mark("Overdue")),
    Column("credit_limit", "money", mark("Credit limit")),
    Column("limit_used", "ratio", mark("Limit used")),
    Column("grade", "text", mark("Credit grade")),
    Column("csi", "score", mark("Satisfaction index")),
    Column("csi_n", "count", mark("Answers")),
    Column("complaints_open", "count", mark("Open complaints")),
    Column("level", "text", mark("Alert level"), "level"),
    Column("last_contact", "date", mark("Last contact")),
    Column("contract_ends", "date", mark("Contract ends")),
)


def build(session: Session, asked: Asked, *, limit: int | None = None) -> Report:
    """Key accounts, largest sales first."""
    filters = replace(asked.filters, key_only=True)

    def page(page: Any) -> Any:
        return customers.rows(session, filters, page, asked.scope, as_of=asked.as_of)

    quiet = asked.as_of - timedelta(days=asked.policy.key_contact_days)
    sums = key_accounts.sums(session, asked.filters, asked.scope, as_of=asked.as_of, since=quiet)
    facts = header(asked) | {
        "cut": asked.policy.key_cut,
        "totals": {
            "customers": sums.customers,
            "sales": major(sums.sales),
            "share_of_sales": share(sums.sales, sums.all_sales),
            "share_of_margin": share(sums.margin, sums.all_margin),
            "top1_share": share(sums.largest, sums.all_sales),
            "top5_share": share(sums.five_largest, sums.all_sales),
            "with_risk_flags": sums.flagged,
            "not_contacted": sums.quiet,
            "overdue": major(sums.overdue),
        },
    }
    part = Part("customers", COLUMNS, tuple(every(page, "sales", limit)))
    return Report("key-accounts", mark("Key accounts"), asked.as_of, asked.currency, facts, (part,))
