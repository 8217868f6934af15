"""Texts as words the headers use (用词切分): what a bracket, a suffix or a title is made of."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from typing import Literal, NamedTuple

from data.imports.files import headers
from data.imports.headings import vocabulary

What = Literal["scale", "currency", "tax", "percent", "measure", "mark", "filler", "per"]


class Word(NamedTuple):
    """A word and what it says."""

    what: What
    said: str
    """As written, simplified."""
    value: str = ""
    """A factor, the code of a currency, net or gross."""


_SEPARATORS = " \t,;:、。.·|+&_-=~\\"
_MONEY_ONLY = frozenset("元圆角分块仟佰")


def normal(text: str) -> str:
    """Text as its words are looked for."""
    seen = headers.simplified(text).casefold().replace("’", "'").replace("‘", "'")
    return " ".join(seen.split())


def _words() -> Iterable[Word]:
    yield from (Word("filler", said) for said in vocabulary.FILLERS)
    yield from (Word("mark", said) for said in vocabulary.MARKS)
    yield from (Word("measure", said) for said in vocabulary.MEASURES)
    yield from (Word("percent", said) for said in vocabulary.PERCENT)
    yield from (Word("tax", said, value) for said, value in vocabulary.TAXES.items())
    yield from (Word("currency", said, code) for said, code in vocabulary.CURRENCIES.items())
    yield from (Word("currency", sign, sign) for sign in vocabulary.SIGNS)
    yield from (Word("scale", said, str(factor)) for said, factor in vocabulary.SCALES.items())


_KNOWN: dict[str, dict[What, Word]] = {}
for _word in _words():
    _KNOWN.setdefault(normal(_word.said), {})[_word.what] = _word
_LONGEST = max(map(len, _KNOWN))
MONEY: tuple[What, ...] = ("scale", "currency", "tax", "measure", "filler", "mark")
"""What a header of amounts may say, the likeliest first."""
NUMBER: tuple[What, ...] = ("measure", "scale", "percent", "filler", "mark")
"""What a header of other numbers may say."""
TEXT: tuple[What, ...] = ("mark", "measure")
"""What a header of anything else may say."""


@cache
def cut(text: str, kinds: tuple[What, ...]) -> tuple[Word, ...] | None:
    """The words a text is made of; None if anything in it is none of them.

    Args:
        text: as `normal` gives it.
        kinds: of words that may occur.
    """
    found: list[Word] = []
    at = 0
    while at < len(text):
        if text[at] == "/":
            found.append(Word("per", "/"))
            at += 1
        elif text[at] in _SEPARATORS:
            at += 1
        else:
            word, end = _at(text, at, kinds)
            if word is None:
                return None
            found.append(word)
            at = end
    return tuple(found)


def leading(text: str, kinds: tuple[What, ...]) -> tuple[Word, ...]:
    """The words a text begins with; none if the last of them is cut out of a longer one."""
    found: list[Word] = []
    at = 0
    while at < len(text):
        if text[at] in _SEPARATORS:
            at += 1
            continue
        word, end = _at(text, at, kinds)
        if word is None:
            return tuple(found) if text[at - 1 : at] in _SEPARATORS else ()
        found.append(word)
        at = end
    return tuple(found)


def _at(text: str, at: int, kinds: tuple[What, ...]) -> tuple[Word | None, int]:
    for end in range(min(len(text), at + _LONGEST), at, -1):
        if _stands_alone(text, at, end):
            word = _known(text[at:end], kinds)
            if word is not None:
                return word, end
    return None, at


def _known(text: str, kinds: tuple[What, ...]) -> Word | None:
    meanings = _KNOWN.get(text, {})
    for what in kinds:
        word = meanings.get(what)
        if word is not None and not (kinds is NUMBER and what == "scale" and _of_money(text)):
            return word
    return None


def _of_money(text: str) -> bool:
    return bool(_MONEY_ONLY & set(text)) or text.startswith("cent")


def _stands_alone(text: str, at: int, end: int) -> bool:
    """Whether a word of letters or digits is not cut out of a longer one."""
    before = text[at - 1 : at]
    return not (_joined(before, text[at]) or _joined(text[end - 1], text[end : end + 1]))


def _joined(left: str, right: str) -> bool:
    both = left + right
    return (
        len(both) == 2 and both.isascii() and both.isalnum() and left.isalpha() == right.isalpha()
    )


ENDS: tuple[What, ...] = ("scale", "currency", "tax", "percent")
STARTS: tuple[What, ...] = ("currency", "tax")
_JOINING = {"in", "计的", "以"}
_KEPT = {"净", "税前", "税后", "before tax", "pre-tax", "pretax"}
"""Words that make another thing of what they stand before: 净利润 is no 利润."""


def stripped(text: str) -> tuple[str, Word | None]:
    """A name without the unit, currency or tax at its end, or at its beginning.

    Args:
        text: as `normal` gives it, joints as blanks.

    Returns:
        What is left, and the word; None where there is no such word.
    """
    for at in range(max(len(text) - _LONGEST, 1), len(text)):
        if _stands_alone(text, at, len(text)):
            word = _taken_off(text[at:], ENDS)
            if word is not None:
                return text[:at].strip(), word
    for end in range(min(len(text) - 1, _LONGEST), 0, -1):
        if _stands_alone(text, 0, end):
            word = _taken_off(text[:end], STARTS)
            if word is not None:
                return text[end:].strip(), word
    return text, None


def _taken_off(text: str, kinds: tuple[What, ...]) -> Word | None:
    if text in _JOINING:
        return Word("filler", text)
    return None if text in _KEPT else _known(text, kinds)


def factor_of(words: Iterable[Word]) -> Decimal:
    """What figures are multiplied by, by the words about them."""
    made = Decimal(1)
    for word in words:
        if word.what == "scale":
            made *= Decimal(word.value)
        elif word.what == "percent":
            made /= 100
    return made


_BRACKETS = re.compile(r"[(\[{<【〔「《]([^()\[\]{}<>【】〔〕「」《》]*)(?:[)\]}>】〕」》]|$)")


def brackets(text: str) -> tuple[str, tuple[str, ...]]:
    """A text without its brackets, and what stands in them."""
    inside = tuple(one.strip() for one in _BRACKETS.findall(text))
    return _BRACKETS.sub(" ", text), tuple(filter(None, inside))
