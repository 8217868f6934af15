"""Every kind of sheet an import knows (导入表类型), by its code."""

from __future__ import annotations

from data.imports.kinds import (
    allocations,
    answers,
    complaints,
    contacts,
    contracts,
    credit_notes,
    credit_surveys,
    customers,
    invoices,
    orders,
    payment_schedules,
    products,
    receipts,
    reversals,
    stock_counts,
    visits,
    write_offs,
)
from data.imports.kinds.spec import Spec
from models.enums import SheetKind

SPECS: dict[SheetKind, Spec] = {
    module.SPEC.kind: module.SPEC
    for module in (
        customers,
        contacts,
        products,
        stock_counts,
        orders,
        invoices,
        receipts,
        credit_notes,
        payment_schedules,
        allocations,
        reversals,
        write_offs,
        contracts,
        credit_surveys,
        complaints,
        visits,
        answers,
    )
}

ORDER: tuple[SheetKind, ...] = tuple(SPECS)
"""In which order several files are brought in: a sheet comes after those its rows rest on."""


def spec_of(kind: SheetKind | str) -> Spec:
    """The declaration of a kind."""
    return SPECS[SheetKind(kind)]
