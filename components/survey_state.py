"""What a survey wave is, in words (期次说明): headline, partial, another survey, no index."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from words import formats, vocabulary
from words.i18n import _


@dataclass(frozen=True, slots=True)
class Surveys:
    """What refresh found out about the surveys of a date (`data.snapshots.TOTALS`)."""

    known: Mapping[str, Any] = field(default_factory=dict)
    """Totals "surveys"; empty where the date was computed before there were any."""
    leading: Mapping[str, Any] = field(default_factory=dict)
    """Totals "csi": the headline wave."""
    everybody: bool = True
    """The reader sees the whole company, so its counts may be told."""

    @property
    def headline(self) -> int | None:
        """The headline wave."""
        return self.leading.get("wave_id")

    def wave(self, wave_id: int) -> Mapping[str, Any] | None:
        """What is known of a wave; None where nobody has answered it."""
        waves = self.known.get("waves") or ()
        return next((wave for wave in waves if wave["wave_id"] == wave_id), None)

    def is_partial(self, wave_id: int) -> bool:
        """Whether too little came in for the wave to be the headline."""
        found = self.wave(wave_id)
        return bool(self.known) and (found is None or not found["complete"])

    def words(self, wave_id: int, survey_id: int) -> list[str]:
        """What a wave is and what it rests on, in sentences."""
        found, said = self.wave(wave_id), []
        if not self.known:
            return [_("Computed before waves were judged; refresh this date to know more.")]
        if found is None:
            return [_("Nobody has answered this wave yet.")]
        if wave_id == self.headline:
            said.append(_("The headline wave."))
        if survey_id != self.known["main_id"]:
            said.append(
                _(
                    "Another survey than the main one; its scores are never compared with "
                    "or added to those of the main survey."
                )
            )
        said.append(self._rule(found))
        refused = found.get("responses", found["n"]) - found["n"]
        if refused and self.everybody and found["measures"] == "index":
            said.append(
                _(
                    "{n} more responses answered too little of the questionnaire to have an index.",
                    n=formats.count(refused),
                )
            )
        if found["measures"] != "index":
            said.append(vocabulary.label("survey_measures", found["measures"]))
        if not self.known["found"]:
            said.append(
                _(
                    "The settings name the main survey {code}, which nobody has answered; "
                    "another one takes its place.",
                    code=self.known["wanted"],
                )
            )
        return said

    def _rule(self, found: Mapping[str, Any]) -> str:
        """Complete or partial, with the numbers of the rule."""
        if not self.everybody:
            return (
                _("Complete enough for the whole company.")
                if found["complete"]
                else _("Partial: too few customers of the company have answered it.")
            )
        numbers: dict[str, Any] = {
            "answers": rests_on(found["n"], found["customers"], found["anonymous"]),
            "share": formats.ratio(found["share"], digits=1),
            "active": formats.count(self.known["active"]),
            "n": formats.count(self.known["least_answers"]),
            "least": formats.ratio(self.known["least_share"], digits=0),
        }
        if found["complete"]:
            return _(
                "Complete: {answers}, {share} of {active} active customers; the rule asks "
                "for {n} answers and {least}.",
                **numbers,
            )
        return _(
            "Partial: {answers}, {share} of {active} active customers; the rule asks for "
            "{n} answers and {least}.",
            **numbers,
        )


def rests_on(n: int, customers: int, anonymous: int = 0) -> str:
    """How many answers of how many customers a figure rests on."""
    numbers = {"n": formats.count(n), "customers": formats.count(customers)}
    if anonymous:
        return _(
            "{n} answers of {customers} customers and {anonymous} anonymous",
            **numbers,
            anonymous=formats.count(anonymous),
        )
    return _("{n} answers of {customers} customers", **numbers)
