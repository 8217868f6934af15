"""Options as text and as number side by side (选项序号与文本): the text says what was answered."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from data.imports.surveys import questions
from data.imports.surveys.guessing import Guess

_KIND = re.compile(
    r"[\s\-_—–:：.,，]*[(（\[【]?\s*(?:选项)?(?:序号|编号|代码|数字|数值|分值|文本|文字|内容|标签|code|value|number|"
    r"numeric|text|label|choice)\s*[)）\]】]?\s*$|[._](?:1|2)$",
    re.IGNORECASE,
)
_SIMPLER = str.maketrans("選項號編碼數標籤內", "选项号编码数标签内")


def stem(name: str) -> str:
    """A column's name without what says whether it holds texts or numbers of options."""
    return _KIND.sub("", name.translate(_SIMPLER)) or name


def beside_texts(header: Sequence[str], guesses: Mapping[int, Guess | None]) -> set[int]:
    """Positions of columns that repeat as figures what another column says in words.

    Args:
        header: column names.
        guesses: position → what its answers look like, of the columns that may be questions.
    """
    alike: dict[str, list[int]] = {}
    for place in guesses:
        alike.setdefault(questions.key(stem(header[place])), []).append(place)
    found = set()
    for places in alike.values():
        seen = [(place, guesses[place]) for place in places]
        if any(guess and guess.words and not guess.figures for _place, guess in seen):
            found |= {place for place, guess in seen if guess and guess.figures and not guess.words}
    return found
