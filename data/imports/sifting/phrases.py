"""What one cell says that is no data (非数据用语): a total, a footer, a count, or nothing of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from data.imports.files import headers
from data.imports.sifting import vocabulary

LONGEST = 80
"""Characters of a cell in which a total is looked for; a remark may be longer."""
_BRACKETS = re.compile(r"[(\[【<「{][^)\]】>」}]*[)\]】>」}]")
_WORD = re.compile(r"[a-z]{3}|[-=_*~.]{3}|n\.?b")
_WIDE = re.compile("[\uff21-\uff5a\u200b-\u200f\u2060-\u2069\ufeff\u00ad]")
"""Full-width letters, and signs nobody sees: in text that has to be looked at closely."""
FIGURES = re.compile(r"[0-9.,:/+\-\x1f ]*")
_EDGES = "\"' \t\r\n:;,。*#=_-—~·.[]()【】「」<>|"


class Sense(StrEnum):
    """What a cell says."""

    TOTAL = "total"
    MAYBE_TOTAL = "maybe_total"
    """Total, unless somebody or something is called so."""
    GROUP_TOTAL = "group_total"
    """Total with the group it is of; nothing else ends or begins so."""
    MAYBE_GROUP_TOTAL = "maybe_group_total"
    """The same, if there is such a group."""
    FOOTER = "footer"
    """A label of a footer, with or without what it labels."""
    MAYBE_FOOTER = "maybe_footer"
    """A word that is such a label, or a state: 审核."""
    COUNT = "count"
    """How many rows there are; also how many pieces are in a box."""
    REMARK = "remark"
    RULE = "rule"
    """A line of signs."""


@dataclass(frozen=True, slots=True)
class Said:
    """A cell that may stand in a row that is no data."""

    sense: Sense
    stem: str = ""
    """The group a total is of, as compared (`headers.plain`)."""
    has_value: bool = False
    """A label with what it labels in the same cell."""


TOTALS = frozenset(
    {
        Sense.TOTAL,
        Sense.MAYBE_TOTAL,
        Sense.GROUP_TOTAL,
        Sense.MAYBE_GROUP_TOTAL,
    }
)


def may_say(joined: str) -> bool:
    """Whether any of these cells, joined and in lower case, may say something; quick."""
    if joined.isascii():
        if not _WORD.search(joined):
            return False
    elif vocabulary.TRIGGERS.search(joined) or _WIDE.search(joined):
        return True
    return any(word in joined for word in vocabulary.ENGLISH_TRIGGERS)


def said(cell: str) -> Said | None:
    """What a cell says that is no data; None for all others."""
    text = " ".join(headers.simplified(cell).casefold().split())
    if not text:
        return None
    if vocabulary.RULE.fullmatch(text):
        return Said(Sense.RULE)
    if vocabulary.REMARK.fullmatch(text):
        return Said(Sense.REMARK, has_value=True)
    if len(text) > LONGEST:
        return None
    return _footer(text) or _total(text)


def is_count(cell: str) -> bool:
    """`2 家` or `3 rows`: no name of anything."""
    text = "".join(headers.simplified(cell).casefold().split()).strip(_EDGES)
    return bool(vocabulary.COUNT.fullmatch(text))


def _footer(text: str) -> Said | None:
    bare = text.replace(" ", "")
    if vocabulary.PAGE.fullmatch(bare):
        return Said(Sense.FOOTER, has_value=True)
    if vocabulary.COUNTED.fullmatch(bare):
        return Said(Sense.COUNT, has_value=True)
    if vocabulary.ENGLISH_LABEL.fullmatch(text):
        has_value = text.rstrip(": ")[-3:] not in (" by", " on", "ate", "ime")
        return Said(Sense.FOOTER, has_value=has_value)
    label = bare.rstrip(":")
    if vocabulary.LABEL.fullmatch(bare):
        if vocabulary.NAMED_LABEL.fullmatch(bare):
            return Said(Sense.FOOTER, has_value=":" in label or label[-1:].isdigit())
        return Said(Sense.MAYBE_FOOTER)
    return None


def _total(text: str) -> Said | None:
    bare = _BRACKETS.sub("", text)
    bare = re.sub(r"[\s:_·—-]+", "", bare or text).strip(_EDGES)
    if vocabulary.SURE_TOTAL.fullmatch(bare):
        return Said(Sense.TOTAL)
    if vocabulary.MAYBE_TOTAL.fullmatch(bare):
        return Said(Sense.MAYBE_TOTAL)
    text = _BRACKETS.sub("", text).strip() or text
    for pattern, sense in (
        (vocabulary.SURE_END, Sense.GROUP_TOTAL),
        (vocabulary.SURE_START, Sense.GROUP_TOTAL),
        (vocabulary.WORDED_START, Sense.MAYBE_GROUP_TOTAL),
        (vocabulary.MAYBE_END, Sense.MAYBE_GROUP_TOTAL),
        (vocabulary.MAYBE_START, Sense.MAYBE_GROUP_TOTAL),
    ):
        found = pattern.fullmatch(text)
        if found:
            return Said(sense, headers.plain(found["stem"]))
    return None
