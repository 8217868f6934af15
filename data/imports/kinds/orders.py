"""Order sheets (订单表): one row per order line; customers and products may come with them."""

from __future__ import annotations

from data.imports.kinds import parts
from data.imports.parsing import texts, values
from data.imports.staging.changes import Changes
from data.imports.staging.context import Context
from data.imports.staging.currency import refuse_other_currency
from data.imports.staging.faults import Faults
from data.imports.staging.rows import number_within
from data.imports.terms import permission
from data.imports.terms.spec import Field, Reference, Spec, Target
from models.enums import SheetKind
from models.sales import OrderLine, Product, SalesOrder

FIELDS = (
    Field(
        "order_code",
        "Order number",
        "order_code|订单号|订单编号|单号|销售单号|order_no|order id|order number",
        texts.code(60),
        required=True,
        examples=("SO2026001", "SO2026002"),
    ),
    Field(
        "line_no",
        "Line",
        "line_no|行号|序号|项次|line|line no",
        values.number(least=1, most=1_000_000, whole=True),
        "whole",
        examples=("1", "1"),
    ),
    parts.customer_code(),
    parts.TAX_NUMBER,
    parts.CUSTOMER_NAME,
    parts.event_day(
        "ordered_on",
        "Order date",
        "ordered_on|订单日期|下单日期|销售日期|日期|order_date|order date|date",
    ),
    parts.product_code(),
    Field(
        "quantity",
        "Quantity",
        "quantity|数量|qty",
        values.number(),
        "number",
        examples=("10", "5"),
        adds=True,
    ),
    parts.amount(
        "amount|金额|销售额|销售金额|订单金额|行金额|sales|total", positive=False, gross=False
    ),
    Field(
        "cost",
        "Cost of goods",
        "cost|成本|销售成本|成本金额",
        values.money(),
        "money",
        examples=("9800.00", "6400.00"),
    ),
    Field("profit", "Profit", "profit|毛利|利润|毛利额", values.money(), "money"),
    parts.CURRENCY,
    parts.person("sold_by_login", "Sold by", "sold_by|业务员|销售员"),
    parts.note("customer_industry", "Customer's industry", 40, "customer_industry|客户行业"),
    parts.note("customer_province", "Customer's province", 40, "customer_province|客户省份"),
    parts.note("customer_city", "Customer's city", 40, "customer_city|客户城市"),
    parts.note(
        "product_name", "Product name", 200, "product_name|产品名称|商品名称|品名|product name"
    ),
    parts.note(
        "product_category", "Product category", 60, "product_category|产品类别|品类|商品类别"
    ),
)


def _derive(row: dict[str, object]) -> None:
    """Cost is what is left of the amount after the profit."""
    amount, profit = row.get("amount"), row.get("profit")
    if row.get("cost") is None and isinstance(amount, int) and isinstance(profit, int):
        row["cost"] = amount - profit


def _number_lines(context: Context, faults: Faults, _changes: Changes) -> None:
    """Lines without a number are counted as they stand in the file, within their order."""
    refuse_other_currency(context, faults)
    number_within(context, "order_code", "line_no")


SPEC = Spec(
    kind=SheetKind.ORDERS,
    label="Orders",
    roles=permission.MANAGERS_AND_FINANCE,
    choices={"create_customers": "create_customers", "create_products": "create_products"},
    fields=FIELDS,
    side="debit",
    documents=frozenset({"order"}),
    any_of=(parts.IDENTIFIES,),
    references=(
        parts.CUSTOMER,
        Reference(
            "product_code",
            "product_id",
            Product,
            "unknown_product",
            creatable="create_products",
        ),
        parts.user("sold_by_login", "sold_by"),
    ),
    targets=(
        Target(
            Product,
            "product_id",
            {"code": "product_code"},
            {"name": "product_name", "category": "product_category"},
            shared=True,
            only_new="create_products",
            when="product_code",
        ),
        Target(
            SalesOrder,
            "order_id",
            {"code": "order_code"},
            {"customer_id": "customer_id", "ordered_on": "ordered_on", "sold_by": "sold_by"},
            updatable=frozenset({"ordered_on", "sold_by"}),
            shared=True,
            whole=True,
            duplicate="order_disagrees",
        ),
        Target(
            OrderLine,
            "order_line_id",
            {"order_id": "order_id", "line_no": "line_no"},
            {
                "product_id": "product_id",
                "quantity": "quantity",
                "amount": "amount",
                "cost": "cost",
            },
            updatable=frozenset({"product_id", "quantity", "amount", "cost"}),
            file_key=("order_code", "line_no"),
        ),
    ),
    otherwise=(("product_name", "product_code"),),
    derive=_derive,
    derived_from=("profit",),
    prepare=_number_lines,
)
