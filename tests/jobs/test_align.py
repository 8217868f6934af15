"""Facts onto rows (对齐): whoever is not there yet gives nobody else a figure."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from data.facts import NAMES
from jobs.figures.align import CARD_TEXTS, PRESENT, Rows

AS_OF = date(2026, 6, 30)

ids = st.one_of(st.integers(1, 12), st.integers(1, 2_000_000), st.integers(2**40, 2**62))
days = st.integers(-800, 800).map(lambda n: AS_OF + timedelta(days=n))
cards = st.dictionaries(ids, st.tuples(st.none() | days, days), max_size=12)


@st.composite
def stores(draw: st.DrawFn) -> tuple[dict[int, Any], dict[str, dict[int, int]]]:
    """Cards by id (since, created on), and for each frame customer → figure."""
    known = draw(cards)
    some = st.sampled_from(sorted(known)) if known else st.nothing()
    anybody = st.one_of(some, ids, st.just(0))
    frames = st.dictionaries(anybody, st.integers(-(2**50), 2**50), max_size=6)
    return known, {name: draw(frames) for name in NAMES if name != "customers"}


def frame(found: dict[int, int]) -> pd.DataFrame:
    numbers = np.array(list(found.values()), dtype=np.int64)
    return pd.DataFrame(
        {
            "customer_id": np.array(list(found), dtype=np.int64),
            "figure": numbers,
            "owner_id": numbers,
            "parent_id": numbers,
            **{name: [f"{name} {n}" for n in found.values()] for name in CARD_TEXTS},
            "day": np.datetime64(AS_OF, "s") - (numbers % 1000).astype("timedelta64[D]"),
        }
    )


def facts(known: dict[int, Any], frames: dict[str, dict[int, int]]) -> Any:
    table = pd.DataFrame(
        {
            "id": np.array(list(known), dtype=np.int64),
            "owner_id": np.zeros(len(known), dtype=np.int64),
            "parent_id": np.full(len(known), 7),
            **{name: ["now"] * len(known) for name in CARD_TEXTS},
            "since": np.array([since for since, _ in known.values()], dtype="datetime64[s]"),
            "created_on": np.array([made for _, made in known.values()], dtype="datetime64[s]"),
        }
    )
    return SimpleNamespace(
        period=SimpleNamespace(as_of=AS_OF),
        customers=table,
        **{name: frame(found) for name, found in frames.items()},
    )


@settings(max_examples=25, deadline=None)
@given(stores())
def test_every_frame_lands_on_its_own_customers_or_nowhere(store: Any) -> None:
    known, frames = store
    rows = Rows(facts(known, frames))
    begun = {number for number, (since, made) in known.items() if (since or made) <= AS_OF}
    shown = set().union(*(frames[name] for name in PRESENT))
    there = sorted(begun | (shown & set(known)))
    assert rows.ids.tolist() == there

    owners, cards = frames["owners"], frames["cards"]
    assert rows.cards["owner_id"].tolist() == [owners.get(number, 0) for number in there]
    assert rows.cards["parent_id"].tolist() == [cards.get(number, 7) for number in there]
    for name in CARD_TEXTS:
        said = {number: f"{name} {n}" for number, n in cards.items()}
        assert rows.cards[name].tolist() == [said.get(number, "now") for number in there]
    for found in frames.values():
        table = frame(found)
        figures = {number: found.get(number, 0) for number in there}
        assert rows.ints(table, "figure").tolist() == list(figures.values())
        assert rows.flags(table).tolist() == [number in found for number in there]
        back = [AS_OF - timedelta(days=found[n] % 1000) if n in found else None for n in there]
        assert rows.days(table, "day").tolist() == back
        placed = rows.of(table)
        assert rows.ids[placed.at].tolist() == placed.frame["customer_id"].tolist()
        assert placed.frame["figure"].tolist() == [v for n, v in found.items() if n in there]
        assert len(placed) == len(placed.frame)


@settings(max_examples=25, deadline=None)
@given(cards)
def test_a_company_of_which_nobody_is_there_has_no_rows(known: dict[int, Any]) -> None:
    later = {number: (AS_OF + timedelta(days=1), made) for number, (_, made) in known.items()}
    limits = dict.fromkeys(known, 100)
    frames = {name: {} for name in NAMES if name != "customers"} | {"limits": limits}
    rows = Rows(facts(later, frames))
    assert len(rows) == 0
    assert rows.ints(frame(limits), "figure").tolist() == []
