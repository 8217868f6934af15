"""Rows that are no data, put into sheets of any kind (混入非数据行): totals, footers, headers."""

from __future__ import annotations

from decimal import Decimal

from tests.data.imports.altering import Draft, plain

TOTALS = (
    "合计",
    "合 计",
    "小计：",
    "总计",
    "合計",
    "小計",
    "總計",
    "合计（2 条）",
    "本页合计",
    "Total",
    "Grand Total",
    "Subtotal",
    "TOTAL:",
    "8月小计",
)
RUNNING = ("累计", "本页累计", "累計", "Running total")
AVERAGES = ("平均", "平均值", "平均數", "Average", "AVG")
FOOTERS = (
    ["制表人：张三"],
    ["制表人", "张三", "", "审核", "李四"],
    ["審核：李四", "複核：王五"],
    ["打印日期：2026-08-31"],
    ["打印时间", "2026-08-31 10:00"],
    ["第 1 页", "共 3 页"],
    ["第1页/共3页"],
    ["Page 1 of 3"],
    ["备注：本表含税，以元为单位"],
    ["Printed on 2026-08-31"],
    ["以上数据来源：ERP"],
    ["-----"],
)
TITLES = (
    ["销售明细表"],
    ["编制单位：厦门某某有限公司", "2026年8月"],
    ["客户往来明细（2026年）", "", "共 3 页"],
    ["导出时间：2026-08-31 10:00"],
    [],
)


def titles_above(draft: Draft) -> bool:
    for title in draft.dice.sample(TITLES, draft.dice.randint(1, 3)):
        draft.over.append([*title, ""] if title else [""])
    return True


def worded_totals(draft: Draft) -> bool:
    """合计 in the first cell, a key or a name, and sums beside it."""
    for _ in range(draft.dice.randint(1, 3)):
        draft.put(_sums(draft, draft.dice.choice(TOTALS), draft.numbers()))
    return True


def running_totals(draft: Draft) -> bool:
    """累计: the sum of all that stands above."""
    for _ in range(draft.dice.randint(1, 2)):
        at = draft.dice.randint(0, len(draft.body))
        draft.put(_sums(draft, draft.dice.choice(RUNNING), draft.numbers(at)), at)
    return True


def averages(draft: Draft) -> bool:
    """平均: what a row comes to on average."""
    numbers = draft.numbers()
    row = _sums(draft, draft.dice.choice(AVERAGES), numbers)
    for place in draft.figures():
        total = draft.total(place, numbers)
        row[place] = f"{total / max(len(numbers), 1):.2f}" if total else row[place]
    draft.put(row)
    return True


def totals_of_a_group(draft: Draft) -> bool:
    """C001小计, 合计 of what the row above is of."""
    for _ in range(draft.dice.randint(1, 2)):
        at = draft.dice.randint(1, len(draft.body))
        above = draft.body[at - 1]
        if above[0] is None:
            continue
        place = draft.dice.choice([p for p in (0, *draft.named()) if above[1][p]] or [0])
        word = draft.dice.choice(("{}小计", "{} 合计", "{} 汇总", "{} Total", "Total for {}"))
        if above[1][place]:
            row = _sums(draft, "", [above[0]])
            row[place] = word.format(above[1][place])
            draft.put(row, at)
    return True


def filled_subtotals(draft: Draft) -> bool:
    """小计 in one cell of a row that repeats the keys of the row above it."""
    at = draft.dice.randint(1, len(draft.body))
    above, named = draft.body[at - 1], draft.named()
    if above[0] is None or not named:
        return False
    row = list(above[1])
    for place in draft.figures():
        row[place] = _said(draft, place, draft.numbers(at))
    row[draft.dice.choice(named)] = draft.dice.choice(TOTALS)
    draft.put(row, at)
    return True


def wordless_sums(draft: Draft) -> bool:
    """A row under those of a document, or of the sheet, that is their sum and says nothing."""
    figures = [p for p in draft.figures() if draft.total(p, draft.numbers())]
    if not figures or draft.under:
        return False
    last = [at for at, (number, _cells) in enumerate(draft.body, 1) if number is not None]
    document = draft.spec.document
    place = draft.fields.index(document) if document and document in draft.fields else -1
    ends: list[tuple[int, list[int]]] = [(last[-1], draft.numbers())] if len(last) > 2 else []
    if place >= 0:
        ends = list(_documents(draft, place).values())
    if not ends:
        return False
    at, numbers = draft.dice.choice(ends)
    row = list(draft.body[at - 1][1]) if place >= 0 else [""] * len(draft.header)
    for figure in figures:
        row[figure] = _said(draft, figure, numbers)
    draft.put(row, at)
    return True


def _documents(draft: Draft, place: int) -> dict[str, tuple[int, list[int]]]:
    """Document of several rows → the place under its last, and the rows' numbers."""
    found: dict[str, tuple[int, list[int]]] = {}
    for at, (number, cells) in enumerate(draft.body, 1):
        if number is not None and draft.exact[number]:
            found[cells[place]] = (at, [*found.get(cells[place], (0, []))[1], number])
    return {name: one for name, one in found.items() if len(one[1]) > 1}


def footers(draft: Draft) -> bool:
    for _ in range(draft.dice.randint(1, 3)):
        row = list(draft.dice.choice(FOOTERS))
        short = len(row) > len(draft.header) or draft.dice.random() < 0.5
        draft.put(
            row[: len(draft.header)] if short else row + [""] * (len(draft.header) - len(row))
        )
    return True


def repeated_headers(draft: Draft) -> bool:
    for _ in range(draft.dice.randint(1, 2)):
        name = draft.dice.choice(("{}", "{}", " {} "))
        draft.put([name.format(each) for each in draft.header])
    return True


def blank_rows(draft: Draft) -> bool:
    width = len(draft.header)
    for _ in range(draft.dice.randint(1, 3)):
        draft.put(draft.dice.choice(([""] * width, [" "] * width, ["　"] * width, [""])))
    return True


def _sums(draft: Draft, word: str, numbers: list[int]) -> list[str]:
    row = [""] * len(draft.header)
    for place in draft.figures():
        row[place] = _said(draft, place, numbers)
    row[draft.dice.choice([0, *draft.named()])] = word
    return row


def _said(draft: Draft, place: int, numbers: list[int]) -> str:
    total = draft.total(place, numbers)
    return plain(total) if total != Decimal(0) else ""
