"""Rows that are no data, put into sheets of any kind (混入非数据行)."""

from __future__ import annotations

import csv
import io
import random
from decimal import Decimal, InvalidOperation

from data.imports.columns.templates import template
from data.imports.terms.spec import Spec

Sheet = list[list[str]]
TOTALS = (
    "合计",
    "合 计",
    "小计：",
    "总计",
    "合計",
    "小計",
    "合计（2 条）",
    "本页合计",
    "累计",
    "平均",
    "Total",
    "Grand Total",
    "Subtotal",
    "TOTAL:",
    "Average",
    "8月小计",
)
FOOTERS = (
    ["制表人：张三"],
    ["制表人", "张三", "", "审核", "李四"],
    ["審核：李四", "複核：王五"],
    ["打印日期：2026-08-31"],
    ["打印时间", "2026-08-31 10:00"],
    ["第 1 页", "共 3 页"],
    ["第1页/共3页"],
    ["Page 1 of 3"],
    ["备注：本表含税", "以元为单位"],
    ["Printed on 2026-08-31"],
    ["以上数据来源：ERP"],
    ["-----"],
)


def plain_sheet(spec: Spec) -> Sheet:
    """Header and two rows of a kind, as its template has them."""
    text = template(spec, chinese=True).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def noisy(spec: Spec, sheet: Sheet, dice: random.Random, times: int) -> bytes:
    """The sheet with so many rows that are none, at random places under the header."""
    rows = [list(row) for row in sheet]
    for _time in range(times):
        place = dice.randint(1, len(rows))
        rows.insert(place, _row(spec, sheet, dice, rows[place - 1] if place > 1 else sheet[1]))
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue().encode()


def _row(spec: Spec, sheet: Sheet, dice: random.Random, above: list[str]) -> list[str]:
    width = len(sheet[0])
    kind = dice.choice(("total", "total", "group", "filled", "footer", "header", "units", "blank"))
    if kind == "header":
        return [f"{name}（元）" if dice.random() < 0.2 else name for name in sheet[0]]
    if kind == "footer":
        row = list(dice.choice(FOOTERS))
        return row if dice.random() < 0.5 else row + [""] * (width - len(row))
    if kind in ("blank", "units"):
        return [""] * width
    named = [place for place, name in enumerate(sheet[0]) if _field(spec, name) in _places(spec)]
    figures = {place: _sum(sheet, place) for place in range(width) if _adds(spec, sheet[0][place])}
    if kind == "filled" and len(above) == width:  # a subtotal that repeats the keys of its group
        place = dice.choice(named)
        return [
            dice.choice(TOTALS) if at == place else figures.get(at, cell)
            for at, cell in enumerate(above)
        ]
    word = dice.choice(TOTALS)
    if kind == "group":
        word = f"{sheet[1][0]}{dice.choice(('小计', ' 合计', ' 汇总', ' Total'))}"
    place = dice.choice([0, *named])
    return [word if at == place else figures.get(at, "") for at in range(width)]


def _places(spec: Spec) -> frozenset[str]:
    """Fields a total may stand in: keys, names and days."""
    days = {one.name for one in spec.fields if one.type == "date"}
    return frozenset(spec.identifying | days)


def _field(spec: Spec, column: str) -> str:
    return next((one.name for one in spec.fields if column in one.aliases), "")


def _adds(spec: Spec, column: str) -> bool:
    name = _field(spec, column)
    return bool(name) and spec.field(name).is_figure


def _sum(sheet: Sheet, place: int) -> str:
    try:
        return str(sum(Decimal(row[place] or "0") for row in sheet[1:]))
    except InvalidOperation:
        return ""
