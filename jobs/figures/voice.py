"""Voice figures (客户之声): satisfaction by customer, complaints, contact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from analytics.checks import ratio
from data.bulk import Column
from data.facts import Facts
from jobs.figures.align import NOT_A_DAY, Days, Floats, Ints, Rows, days_of
from jobs.figures.surveys import Heard


@dataclass(frozen=True, eq=False)
class Voice:
    """What customers said and how we met them, shape (n,) each."""

    csi: Floats
    csi_n: Ints
    csi_before: Floats
    csi_before_n: Ints
    csi_on: Days
    csi_wave_id: Ints
    headline_sum: Floats
    headline_n: Ints
    complaints_open: Ints
    complaints_recent: Ints
    complaints_window: Ints
    last_contact: Days
    contract_ends: Days

    def columns(self) -> dict[str, Column]:
        """The columns of `Snapshot` made here."""
        return {
            "csi": Column(self.csi),
            "csi_n": Column(self.csi_n),
            "csi_before": Column(self.csi_before),
            "csi_before_n": Column(self.csi_before_n),
            "csi_on": Column(self.csi_on),
            "csi_wave_id": Column(self.csi_wave_id, self.csi_wave_id == 0),
            "headline_sum": Column(self.headline_sum),
            "headline_n": Column(self.headline_n),
            "complaints_open": Column(self.complaints_open),
            "complaints_recent": Column(self.complaints_recent),
            "last_contact": Column(self.last_contact),
            "contract_ends": Column(self.contract_ends),
        }


def voice(rows: Rows, facts: Facts, found: Heard) -> Voice:
    """Satisfaction in the waves of the main survey each customer answered; how we met it."""
    met = np.fmax(rows.days(facts.visits, "last_visit"), rows.days(facts.actions, "last_action"))
    heard = facts.complaints
    return Voice(
        **_satisfaction(rows, found),
        complaints_open=rows.ints(heard, "complaints_open"),
        complaints_recent=rows.ints(heard, "complaints_recent"),
        complaints_window=rows.ints(heard, "complaints_window"),
        last_contact=met,
        contract_ends=rows.days(facts.contracts, "contract_ends"),
    )


def _satisfaction(rows: Rows, found: Heard) -> dict[str, Any]:
    """The mean index of the newest and the second newest wave each customer answered.

    Both are of the main survey: two questionnaires are never held against each other.
    Waves follow one another by the day they began, then by number.
    """
    size = len(rows)
    result: dict[str, Any] = {
        "csi": np.full(size, np.nan),
        "csi_n": np.zeros(size, dtype=np.int64),
        "csi_before": np.full(size, np.nan),
        "csi_before_n": np.zeros(size, dtype=np.int64),
        "csi_on": np.full(size, NOT_A_DAY, dtype="datetime64[D]"),
        "csi_wave_id": np.zeros(size, dtype=np.int64),
        "headline_sum": np.zeros(size),
        "headline_n": np.zeros(size, dtype=np.int64),
    }
    each = found.of_main()
    by_wave = each.groupby(["customer_id", "starts_on", "wave_id"], as_index=False, sort=True).agg(
        points=("index", "sum"), n=("index", "size"), on=("answered_on", "max")
    )
    by_wave["mean"] = by_wave["points"] / by_wave["n"]
    newest_first = by_wave.iloc[::-1]
    place = newest_first.groupby("customer_id").cumcount()
    for rank, tail in ((0, ""), (1, "_before")):
        mine = newest_first[place == rank]
        placed = rows.of(mine)
        mine, at = placed.frame, placed.at
        result[f"csi{tail}"][at] = mine["mean"]
        result[f"csi{tail}_n"][at] = mine["n"]
        if rank == 0:
            result["csi_on"][at] = days_of(mine["on"])
            result["csi_wave_id"][at] = mine["wave_id"]
    leading = found.headline.wave_id if found.headline else -1
    here = rows.of(by_wave[by_wave["wave_id"] == leading])
    result["headline_sum"][here.at] = here.frame["points"]
    result["headline_n"][here.at] = here.frame["n"]
    return result


def share(part: Ints, whole: Ints) -> Floats:
    """Part ÷ whole, NaN where there is no whole."""
    return ratio(part, np.where(whole > 0, whole, 0))
