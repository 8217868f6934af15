"""Stored words on a page (文本安全): nothing a customer is called may become markup.

Streamlit renders markdown in text, labels, tabs, captions, metrics and help. A stored
name such as `![x](http://…)` would make every reader's browser call that address, so
every stored string passes `md_escape` unless it goes to a dataframe, a chart or st.text.
"""

from __future__ import annotations

import re

_ACTIVE = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~:$&=@/^\"'])")
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]"
)

_JOINER = "\u2060"
# Replaced in the finished text, after escapes are resolved: addresses, icons, emoji, arrows.
_LATE = re.compile(r"(?i)(https?(?=:)|www(?=\.)|:(?=[a-z0-9_+-]+[:/])|<(?=-)|-(?=[->]))")


def md_escape(value: object) -> str:
    """`value` as text that markdown shows letter by letter, on one line.

    Every character with a meaning in markdown, in Streamlit's directives (`:red[…]`,
    `:material/…:`), in HTML or in maths is escaped, addresses cannot become links, and
    invisible and direction-changing characters are dropped.
    """
    line = " ".join(_CONTROL.sub("", "" if value is None else str(value)).split())
    return _ACTIVE.sub(r"\\\1", _LATE.sub(r"\1" + _JOINER, line))


def shorten(value: object, length: int = 24) -> str:
    """At most `length` characters, the last one an ellipsis when cut."""
    line = " ".join(("" if value is None else str(value)).split())
    return line if len(line) <= length else line[: length - 1] + "…"
