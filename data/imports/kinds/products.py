"""Product sheets (产品表)."""

from __future__ import annotations

from data.imports.kinds import parts
from data.imports.parsing import texts, values
from data.imports.terms import permission
from data.imports.terms.spec import Field, Spec, Target
from models.enums import SheetKind
from models.sales import Product

_COLUMNS = ("name", "category", "unit", "unit_cost", "list_price")

SPEC = Spec(
    kind=SheetKind.PRODUCTS,
    label="Products",
    roles=permission.FINANCE,
    fields=(
        parts.product_code(required=True),
        Field(
            "name",
            "Product name",
            "name|产品名称|商品名称|品名|product_name|product name|名称",
            texts.text(200),
            required=True,
            examples=("深沟球轴承 6204", "角接触球轴承 7205"),
        ),
        parts.note(
            "category", "Product category", 60, "category|产品类别|类别|品类|分类", example="轴承"
        ),
        parts.note("unit", "Unit", 12, "unit|单位|计量单位", example="套"),
        Field(
            "unit_cost",
            "Unit cost",
            "unit_cost|单位成本|成本价|成本",
            values.money(sign="not_negative"),
            "money",
            examples=("12.40", "18.00"),
            adds=False,
        ),
        Field(
            "list_price",
            "List price",
            "list_price|标价|单价|销售单价|目录价",
            values.money(sign="not_negative"),
            "money",
            examples=("19.90", "28.50"),
            adds=False,
        ),
    ),
    references=(),
    targets=(
        Target(
            Product,
            "product_id",
            {"code": "product_code"},
            {name: name for name in _COLUMNS},
            updatable=frozenset(_COLUMNS),
        ),
    ),
)
