"""Manners of writing (写法): other headers, odd blanks, and what nobody may understand silently."""

from __future__ import annotations

from collections.abc import Callable

from opencc import OpenCC

from data.imports.columns import naming
from tests.data.imports.altering import STATES, Draft, iso, plain

_TRADITIONAL = OpenCC("s2t")
_STYLES: tuple[Callable[[str], str], ...] = (
    lambda name: f" {name} ",
    lambda name: f"{name}*",
    lambda name: f"*{name}",
    lambda name: f"{name}（必填）",
    lambda name: f"{name}：",
    lambda name: f"{name[:1]} {name[1:]}",
    lambda name: f"{name}\u200b",
    lambda name: f"{name[:2]}\n{name[2:]}",
    _TRADITIONAL.convert,
)


def restyled_header(draft: Draft) -> bool:
    """客 户编码, *金额, 客戶編碼."""
    if draft.spec.asked:
        return False
    style = draft.dice.choice(_STYLES)
    draft.header = [style(name) for name in draft.header]
    return True


def blanks_around(draft: Draft) -> bool:
    """Blanks of all widths before and after what cells say."""
    for row in draft.rows:
        for place, cell in enumerate(row):
            if cell and draft.dice.random() < 0.3:
                before, after = draft.dice.choices(("", " ", "  ", "\u00a0", "　", "\u200b"), k=2)
                row[place] = f"{before}{cell}{after}"
    return True


def wide_letters(draft: Draft) -> bool:
    """Ｃ０００１."""
    wide = {code: code + 0xFEE0 for code in range(0x30, 0x7B) if chr(code).isalnum()}
    places = draft.codes()
    for place in places:
        for row in draft.rows:
            row[place] = row[place].translate(wide)
    return bool(places)


def empty_columns(draft: Draft) -> bool:
    """Columns without a name and without a cell, as a sheet that begins at column B has."""
    for _ in range(draft.dice.randint(1, 3)):
        at = draft.dice.choice((0, 0, len(draft.header), draft.dice.randint(0, len(draft.header))))
        draft.header.insert(at, "")
        draft.fields.insert(at, "")
        for row in (*draft.rows, *draft.under):
            row.insert(at, "")
    return True


def unknown_states(draft: Draft) -> bool:
    """A word in a column of states that nobody knows."""
    names = [name for name in STATES[:3] if not naming.recognised(draft.spec, [name])]
    if draft.spec.asked or not names or any(name in draft.header for name in STATES):
        return False
    draft.header.append(names[0])
    draft.fields.append("")
    odd = draft.dice.randrange(len(draft.rows))
    for line, row in enumerate(draft.rows):
        row.append(draft.dice.choice(("挂起", "冻结待查", "Parked")) if line == odd else "正常")
    for row in draft.under:
        row.append("")
    return True


def ambiguous_days(draft: Draft) -> bool:
    """03/02/2026 is two days to two readers."""
    places = [
        p for p in draft.columns("date") if all(iso(row[p]) or not row[p] for row in draft.rows)
    ]
    for place in places:
        sign = draft.dice.choice("/-.")
        for row in draft.rows:
            day = iso(row[place])
            row[place] = f"{day:%d}{sign}{day:%m}{sign}{day:%Y}" if day else ""
    return bool(places)


def foreign_currency(draft: Draft) -> bool:
    """金额(USD)."""
    places = [p for p in draft.columns("money") if draft.fields[p] not in draft.unit]
    if not places:
        return False
    place = draft.dice.choice(places)
    draft.header[place] += draft.dice.choice(("(USD)", "（美元）", "(万美元)", " EUR", "（港币）"))
    return True


def zeros_lost(draft: Draft) -> bool:
    """001001 that a spreadsheet made 1001, where the customer is another sheet's."""
    if "customer_code" not in draft.fields or draft.spec.kind == "customers":
        return False
    place = draft.fields.index("customer_code")
    if not all(row[place].isdigit() and row[place].startswith("00") for row in draft.rows):
        return False
    for row in draft.rows:
        row[place] = row[place].lstrip("0")
    return True


# rows around the data ------------------------------------------------------------------------


def captions_above(draft: Draft) -> bool:
    """A line of captions over groups of columns."""
    width = len(draft.header)
    if width < 3:
        return False
    row = [""] * width
    row[0] = draft.dice.choice(("客户信息", "基本资料", "单据"))
    row[width // 2] = draft.dice.choice(("金额信息", "业务数据", "明细"))
    draft.over.append(row)
    return True


def required_row(draft: Draft) -> bool:
    """必填 and 选填 under the names."""
    words = draft.dice.choice(
        (("必填", "选填"), ("（必填）", "（选填）"), ("required", "optional"))
    )
    draft.under.insert(0, [draft.dice.choice(words) for _name in draft.header])
    return True


def numbered_columns(draft: Draft) -> bool:
    """1, 2, 3 … or A, B, C … under the names."""
    if not 3 <= len(draft.header) <= 26 or draft.under:
        return False
    letters = draft.dice.random() < 0.5
    signs = (chr(65 + n) if letters else str(n + 1) for n in range(len(draft.header)))
    draft.under.append(list(signs))
    return True


def page_breaks(draft: Draft) -> bool:
    """The end of a page and the head of the next: its number, the title, the header once more."""
    at = draft.dice.randint(0, len(draft.body))
    width = len(draft.header)
    for row in (
        list(draft.header),
        ["明细表（续）", *[""] * (width - 1)],
        ["", *[""] * (width - 1)],
        [draft.dice.choice(("第 1 页", "Page 1 of 3", "过次页")), *[""] * (width - 1)],
    ):
        draft.put(row, at)
    return True


def totals_with_more(draft: Draft) -> bool:
    """合计 with a day, a currency or a count in cells that no total needs."""
    numbers = draft.numbers()
    row = [""] * len(draft.header)
    for place, name in enumerate(draft.fields):
        if place in draft.figures() and draft.total(place, numbers):
            row[place] = plain(draft.total(place, numbers))
        elif draft.type_of(name) == "date" and draft.dice.random() < 0.5:
            row[place] = "2026-08-31"
        elif name == "currency":
            row[place] = "CNY"
    row[draft.dice.choice([0, *draft.named()])] = draft.dice.choice(
        ("合计", "总计：", "合计（3条）")
    )
    free = [place for place, cell in enumerate(row) if not cell]
    if free and draft.dice.random() < 0.5:
        row[draft.dice.choice(free)] = draft.dice.choice(("共3条", "3 笔", "12条记录"))
    draft.put(row, draft.dice.choice((None, len(draft.body))))
    return True


def totals_in_a_note(draft: Draft) -> bool:
    """合计 in a column of free text."""
    texts = [p for p, name in enumerate(draft.fields) if name in naming.REMARKS]
    numbers = draft.numbers()
    if not texts or not any(draft.total(place, numbers) for place in draft.figures()):
        return False
    row = [""] * len(draft.header)
    for place in draft.figures():
        total = draft.total(place, numbers)
        row[place] = plain(total) if total else ""
    row[draft.dice.choice(texts)] = draft.dice.choice(("合计", "小计", "Total", "本月合计", "總計"))
    draft.put(row)
    return True
