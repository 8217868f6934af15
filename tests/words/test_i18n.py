"""Which language is spoken, and how words are filled."""

from __future__ import annotations

import pytest

from words import i18n
from words.i18n import _, _c, _n, translate


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        (None, "zh_Hans"),
        ("zh-CN", "zh_Hans"),
        ("zh", "zh_Hans"),
        ("zh-SG", "zh_Hans"),
        ("zh-Hans-HK", "zh_Hans"),
        ("zh-TW", "zh_Hant"),
        ("zh_HK", "zh_Hant"),
        ("zh-Hant-CN", "zh_Hant"),
        ("en-US", "en"),
        ("de-DE", "en"),
    ],
)
def test_the_browsers_language_decides_first(tag: str | None, expected: str) -> None:
    assert i18n.from_browser(tag) == expected


def test_without_a_session_chinese_is_spoken() -> None:
    assert i18n.language() == "zh_Hans"
    assert _("All customers") == "全部客户"
    assert i18n.lang_tag() == "zh-CN"


def test_english_is_the_message_itself() -> None:
    assert translate("All customers", "en") == "All customers"
    assert translate("Data as of {date}", "en", date="2026-11-21") == "Data as of 2026-11-21"


def test_traditional_is_made_from_simplified() -> None:
    assert translate("All customers", "zh_Hant") == "全部客戶"
    assert translate("Data as of", "zh_Hant") == "資料截至"


def test_traditional_wording_is_corrected() -> None:
    assert i18n.traditional("账龄") == "帳齡"
    assert i18n.traditional("质量") == "品質"
    assert i18n.traditional("参数设置") == "參數設定"
    assert i18n.traditional("库存盘点") == "庫存盤點"
    assert i18n.traditional("客户代码") == "客戶代碼"


def test_an_unknown_message_is_shown_as_it_is() -> None:
    assert translate("No such words {n}", "zh_Hans", n=1) == "No such words 1"


def test_whole_numbers_are_grouped_and_formats_kept() -> None:
    assert translate("{n} rows of {m:04d}", "en", n=12345, m=7) == "12,345 rows of 0007"
    assert translate("{flag}", "en", flag=True) == "True"


def test_plurals_follow_the_language(monkeypatch: pytest.MonkeyPatch) -> None:
    one, many = "{n} fault was found in the data.", "{n} faults were found in the data."
    assert _n(one, many, 1) == "数据中发现 1 处问题。"
    monkeypatch.setattr(i18n, "language", lambda: "en")
    assert _n(one, many, 1) == "1 fault was found in the data."
    assert _n(one, many, 2000) == "2,000 faults were found in the data."


def test_a_context_parts_equal_words() -> None:
    assert _c("complaint_scope", "Service") == "服务"
    assert _c("role", "Customer service") == "客服"
    assert _c("no such context", "All customers") == "全部客户"


def test_a_reason_without_words_is_still_readable() -> None:
    assert i18n.reason("some_new_fault", "zh_Hans") == "some new fault"


def test_a_stored_value_with_braces_is_not_a_template() -> None:
    assert translate("search “{text}”", "en", text="{0.__class__}") == "search “{0.__class__}”"


def test_missing_lists_what_has_no_words() -> None:
    assert i18n.missing("zh_Hans", ["All customers", "Nobody wrote this"]) == ["Nobody wrote this"]
