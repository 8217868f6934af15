"""Sheets as a company keeps them (企业样表): some twenty rows each, headed in Chinese.

Figures are made by a rule, so that none is the sum of others by chance, and codes have the
leading zeros that spreadsheets lose.
"""

from __future__ import annotations

from datetime import date, timedelta

Grid = list[list[str]]
CUSTOMERS = 24
_PLACES = ("福建省", "江苏省", "浙江省", "广东省")
_TRADES = ("机电", "贸易", "轴承", "电子", "化工", "食品")


def customer(number: int) -> str:
    """The code of a customer: six figures, as a ledger writes them."""
    return f"{1000 + number % CUSTOMERS:06}"


def _day(number: int) -> str:
    return (date(2026, 3, 2) + timedelta(days=number * 37 % 230)).isoformat()


def _amount(number: int) -> str:
    return f"{(number * 7919 + 1013) % 90_000 + 100}.{number * 37 % 100:02}"


def customers() -> Grid:
    rows = [
        [
            customer(n),
            f"{_PLACES[n % 4][:2]}{'东南西北中'[n % 5]}{_TRADES[n % 6]}{n // 6 + 1}厂有限公司",
            _PLACES[n % 4],
            ("30", "60", "45")[n % 3],
            _amount(n * 3 + 1),
            f"0592-55{n:05}",
            ("", "老客户", "展会认识")[n % 3],
        ]
        for n in range(CUSTOMERS)
    ]
    return [["客户编码", "客户名称", "省份", "账期天数", "信用额度", "电话", "备注"], *rows]


def orders() -> Grid:
    rows = [
        [
            f"XS{order:04}",
            customer(order * 5),
            _day(order),
            f"{_TRADES[(order + line) % 6]}件{line}号",
            str((order * 13 + line * 7) % 40 + 3),
            _amount(order * 17 + line * 5),
        ]
        for order in range(1, 13)
        for line in range(1, 2 + order % 3 + 1)
    ]
    return [["订单号", "客户编码", "订单日期", "产品名称", "数量", "金额"], *rows]


def invoices() -> Grid:
    rows = [[f"{20260001 + n}", customer(n * 7), _day(n), _amount(n * 11)] for n in range(24)]
    return [["发票号", "客户编码", "开票日期", "金额"], *rows]


def receipts() -> Grid:
    rows = [
        [f"SK{n:05}", customer(n * 3), _day(n), _amount(n * 13), ("银行转账", "现金")[n % 2], ""]
        for n in range(18)
    ]
    return [["回款单号", "客户编码", "回款日期", "金额", "回款方式", "备注"], *rows]


def credit_limits() -> Grid:
    rows = [[customer(n * 5), _day(n), _amount(n * 19), "按上年销售额核定额度"] for n in range(20)]
    return [["客户编码", "生效日期", "信用额度", "核定理由"], *rows]


def contacts() -> Grid:
    rows = [
        [
            customer(n),
            f"{'王李张刘陈'[n % 5]}{'伟芳娜敏静'[n % 4]}{n}",
            f"138{n * 1234567 % 10**8:08}",
        ]
        for n in range(18)
    ]
    return [["客户编码", "联系人", "电话"], *rows]


def contracts() -> Grid:
    rows = [
        [f"HT{n:04}", customer(n * 5), _day(n), "2027-02-28", _amount(n * 23)] for n in range(16)
    ]
    return [["合同编号", "客户编码", "开始日期", "结束日期", "合同金额"], *rows]


def credit_surveys() -> Grid:
    rows = [
        [
            customer(n * 7),
            _day(n),
            _amount(n * 29 + 3),
            _amount(n * 31 + 5),
            f"{n * 3 % 60 + 5}%",
        ]
        for n in range(16)
    ]
    return [["客户编码", "调查日期", "流动资产", "流动负债", "竞争对手份额"], *rows]


SHEETS = {
    "customers": customers,
    "orders": orders,
    "invoices": invoices,
    "receipts": receipts,
    "credit_limits": credit_limits,
    "contacts": contacts,
    "contracts": contracts,
    "credit_surveys": credit_surveys,
}
"""Kind → its sheet; all but the first rest on the customers."""
