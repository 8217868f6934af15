"""Choices that change what a file means (导入选项)."""

from __future__ import annotations

from dataclasses import dataclass

from data.imports.terms.codec import NOTHING_ELSE


@dataclass(frozen=True, slots=True)
class Options:
    """Choices that change what a file means."""

    __pydantic_config__ = NOTHING_ELSE

    day_order: str = ""
    """mdy or dmy for dates such as 3/2/2026."""
    round_cents: bool = False
    create_customers: bool = False
    """Make every customer that is not there; `Plan.create` makes single ones."""
    match_names: bool = False
    """The user confirmed that a name alone may name a customer."""
    create_products: bool = False
    correct_past: bool = False
    """Changed values of cards and due dates were always so: past figures follow, instead of
    keeping what was said or agreed."""
    allocate: str = "none"
    """oldest: receipts and credit notes without an invoice pay the oldest due first."""
    survey: str = "satisfaction"
    """Code of the survey answers belong to."""
    new_survey: bool = False
    """That survey may be made if it is not there; the first of a store always may."""
    survey_name: str = ""
    wave: str = ""
    """Code of the wave; empty takes the half-year of the answer, such as 2026H1."""
    minimum: int | float | None = None
    maximum: int | float | None = None
    """Scale of items that say nothing themselves."""
    scale: str = ""
    """The same by name (`scales.SCALES`)."""
    reverse: bool = False
    """On that scale the lowest score is the best."""
    shape: str = ""
    """responses, answers or scores (`Shape`); empty is found out from the header."""
    wave_name: str = ""
    wave_starts: str = ""
    wave_ends: str = ""
    """First and last day of the wave named here, ISO; empty takes those of the answers."""


SHAPES = ("responses", "answers", "scores")
"""A row per response, a row per answer, a score per customer."""
