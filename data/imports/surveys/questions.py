"""Columns that are questions (题目识别): number, wording, role and dimension out of a header.

Headers look as survey tools write them: `3、交货及时`, `3、服务评价—交货及时`, `第3题(交货及时)`
(问卷星); `Q3`, `Q3[SQ001]`, `Q3[SQ001]. Delivery [on time]` (LimeSurvey); `Delivery [on time]`
(spreadsheet forms). Expectation and perception, importance and satisfaction come in pairs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from data.imports.files.headers import visible, whole
from data.imports.surveys import scale_words
from models.enums import ItemRole

LONGEST_CODE, LONGEST_WORDING, LONGEST_DIMENSION = 40, 300, 40


@dataclass(frozen=True, slots=True)
class Question:
    """What a column's name says about the question in it."""

    place: int
    column: str
    code: str
    wording: str
    group: str = ""
    """The question a row of a matrix belongs to."""
    role: str = ItemRole.SATISFACTION.value
    dimension: str = ""
    numbered: bool = False
    """The header is written as a survey tool writes questions."""
    named: bool = False
    """The role stands in the header."""


_MATRIX_OLD = re.compile(r"第 ?(\d{1,3}) ?题 ?[(（](.*)[)）]")
_SUB = re.compile(r"[Qq]?(\d{1,3}) ?[(（_.\-](\d{1,2})[)）]?(?: ?[、.．:：]| (?=\S)|$) ?(.*)")
_NUMBER = re.compile(r"(?:第 ?)?[Qq]?(\d{1,3})(?: ?题)? ?[、．.:：] ?(?=\D)(.+)")
_CODE = re.compile(
    r"([A-Za-z]{1,8}_?\d{1,3}(?:[A-Za-z_]\w{0,12})?)(\[[\w#]{1,12}\])?(?:[.．:：] ?(.+))?"
)
_ROW = re.compile(r"(.+?) ?\[(.+)\]")
_LONG_DASH = re.compile(r" ?[—–―]+ ?| - ")

_ROLE_WORDS = {
    ItemRole.EXPECTATION: r"期望值?|期待值?|预期|expectations?|expected",
    ItemRole.PERCEPTION: (
        r"感知值?|实际(?:感受|体验|感知)?值?|感受值?|perceptions?|perceived|actual"
    ),
    ItemRole.IMPORTANCE: r"重要(?:程度|度|性)|importance",
    ItemRole.SATISFACTION: r"满意(?:程度|度)|satisfaction|performance",
}
_PAIRS = (
    (ItemRole.EXPECTATION, ItemRole.PERCEPTION),
    (ItemRole.IMPORTANCE, ItemRole.SATISFACTION),
)
_LETTERS = {
    "E": ItemRole.EXPECTATION,
    "P": ItemRole.PERCEPTION,
    "I": ItemRole.IMPORTANCE,
    "S": ItemRole.SATISFACTION,
}
_LETTER_LAST = re.compile(r"(.*\d)[_\-. ]?([EPISepis])")
_LETTER_FIRST = re.compile(r"([EPISepis])[_\-. ]?(\d{1,3})")
_EDGE = re.compile(r"^[\s\-_—–:：、.()（）\[\]【】]+|[\s\-_—–:：、.()（）\[\]【】]+$")

_RATER = {
    "tangibles": r"有形|tangib",
    "reliability": r"可靠|reliab",
    "responsiveness": r"响应|反应性|responsive",
    "assurance": r"保证性?|assurance",
    "empathy": r"移情|关怀性|同理|empath",
}
_OF_ONE = {
    ItemRole.NPS: r"\bnps\b|推荐(?:给|意愿|度|我们|可能)|净推荐|recommend",
    ItemRole.OVERALL: r"(?:总体|整体|总的|综合)(?:来说|而言|上)?.{0,12}满意|overall.{0,20}satisf",
    ItemRole.EFFORT: r"费力|省力|effort",
}
_POINTS = re.compile(r"权重|weights?\b|importance points", re.IGNORECASE)
_COMMENT = re.compile(
    r"意见|建议|评语|留言|补充说明|其他想说|comments?\b|suggestions?\b|feedback|remarks?\b",
    re.IGNORECASE,
)
_NO_QUESTION = re.compile(
    r"序号|编号|总分|总得分|得分|分数|score|total( score)?|points|年龄|age|性别|省份?|城市|city|"
    r"所用时间|答题时长|时长|来源|来源详情|来自 ?ip|ip ?(地址|address)?|"
    r"(开始|结束)(答题)?时间|电话|手机号?|phone|email|邮箱|"
    r"id|seed|token|last ?page|最后一页|start ?language|起始语言|start ?date|date ?stamp|"
    r"start time|interview ?time|group ?time ?\d*|progress|进度|完成率|duration.*|finished|status|"
    r"user ?language|distribution ?channel|location ?(latitude|longitude)|recorded ?date",
    re.IGNORECASE,
)
_TIMING = re.compile(r"[A-Za-z]\w*Time")
"""How long a question took, in LimeSurvey: `Q1Time`."""
_SIMPLER = str.maketrans(
    "望實際響應證滿價參與權預體驗總題議見點薦願費靠",
    "望实际响应证满价参与权预体验总题议见点荐愿费靠",
)


def key(name: str) -> str:
    """A question's name as it is compared: brackets count, width and spaces do not."""
    return whole(name)


def read_all(header: Sequence[str], taken: set[int]) -> list[Question]:
    """The columns that may be questions, in order; `taken` hold fields."""
    found = [
        _read(place, name)
        for place, name in enumerate(header)
        if place not in taken
        and name.strip()
        and not _is_about_the_form(scale_words.bare(name).strip())
    ]
    return _coded(_paired(_rows_numbered(found)))


def _is_about_the_form(name: str) -> bool:
    return bool(_NO_QUESTION.fullmatch(name) or _TIMING.fullmatch(name))


def is_code(name: str) -> bool:
    """Whether a column is called by a question's code alone, such as `Q2[SQ001]`."""
    coded = _CODE.fullmatch(visible(name))
    return coded is not None and not coded[3]


def is_comment(name: str) -> bool:
    """Whether a column's name promises free text."""
    return bool(_COMMENT.search(name.translate(_SIMPLER)))


def _read(place: int, name: str) -> Question:
    text = visible(name)
    code, wording, group = "", text, ""
    old, sub, number, coded = (p.fullmatch(text) for p in (_MATRIX_OLD, _SUB, _NUMBER, _CODE))
    if old:
        code, wording = f"Q{old[1]}", old[2]
    elif sub:
        code, wording = f"Q{sub[1]}_{sub[2]}", sub[3]
    elif number:
        code, wording = f"Q{number[1]}", number[2]
    elif coded:
        row = (coded[2] or "").strip("[]").replace("#", "_")
        code, wording = coded[1] + (f"_{row}" if row else ""), coded[3] or ""
    if not old and not sub:
        wording, group = _row_of(wording)
    numbered = bool(code) or bool(group)
    one = Question(place, name, code, wording.strip(), group.strip(), numbered=numbered)
    return _about(one)


def _row_of(wording: str) -> tuple[str, str]:
    """(row, question) of a matrix; question empty where it is none."""
    row = _ROW.fullmatch(wording)
    if row and not re.fullmatch(r"[\d\s\-~～—至到分.]+|.*必填.*", row[2]):
        return row[2], row[1]
    parts = _LONG_DASH.split(wording, maxsplit=1)
    if len(parts) == 2 and all(parts):
        return parts[1], parts[0]
    return wording, ""


def _about(one: Question) -> Question:
    """Role and dimension as far as the words say them."""
    text = f"{one.group} {one.wording} {one.code}".translate(_SIMPLER)
    for role, words in _OF_ONE.items():
        if re.search(words, text, re.IGNORECASE):
            return replace(one, role=role.value, named=True)
    dimension = next((d for d, w in _RATER.items() if re.search(w, text, re.IGNORECASE)), "")
    if dimension and _POINTS.search(text):
        return replace(one, role=ItemRole.IMPORTANCE.value, dimension=dimension, named=True)
    if dimension and re.search("可靠性|保证性|响应性|移情性|有形性|[a-z]", text):
        return replace(one, dimension=dimension)
    return replace(one, dimension=one.group[:LONGEST_DIMENSION])


def is_points(one: Question) -> bool:
    """Whether a column holds the points a respondent gives to a dimension."""
    return one.role == ItemRole.IMPORTANCE and bool(_POINTS.search(f"{one.group} {one.wording}"))


def _rows_numbered(found: list[Question]) -> list[Question]:
    """Rows of a matrix that share the question's number get their own."""
    by_code: dict[str, int] = {}
    for one in found:
        by_code[one.code] = by_code.get(one.code, 0) + 1
    count: dict[str, int] = {}
    numbered = []
    for one in found:
        if one.code and by_code[one.code] > 1:
            count[one.code] = count.get(one.code, 0) + 1
            one = replace(one, code=f"{one.code}_{count[one.code]}")
        numbered.append(one)
    return numbered


def _paired(found: list[Question]) -> list[Question]:
    """Roles of columns that come in pairs: the same item asked twice."""
    stems: dict[tuple[str, ItemRole], int] = {}
    for index, one in enumerate(found):
        if not one.named:
            for stem, role in _stems(one):
                stems.setdefault((stem, role), index)
    roles: dict[int, tuple[ItemRole, str, int]] = {}
    for pair in _PAIRS:
        both = [s for s, role in stems if role == pair[0] and (s, pair[1]) in stems]
        for number, stem in enumerate(both, start=1):
            for role in pair:
                roles.setdefault(stems[stem, role], (role, stem, number))
    return [
        _with_role(one, *roles[index]) if index in roles else _alone(one)
        for index, one in enumerate(found)
    ]


def _stems(one: Question) -> list[tuple[str, ItemRole]]:
    """What is left of a header without the word or letter of each role it may have."""
    found = []
    bare = key(one.column).upper()
    last, first = _LETTER_LAST.fullmatch(bare), _LETTER_FIRST.fullmatch(bare)
    if first:
        found.append((f"#{int(first[2])}", _LETTERS[first[1]]))
    elif last:
        found.append((f"#{last[1]}", _LETTERS[last[2]]))
    for role, words in _ROLE_WORDS.items():
        group, wording = (t.translate(_SIMPLER) for t in (one.group, one.wording))
        if re.search(words, group, re.IGNORECASE):
            found.append((_bare(wording), role))
        elif re.search(words, wording, re.IGNORECASE):
            found.append((_bare(re.sub(words, "", wording, count=1, flags=re.IGNORECASE)), role))
    return [(stem, role) for stem, role in found if stem]


def _bare(text: str) -> str:
    return key(_EDGE.sub("", text))


def _with_role(one: Question, role: ItemRole, stem: str, number: int) -> Question:
    letter = next(letter for letter, known in _LETTERS.items() if known is role)
    code = one.code if stem.startswith("#") and one.code else f"{letter}{number:02d}"
    if stem.startswith("#") and not one.code:
        code = key(one.column).upper()
    known = one.dimension in _RATER
    words = _ROLE_WORDS[role]
    told = re.search(words, one.group.translate(_SIMPLER), re.IGNORECASE)
    dimension = one.dimension if known or not told else ""
    return replace(one, role=role.value, code=code, dimension=dimension, named=True)


def _alone(one: Question) -> Question:
    """An importance asked by itself is one all the same."""
    text = f"{one.group} {one.wording}".translate(_SIMPLER)
    importance = re.search(_ROLE_WORDS[ItemRole.IMPORTANCE], text, re.IGNORECASE)
    if importance and not one.named:
        return replace(one, role=ItemRole.IMPORTANCE.value, named=True)
    return one


def _coded(found: list[Question]) -> list[Question]:
    """A code for every question, each once."""
    used: set[str] = set()
    done = []
    for one in found:
        code = (one.code or " ".join(one.column.split()))[:LONGEST_CODE].strip()
        number, tried = 1, code
        while tried in used:
            number += 1
            tried = f"{code[: LONGEST_CODE - 4]}~{number}"
        used.add(tried)
        done.append(replace(one, code=tried, wording=one.wording[:LONGEST_WORDING]))
    return done
