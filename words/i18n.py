"""Words in the reader's language (多语言): 简体中文, 繁體中文, English.

The English text in the code is the message id. Simplified Chinese is read from
`locales/zh_Hans/*.po`, one file per author, merged. Traditional Chinese is made from it
by OpenCC (Taiwan wording), with corrections in `locales/zh_Hant/*.po`. English needs a
catalogue only for ids that are codes, such as `reason.not_a_date`.

Everything takes the language as an argument or finds it in the running session, so the
command line and the sign-in page use the same words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from numbers import Integral
from pathlib import Path
from typing import Any

import opencc
from babel.messages.pofile import read_po

from analytics.metric import Metric

LOCALES = Path(__file__).resolve().parent.parent / "locales"
DEFAULT = "zh_Hans"
LANGUAGES = {"zh_Hans": "简体", "zh_Hant": "繁體", "en": "EN"}
_TAGS = {"zh_Hans": "zh-CN", "zh_Hant": "zh-TW", "en": "en"}
_BABEL = {"zh_Hans": "zh_Hans_CN", "zh_Hant": "zh_Hant_TW", "en": "en_US"}
_WORDING = "wording"

Key = tuple[str | None, str]


def _unknown() -> str | None:
    return None


@dataclass(frozen=True)
class Reader:
    """How the reader of this moment is found: the code of a language, a time zone's name."""

    language: Callable[[], str | None] = _unknown
    timezone: Callable[[], str | None] = _unknown


_readers: list[Reader] = [Reader()]


def read_by(reader: Reader) -> None:
    """Ask this one from now on; a command line has no reader and says its language itself."""
    _readers[:] = [reader]


def language() -> str:
    """Code of the language to speak now: the reader's, else `zh_Hans`."""
    known = _readers[0].language()
    return known if known in LANGUAGES else DEFAULT


def from_browser(tag: str | None) -> str:
    """Our language for a browser's tag: Chinese by script or region, else English."""
    if not tag:
        return DEFAULT
    parts = set(tag.lower().replace("_", "-").split("-"))
    if "zh" not in parts:
        return "en"
    traditional = {"hant", "tw", "hk", "mo"} & parts and "hans" not in parts
    return "zh_Hant" if traditional else "zh_Hans"


def lang_tag(lang: str | None = None) -> str:
    """The BCP 47 tag for `<html lang>`: zh-CN, zh-TW or en."""
    return _TAGS[lang or language()]


def babel_locale(lang: str | None = None) -> str:
    """The Babel locale that writes numbers and dates for this language."""
    return _BABEL[lang or language()]


def timezone() -> str:
    """The reader's time zone as the browser names it; China's on the command line."""
    return _readers[0].timezone() or "Asia/Shanghai"


def _(msgid: str, /, **values: object) -> str:
    """`msgid` in the reader's language, `{name}` filled from `values`."""
    return translate(msgid, language(), **values)


def _n(one: str, many: str, n: int, /, **values: object) -> str:
    """Like `_`, with a plural: English has two forms, Chinese one; `{n}` is the number."""
    lang = language()
    said = one if n == 1 else many
    return _fill(_look_up(lang, None, one) or said if lang != "en" else said, {"n": n, **values})


def _c(context: str, msgid: str, /, **values: object) -> str:
    """Like `_`, for a word that needs a context to be translated."""
    return in_context(context, msgid, language(), **values)


def mark(msgid: str) -> str:
    """Mark a text for translation where it is defined; it is translated where it is shown."""
    return msgid


def mark_c(context: str, msgid: str) -> str:  # noqa: ARG001  (read by the extractor)
    """Like `mark`, for a word shown by `_c` or `in_context`."""
    return msgid


def translate(msgid: str, lang: str, **values: object) -> str:
    """`msgid` in `lang`; the id itself where the catalogue has no words."""
    return _fill(_look_up(lang, None, msgid) or msgid, values)


def in_context(context: str, msgid: str, lang: str, **values: object) -> str:
    """`msgid` of this context in `lang`; the id itself where the catalogue has no words."""
    return _fill(_look_up(lang, context, msgid) or msgid, values)


def known(msgid: str, lang: str) -> bool:
    """Whether the catalogue of `lang` has words for this id."""
    return _look_up(lang, None, msgid) is not None


def reason(code: str, lang: str | None = None, **detail: object) -> str:
    """The words for an `errors.Issue` reason, filled from its detail as far as it goes."""
    text = _look_up(lang or language(), None, f"reason.{code}") or code.replace("_", " ")
    return text.format_map(_Lenient(_grouped(detail)))


def of_metric(metric: Metric, lang: str | None = None) -> str:
    """The name of an analytics Metric in the reader's language."""
    return translate(metric.en, lang or language())


@cache
def traditional(text: str) -> str:
    """Traditional Chinese (Taiwan wording) of a simplified text."""
    converted = _converter().convert(text)
    for simple, better in _wording():
        converted = converted.replace(simple, better)
    return converted


def missing(lang: str, msgids: Iterable[str | Key]) -> list[str]:
    """Those of `msgids` (plain, or with a context) that have no words in `lang`."""
    keys = [key if isinstance(key, tuple) else (None, key) for key in msgids]
    return sorted({msgid for context, msgid in keys if _look_up(lang, context, msgid) is None})


def catalogue(lang: str) -> dict[Key, str]:
    """All words written down for `lang`, by (context, id); `zh_Hant` holds corrections only."""
    return dict(_catalogue(lang))


class _Lenient(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return "…"


class _Grouped(int):
    """An int that writes itself with thousands separators unless told otherwise."""

    def __format__(self, spec: str) -> str:
        return int.__format__(self, spec or ",")


def _fill(text: str, values: dict[str, object]) -> str:
    return text.format_map(_grouped(values)) if values else text


def _grouped(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _Grouped(value)
        if isinstance(value, Integral) and not isinstance(value, bool)
        else value
        for name, value in values.items()
    }


def _look_up(lang: str, context: str | None, msgid: str) -> str | None:
    """The words for an id: in its context, else without one; `zh_Hant` from `zh_Hans`."""
    words = _catalogue(lang)
    found = words.get((context, msgid)) or words.get((None, msgid))
    if found is None and lang == "zh_Hant":
        simple = _look_up("zh_Hans", context, msgid)
        return None if simple is None else traditional(simple)
    return found


@cache
def _catalogue(lang: str) -> dict[Key, str]:
    words: dict[Key, str] = {}
    for path in sorted((LOCALES / lang).glob("*.po")):
        words.update(read_catalogue(path))
    return words


def read_catalogue(path: Path) -> dict[Key, str]:
    """The words of one .po file, by (context, id); untranslated and fuzzy ones left out."""
    with path.open("rb") as file:
        messages = read_po(file)
    words: dict[Key, str] = {}
    for message in messages:
        msgid = message.id[0] if isinstance(message.id, tuple) else message.id
        text = message.string[0] if isinstance(message.string, tuple) else message.string
        if msgid and text and not message.fuzzy:
            words[(message.context, str(msgid))] = str(text)
    return words


@cache
def _converter() -> Any:
    return opencc.OpenCC("s2twp")


@cache
def _wording() -> tuple[tuple[str, str], ...]:
    """Words OpenCC leaves in mainland usage, corrected after it; longest first."""
    pairs = [
        (msgid, text)
        for (context, msgid), text in _catalogue("zh_Hant").items()
        if context == _WORDING
    ]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))
