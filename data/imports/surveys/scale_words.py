"""What a question's heading says of its scale (题头口径): its ends, and which end is the best.

Ends: `（1-5分）`, `0–10`, `（10分制）`, `on a scale of 1 to 7`, `（五级）`, `1=很差，5=很好`.
Direction: `1分最满意`, `1=非常满意，5=非常不满意`, `从好到差`, `分数越低越好`, `1 = best`.

A heading that asks for something bad (`不满意程度`, how difficult) leaves the direction of its
figures open.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from data.imports.files.headers import INVISIBLE
from data.imports.terms.scales import GRADES, plain

Direction = Literal["", "up", "down", "unclear"]
"""Unsaid; more is better; less is better; said in words that cannot be read, or both ways."""


@dataclass(frozen=True, slots=True)
class Heading:
    """What one heading says."""

    ends: tuple[float, float] | None = None
    open_low: bool = False
    """Only the highest score is said (`10分制`); the lowest is taken as usual."""
    levels: int = 0
    """How many steps words have (`五级`)."""
    direction: Direction = ""
    negative: bool = False
    """What it asks for is bad, so that more of it is worse."""
    opposed: bool = False
    """A statement that may find fault: to agree with it may be bad."""


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_EVALUATING = _words(
    "最满意 最好 最佳 最优 最强 最容易 最轻松 最理想 最认可 优 优秀 良 不费力 毫不费力 省力 很省力 "
    "最省力 非常省力 best top mostsatisfied excellent great easiest perfect better moresatisfied "
    "noeffort loweffort veryloweffort littleeffort verylittleeffort"
)
_FINDING_FAULT = _words(
    "最不满意 最差 最坏 最劣 最难 最困难 最糟 糟糕 劣 坏 费力 很费力 非常费力 最费力 费劲 worst "
    "leastsatisfied mostdissatisfied terrible awful hardest worse lesssatisfied higheffort "
    "veryhigheffort mucheffort alotofeffort"
)
_DEGREES = {
    "最高": 3,
    "高": 2,
    "最低": -3,
    "低": -2,
    "最可能": 3,
    "最不可能": -3,
    "最同意": 3,
    "最不同意": -3,
    "最重要": 3,
    "最不重要": -3,
    "highest": 3,
    "high": 2,
    "veryhigh": 3,
    "lowest": -3,
    "low": -2,
    "verylow": -3,
    "mostlikely": 3,
    "leastlikely": -3,
}
AGREEING = _words("同意 认同 赞同 符合 重要 愿意 可能 高 agree likely important")
"""Words about how much, not how good: 非常同意 is bad where the statement finds fault."""


def _phrases() -> Mapping[str, tuple[str, int]]:
    known = {word: grade for word, grade in GRADES.items() if grade[1]}
    known |= {word: ("高", grade) for word, grade in _DEGREES.items()}
    known |= dict.fromkeys(_EVALUATING, ("满意", 3)) | dict.fromkeys(_FINDING_FAULT, ("满意", -3))
    return known


PHRASES = _phrases()
_WORD = f"({'|'.join(sorted(map(re.escape, PHRASES), key=len, reverse=True))})"
_NO_WORD = r"(?!度|程度|吗|与否|率|性|or|ness|hood)"
_UNIT = r"(?:分|星|级|点|points?|pts?|stars?)?"
_IS = r"(?:=|:|->|→|-|\(|为|是|表示|代表|意味着|即|指|means?|is|being|as|for|the)*"
_FIGURE = r"(?<![\d.])(?<!\d-)(?<!\d到)(?<!\d至)(?<!\dto)(?<!分-)(\d{1,3})"
_FIGURE_WORD = re.compile(rf"{_FIGURE}{_UNIT}{_IS}{_WORD}{_NO_WORD}")
_WORD_FIGURE = re.compile(
    rf"{_WORD}(?:=|:|为|是|得|记|计|\(|->|→)+(\d{{1,3}})(?!\d|{_UNIT}(?:-|到|至|to)\d|分制)"
)
_IN_ORDER = re.compile(rf"{_WORD}(?:到|至|-|->|→|to|\.\.+|…+)+{_WORD}")
_THE_MORE = re.compile(
    rf"越(高|大|多|低|小|少)(?:[^越]{{0,8}})越({'|'.join(sorted(PHRASES, key=len, reverse=True))})"
)
_THE_HIGHER = re.compile(
    r"(higher|larger|bigger|lower|smaller)(?:numbers?|scores?|ratings?|values?)?"
    r"(?:is|are|=|means?|indicates?)+(better|best|good|moresatisf|happier|worse|worst|lesssatisf)"
)
_EQUATED = re.compile(r"\d(?:分|星|级)?=")
_TURNED = re.compile(
    r"反向|倒序|逆序|\(reversed?\)|reversed?-?(?:scor|cod|item)|schulnote|schoolmark"
)
_SAID_OF_TWO = re.compile(
    r"\(\W{0,2}\d{1,3}[^\W\d_]{2,}[^()]*?(?<!\d)\d{1,3}(?!月|日|年)[^\W\d_]{2,}[^()]*\)"
)
"""Two scores put into words, whatever the words."""

_RANGE = re.compile(
    r"(?<![\d.\-])(\d{1,3})(分|星|级|点)?(?:-|到|至|to|\.\.+)(\d{1,3})(?![\d.])"
    r"(分(?!钟)|星|级|点|points?|pts?|stars?|scale)?"
)
_OF_TIME = re.compile(r"月|日|号|题|季|年|周|天|次|人|家|元|万|个?小时|分钟|岁|页|%|-\d")
_ASKED_SO = re.compile(r"(?:scaleof|scalefrom|from|评分|打分|量表|范围|rate|rating|score)[:：]?$")
_OUT_OF = re.compile(
    r"(\d{1,3}|[五七十百])分制|满分(?:为|是|=|:)?(\d{1,3})|outof(\d{1,3})|(?<!\d)(五|5)星(?:制|评)"
)
_LEVELS = re.compile(r"([三四五六七九3-9])-?(?:级|点量表|点(?:制|计)|levels?|points?)(?![\d])")
_NUMERALS = {"三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "九": 9, "十": 10, "百": 100}
_NUMBERED = re.compile(
    r"^\s*(?:第\s?)?[Qq]?\d{1,3}(?:[(（_.]\d{1,2}[)）]?)?(?:\s?题)?\s*[、．.:：\s]\s*(?![分星级点=\-~])"
)
_BRACKETED = re.compile(r"[(（\[【][^()（）\[\]【】]*[)）\]】]")
_DASHES = str.maketrans(dict.fromkeys("–—―~～﹣−‐‑〜", "-"))

_NEITHER_NOR = re.compile(r"满意.{0,3}不满意|satisfiedor(?:dis|un)satisfied|是否.{0,6}不满意?")
_NEGATIVE = re.compile(
    r"不满(?!.{0,6}(?:原因|之处|地方|方面|建议))|失望|困难|难度|费力|费劲|麻烦(?:程度)?|"
    r"dissatisf|unsatisf|disappoint|difficult|frustrat|(?<!cus)effort|"
    r"(?:更换|离开|放弃|停止|取消|转向|投诉).{0,12}(?:可能|意愿|打算)|"
    r"(?:可能|意愿|打算|考虑).{0,12}(?:更换|离开|放弃|停止|取消|转向|投诉)|"
    r"likel.{0,20}(?:switch|leave|cancel|churn|stop|complain)"
)
_OPPOSED = re.compile(
    r"延误|延迟|拖延|太慢|过慢|太贵|过高|太高|偏高|太差|太长|过长|不[及准]时|不专业|不稳定|不够|不足|缺乏|缺少|"
    r"难以|很难|出错|错误|抱怨|麻烦|更换|不再|没有|从不|不了解|不愿|"
    r"\b(?:late|delay\w*|slow|too|lacks?|never|not|switch\w*|leave|cancel|problems?|errors?|poor|"
    r"hard|complain\w*)\b"
)
_GOOD = re.compile(r"满意|评价|satisf|\brate\b|\brating\b")


@lru_cache(maxsize=2000)
def read(header: str) -> Heading:
    """What a heading says of its scale."""
    text = _squeezed(header)
    ends, open_low, levels = _ends(text)
    pairs = _pairs(text)
    ends = ends or _ends_of(pairs)
    if ends and open_low and any(figure == 1 for figure, _grade in pairs):
        ends = (1, ends[1])
    negative, opposed = _fault_found(header)
    direction = _direction(text, pairs, ends)
    if direction and (negative or opposed) and _about_degree(text):
        direction = "unclear"
    return Heading(ends, open_low, levels, direction, negative, opposed)


def _fault_found(header: str) -> tuple[bool, bool]:
    """Whether a heading asks for something bad, and whether it may state something bad."""
    wording = _squeezed(bare(header))
    for said in (_FIGURE_WORD, _WORD_FIGURE, _IN_ORDER, _THE_MORE, _NEITHER_NOR):
        wording = said.sub("", wording)
    words = unicodedata.normalize("NFKC", bare(header)).casefold()
    opposed = bool(_OPPOSED.search(words)) and not _GOOD.search(wording)
    return bool(_NEGATIVE.search(wording)), opposed


def bare(header: str) -> str:
    """A heading without what it says in brackets of its scale: `交货（1-5分）` is `交货`."""

    def kept(group: re.Match[str]) -> str:
        text = _squeezed(group[0])
        ends, _open, levels = _ends(text)
        pairs = _pairs(text)
        said = ends or levels or pairs or _direction(text, pairs, None)
        return "" if said else group[0]

    return _BRACKETED.sub(kept, header)


def _squeezed(header: str) -> str:
    """As it is searched: one width, one script, one dash, no blanks, no question number."""
    seen = unicodedata.normalize("NFKC", INVISIBLE.sub("", _NUMBERED.sub("", header)))
    return plain(seen.translate(_DASHES).replace("－", "-").rstrip(".。!！;；,，"))


# ends --------------------------------------------------------------------------------------


def _ends(text: str) -> tuple[tuple[float, float] | None, bool, int]:
    """(lowest and highest score, whether only the highest is said, number of levels)."""
    found = set(_ranges(text))
    level = _LEVELS.search(text)
    size = int(_NUMERALS.get(level[1], 0) or level[1]) if level else 0
    if len(found) == 1:
        return found.pop(), False, size
    if found:
        return None, False, size
    out_of = _OUT_OF.search(text)
    if out_of:
        said = next(group for group in out_of.groups() if group)
        most = _NUMERALS.get(said) or int(said)
        return (0 if most >= 10 else 1, most), True, size
    return ((1, size) if size else None), False, size


def _ranges(text: str) -> Iterator[tuple[float, float]]:
    for found in _RANGE.finditer(text):
        low, high = sorted((int(found[1]), int(found[3])))
        before, after = text[: found.start()], text[found.end() :]
        inside = before.count("(") + before.count("[") > before.count(")") + before.count("]")
        said = found[2] or found[4] or inside or not after or _ASKED_SO.search(before)
        if low in (0, 1) and high > low + 1 and said and not _OF_TIME.match(after):
            yield float(low), float(high)


def _ends_of(pairs: list[tuple[int, int]]) -> tuple[float, float] | None:
    """The ends of a scale whose best and worst are both named."""
    if {1, -1} <= {1 if grade > 0 else -1 for _figure, grade in pairs}:
        low, high = min(figure for figure, _g in pairs), max(figure for figure, _g in pairs)
        if low in (0, 1) and high > low + 1:
            return float(low), float(high)
    return None


# direction ---------------------------------------------------------------------------------


def _pairs(text: str) -> list[tuple[int, int]]:
    """(figure, grade) of every score the heading puts into words; degrees of bad are bad."""
    before = [(int(found[1]), found[2]) for found in _FIGURE_WORD.finditer(text)]
    after = [(int(found[2]), found[1]) for found in _WORD_FIGURE.finditer(text)]
    said = after if len(after) > len(before) else before
    return [(figure, PHRASES[word][1]) for figure, word in said]


def _direction(
    text: str, pairs: list[tuple[int, int]], ends: tuple[float, float] | None
) -> Direction:
    said: set[Direction] = {_of_pair(figure, grade, ends) for figure, grade in pairs}
    said |= set(_of_order(text)) if not pairs else set()
    for more, word in _THE_MORE.findall(text):
        said.add("up" if (more in "高大多") == (PHRASES[word][1] > 0) else "down")
    for more, word in _THE_HIGHER.findall(text):
        good = word.startswith(("bet", "bes", "goo", "more", "hap"))
        said.add("up" if (more in ("higher", "larger", "bigger")) == good else "down")
    if not said:
        unread = _TURNED.search(text) or _EQUATED.search(text) or _SAID_OF_TWO.search(text)
        return "unclear" if unread else ""
    return said.pop() if len(said) == 1 else "unclear"


def _of_pair(figure: int, grade: int, ends: tuple[float, float] | None) -> Direction:
    """Whether a named score stands at the side where its word belongs."""
    low, high = ends or (1, 4)
    if ends is None and 1 < figure < 4:
        return "unclear"
    middle = (low + high) / 2
    if figure == middle:
        return "unclear"
    return "up" if (figure > middle) == (grade > 0) else "down"


def _of_order(text: str) -> Iterator[Direction]:
    """`从好到差`: the first word goes with the first end of a range, else with the lowest score."""
    found = _RANGE.search(text)
    falling = found is not None and int(found[1]) > int(found[3])
    for first, second in _IN_ORDER.findall(text):
        if (PHRASES[first][1] > 0) != (PHRASES[second][1] > 0):
            best_first = PHRASES[first][1] > 0
            yield "up" if best_first == falling else "down"


def _about_degree(text: str) -> bool:
    """Whether the words at the figures say how much, not how good."""
    words = {found[2] for found in _FIGURE_WORD.finditer(text)}
    words |= {found[1] for found in _WORD_FIGURE.finditer(text)}
    words |= {word for pair in _IN_ORDER.findall(text) for word in pair}
    return bool(words) and all(PHRASES[word][0] in AGREEING for word in words)
