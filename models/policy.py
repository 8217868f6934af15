"""Every setting a reader may change (规则设置): default, meaning, unit and bounds, said once.

Textbooks disagree, so nothing here is a law: each value is shown beside the figure it
made, kept versioned in the store, and written into every snapshot. The check, the form,
`manage.py setting` and the words on the page all follow from this declaration.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar

from errors import BadInput, Issue
from models.base import ZONE, known_zone
from models.bounds import Choice, Kind, Real, Several, Share, Text, Whole

T = TypeVar("T")
_DECLARED = "rule"


@dataclass(frozen=True, slots=True)
class Rule:
    """One setting as declared; `name`, `meaning` and `unit` are English messages."""

    key: str
    """As stored: `group.name`."""
    kind: Kind
    name: str
    meaning: str
    unit: str
    default: Any

    @property
    def group(self) -> str:
        """The part of the key before the point."""
        return self.key.split(".")[0]

    @property
    def field(self) -> str:
        """The attribute of `Policy`: `loss.red` → `loss_red`."""
        return self.key.replace(".", "_", 1)


def setting(default: T, kind: Kind, name: str, meaning: str, unit: str = "") -> T:
    """Declares a field of `Policy`: its default, values allowed, name, meaning and unit."""
    declared = {_DECLARED: (kind, name, meaning, unit)}
    declared_field: T = field(default=default, metadata=declared)
    return declared_field


@dataclass(frozen=True, slots=True)
class Policy:
    """All settings, named `group_name`; the stored key is `group.name`."""

    window_months: int = setting(
        12,
        Whole(0, 120),
        "Months counted",
        "Months of sales in tiers, classes and margins; 0 is the whole period.",
        "months",
    )
    pyramid_basis: str = setting(
        "sales",
        Choice({"sales": "Sales", "margin": "Gross profit", "received": "Receipts"}),
        "Ranked by",
        "What ranks customers in the pyramid.",
    )
    pyramid_cuts: tuple[float, ...] = setting(
        (1, 5, 20),
        Several(Real(0.01, 99.99), 3, 3, rising=True),
        "Tier limits",
        "Cumulative percent of active customers closing VIP, major and regular.",
        "%",
    )
    pyramid_rounding: str = setting(
        "half_up",
        Choice({"half_up": "Halves up", "ceiling": "Always up"}),
        "Rounding of the limits",
        "How a fraction of a customer at a tier limit is rounded.",
    )
    abc_cuts: tuple[float, ...] = setting(
        (0.80, 0.95),
        Several(Share(0.01, 1), 2, 2, rising=True),
        "Class limits",
        "Cumulative share of sales closing class A and class B.",
        "%",
    )
    terms_default_days: int = setting(
        30,
        Whole(0, 720),
        "Company's payment term",
        "Gives an invoice without a due date one where the customer's own term is unknown; "
        "invoices brought in from then on.",
        "days",
    )
    ageing_edges: tuple[int, ...] = setting(
        (30, 60, 90, 180, 365),
        Several(Whole(1, 3650), 1, 6, rising=True),
        "Bucket limits",
        "Upper limits of the overdue buckets, inclusive; up to six rising numbers.",
        "days",
    )
    provision_rates: tuple[float, ...] = setting(
        (0.005, 0.02, 0.05, 0.10, 0.30, 0.50, 1.0),
        Several(Share(0, 1), 1, 8),
        "Loss rates",
        "Expected loss of each bucket, not due first; the last one repeats.",
        "%",
    )
    grade_cuts: tuple[float, ...] = setting(
        (0.0, 0.05, 0.10),
        Several(Share(0, 1), 3, 3, rising=True),
        "Shortfall allowed",
        "Shortfall of the collection rate allowed for A, B and C; beyond is D.",
        "%",
    )
    grade_min_invoices: int = setting(
        3,
        Whole(1, 100),
        "Invoices needed",
        "With fewer invoices due in the window a customer stays unrated.",
        "invoices",
    )
    satisfaction_low: float = setting(
        60.0, Real(0, 100), "Low score", "An index below this counts as low.", "points"
    )
    satisfaction_min_n: int = setting(
        5, Whole(1, 1000), "Answers needed", "Cells with fewer answers are greyed.", "answers"
    )
    satisfaction_confidence: float = setting(
        0.95,
        Share(0.5, 0.999),
        "Confidence level",
        "Of the intervals shown beside shares and recommendation scores.",
        "%",
    )
    satisfaction_main_survey: str = setting(
        "",
        Text(40, lambda _code: True, "CSI2026", empty="automatic"),
        "Main survey",
        "Code of the survey that customers and the company are judged by; empty is the "
        "one most customers answered.",
    )
    satisfaction_wave_min_n: int = setting(
        10,
        Whole(1, 1000),
        "Headline needs answers",
        "A wave with fewer counted answers is partial and does not become the headline.",
        "answers",
    )
    satisfaction_wave_min_share: float = setting(
        0.10,
        Share(0, 1),
        "Headline needs customers",
        "Nor does a wave that a smaller share of the active customers answered.",
        "%",
    )
    satisfaction_fall_min_n: int = setting(
        2,
        Whole(1, 100),
        "Answers behind a fall",
        "A fall of satisfaction counts only with so many answers before and after it.",
        "answers",
    )
    loss_rhythm_k: float = setting(
        2.0,
        Real(1, 10),
        "Rhythm factor",
        "Late when the last order is so many usual gaps ago, or more.",
        "times",
    )
    loss_recent_days: int = setting(
        90,
        Whole(7, 365),
        "Recent sales",
        "Days of sales compared with the same days a year before.",
        "days",
    )
    loss_drop: float = setting(
        0.30,
        Share(0.01, 0.99),
        "Fall of sales",
        "A fall of recent sales counts from here.",
        "%",
    )
    loss_overdue_days: int = setting(
        60, Whole(1, 3650), "Overdue for", "An invoice overdue for so long counts.", "days"
    )
    loss_contact_days: int = setting(
        90, Whole(1, 3650), "No contact for", "No visit or call for longer counts.", "days"
    )
    loss_fall_points: float = setting(
        10.0,
        Real(0.1, 100),
        "Fall of satisfaction",
        "A fall of the satisfaction index by so much counts.",
        "points",
    )
    loss_owner_days: int = setting(
        180,
        Whole(1, 3650),
        "New account manager",
        "A change of account manager counts for so long.",
        "days",
    )
    loss_amber: float = setting(
        30.0,
        Real(0.1, 99.9),
        "Amber from",
        "Loss score from which an alert is amber.",
        "points",
    )
    loss_red: float = setting(
        60.0,
        Real(0.2, 100),
        "Red from",
        "Loss score from which an alert is red; above amber.",
        "points",
    )
    loss_risk_factors: tuple[float, ...] = setting(
        (0.25, 0.60),
        Several(Share(0, 1), 2, 2),
        "Share at risk",
        "Share of a year's margin held to be at risk at amber and at red.",
        "%",
    )
    key_cut: float = setting(
        55.0,
        Real(0, 100),
        "Key account from",
        "Score from which a customer is a key account.",
        "points",
    )
    key_weights: tuple[float, ...] = setting(
        (40, 15, 20, 15, 10),
        Several(Real(0, 1000), 5, 5, least_total=0.01),
        "Weights",
        "Weights of size, growth, margin, loyalty and payment; five numbers.",
    )
    key_contact_days: int = setting(
        30,
        Whole(1, 3650),
        "Contact at least every",
        "A key account not contacted for longer is shown.",
        "days",
    )
    quality_margin: float = setting(
        0.08, Share(-1, 1), "Thin margin", "The profit flag is raised below this margin.", "%"
    )
    quality_overdue_share: float = setting(
        0.30,
        Share(0.01, 1),
        "Overdue share",
        "The finance flag is raised above this overdue share of the balance.",
        "%",
    )
    limitation_years: int = setting(
        3,
        Whole(1, 30),
        "Years to sue",
        "Limitation period of a claim (Civil Code, article 188).",
        "years",
    )
    limitation_instalments: str = setting(
        "last",
        Choice({"last": "Due date of the last instalment", "each": "Its own due date"}),
        "Debts paid in instalments",
        "From when the period of an instalment runs (Civil Code, article 189).",
    )
    calendar_time_zone: str = setting(
        ZONE,
        Text(60, known_zone, "Asia/Shanghai"),
        "Time zone",
        "Where the days begin and end: what “today” is, whatever the server's clock says.",
    )

    def as_dict(self) -> dict[str, Any]:
        """Stored form: key → JSON value."""
        return {
            rule.key: list(value) if isinstance(value, tuple) else value
            for rule in RULES.values()
            for value in [getattr(self, rule.field)]
        }


def _declared() -> dict[str, Rule]:
    found: dict[str, Rule] = {}
    for each in fields(Policy):
        kind, name, meaning, unit = each.metadata[_DECLARED]
        key = each.name.replace("_", ".", 1)
        found[key] = Rule(key, kind, name, meaning, unit, each.default)
    return found


RULES: Mapping[str, Rule] = _declared()
"""Every setting by its stored key, in the order of the class."""
TITLES: Mapping[str, str] = {
    "window": "Sales window",
    "pyramid": "Customer pyramid",
    "abc": "ABC classes",
    "terms": "Payment terms",
    "ageing": "Receivables ageing",
    "provision": "Bad-debt provision",
    "grade": "Credit grade",
    "satisfaction": "Satisfaction",
    "loss": "Loss alerts",
    "key": "Key accounts",
    "quality": "Quality flags",
    "limitation": "Limitation period",
    "calendar": "Calendar",
}
"""The groups of settings in words."""
GROUPS = tuple(dict.fromkeys(rule.group for rule in RULES.values()))
RISING = (("loss.amber", "loss.red"),)
"""Pairs of settings of which the second must exceed the first."""


def messages() -> set[str]:
    """Every English word of the declaration, for the catalogues."""
    words = set(TITLES.values())
    for rule in RULES.values():
        words |= {rule.name, rule.meaning, rule.unit}
        if isinstance(rule.kind, Choice):
            words |= set(rule.kind.words.values())
        if isinstance(rule.kind, Text):
            words.add(rule.kind.empty)
    return words - {""}


def with_values(base: Policy, changes: Mapping[str, Any]) -> Policy:
    """A policy with `changes` (key → value as typed or as stored) laid over `base`.

    Raises:
        BadInput: a key is unknown or a value is out of bounds; names every one.
    """
    issues = [Issue("setting_unknown", column=key) for key in changes if key not in RULES]
    values: dict[str, Any] = {}
    for key, raw in changes.items():
        if key in RULES:
            try:
                values[RULES[key].field] = RULES[key].kind.read(raw)
            except (TypeError, ValueError, OverflowError):
                said = {"allowed": RULES[key].kind.allowed}
                issues.append(Issue("setting_invalid", column=key, value=str(raw), detail=said))
    policy = replace(base, **values)
    issues += check(policy)
    if issues:
        raise BadInput(*issues)
    return policy


def of_stored(values: Mapping[str, Any]) -> Policy:
    """The policy that a store or a snapshot holds (key → JSON value), laid over the defaults.

    What an earlier version stored and this one no longer knows is passed over; where a
    value is no longer allowed the default holds (`set_aside` names them).
    """
    kept = {key: raw for key, raw in values.items() if key in RULES}
    for key in set_aside(values):
        del kept[key]
    return with_values(Policy(), kept)


def set_aside(values: Mapping[str, Any]) -> list[str]:
    """Known keys whose stored value is no longer allowed, so that the default holds."""
    kept = {key: raw for key, raw in values.items() if key in RULES}
    dropped: list[str] = []
    while True:
        try:
            with_values(Policy(), kept)
        except BadInput as error:
            wrong = {issue.column for issue in error.issues} & set(kept)
            dropped += sorted(str(key) for key in wrong)
            kept = {key: raw for key, raw in kept.items() if key not in wrong}
        else:
            return dropped


def check(policy: Policy) -> list[Issue]:
    """What is wrong with a policy; empty when nothing is."""
    stored = policy.as_dict()
    wrong = {
        rule.key: rule.kind.allowed
        for rule in RULES.values()
        if not rule.kind.holds(stored[rule.key])
    }
    for lower, upper in RISING:
        if lower not in wrong and upper not in wrong and stored[lower] >= stored[upper]:
            wrong |= dict.fromkeys((lower, upper), f"{lower} < {upper}")
    return [
        Issue("setting_out_of_bounds", key, value=str(stored[key]), detail={"allowed": wrong[key]})
        for key in stored
        if key in wrong
    ]
