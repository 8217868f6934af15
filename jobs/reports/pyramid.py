"""`report pyramid` (客户金字塔): tiers, profit tiers and ABC classes as of a date."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session

from data.queries import pyramid
from jobs.reports.asking import Asked, header
from jobs.reports.shape import Column, Part, Report, major, share
from words.i18n import mark

FIGURES = (
    Column("customers", "count", mark("Number of customers")),
    Column("customer_share", "ratio", mark("Share of customers"), detail=True),
    Column("sales", "money", mark("Net sales")),
    Column("share", "ratio", mark("Share of sales")),
    Column("margin", "money", mark("Gross profit")),
    Column("margin_ratio", "ratio", mark("Margin")),
    Column("entry_threshold", "money", mark("Entry threshold")),
    Column("outstanding", "money", mark("Receivables")),
    Column("overdue", "money", mark("Overdue amount")),
    Column("flagged", "count", mark("With risk flags")),
    Column("value_at_risk", "money", mark("Margin at risk")),
)
AXES = (
    ("tiers", mark("Tiers"), "tier", Column("tier", "text", mark("Tier"), "tier")),
    ("abc", mark("ABC classes"), "abc", Column("class", "text", mark("Class"), "abc")),
    (
        "profit_tiers",
        mark("Profit tiers"),
        "profit_tier",
        Column("tier", "text", mark("Profit tier"), "profit_tier"),
    ),
)


def build(session: Session, asked: Asked) -> Report:
    """Customers, sales, margin, share and entry threshold per tier and class."""
    parts = tuple(_part(session, asked, *axis) for axis in AXES)
    tiers = parts[0].rows
    known = [row["margin"] for row in tiers]
    active = [row for row in tiers if row["tier"] != "inactive"]
    totals = {
        "customers": sum(row["customers"] for row in tiers),
        "active_customers": sum(row["customers"] for row in active),
        "sales": major(sum(row["sales"] for row in tiers)),
        "margin": None if None in known else major(sum(known)),
    }
    facts = header(asked) | {
        "basis": asked.policy.pyramid_basis,
        "cuts_percent": list(asked.policy.pyramid_cuts),
        "abc_cuts": list(asked.policy.abc_cuts),
        "totals": totals,
    }
    return Report("pyramid", mark("Customer pyramid"), asked.as_of, asked.currency, facts, parts)


def _part(session: Session, asked: Asked, name: str, title: str, axis: str, code: Column) -> Part:
    bands = pyramid.bands(
        session,
        asked.filters,
        asked.scope,
        as_of=asked.as_of,
        basis=asked.policy.pyramid_basis,
        axis=axis,
    )
    customers, sales = sum(b.customers for b in bands), sum(b.sales for b in bands)
    rows = [_row(code.name, band, customers, sales) for band in bands]
    return Part(name, title, (code, *FIGURES), tuple(rows))


def _row(code: str, band: pyramid.Band, customers: int, sales: int) -> dict[str, Any]:
    ranked = band.code != "inactive"
    unknown = band.sales != 0 and band.margin == band.margin_sales == 0  # no line has a cost
    return {
        code: band.code,
        "customers": band.customers,
        "customer_share": share(band.customers, customers),
        "sales": band.sales,
        "share": share(band.sales, sales),
        "margin": None if unknown else band.margin,
        "margin_ratio": band.margin_ratio,
        "entry_threshold": band.smallest if ranked else None,
        "outstanding": band.outstanding,
        "overdue": band.overdue,
        "flagged": band.flagged,
        "value_at_risk": band.value_at_risk,
    }
