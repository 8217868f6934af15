"""Answer sheets to fill in (答卷模板): one for each shape and scale; headings state the scale."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial

from data.imports.surveys.known import ITEM_ALIASES
from data.imports.terms.beyond import Example, Made

_CHINESE = re.compile("[一-鿿]")
_ITEMS = {"csat": ("5", "4"), "nps": ("9", "8")}
SURVEY_SCALES = ("1-5", "1-7", "0-10", "0-100", "words5", "words7")
SERVQUAL = "servqual"
_WHO = ("response_code", "customer_code", "answered_on")
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


def plainest(*, chinese: bool) -> list[Example]:
    """Two questions without a word about their scales."""
    return [
        (next(a for a in ITEM_ALIASES[code] if bool(_CHINESE.search(a)) is chinese), scores)
        for code, scores in _ITEMS.items()
    ]


def all_of(fields: Mapping[str, Example], *, chinese: bool) -> Iterator[Made]:
    """Every template; the plainest first.

    Args:
        fields: heading and examples of each field.
        chinese: head the columns in Chinese, else in English.
    """
    for shape, columns in (("responses", _wide), ("answers", _tall), ("scores", _list)):
        for scale in SURVEY_SCALES:
            yield Made(shape, scale, partial(columns, fields, scale, chinese))
    yield Made(SERVQUAL, "1-7", partial(_pairs, fields, chinese))


def _wide(fields: Mapping[str, Example], scale: str, chinese: bool) -> list[Example]:
    """A row per response; recommending is asked besides, as it always is from 0 to 10."""
    english = not chinese
    asked = [(names[english] + _STATED[scale][english], _SAID[scale][english]) for names in _ASKED]
    nps = ("推荐意愿（0-10分）", "likelihood to recommend (0-10 points)")[english]
    return [
        *(fields[name] for name in _WHO),
        fields["respondent_name"],
        *asked,
        (nps, ("9", "8")),
        *(fields[name] for name in ("wave_code", "comment")),
    ]


def _tall(fields: Mapping[str, Example], scale: str, chinese: bool) -> list[Example]:
    """A row per answer."""
    english = not chinese
    code = _CODES.get(scale) or f"{('满意度', 'satisfaction')[english]} ({scale})"
    item, score = fields["item_code"], fields["score"]
    return [
        *(fields[name] for name in _WHO),
        (item[0], (code, code)),
        (score[0], _SAID[scale][english]),
    ]


def _list(fields: Mapping[str, Example], scale: str, chinese: bool) -> list[Example]:
    """A score per customer."""
    english = not chinese
    name, _examples = fields["score"]
    return [
        *(fields[name] for name in ("customer_code", "answered_on")),
        (name + _STATED[scale][english], _SAID[scale][english]),
    ]


def _pairs(fields: Mapping[str, Example], chinese: bool) -> list[Example]:
    """Expectation and perception of an item of each dimension, and its points."""
    english = not chinese
    expected = ("-期望（1-7分）", " - expectation (1-7 points)")[english]
    perceived = ("-感知（1-7分）", " - perception (1-7 points)")[english]
    points = ("-权重", " - weight")[english]
    columns = [fields[name] for name in _WHO]
    for names in _RATER:
        item = f"{names[english]} 1"
        columns += [(item + expected, ("7", "6")), (item + perceived, ("6", "6"))]
    return [*columns, *((names[english] + points, ("20", "20")) for names in _RATER)]
