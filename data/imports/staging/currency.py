"""The store's one currency (本位币): amounts in another cannot be added up."""

from __future__ import annotations

import sqlalchemy as sa

from data.imports.staging.context import Context
from data.imports.staging.faults import Faults
from data.imports.terms.tables import table_of
from models.system import StoreState

STORE_STATE = table_of(StoreState)


def currency_of(connection: sa.Connection) -> str:
    """The store's one currency."""
    found = connection.execute(sa.select(STORE_STATE.c.currency)).scalar_one_or_none()
    return str(found or "CNY")


def refuse_other_currency(context: Context, faults: Faults) -> None:
    """Rows whose amount is in another currency than the store's are faulty."""
    if "currency" not in context.filled:
        return
    staged = context.staged
    code = currency_of(context.connection)
    names = ("cny", "rmb", "人民币", "人民幣", "元") if code == "CNY" else (code.lower(),)
    faults.where(
        "currency_differs",
        "currency",
        sa.and_(staged.c.currency.is_not(None), sa.func.lower(staged.c.currency).not_in(names)),
        other=sa.literal(code),
    )
