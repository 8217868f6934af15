"""Products, stock counts, orders and contracts (产品、库存、订单、合同)."""

from datetime import date

import sqlalchemy as sa
from sqlmodel import Field

from models.base import Base, Imported, dated, key, money, ref, text, whole


class Product(Base, Imported, table=True):
    """A product (产品) with its present unit cost."""

    __tablename__ = "product"
    __table_args__ = (sa.CheckConstraint("code <> ''", name="code_given"), *whole("unit_cost"))

    id: int | None = key()
    code: str = text(60, default=..., unique=True)
    name: str = text(200, default=...)
    category: str = text(60, index=True)
    unit: str = text(12)
    unit_cost: int | None = money(None, nullable=True)
    list_price: int | None = money(None, nullable=True)


class StockCount(Base, Imported, table=True):
    """A customer's own stock of a product on a day (客户库存盘点)."""

    __tablename__ = "stock_count"
    __table_args__ = (
        sa.UniqueConstraint("customer_id", "product_id", "counted_on"),
        sa.CheckConstraint("quantity >= 0", name="quantity_not_negative"),
        *dated("counted_on"),
    )

    id: int | None = key()
    customer_id: int = ref("customer.id", index=False)
    product_id: int = ref("product.id")
    counted_on: date
    quantity: float
    amount: int | None = money(None, nullable=True)


class SalesOrder(Base, Imported, table=True):
    """An order (订单); what it is worth is the sum of its lines."""

    __tablename__ = "sales_order"
    __table_args__ = (
        sa.CheckConstraint("code <> ''", name="code_given"),
        sa.Index("ix_sales_order_customer_id_ordered_on", "customer_id", "ordered_on"),
        sa.Index("ix_sales_order_ordered_on", "ordered_on"),
        *dated("ordered_on"),
    )

    id: int | None = key()
    code: str = text(60, default=..., unique=True)
    customer_id: int = ref("customer.id", index=False)
    ordered_on: date
    sold_by: int | None = ref("app_user.id", nullable=True, index=False)


class OrderLine(Base, Imported, table=True):
    """A line of an order (订单行). Returns are negative in amount, cost and quantity."""

    __tablename__ = "order_line"
    __table_args__ = (
        sa.UniqueConstraint("order_id", "line_no"),
        *whole("amount", "cost"),
    )

    id: int | None = key()
    order_id: int = ref("sales_order.id", index=False, ondelete="CASCADE")
    line_no: int
    product_id: int | None = ref("product.id", nullable=True)
    quantity: float = 1
    amount: int = money()
    """Net of discount, minor units."""
    cost: int | None = money(None, nullable=True)
    """Cost of goods, minor units; unknown stays unknown."""


class Contract(Base, Imported, table=True):
    """A contract (合同)."""

    __tablename__ = "contract"
    __table_args__ = (
        sa.CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        *dated("starts_on", "ends_on"),
        *whole("amount"),
    )

    id: int | None = key()
    code: str = text(60, default=..., unique=True)
    customer_id: int = ref("customer.id")
    title: str = text(200)
    starts_on: date
    ends_on: date = Field(index=True)
    amount: int | None = money(None, nullable=True)
    terms: str = text(400)
    signer: str = text(60)


class AcquisitionCost(Base, Imported, table=True):
    """What was spent to win customers from a source in a month (获客费用)."""

    __tablename__ = "acquisition_cost"
    __table_args__ = (sa.UniqueConstraint("source", "month"), *dated("month"), *whole("amount"))

    id: int | None = key()
    source: str = text(40, default=...)
    month: date
    amount: int = money()
