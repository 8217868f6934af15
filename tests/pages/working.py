"""Doing things on a page in a test (页面操作): in Chinese, which AppTest's widgets fall back to."""

from __future__ import annotations

from typing import Any

from streamlit.testing.v1 import AppTest

from words import i18n

LANGUAGE = "zh_Hans"


def said(msgid: str, **values: Any) -> str:
    """The words the page uses for a message."""
    return i18n.translate(msgid, LANGUAGE, **values)


def press(at: AppTest, msgid: str) -> AppTest:
    """Click the button with these words and run the page."""
    next(button for button in at.button if button.label == said(msgid)).click()
    at.run()
    assert not at.exception, at.exception[0].message
    return at


def key(name: str) -> str:
    """The key of a widget of `components.forms`."""
    return f"{name}.{LANGUAGE}"


def captions(at: AppTest) -> str:
    """Every caption of the page."""
    return "\n".join(caption.value for caption in at.caption)
