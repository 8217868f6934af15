"""Stored words never become markup."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as some

from words.text import md_escape, shorten

HOSTILE = [
    "![b](http://evil.test/x.png)",
    "<img src=http://evil.test/y.png onerror=alert(1)>",
    "[a](javascript:alert(1))",
    ":red[x]",
    ":material/home:",
    ":smile:",
    "$$x^2$$",
    "`code`",
    "# head",
    "- item",
    "1. item",
    "|a|b|",
    "~~gone~~",
    "&#33;",
    "\\![b](http://evil.test)",
    "a -> b <- c -- d",
]
MARKUP = set("\\`*_{}[]()<>#+-.!|~:$&=@/^\"'")
REPLACED_LATE = [r"https?:", r"www\.", r":[a-z0-9_+-]+[:/]", r"<-", r"->", r"--"]


def shown(escaped: str) -> str:
    """What markdown makes of the escapes."""
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", escaped)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_are_shown_letter_by_letter(text: str) -> None:
    escaped = md_escape(text)
    assert shown(escaped).replace("\u2060", "") == text


@given(some.text(max_size=60))
def test_no_sign_of_markup_stands_alone(text: str) -> None:
    escaped = md_escape(text)
    rest = re.sub(r"\\[!-/:-@\[-`{-~]", "", escaped)
    assert not set(rest) & MARKUP
    assert "\n" not in escaped


@given(some.text(alphabet="htps:/w.x-><a_+", max_size=20))
def test_what_is_replaced_after_parsing_is_broken_up(text: str) -> None:
    visible = shown(md_escape(text))
    for pattern in REPLACED_LATE:
        assert not re.search(pattern, visible, re.IGNORECASE), visible


def test_direction_tricks_and_control_characters_are_dropped() -> None:
    assert md_escape("\u202egpj\u2066.exe\x00") == "gpj\\.exe"
    assert md_escape("two\n\n# lines") == "two \\# lines"


def test_chinese_stays_as_it_is() -> None:
    assert md_escape("瑞景医疗（华东）股份有限公司") == "瑞景医疗（华东）股份有限公司"
    assert md_escape(None) == ""


def test_shortening_says_that_it_was_cut() -> None:
    assert shorten("瑞景医疗股份有限公司", 5) == "瑞景医疗…"
    assert shorten("short", 5) == "short"
