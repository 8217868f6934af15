"""The charts of the satisfaction page (满意度图表), and what all of it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from analytics.satisfaction import just_below, mean_interval
from components import charts, filters, frame, survey_view, urls
from components.survey_state import Surveys, rests_on
from data.queries import satisfaction
from models.access import User
from models.classes import TIERS
from models.filters import Filters
from models.policy import Policy
from words import formats, vocabulary
from words.i18n import _
from words.text import md_escape


@dataclass(frozen=True)
class View:
    """One wave as chosen, the wave before, and what was answered."""

    user: User
    as_of: date
    chosen: Filters
    policy: Policy
    wave: satisfaction.WaveInfo
    before: satisfaction.WaveInfo | None
    waves: tuple[satisfaction.WaveInfo, ...]
    """Of the same survey, oldest first."""
    surveys: Surveys
    every: dict[int, survey_view.Results]
    """Results of each of the waves."""
    responses: Any
    """Frame of `satisfaction.response_indices` over the waves."""
    takings: dict[int, satisfaction.Taking]
    narrowed: bool
    """Not everybody who was asked is looked at."""

    @property
    def found(self) -> survey_view.Results:
        """Results of the wave."""
        return self.every[self.wave.id]

    @property
    def found_before(self) -> survey_view.Results | None:
        """Results of the wave before, if there was one."""
        return self.every[self.before.id] if self.before else None

    def counted(self, wave_id: int) -> Any:
        """The responses of a wave that have an index."""
        return self.responses[self.responses["wave_id"] == wave_id]

    def index(self, wave_id: int) -> tuple[float, float, float]:
        """CSI of a wave and its interval."""
        mine = self.counted(wave_id)["index"].to_numpy()
        return mean_interval(mine, confidence=self.policy.satisfaction_confidence)

    def rests_on(self) -> str:
        """The answers and customers the index of the wave rests on."""
        who = self.counted(self.wave.id)["customer_id"]
        return rests_on(len(who), who[who > 0].nunique(), int((who == 0).sum()))

    def low(self) -> Any:
        """The responses of the wave with a low index."""
        mine = self.counted(self.wave.id)
        return mine[mine["index"] < just_below(self.policy.satisfaction_low)]

    def anonymous_below(self) -> int:
        """Unsigned responses of the wave with a low index."""
        return int((self.low()["customer_id"] == 0).sum())

    @property
    def has_index(self) -> bool:
        """The survey has a satisfaction index."""
        return self.found.measures == "index"

    def no_index(self) -> str:
        """Why there is no index."""
        return vocabulary.label("survey_measures", self.found.measures)

    def said(self) -> list[str]:
        """What the wave is, in sentences; measured by its survey even where nobody answered."""
        said = self.surveys.words(self.wave.id, self.wave.survey_id)
        return said if self.has_index or self.no_index() in said else [*said, self.no_index()]


def over_time(view: View) -> None:
    """CSI by wave with its interval."""
    if not view.has_index:
        with frame.card(_("Index by wave")):
            frame.empty(view.no_index())
        return
    values = [view.index(wave.id) for wave in view.waves]
    line = charts.Line(
        _("CSI"),
        [wave.ends_on for wave in view.waves],
        *([value[k] for value in values] for k in range(3)),
    )
    first, last = values[0][0], values[-1][0]
    takeaway = _(
        "From {first} to {last} in {n} waves; the band is the {sure} interval.",
        first=formats.score(first),
        last=formats.score(last),
        n=len(values),
        sure=formats.ratio(view.policy.satisfaction_confidence, digits=0),
    )
    with frame.card(_("Index by wave"), takeaway):
        charts.show(
            charts.trend([line], unit="score", start_at_zero=False), key="csi", alt=takeaway
        )


def by_group(view: View) -> None:
    """CSI by tier or manager; cells with too few answers are not shown."""
    if not view.has_index:
        with frame.card(_("Who is how satisfied")):
            frame.empty(view.no_index())
        return
    axes = ("tier", "owner") if view.user.scope.owner_id is None else ("tier",)
    by = urls.read("by", axes, "tier")
    mine = view.counted(view.wave.id)
    mine = mine[mine["customer_id"] > 0]
    groups = survey_view.by_group(
        list(mine[by]),
        list(mine["index"]),
        least=view.policy.satisfaction_min_n,
        confidence=view.policy.satisfaction_confidence,
    )
    if by == "tier":
        groups.sort(key=lambda group: TIERS.index(group.code))
    else:
        groups.sort(key=lambda group: group.index if group.index is not None else 999)
    labels = [
        vocabulary.label("tier", g.code) if by == "tier" else g.code or _("No manager")
        for g in groups
    ]
    weakest = survey_view.lowest(groups, labels)
    takeaway = _("Too few answers.")
    if weakest:
        takeaway = _(
            "Lowest: {name} with {index}. Fewer than {n} answers are not shown.",
            name=md_escape(weakest[1]),
            index=formats.score(weakest[0]),
            n=view.policy.satisfaction_min_n,
        )
    with frame.card(_("Who is how satisfied"), takeaway):
        if len(axes) > 1:
            urls.segmented(
                "by",
                _("By"),
                axes,
                label_of={"tier": _("By tier"), "owner": _("By manager")}.__getitem__,
            )
        pick = urls.toggle("tier", filters.ALL) if by == "tier" else None
        figure = charts.bars(survey_view.group_bars(groups, labels), unit="score")
        charts.show(figure, key=f"groups.{by}", alt=takeaway, on_pick=pick)


def answers(view: View) -> None:
    """The distribution of every question, weakest first."""
    rows, levels = survey_view.distributions(view.found)
    takeaway = _("Weakest: {item}.", item=md_escape(rows[0].label)) if rows else _("No answers.")
    with frame.card(_("Answers by question"), takeaway):
        if rows:
            charts.show(charts.distribution(rows, levels), key="levels", alt=takeaway)


def dimensions(view: View) -> None:
    """SERVQUAL expectation and perception, else the index of every dimension."""
    names, expected, perceived = survey_view.gap_rings(view.found)
    if names:
        gaps = {d: p - e for d, p, e in zip(names, perceived, expected, strict=True)}
        worst = min(gaps, key=lambda d: gaps[d])
        takeaway = _(
            "Largest gap: {dimension}, {gap} against what is expected.",
            dimension=md_escape(vocabulary.label("rater", worst)),
            gap=formats.signed(gaps[worst], digits=2),
        )
        rings = [charts.Ring(_("Perception"), perceived), charts.Ring(_("Expectation"), expected)]
        low, high = view.found.role("perception")[0].low, view.found.role("perception")[0].high
    else:
        found = view.found.dimensions()
        names, low, high = [d.dimension for d in found], 0, 100
        rings = [charts.Ring(_("Index"), [d.index for d in found])]
        takeaway = _("Weighted mean of the questions of a dimension, 0–100.")
    with frame.card(_("Dimensions"), takeaway):
        if len(names) > 2:
            axes = [vocabulary.label("rater", name) for name in names]
            charts.show(charts.radar(axes, rings, top=high, bottom=low), key="radar", alt=takeaway)
        else:
            frame.empty(_("Too few dimensions for a chart."))


def quadrant(view: View) -> None:
    """Importance against satisfaction: what matters and is done badly comes first."""
    points, cuts, quadrants = survey_view.importances(view.found)
    urgent = [p for p in points if quadrants[p.code] == "concentrate_here"]
    first = [f"{p.code} {p.note}" for p in urgent]
    takeaway = _(
        "Important and below average: {items}.",
        items=md_escape(formats.joined(first)) if first else formats.NONE,
    )
    with frame.card(_("Importance × satisfaction"), takeaway):
        if not points:
            frame.empty(_("No answers."))
            return
        codes = ("concentrate_here", "keep_up", "low_priority", "possible_overkill")
        corners: Any = [vocabulary.label("ipa", code) for code in codes]
        figure = charts.quadrant(
            points,
            x_label=_("Satisfaction"),
            y_label=_("Importance"),
            x_cut=cuts[0],
            y_cut=cuts[1],
            corners=tuple(corners),
            first=[p.code for p in urgent],
        )
        charts.show(figure, key="quadrant", alt=takeaway)
