"""Every kind of sheet an import knows (导入表类型), by its code."""

from __future__ import annotations

from functools import cache

from data.imports.kinds import (
    acquisition_costs,
    allocations,
    answers,
    card_changes,
    collection_actions,
    complaints,
    contacts,
    contracts,
    credit_grades,
    credit_limits,
    credit_notes,
    credit_surveys,
    customers,
    invoices,
    key_account_decisions,
    loss_events,
    orders,
    owner_changes,
    payment_schedules,
    products,
    receipts,
    reversals,
    stock_counts,
    supervision_items,
    survey_items,
    visits,
    waves,
    write_offs,
)
from data.imports.terms.spec import Spec
from models.access import Role
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
        owner_changes,
        card_changes,
        credit_grades,
        credit_limits,
        collection_actions,
        key_account_decisions,
        loss_events,
        acquisition_costs,
        supervision_items,
        survey_items,
        waves,
        answers,
    )
}

ORDER: tuple[SheetKind, ...] = tuple(SPECS)
"""In which order several files are brought in: a sheet comes after those its rows rest on."""

MAY_IMPORT: dict[Role, frozenset[SheetKind]] = {
    role: frozenset(kind for kind, spec in SPECS.items() if role in spec.roles) for role in Role
}
"""What each role may bring in."""


def kinds_for(role: Role) -> list[SheetKind]:
    """The kinds a role may bring in, in the order in which they are brought in."""
    return [kind for kind in ORDER if kind in MAY_IMPORT[role]]


def spec_of(kind: SheetKind | str) -> Spec:
    """The declaration of a kind."""
    return SPECS[SheetKind(kind)]


@cache
def column_names() -> frozenset[str]:
    """What columns of any kind of sheet may be called, as cells write it."""
    said = {alias for spec in SPECS.values() for one in spec.fields for alias in one.aliases}
    said |= {alias.replace("_", " ") for alias in said}
    shapes = (str, str.lower, str.upper, str.title, str.capitalize)
    return frozenset(shape(alias) for alias in said for shape in shapes)
