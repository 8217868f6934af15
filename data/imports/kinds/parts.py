"""Fields and references several kinds share (共用字段)."""

from __future__ import annotations

from data.imports.parsing import taxnumbers, texts, values
from data.imports.parsing.days import day
from data.imports.terms.spec import Field, Reference
from models.access import Role
from models.customers import Customer
from models.people import AppUser
from models.receivables import CreditNote, Invoice, Receipt
from models.sales import Product


def customer_code(*, required: bool = False) -> Field:
    """The customer's own code."""
    return Field(
        "customer_code",
        "Customer code",
        "customer_code|客户编码|客户编号|客户代码|客户代号|"
        "customer code|customer_id|customer no|customer|客户",
        texts.code(40),
        required=required,
        examples=("C0001", "C0002"),
    )


TAX_NUMBER = Field(
    "tax_no",
    "Unified social credit code",
    "tax_no|统一社会信用代码|社会信用代码|税号|纳税人识别号|统一编号|tax number|vat number",
    taxnumbers.tax_number,
    examples=("91350100M000100Y43", ""),
)

CUSTOMER_NAME = Field(
    "customer_name",
    "Customer name",
    "customer_name|客户名称|客户全称|单位名称|公司名称|企业名称|购货单位|购货单位名称|购买方名称|"
    "付款单位|付款单位名称|付款方|付款人|customer name|company name|company",
    texts.text(120),
)

CUSTOMER = Reference(
    "customer_code",
    "customer_id",
    Customer,
    "unknown_customer",
    tax_field="tax_no",
    name_field="customer_name",
)
NOT_FINANCE = frozenset({Role.ACCOUNT_MANAGER, Role.SERVICE})
"""Who may not set credit limits and payment terms."""

IDENTIFIES = ("customer_code", "tax_no", "customer_name")


def event_day(name: str, label: str, names: str, required: bool = True) -> Field:
    """The day something happened."""
    return Field(
        name,
        label,
        names,
        day(),
        "date",
        required=required,
        examples=("2026-11-02", "2026-11-16"),
    )


def amount(
    names: str,
    name: str = "amount",
    label: str = "Amount",
    required: bool = True,
    positive: bool = True,
    negative: str = "",
    gross: bool = True,
) -> Field:
    """Money; `negative` is the reason given where an amount below zero is no such thing.

    What is owed and paid is gross, its tax in it; what is sold may be net.
    """
    parse = values.money(sign="positive" if positive else "any", negative=negative)
    examples = ("12500.00", "8600.50")
    return Field(name, label, names, parse, "money", required, examples, gross=gross)


CURRENCY = Field(
    "currency",
    "Currency",
    "currency|币种|货币|幣別",
    texts.text(12),
    examples=("CNY", "CNY"),
)


def note(name: str, label: str, longest: int, names: str, example: str = "") -> Field:
    """Free text."""
    return Field(name, label, names, texts.text(longest), examples=(example, ""))


def email(name: str, names: str) -> Field:
    """One e-mail address of a contact."""
    return Field(name, "Contact's e-mail", names, texts.email(120))


def product_code(*, required: bool = False) -> Field:
    """The product's code."""
    return Field(
        "product_code",
        "Product code",
        "product_code|产品编码|产品编号|商品编码|物料编码|"
        "货号|品号|product_id|product code|sku|item code",
        texts.code(60),
        required=required,
        examples=("P001", "P002"),
    )


def survey_code() -> Field:
    """The questionnaire's code."""
    return Field(
        "survey_code",
        "Survey",
        "survey_code|问卷编码|问卷代码|survey",
        texts.code(40),
        required=True,
        examples=("CSI", "CSI"),
    )


PRODUCT = Reference("product_code", "product_id", Product, "unknown_product")


def person(name: str, label: str, names: str) -> Field:
    """One of our own people, by sign-in name, or by name where one person alone has it."""
    return Field(name, label, names, texts.code(64), examples=("", ""))


def colleague(field: str, into: str) -> Reference:
    """A user who must be there."""
    return Reference(field, into, AppUser, "user_missing", by="login", also_by="name")


def user(field: str, into: str) -> Reference:
    """A user; an unknown one is noted and left out."""
    return Reference(field, into, AppUser, "unknown_user", by="login", also_by="name", soft=True)


def invoice_code(*, required: bool = False, more: str = "") -> Field:
    """The number of an invoice that is there.

    Args:
        required: every row names one.
        more: other column names, each after a bar.
    """
    return Field(
        "invoice_code",
        "Invoice number",
        f"invoice_code|发票号|发票号码|发票编号|invoice_no|invoice number{more}",
        texts.code(60),
        required=required,
        examples=("INV2026001", "" if not required else "INV2026002"),
    )


def allocated() -> Field:
    """How much of a receipt or credit note is for the invoice it names."""
    return Field(
        "allocated",
        "Of it for this invoice",
        "allocated|核销金额|本票核销金额|allocated amount",
        values.money(sign="positive"),
        "money",
    )


INVOICE = Reference("invoice_code", "invoice_id", Invoice, "unknown_invoice")


def receipt_code(*, required: bool = False) -> Field:
    """The number of a receipt."""
    return Field(
        "receipt_code",
        "Receipt number",
        "receipt_code|回款单号|收款单号|回款编号|收款编号|payment_no|receipt_no|payment id|流水号",
        texts.code(60),
        required=required,
        examples=("RC2026001", "RC2026002"),
    )


def credit_note_code(*, required: bool = False) -> Field:
    """The number of a credit note."""
    return Field(
        "credit_note_code",
        "Credit note number",
        "credit_note_code|红字发票号|贷项编号|红票号|退款单号|credit_note_no|credit note",
        texts.code(60),
        required=required,
        examples=("CN2026001", "CN2026002") if required else ("", ""),
    )


RECEIPT = Reference("receipt_code", "receipt_id", Receipt, "unknown_receipt")
CREDIT_NOTE = Reference("credit_note_code", "credit_note_id", CreditNote, "unknown_credit_note")
