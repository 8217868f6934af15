"""Nothing a reader sees is left untranslated, and translations keep their blanks."""

from __future__ import annotations

import re
from collections import defaultdict
from string import Formatter

import pytest

from tests.components import messages
from words import i18n

ALL = [*messages.in_source(), *messages.in_tables()]
CATALOGUES = sorted(i18n.LOCALES.glob("*/*.po"))


def blanks(text: str) -> set[str]:
    return {name.split(".")[0] for _, name, _, _ in Formatter().parse(text) if name}


def test_there_is_something_to_translate() -> None:
    assert len({message.msgid for message in ALL}) > 200


@pytest.mark.parametrize("lang", ["zh_Hans", "zh_Hant"])
def test_every_message_has_words(lang: str) -> None:
    keys = {(message.context, message.msgid): message.where for message in ALL}
    assert [(key, where) for key, where in keys.items() if i18n.missing(lang, [key])] == []


@pytest.mark.parametrize("lang", ["zh_Hans", "zh_Hant", "en"])
def test_every_reason_has_words(lang: str) -> None:
    codes = dict(messages.reasons())
    lacking = i18n.missing(lang, [f"reason.{code}" for code in codes])
    assert lacking == [], [codes[msgid.removeprefix("reason.")] for msgid in lacking]


@pytest.mark.parametrize("lang", ["zh_Hans", "zh_Hant", "en"])
def test_translations_have_the_same_blanks(lang: str) -> None:
    english = i18n.catalogue("en")
    for (context, msgid), text in i18n.catalogue("zh_Hans").items():
        said = i18n.in_context(context, msgid, lang) if context else i18n.translate(msgid, lang)
        template = english.get((context, msgid), msgid)
        if template.startswith("reason."):
            continue
        assert blanks(said) <= blanks(template), (msgid, said)
        if lang == "en" or "{" in template:
            assert blanks(text) >= blanks(template) - {"s"}, (msgid, text)


def test_authors_agree_on_the_words() -> None:
    """The same id in two files must say the same."""
    for lang in ("zh_Hans", "zh_Hant", "en"):
        seen: dict[i18n.Key, dict[str, str]] = defaultdict(dict)
        for path in (i18n.LOCALES / lang).glob("*.po"):
            for key, text in i18n.read_catalogue(path).items():
                seen[key][path.name] = text
        torn = {key: said for key, said in seen.items() if len(set(said.values())) > 1}
        assert torn == {}


def test_traditional_keeps_no_simplified_signs() -> None:
    """Converting a second time changes nothing that matters: no sign was left behind."""
    simplified = set("们这为来东车门问间见贝长马风鸟鱼龙龟语说请误对导发关开应账级预总额")
    for (context, msgid), _text in i18n.catalogue("zh_Hans").items():
        said = (
            i18n.in_context(context, msgid, "zh_Hant")
            if context
            else i18n.translate(msgid, "zh_Hant")
        )
        assert not set(said) & simplified, said


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_catalogues_hold_chinese_where_they_should(path: object) -> None:
    words = i18n.read_catalogue(path)  # type: ignore[arg-type]
    assert words
    if path.parent.name == "en":  # type: ignore[attr-defined]
        assert not [text for text in words.values() if re.search("[一-鿿]", text)]
