"""Codes and sums that several rooms use stand once, and where two rooms may not meet, agree."""

from __future__ import annotations

import re
from pathlib import Path

from analytics import pyramid
from data.queries.overview import Totals
from data.snapshots import SUMS
from models import classes
from models.snapshots import BUCKET_NAMES, TOTAL_CLASSES, TOTAL_SUMS, Snapshot, SnapshotTotal
from words.vocabulary import WORDS

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("data", "jobs", "components", "words", "pages", "analytics")


def test_analytics_speaks_the_same_codes() -> None:
    assert (*pyramid.TIERS, pyramid.INACTIVE) == classes.TIERS
    assert pyramid.PROFIT_TIERS == classes.PROFIT_TIERS
    assert pyramid.MOVES == classes.MOVES


def test_every_code_has_a_word_in_its_place() -> None:
    assert tuple(WORDS["tier"]) == classes.TIERS
    assert tuple(WORDS["profit_tier"]) == classes.PROFIT_TIERS
    assert tuple(WORDS["abc"]) == classes.ABC


def test_sums_follow_from_the_table() -> None:
    assert set(SUMS) <= set(TOTAL_SUMS) & set(Snapshot.model_fields)
    assert set(TOTAL_SUMS) | set(TOTAL_CLASSES) | {"as_of", "owner_id"} == set(
        SnapshotTotal.model_fields
    )
    assert set(TOTAL_SUMS) - set(BUCKET_NAMES) <= set(Totals.__slots__)


def test_nobody_writes_them_again() -> None:
    """The order of the tiers, or the most rows of an export, in a file of their own."""
    again = re.compile(r'"top", "big", "medium"|\bMOST = 100_000|"top": 0')
    found = {
        str(file.relative_to(ROOT))
        for room in ROOMS
        for file in (ROOT / room).rglob("*.py")
        if again.search(file.read_text("utf-8"))
    }
    assert found == {"analytics/pyramid.py"}
