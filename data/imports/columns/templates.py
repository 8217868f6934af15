"""Files to fill in (导入模板): the columns of a kind with two example rows, as CSV or workbook.

Survey answers have a template for each shape and scale; the column names state the scale, so
that every template imports as it stands once its customers are there.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from openpyxl import Workbook

from data.imports.columns.registry import spec_of
from data.imports.surveys.known import ITEM_ALIASES
from data.imports.terms.spec import Field, Spec
from models.enums import SheetKind

_CHINESE = re.compile("[一-鿿]")
_ITEMS = {"csat": ("5", "4"), "nps": ("9", "8")}
Column = tuple[str, tuple[str, str]]
"""Heading and the two examples."""

FORMATS = ("csv", "xlsx")
SURVEY_SCALES = ("1-5", "1-7", "0-10", "0-100", "words5", "words7")
SERVQUAL = "servqual"
_STATED = {
    "1-5": ("（1-5分）", " (1-5 points)"),
    "1-7": ("（1-7分）", " (1-7 points)"),
    "0-10": ("（0-10分）", " (0-10 points)"),
    "0-100": ("（0-100分）", " (0-100 points)"),
    "words5": ("（五级）", " (5-level)"),
    "words7": ("（七级）", " (7-level)"),
}
_SAID = {
    "1-5": (("5", "4"), ("5", "4")),
    "1-7": (("7", "5"), ("7", "5")),
    "0-10": (("9", "8"), ("9", "8")),
    "0-100": (("92", "85"), ("92", "85")),
    "words5": (("非常满意", "满意"), ("Very satisfied", "Satisfied")),
    "words7": (("非常满意", "较满意"), ("Very satisfied", "Somewhat satisfied")),
}
_ASKED = (("总体满意度", "overall satisfaction"), ("交货及时", "On-time delivery"))
_CODES = {
    "1-5": "csat",
    "1-7": "ces",
    "0-10": "nps",
    "words5": "csat",
    "words7": "ces",
}
_RATER = (
    ("可靠性", "Reliability"),
    ("保证性", "Assurance"),
    ("有形性", "Tangibles"),
    ("移情性", "Empathy"),
    ("响应性", "Responsiveness"),
)


@dataclass(frozen=True, slots=True)
class Template:
    """One file to download; it is made when it is asked for."""

    kind: SheetKind
    shape: str
    """responses, answers, scores or servqual; empty for other kinds."""
    scale: str
    format: str
    """csv or xlsx."""
    make: Callable[[], bytes]


def template(spec: Spec, *, chinese: bool) -> bytes:
    """A CSV file that imports as it stands once its customers are there.

    Args:
        spec: the kind.
        chinese: head the columns in Chinese, else in English.
    """
    return _csv(_columns(spec, chinese))


def all_of(kind: SheetKind, *, chinese: bool) -> list[Template]:
    """Every template of a kind, in both formats; the plainest first.

    Args:
        kind: of sheet.
        chinese: head the columns in Chinese, else in English.
    """
    if kind is not SheetKind.ANSWERS:
        plain = partial(_columns, spec_of(kind), chinese)
        return [Template(kind, "", "", name, partial(_file, name, plain)) for name in FORMATS]
    found = []
    for shape, columns in (("responses", _wide), ("answers", _tall), ("scores", _list)):
        for scale in SURVEY_SCALES:
            made = partial(columns, scale, chinese)
            found += [Template(kind, shape, scale, f, partial(_file, f, made)) for f in FORMATS]
    pairs = partial(_pairs, chinese)
    found += [Template(kind, SERVQUAL, "1-7", f, partial(_file, f, pairs)) for f in FORMATS]
    return found


def _columns(spec: Spec, chinese: bool) -> list[Column]:
    columns = [
        (_head(field, chinese), field.examples)
        for field in spec.fields
        if spec.kind is not SheetKind.ANSWERS or field.name not in ("item_code", "score")
    ]
    if spec.kind is SheetKind.ANSWERS:
        columns += [
            (next(a for a in ITEM_ALIASES[code] if bool(_CHINESE.search(a)) is chinese), scores)
            for code, scores in _ITEMS.items()
        ]
    return columns


def _fields(chinese: bool, *names: str) -> list[Column]:
    spec = spec_of(SheetKind.ANSWERS)
    fields = [spec.field(name) for name in names]
    return [(_head(field, chinese), field.examples) for field in fields]


def _wide(scale: str, chinese: bool) -> list[Column]:
    """A row per response; recommending is asked besides, as it always is from 0 to 10."""
    english = not chinese
    asked = [(names[english] + _STATED[scale][english], _SAID[scale][english]) for names in _ASKED]
    nps = ("推荐意愿（0-10分）", "likelihood to recommend (0-10 points)")[english]
    return [
        *_fields(chinese, "response_code", "customer_code", "answered_on", "respondent_name"),
        *asked,
        (nps, ("9", "8")),
        *_fields(chinese, "wave_code", "comment"),
    ]


def _tall(scale: str, chinese: bool) -> list[Column]:
    """A row per answer."""
    english = not chinese
    code = _CODES.get(scale) or f"{('满意度', 'satisfaction')[english]} ({scale})"
    item, score = _fields(chinese, "item_code", "score")
    return [
        *_fields(chinese, "response_code", "customer_code", "answered_on"),
        (item[0], (code, code)),
        (score[0], _SAID[scale][english]),
    ]


def _list(scale: str, chinese: bool) -> list[Column]:
    """A score per customer."""
    english = not chinese
    ((name, _examples),) = _fields(chinese, "score")
    return [
        *_fields(chinese, "customer_code", "answered_on"),
        (name + _STATED[scale][english], _SAID[scale][english]),
    ]


def _pairs(chinese: bool) -> list[Column]:
    """Expectation and perception of an item of each dimension, and its points."""
    english = not chinese
    expected = ("-期望（1-7分）", " - expectation (1-7 points)")[english]
    perceived = ("-感知（1-7分）", " - perception (1-7 points)")[english]
    points = ("-权重", " - weight")[english]
    columns = _fields(chinese, "response_code", "customer_code", "answered_on")
    for names in _RATER:
        item = f"{names[english]} 1"
        columns += [(item + expected, ("7", "6")), (item + perceived, ("6", "6"))]
    return [*columns, *((names[english] + points, ("20", "20")) for names in _RATER)]


def _head(field: Field, chinese: bool) -> str:
    if not chinese:
        return field.aliases[0]
    return next((a for a in field.aliases if _CHINESE.search(a)), field.aliases[0])


def _rows(columns: Sequence[Column]) -> list[list[str]]:
    heads = [head for head, _examples in columns]
    return [heads, *([examples[place] for _head, examples in columns] for place in (0, 1))]


def _file(name: str, columns: Callable[[], list[Column]]) -> bytes:
    return _csv(columns()) if name == "csv" else _xlsx(columns())


def _csv(columns: Sequence[Column]) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows(_rows(columns))
    return b"\xef\xbb\xbf" + buffer.getvalue().encode("utf-8")


def _xlsx(columns: Sequence[Column]) -> bytes:
    """Every cell is text, so that 00123 and 2026-11-02 stay as they are written."""
    book = Workbook()
    sheet = book.active
    for row in _rows(columns):
        sheet.append(row)
    for cells in sheet.iter_rows():
        for cell in cells:
            cell.number_format = "@"
    sheet.freeze_panes = "A2"
    for cells in sheet.iter_cols(max_row=1):
        sheet.column_dimensions[cells[0].column_letter].width = 18
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
