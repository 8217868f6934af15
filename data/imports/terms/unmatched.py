"""Customers a file names that we do not know (未匹配客户), and what they might be meant to be."""

from __future__ import annotations

from dataclasses import dataclass

MOST_LISTED = 500
"""Listed at most, those on most rows first; all are counted."""
MOST_SUGGESTED = 5

SAME_TAX_NUMBER, SAME_NAME, SIMILAR_CODE, NAME_CONTAINED = (
    "same_tax_number",
    "same_name",
    "similar_code",
    "name_contained",
)
WHYS = (SAME_TAX_NUMBER, SAME_NAME, SIMILAR_CODE, NAME_CONTAINED)
"""Why a customer is suggested, the strongest reason first."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A customer that may be meant."""

    code: str
    name: str
    why: str
    """One of `WHYS`."""


@dataclass(frozen=True, slots=True)
class Unmatched:
    """One thing the file calls a customer."""

    said: str
    """As written: the code, else the tax number, else the name; `Plan.customers` and
    `Plan.create` call it so."""
    name: str = ""
    """The name on its first row."""
    tax_no: str = ""
    rows: int = 0
    """Lines of the file that say it."""
    line: int = 0
    """The first of them."""
    reason: str = ""
    """Why it was refused: a reason code. Empty where the user decided about it."""
    became: str = ""
    """Code of the customer the user chose, or of the one made."""
    new: bool = False
    """That customer was, or would be, made."""
    suggestions: tuple[Suggestion, ...] = ()
