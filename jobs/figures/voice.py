"""Voice figures (客户之声): satisfaction by customer and by wave, complaints, contact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analytics.checks import ratio
from data.bulk import Column
from data.facts import Facts
from data.facts_people import MILLION
from jobs.figures.align import NOT_A_DAY, Codes, Days, Floats, Ints, Rows, days_of


@dataclass(frozen=True, eq=False)
class Voice:
    """What customers said and how we met them, shape (n,) each."""

    csi: Floats
    csi_n: Ints
    csi_before: Floats
    csi_on: Days
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
            "csi_on": Column(self.csi_on),
            "headline_sum": Column(np.where(self.csi_n > 0, self.csi * self.csi_n, 0.0)),
            "headline_n": Column(self.csi_n),
            "complaints_open": Column(self.complaints_open),
            "complaints_recent": Column(self.complaints_recent),
            "last_contact": Column(self.last_contact),
            "contract_ends": Column(self.contract_ends),
        }


def voice(rows: Rows, facts: Facts) -> Voice:
    """Satisfaction of the newest wave each customer answered, complaints and contact."""
    met = np.fmax(rows.days(facts.visits, "last_visit"), rows.days(facts.actions, "last_action"))
    heard = facts.complaints
    return Voice(
        **_satisfaction(rows, facts.responses),
        complaints_open=rows.ints(heard, "complaints_open"),
        complaints_recent=rows.ints(heard, "complaints_recent"),
        complaints_window=rows.ints(heard, "complaints_window"),
        last_contact=met,
        contract_ends=rows.days(facts.contracts, "contract_ends"),
    )


def _satisfaction(rows: Rows, responses: pd.DataFrame) -> dict[str, Any]:
    """The mean index of the newest and the second newest wave of each customer.

    Waves follow one another by the day they began, then by number.
    """
    size = len(rows)
    csi, before = np.full(size, np.nan), np.full(size, np.nan)
    count = np.zeros(size, dtype=np.int64)
    on = np.full(size, NOT_A_DAY, dtype="datetime64[D]")
    placed = rows.of(responses)
    if len(placed):
        responses, who = placed.frame, placed.at
        wave = responses["wave_id"].to_numpy()
        order = np.lexsort((wave, responses["starts_on"].to_numpy(), who))
        who, wave = who[order], wave[order]
        fresh = np.ones(len(who), dtype=np.bool_)
        fresh[1:] = (who[1:] != who[:-1]) | (wave[1:] != wave[:-1])
        starts = np.flatnonzero(fresh)
        n = np.diff(np.append(starts, len(who)))
        points = np.add.reduceat(responses["index"].to_numpy()[order], starts)
        mean = points / n / MILLION
        day = np.maximum.reduceat(days_of(responses["answered_on"])[order], starts)
        owner = who[starts]
        last = np.ones(len(owner), dtype=np.bool_)
        last[:-1] = owner[1:] != owner[:-1]
        at = owner[last]
        csi[at], count[at], on[at] = mean[last], n[last], day[last]
        second = np.zeros(len(owner), dtype=np.bool_)
        second[:-1] = last[1:] & (owner[1:] == owner[:-1])
        before[owner[second]] = mean[second]
    return {"csi": csi, "csi_n": count, "csi_before": before, "csi_on": on}


def waves(rows: Rows, facts: Facts, tier: Codes) -> dict[str, Column]:
    """The columns of `SnapshotWave`, but the date: counts of each answer."""
    placed = rows.of(facts.answers)
    answers, who = placed.frame, placed.at
    counted = (
        pd.DataFrame(
            {
                "wave_id": answers["wave_id"].to_numpy(),
                "item_id": answers["item_id"].to_numpy(),
                "owner_id": rows.cards["owner_id"].to_numpy()[who],
                "tier": tier[who],
                "value": answers["value"].to_numpy(),
            }
        )
        .groupby(["wave_id", "item_id", "owner_id", "tier", "value"], as_index=False, sort=True)
        .size()
    )
    named = {name: Column(counted[name].to_numpy()) for name in counted.columns if name != "size"}
    named["tier"] = Column(counted["tier"].to_list())
    return {**named, "count": Column(counted["size"].to_numpy())}


def newest_wave(frame: pd.DataFrame) -> int | None:
    """The number of the wave that began last among the rows; None without any."""
    if not len(frame):
        return None
    waves = frame[["starts_on", "wave_id"]].drop_duplicates()
    return int(waves.sort_values(["starts_on", "wave_id"])["wave_id"].iloc[-1])


def share(part: Ints, whole: Ints) -> Floats:
    """Part ÷ whole, NaN where there is no whole."""
    return ratio(part, np.where(whole > 0, whole, 0))
