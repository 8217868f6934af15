"""`report key-accounts` (大客户): the list of key accounts with their figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlmodel import Session

from data.queries import customers, key_accounts
from jobs.reports.asking import Asked, every, header
from jobs.reports.shape import Column, Part, Phrase, Report, major, share
from words.i18n import mark

DECIDED_BY = {"score": Phrase(mark("score")), "override": Phrase(mark("a person"))}
COLUMNS = (
    Column("code", "text", mark("Customer code")),
    Column("name", "text", mark("Customer")),
    Column("owner", "text", mark("Manager")),
    Column("tier", "text", mark("Tier"), "tier"),
    Column("abc", "text", mark("Class"), "abc", detail=True),
    Column("key_score", "score", mark("Key score"), detail=True),
    Column("key_reason", "text", mark("Key by"), words=DECIDED_BY, detail=True),
    Column("sales", "money", mark("Net sales")),
    Column("change", "ratio", mark("Change in sales")),
    Column("margin", "money", mark("Gross profit"), detail=True),
    Column("margin_ratio", "ratio", mark("Margin")),
    Column("wallet_share", "ratio", mark("Share of wallet"), detail=True),
    Column("outstanding", "money", mark("Receivables"), detail=True),
    Column("overdue", "money", mark("Overdue amount")),
    Column("credit_limit", "money", mark("Credit limit"), detail=True),
    Column("limit_used", "ratio", mark("Limit used")),
    Column("grade", "text", mark("Credit grade"), "grade"),
    Column("csi", "score", mark("Satisfaction index")),
    Column("csi_n", "count", mark("Answers"), detail=True),
    Column("complaints_open", "count", mark("Open complaints"), detail=True),
    Column("level", "text", mark("Alert level"), "level"),
    Column("last_contact", "date", mark("Last contact")),
    Column("contract_ends", "date", mark("Contract ends"), detail=True),
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
    part = Part("customers", mark("By customer"), COLUMNS, tuple(every(page, "sales", limit)))
    return Report("key-accounts", mark("Key accounts"), asked.as_of, asked.currency, facts, (part,))
