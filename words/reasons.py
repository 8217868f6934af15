"""Why a customer may leave, in words (流失原因说明): one sentence per signal, with its figures.

A reason is what `analytics.loss_score` leaves in a snapshot: `{"code", "value",
"threshold", "points"}` and the figures the sentence needs besides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from words import formats, i18n
from words.i18n import mark

Reason = Mapping[str, Any]

NAMES = {
    "own_rhythm": mark("Order rhythm"),
    "sales_drop": mark("Falling sales"),
    "overdue_receivable": mark("Overdue receivable"),
    "complaints_open": mark("Open complaints"),
    "satisfaction_low": mark("Low satisfaction"),
    "satisfaction_fall": mark("Falling satisfaction"),
    "no_contact": mark("No contact"),
    "owner_changed": mark("New account manager"),
}
_CURES = {
    "own_rhythm": mark("an order"),
    "sales_drop": mark("sales back at the former pace"),
    "overdue_receivable": mark("payment of the oldest invoices"),
    "complaints_open": mark("closing the open complaints"),
    "satisfaction_low": mark("a better result in the next survey"),
    "satisfaction_fall": mark("a better result in the next survey"),
    "no_contact": mark("a contact"),
    "owner_changed": mark("time with the new manager"),
}


def name(code: str, lang: str | None = None) -> str:
    """The name of a signal; the code itself where it is unknown."""
    return i18n.translate(NAMES.get(code, code), lang or i18n.language())


def sentence(reason: Reason, lang: str | None = None) -> str:
    """What was found, in one sentence with its figures; plain text, nothing stored in it."""
    lang = lang or i18n.language()
    writers = {
        "own_rhythm": _own_rhythm,
        "sales_drop": _sales_drop,
        "overdue_receivable": _overdue,
        "satisfaction_fall": _satisfaction_fall,
    }
    code, value = str(reason.get("code", "")), reason.get("value")
    if code in writers:
        return writers[code](reason, lang)
    if code == "complaints_open":
        one, many = mark("{n} complaint open"), mark("{n} complaints open")
        said = one if value == 1 else many
        return i18n.translate(said, lang, n=formats.count(value, lang))
    if code == "satisfaction_low":
        return i18n.translate(
            "Satisfaction {value}, below {least}",
            lang,
            value=formats.score(value, lang),
            least=formats.score(reason.get("threshold"), lang),
        )
    if code == "no_contact":
        return i18n.translate("No contact for {days}", lang, days=formats.days(value, lang))
    if code == "owner_changed":
        days = formats.days(value, lang)
        return i18n.translate("Account manager changed {days} ago", lang, days=days)
    return name(code, lang)


def sentences(reasons: Sequence[Reason] | None, top: int = 3, lang: str | None = None) -> str:
    """The heaviest reasons as one phrase; an em dash where there are none."""
    found = [sentence(reason, lang) for reason in list(reasons or [])[:top]]
    semicolon = i18n.in_context("unit", "; ", lang or i18n.language())
    return semicolon.join(found) if found else formats.NONE


def value(reason: Reason, lang: str | None = None) -> str:
    """What was measured, in the unit of the signal."""
    return _measure(str(reason.get("code", "")), reason.get("value"), lang)


def threshold(reason: Reason, lang: str | None = None) -> str:
    """From where on the signal counts, in its unit."""
    return _measure(str(reason.get("code", "")), reason.get("threshold"), lang)


def cure(reasons: Sequence[Reason], score: float, below: float, lang: str | None = None) -> str:
    """What would bring the score below a level: the fewest, heaviest signals to put right.

    Returns an empty text when the score is below already.
    """
    lang = lang or i18n.language()
    left, done = score, []
    for reason in sorted(reasons, key=lambda r: -float(r.get("points", 0))):
        if left < below:
            break
        left -= float(reason.get("points", 0))
        words = i18n.translate(_CURES.get(str(reason.get("code")), mark("time")), lang)
        if words not in done:
            done.append(words)
    return formats.joined(done, lang)


def _measure(code: str, figure: Any, lang: str | None) -> str:
    if code == "own_rhythm":
        times = formats.number(figure, 1, lang)
        return i18n.translate("{n} × usual", lang or i18n.language(), n=times)
    if code == "sales_drop":
        return formats.signed_ratio(None if formats.is_missing(figure) else -figure, lang)
    if code in {"overdue_receivable", "no_contact", "owner_changed"}:
        return formats.days(figure, lang)
    if code == "complaints_open":
        return formats.count(figure, lang)
    return formats.score(figure, lang)


def _own_rhythm(reason: Reason, lang: str) -> str:
    borrowed = mark("Last order {days} ago; similar customers order every {usual}")
    own = mark("Last order {days} ago, usually one every {usual}")
    return i18n.translate(
        borrowed if reason.get("borrowed") else own,
        lang,
        days=formats.days(reason.get("days"), lang),
        usual=formats.days(reason.get("usual"), lang),
    )


def _sales_drop(reason: Reason, lang: str) -> str:
    value = reason.get("value")
    drop = formats.signed_ratio(None if value is None else -value, lang, 0)
    year_ago = reason.get("versus") == "year_ago"
    said = (
        mark("Recent sales {drop} on the year before")
        if year_ago
        else mark("Recent sales {drop} on the period before")
    )
    return i18n.translate(said, lang, drop=drop)


def _overdue(reason: Reason, lang: str) -> str:
    return i18n.translate(
        "{amount} overdue, the oldest for {days}",
        lang,
        amount=formats.money(reason.get("amount"), lang, compact=True),
        days=formats.days(reason.get("value"), lang),
    )


def _satisfaction_fall(reason: Reason, lang: str) -> str:
    return i18n.translate(
        "Satisfaction fell from {before} to {now}",
        lang,
        before=formats.score(reason.get("before"), lang),
        now=formats.score(reason.get("now"), lang),
    )
