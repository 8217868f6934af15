"""Surveys as of a date (满意度调查): each response's index, the headline wave, its figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analytics.proportions import net_promoter
from analytics.satisfaction import mean_interval, response_index
from analytics.survey_waves import (
    Reach,
    Rule,
    WaveAnswers,
    headline,
    judge,
    main_survey,
    measures,
)
from data.bulk import Column
from data.facts import Facts
from jobs.figures.align import Codes, Flags, Rows
from models.policy import Policy


@dataclass(frozen=True, eq=False)
class Heard:
    """What was answered up to a date."""

    responses: pd.DataFrame
    """A row per response: those of the facts, survey_id, starts_on, index (NaN = none) and
    counted (it has an index, or its wave has none and something was answered)."""
    answers: pd.DataFrame
    surveys: pd.DataFrame
    """The waves of the facts."""
    waves: tuple[WaveAnswers, ...]
    rule: Rule
    main: Reach | None
    headline: WaveAnswers | None
    policy: Policy

    def columns(self) -> dict[str, Column]:
        """The columns of `SnapshotResponse`, but the date."""
        names = ("wave_id", "response_id", "customer_id", "index")
        return {name: Column(self.responses[name].to_numpy()) for name in names}

    def of_main(self) -> pd.DataFrame:
        """Responses of named customers in the main survey that have an index."""
        r = self.responses
        number = self.main.survey_id if self.main else -1
        return r[(r["survey_id"] == number) & (r["customer_id"] > 0) & r["index"].notna()]

    def totals(self) -> dict[str, Any]:
        """The totals of a run about surveys; see `data.snapshots.TOTALS`."""
        if self.main is None or self.headline is None:
            return {"csi": None, "nps": None, "surveys": self._surveys()}
        return {"csi": self._csi(), "nps": self._nps(), "surveys": self._surveys()}

    def _surveys(self) -> dict[str, Any]:
        wanted = self.policy.satisfaction_main_survey
        return {
            "main": self.main.code if self.main else None,
            "main_id": self.main.survey_id if self.main else None,
            "wanted": wanted,
            "found": not wanted or (self.main is not None and self.main.code == wanted),
            "active": self.rule.active,
            "least_answers": self.rule.least_answers,
            "least_share": self.rule.least_share,
            "waves": [self._wave(wave) for wave in self.waves],
        }

    def _wave(self, wave: WaveAnswers) -> dict[str, Any]:
        """What is said of a wave wherever a figure of it stands."""
        found = judge(wave, self.rule)
        known = self.surveys.set_index("wave_id").loc[wave.wave_id]
        return {
            "wave_id": wave.wave_id,
            "survey_id": wave.survey_id,
            "survey": str(known["survey"]),
            "measures": measures(
                has_index=bool(known["full"]),
                has_gaps=bool(known["gaps"]),
                has_items=bool(known["weighed"]),
            ),
            "n": wave.answers,
            "responses": wave.responses,
            "customers": wave.customers,
            "anonymous": wave.anonymous,
            "share": found.share,
            "complete": found.complete,
            "reason": list(found.lacks),
        }

    def _csi(self) -> dict[str, Any]:
        """The index over the responses of the headline wave; n counts those it rests on."""
        assert self.headline is not None
        r = self.responses
        here = r[(r["wave_id"] == self.headline.wave_id) & r["index"].notna()]
        sure = self.policy.satisfaction_confidence
        mean, low, high = mean_interval(np.sort(here["index"].to_numpy()), confidence=sure)
        unsigned = here.loc[here["customer_id"] == 0, "index"]
        return self._wave(self.headline) | {
            "index": mean,
            "low": low,
            "high": high,
            "anonymous_sum": float(unsigned.sum()),
        }

    def _nps(self) -> dict[str, Any] | None:
        """The net promoter score of the headline wave, by the first question that asks for it."""
        assert self.headline is not None
        a = self.answers
        asked = a[(a["wave_id"] == self.headline.wave_id) & (a["nps_place"] > 0)]
        if not len(asked):
            return None
        first = asked.sort_values(["nps_place", "item_id"])["item_id"].iloc[0]
        given = asked[asked["item_id"] == first]
        found = net_promoter(
            given["value"].to_numpy(), confidence=self.policy.satisfaction_confidence
        )
        who = given["customer_id"]
        return self._wave(self.headline) | {
            "n": found.n,
            "customers": int(who[who > 0].nunique()),
            "anonymous": int((who == 0).sum()),
            "nps": found.nps,
            "low": found.adjusted_low,
            "high": found.adjusted_high,
            "promoters": found.promoters,
            "passives": found.passives,
            "detractors": found.detractors,
        }


def heard(rows: Rows, facts: Facts, policy: Policy, active: Flags) -> Heard:
    """Judge what was answered.

    Args:
        rows: the customers; what others answered is left out, and never lands on one of them.
        facts: of the date.
        policy: which survey leads, and what a wave needs.
        active: which customers ordered in the window, shape (n,).
    """
    known = facts.waves
    r = _here(rows, facts.responses).merge(
        known[["wave_id", "survey_id", "starts_on", "full"]], on="wave_id", how="inner"
    )
    r = r.sort_values("response_id", ignore_index=True)
    r["index"] = response_index(r["weight"], r["points"], r["full"])
    r["counted"] = np.where(r["full"] > 0, r["index"].notna(), r["answers"] > 0)
    rule = Rule(
        policy.satisfaction_wave_min_n, policy.satisfaction_wave_min_share, int(active.sum())
    )
    waves = _waves(r, frozenset(rows.ids[active].tolist()))
    main = main_survey(_reached(r, known), policy.satisfaction_main_survey)
    return Heard(
        responses=r,
        answers=_here(rows, facts.answers),
        surveys=known,
        waves=waves,
        rule=rule,
        main=main,
        headline=headline(waves, main.survey_id, rule) if main else None,
        policy=policy,
    )


def counts(rows: Rows, found: Heard, tier: Codes) -> dict[str, Column]:
    """The columns of `SnapshotWave`, but the date: counts of each answer.

    Anonymous answers have no account manager (0) and no tier ('').
    """
    a = found.answers
    named = a["customer_id"].to_numpy() > 0
    who = rows.of(a[named]).at  # all of them are there: see `heard`
    owner = np.zeros(len(a), dtype=np.int64)
    owner[named] = rows.cards["owner_id"].to_numpy()[who]
    tiers = np.full(len(a), "", dtype=tier.dtype)
    tiers[named] = tier[who]
    counted = (
        pd.DataFrame(
            {
                "wave_id": a["wave_id"].to_numpy(),
                "item_id": a["item_id"].to_numpy(),
                "owner_id": owner,
                "tier": tiers,
                "value": a["value"].to_numpy(),
            }
        )
        .groupby(["wave_id", "item_id", "owner_id", "tier", "value"], as_index=False, sort=True)
        .size()
    )
    columns = {name: Column(counted[name].to_numpy()) for name in counted.columns if name != "size"}
    columns["tier"] = Column(counted["tier"].to_list())
    return {**columns, "count": Column(counted["size"].to_numpy())}


def _here(rows: Rows, frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of anonymous respondents and of customers that are there on the date."""
    who = frame["customer_id"].to_numpy()
    return frame[(who == 0) | np.isin(who, rows.ids)].reset_index(drop=True)


def _waves(r: pd.DataFrame, active: frozenset[int]) -> tuple[WaveAnswers, ...]:
    """Responses and counted answers by wave, in the order of their numbers."""
    found = []
    for (wave, survey, starts), came in r.groupby(["wave_id", "survey_id", "starts_on"]):
        mine = came[came["counted"]]
        who = mine["customer_id"]
        named = set(who[who > 0].tolist())
        found.append(
            WaveAnswers(
                wave_id=int(wave),
                survey_id=int(survey),
                starts_on=starts.date(),
                answers=len(mine),
                customers=len(named),
                active=len(named & active),
                anonymous=int((who == 0).sum()),
                responses=len(came),
            )
        )
    return tuple(found)


def _reached(r: pd.DataFrame, known: pd.DataFrame) -> list[Reach]:
    """The surveys any response came back from, with how many answers and customers count."""
    named = r[r["counted"] & (r["customer_id"] > 0)]
    customers = named.groupby("survey_id")["customer_id"].nunique()
    answers = r.groupby("survey_id")["counted"].sum()
    surveys = known.sort_values("full", ascending=False).drop_duplicates("survey_id")
    return [
        Reach(
            int(number),
            str(code),
            bool(full),
            int(customers.get(number, 0)),
            answers=int(answers[number]),
        )
        for number, code, full in zip(
            surveys["survey_id"], surveys["survey"], surveys["full"], strict=True
        )
        if number in answers
    ]
