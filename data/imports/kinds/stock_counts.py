"""Stock count sheets (客户库存盘点表)."""

from __future__ import annotations

from data.imports.kinds import parts
from data.imports.parsing import values
from data.imports.terms import permission
from data.imports.terms.spec import Field, Spec, Target
from models.enums import SheetKind
from models.sales import StockCount

SPEC = Spec(
    kind=SheetKind.STOCK_COUNTS,
    label="Stock counts",
    roles=permission.MANAGERS_AND_FINANCE,
    fields=(
        parts.customer_code(),
        parts.TAX_NUMBER,
        parts.CUSTOMER_NAME,
        parts.product_code(required=True),
        parts.event_day("counted_on", "Count date", "counted_on|盘点日期|日期|count_date|date"),
        Field(
            "quantity",
            "Quantity",
            "quantity|库存数量|盘点数量|数量|qty",
            values.number(least=0),
            "number",
            required=True,
            examples=("120", "35"),
            adds=True,
        ),
        Field(
            "amount", "Amount", "amount|库存金额|金额", values.money(sign="not_negative"), "money"
        ),
    ),
    any_of=(parts.IDENTIFIES,),
    references=(parts.CUSTOMER, parts.PRODUCT),
    targets=(
        Target(
            StockCount,
            "stock_count_id",
            {"customer_id": "customer_id", "product_id": "product_id", "counted_on": "counted_on"},
            {"quantity": "quantity", "amount": "amount"},
            updatable=frozenset({"quantity", "amount"}),
        ),
    ),
)
