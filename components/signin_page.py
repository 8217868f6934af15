"""The sign-in page (登录页): plain HTML that works without scripts, drawn before Streamlit.

It looks like the rest because its colours and type come from the same theme. Its own
content policy allows no script at all, and only its own style sheet by hash.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from urllib.parse import urlencode

from components import theme
from components.theme import Palette, blend, palette
from words import i18n
from words.i18n import mark, translate
from words.vocabulary import label

ASSETS = Path(__file__).resolve().parent.parent / "assets"
ACTION = "/auth/sign-in"
SERVED = (
    "favicon.png",
    *(f"logo_{code}_{shade}.svg" for code in i18n.LANGUAGES for shade in ("light", "dark")),
)
"""Files of `assets/` a stranger may load."""

_QUESTIONS = (
    mark("Which customers are worth most, and are they moving up or down?"),
    mark("How are our key accounts doing?"),
    mark("Who owes us what, and since when?"),
    mark("What do customers think of us?"),
    mark("Who is about to leave, and why?"),
)
_FRONT = 4
"""Demo accounts offered at once; the rest unfold."""


@dataclass(frozen=True, slots=True)
class Demo:
    """One public account of the demo company."""

    login: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Form:
    """What the page shows: `alert` is a finished sentence, `then` a checked local path."""

    csrf: str
    then: str = "/"
    login: str = ""
    alert: str = ""
    demo: Sequence[Demo] = ()
    demo_password: str = ""


def render(form: Form, lang: str) -> str:
    """The whole page in `lang`; every stored or typed word is escaped."""
    words = {name: escape(translate(text, lang)) for name, text in _WORDS.items()}
    alert = f'<p class="alert" role="alert">{escape(form.alert)}</p>' if form.alert else ""
    questions = "".join(f"<li>{escape(translate(text, lang))}</li>" for text in _QUESTIONS)
    first = "password" if form.login else "login"
    focus = {name: " autofocus" if name == first else "" for name in ("login", "password")}
    return f"""<!doctype html>
<html lang="{i18n.lang_tag(lang)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{words["sign_in"]} · {words["kehu"]}</title>
<link rel="icon" href="/auth/assets/favicon.png">
<style>{style()}</style>
</head>
<body>
<aside class="story">
<div class="brand">{_mark()}{words["kehu"]}</div>
<div><h2>{words["tagline"]}</h2><ul>{questions}</ul></div>
<small>{words["made_for"]}</small>
{_mark("motif")}
</aside>
<main>
<nav class="languages" aria-label="{words["language"]}">{_languages(form, lang)}</nav>
<div class="middle">
<div class="brand">{_logo(lang)}</div>
<h1>{words["sign_in"]}</h1>
<p class="lead">{words["lead"]}</p>
{alert}
<form method="post" action="{ACTION}">
{_hidden(form, lang)}
<label for="login">{words["login"]}</label>
<input type="text" id="login" name="login" value="{escape(form.login)}" maxlength="64"
 autocomplete="username" autocapitalize="none" spellcheck="false" required{focus["login"]}>
<label for="password">{words["password"]}</label>
<input type="password" id="password" name="password" autocomplete="current-password"
 required{focus["password"]}>
<button class="go" type="submit">{words["go"]}</button>
</form>
<p class="help">{words["help"]}</p>
{_demo(form, lang)}
</div>
</main>
</body>
</html>
"""


def alert(problem: str, lang: str, wait: int = 0) -> str:
    """The sentence for what went wrong; the same for known and unknown users."""
    return translate(_PROBLEMS[problem], lang, n=wait)


def content_policy() -> str:
    """The page's own CSP: no scripts, its style sheet by hash, forms to ourselves."""
    digest = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )


@cache
def style() -> str:
    """The style sheet, with the theme's colours for light and dark."""
    sheet = (ASSETS / "sign_in.css").read_text("utf-8")
    light, dark = _variables(palette(False)), _variables(palette(True))
    font = f"--font:{theme.font()};"
    return f":root{{{font}{light}}}@media (prefers-color-scheme:dark){{:root{{{dark}}}}}\n{sheet}"


_WORDS = {
    "kehu": mark("Kehu"),
    "sign_in": mark("Sign in"),
    "tagline": mark("Five questions about your customers, answered every morning"),
    "made_for": mark("The customer cockpit for companies that sell to companies"),
    "language": mark("Language"),
    "lead": mark("Welcome back."),
    "login": mark("User name"),
    "password": mark("Password"),
    "go": mark("Sign in"),
    "help": mark("Forgotten your password? An administrator can give you a new one."),
}


_PROBLEMS = {
    "wrong": mark("The user name or the password is not right."),
    "wait": mark("Too many tries. Please wait {n} seconds, then try again."),
    "expired": mark("The page had been open for too long. Please try again."),
    "foreign": mark("That did not come from this page. Please try again here."),
    "busy": mark("Many people are signing in right now. Please try again in a few seconds."),
    "store": mark("The store cannot be reached just now. Please try again shortly."),
}


def _variables(shades: Palette) -> str:
    dark = shades.background == palette(True).background
    deep = shades.sequential[1] if dark else shades.sequential[8]
    deeper = shades.sequential[0] if dark else shades.sequential[9]
    white = palette(False).background
    values = {
        "background": shades.background,
        "panel": shades.panel,
        "text": shades.text,
        "muted": shades.muted,
        "line": shades.line,
        "link": shades.blue,
        "focus": shades.blue,
        "primary": shades.primary,
        "on-primary": white,
        "field": shades.panel if dark else shades.background,
        "field-line": blend(shades.gray, shades.background, 0.55),
        "alert": shades.red,
        "alert-ground": blend(shades.red, shades.background, 0.08),
        "alert-line": blend(shades.red, shades.background, 0.35),
        "deep": deep,
        "deeper": deeper,
        "on-deep": white,
        "on-deep-soft": blend(white, deep, 0.78),
        "spark": palette(True).series[0],
    }
    return "".join(f"--{name}:{value};" for name, value in values.items())


def _hidden(form: Form, lang: str) -> str:
    values = {"csrf": form.csrf, "next": form.then, "lang": lang}
    return "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">'
        for name, value in values.items()
    )


def _languages(form: Form, lang: str) -> str:
    links = []
    for code, name in i18n.LANGUAGES.items():
        if code == lang:
            links.append(f'<strong lang="{i18n.lang_tag(code)}">{name}</strong>')
            continue
        query = escape(urlencode({"lang": code, "next": form.then}))
        tag = i18n.lang_tag(code)
        links.append(f'<a href="{ACTION}?{query}" lang="{tag}" hreflang="{tag}">{name}</a>')
    return "".join(links)


def _demo(form: Form, lang: str) -> str:
    if not form.demo:
        return ""
    managers = [one for one in form.demo if one.role == "account_manager"]
    front = [one for one in form.demo if one not in managers[1:]][: _FRONT + 1]
    rest = [one for one in form.demo if one not in front]
    more = ""
    if rest:
        summary = escape(translate("{n} more accounts", lang, n=len(rest)))
        buttons = "".join(_demo_button(one, form, lang) for one in rest)
        inside = f"<details><summary>{summary}</summary><ul>{buttons}</ul></details>"
        more = f'<li class="more">{inside}</li>'
    title = escape(translate("Demo store: accounts", lang))
    # the placeholder is filled after escaping, so the password can stand in its own element
    offer = mark("One click signs you in; the password of all is {word}")
    said = escape(translate(offer, lang, word="\0"))
    said = said.replace("\0", f"<code>{escape(form.demo_password)}</code>")
    buttons = "".join(_demo_button(one, form, lang) for one in front)
    return (
        f'<section class="demo" aria-label="{title}"><h2>{title}</h2>'
        f"<p>{said}</p><ul>{buttons}{more}</ul></section>"
    )


def _demo_button(one: Demo, form: Form, lang: str) -> str:
    return (
        f'<li><form method="post" action="{ACTION}">{_hidden(form, lang)}'
        f'<input type="hidden" name="login" value="{escape(one.login)}">'
        f'<input type="hidden" name="password" value="{escape(form.demo_password)}">'
        f'<button type="submit"><b>{escape(label("role", one.role, lang))}</b>'
        f"<span>{escape(one.login)} · {escape(one.name)}</span></button></form></li>"
    )


def _logo(lang: str) -> str:
    name = escape(translate("Kehu", lang))
    return (
        '<picture><source media="(prefers-color-scheme: dark)" '
        f'srcset="/auth/assets/logo_{lang}_dark.svg">'
        f'<img src="/auth/assets/logo_{lang}_light.svg" alt="{name}"></picture>'
    )


def _mark(kind: str = "") -> str:
    shape = (
        '<path d="M16 3 20.6 11.2H11.4Z"/><path d="M10.3 13.2H21.7L25.6 20.2H6.4Z" '
        'fill-opacity=".78"/><path d="M5.3 22.2H26.7L30.6 29.2H1.4Z" fill-opacity=".5"/>'
    )
    return (
        f'<svg class="{kind}" viewBox="0 0 32 32" fill="currentColor" aria-hidden="true">'
        f"{shape}</svg>"
    )
