"""A corrected past in words (历史更正): since when figures change, which computed dates that is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from models.base import DAY_ZERO
from words.i18n import language, translate

MOST_SINGLE = 5
"""Single dates that are named, at most."""


def said(reach: Mapping[str, Any], lang: str | None = None) -> str:
    """Up to three sentences on `ImportReport.past`."""
    lang = lang or language()
    always = date.fromisoformat(reach["since"]) <= DAY_ZERO
    begins = (
        translate("The past is corrected from the beginning.", lang)
        if always
        else translate("The past is corrected from {date} on.", lang, date=reach["since"])
    )
    if not reach["dates"]:
        return begins
    dates = translate(
        "Computed dates that change: {first} … {last} ({n}).",
        lang,
        first=reach["first"],
        last=reach["last"],
        n=reach["dates"],
    )
    left = [date.fromisoformat(day) for day in reach.get("left", ())]
    if not left:
        return f"{begins} {dates}"
    by_hand = translate(
        "{n} of them are not renewed by themselves; renew them with: {commands}",
        lang,
        n=len(left),
        commands=" ; ".join(_commands(left)),
    )
    return f"{begins} {dates} {by_hand}"


def _commands(days: Sequence[date]) -> Iterator[str]:
    """What computes these dates anew: the months' ends of a stretch at once, others singly."""
    ends = [day for day in days if (day + timedelta(days=1)).day == 1]
    if len(ends) > 1:
        yield f"manage.py refresh --from {ends[0]} --to {ends[-1]} --monthly"
    singles = [day for day in days if len(ends) < 2 or day not in ends]
    yield from (f"manage.py refresh --as-of {day}" for day in singles[:MOST_SINGLE])
    if len(singles) > MOST_SINGLE:
        yield "…"
