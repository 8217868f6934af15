"""A corrected past in words (历史更正): since when figures change, which computed dates that is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from components.i18n import language, translate
from models.base import DAY_ZERO


def said(reach: Mapping[str, Any], lang: str | None = None) -> str:
    """One or two sentences on `ImportReport.past`."""
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
        lang, first=reach["first"], last=reach["last"], n=reach["dates"],
    )  # fmt: skip
    return f"{begins} {dates}"
