"""The sign-in page (登录页): complete without scripts, everything escaped, three languages."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from components import signin_page
from components.signin_page import Demo, Form
from words import i18n

EVIL = "\"><img src=x onerror=alert(1)>'</style><script>"


class Tags(HTMLParser):
    """Every tag with its attributes, and whether open and close match."""

    VOID = frozenset({"meta", "link", "input", "img", "source"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("lang", list(i18n.LANGUAGES))
def test_the_page_is_whole_in_every_language(lang: str) -> None:
    demo = [Demo(f"m{i}", f"N{i}", "account_manager") for i in range(8)]
    demo += [Demo("boss", "B", "executive")]
    page = signin_page.render(Form(csrf="c" * 32, demo=demo, demo_password="word"), lang)
    tags = Tags(page)
    assert tags.open == []
    names = {attrs.get("name") for tag, attrs in tags.found if tag == "input"}
    assert {"csrf", "next", "lang", "login", "password"} <= names
    labelled = {attrs["for"] for tag, attrs in tags.found if tag == "label"}
    assert labelled == {"login", "password"}
    forms = [attrs for tag, attrs in tags.found if tag == "form"]
    assert len(forms) == 1 + len(demo)
    assert {(form["method"], form["action"]) for form in forms} == {("post", "/auth/sign-in")}
    outside = [v for _, attrs in tags.found for v in attrs.values() if v and "://" in v]
    assert outside == [], "nothing is loaded from elsewhere"


@pytest.mark.parametrize("lang", ["zh_Hans", "zh_Hant"])
def test_no_english_is_left_in_chinese(lang: str) -> None:
    page = signin_page.render(Form(csrf="x", demo=[Demo("a", "甲", "service")]), lang)
    text = re.sub(r"<style>.*?</style>|<code>.*?</code>|<[^>]+>", " ", page, flags=re.DOTALL)
    assert set(re.findall(r"[A-Za-z]{2,}", text)) <= {"EN", "html", "doctype"}
    for problem in signin_page._PROBLEMS:
        assert not re.search(r"[A-Za-z]{3,}", signin_page.alert(problem, lang, 5))


def test_nothing_typed_or_stored_becomes_markup() -> None:
    form = Form(
        csrf=EVIL,
        then="/" + EVIL,
        login=EVIL,
        alert=EVIL,
        demo=[Demo(EVIL, EVIL, "service")],
        demo_password=EVIL,
    )
    page = signin_page.render(form, "en")
    tags = [tag for tag, _ in Tags(page).found]
    assert "script" not in tags
    assert tags.count("style") == 1
    assert tags.count("img") == 1
    assert "alert" in page


def test_without_a_demo_no_account_is_named() -> None:
    page = signin_page.render(Form(csrf="x"), "en")
    assert 'class="demo"' not in page
    assert page.count("<form") == 1


def test_its_own_policy_lets_only_its_style_in() -> None:
    policy = signin_page.content_policy()
    assert policy.startswith("default-src 'none'")
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert "</style" not in signin_page.style()


def test_light_and_dark_come_from_the_theme() -> None:
    sheet = signin_page.style()
    assert "prefers-color-scheme:dark" in sheet
    used = set(re.findall(r"var\(--([a-z-]+)\)", sheet))
    given = set(re.findall(r"--([a-z-]+):", sheet))
    assert used <= given
