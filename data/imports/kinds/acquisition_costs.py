"""Acquisition cost sheets (获客费用表): what a source of customers cost in a month."""

from __future__ import annotations

from data.imports.kinds import parts
from data.imports.parsing.days import month
from data.imports.parsing.texts import text
from data.imports.parsing.values import money
from data.imports.staging.changes import Changes
from data.imports.staging.context import Context
from data.imports.staging.currency import refuse_other_currency
from data.imports.staging.faults import Faults
from data.imports.terms import permission
from data.imports.terms.spec import Field, Spec, Target
from models.enums import SheetKind
from models.sales import AcquisitionCost


def _prepare(context: Context, faults: Faults, _changes: Changes) -> None:
    """Costs are in the store's currency."""
    refuse_other_currency(context, faults)


SPEC = Spec(
    kind=SheetKind.ACQUISITION_COSTS,
    label="Acquisition costs",
    roles=permission.FINANCE,
    fields=(
        Field(
            "source",
            "Source",
            "source|客户来源|来源|获客渠道",
            text(40),
            required=True,
            examples=("行业展会", "网络推广"),
        ),
        Field(
            "month",
            "Month",
            "month|月份|费用月份|年月",
            month,
            "date",
            required=True,
            examples=("2026-10", "2026-11"),
        ),
        Field(
            "amount",
            "Amount",
            "amount|获客费用|推广费用|费用|金额",
            money(sign="not_negative"),
            "money",
            required=True,
            examples=("12500.00", "8600.50"),
        ),
        parts.CURRENCY,
    ),
    references=(),
    targets=(
        Target(
            AcquisitionCost,
            "acquisition_cost_id",
            {"source": "source", "month": "month"},
            {"amount": "amount"},
            updatable=frozenset({"amount"}),
        ),
    ),
    prepare=_prepare,
)
