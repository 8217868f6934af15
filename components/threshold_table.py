"""Every setting in words (规则说明表): its name, meaning, unit and bounds, by group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from components.i18n import mark

Kind = Literal["whole", "number", "percent", "choice", "text", "wholes", "numbers", "percents"]
"""How a value is written; percents are stored as ratios 0–1. The plural ones are lists."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """One setting as the reader meets it; `low` and `high` are stored values."""

    key: str
    kind: Kind
    name: str
    meaning: str
    low: float = 0
    high: float = 0
    unit: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    length: int = 0
    """How many values a list holds; 0 is any number."""


TITLES: dict[str, str] = {
    "window": mark("Sales window"),
    "pyramid": mark("Customer pyramid"),
    "abc": mark("ABC classes"),
    "rfm": mark("RFM scores"),
    "ageing": mark("Receivables ageing"),
    "provision": mark("Bad-debt provision"),
    "grade": mark("Credit grade"),
    "satisfaction": mark("Satisfaction"),
    "loss": mark("Loss alerts"),
    "key": mark("Key accounts"),
    "quality": mark("Quality flags"),
    "limitation": mark("Limitation period"),
}

_TABLE = (
    Threshold(
        "window.months",
        "whole",
        mark("Months counted"),
        mark("Months of sales in tiers, classes and margins; 0 is the whole period."),
        0,
        120,
        mark("months"),
    ),
    Threshold(
        "pyramid.basis",
        "choice",
        mark("Ranked by"),
        mark("What ranks customers in the pyramid."),
        choices={
            "sales": mark("Sales"),
            "margin": mark("Gross profit"),
            "received": mark("Receipts"),
        },
    ),
    Threshold(
        "pyramid.cuts",
        "numbers",
        mark("Tier limits"),
        mark("Cumulative percent of active customers closing VIP, major and regular."),
        0.01,
        99.99,
        "%",
        length=3,
    ),
    Threshold(
        "pyramid.rounding",
        "choice",
        mark("Rounding of the limits"),
        mark("How a fraction of a customer at a tier limit is rounded."),
        choices={"half_up": mark("Halves up"), "ceiling": mark("Always up")},
    ),
    Threshold(
        "abc.cuts",
        "percents",
        mark("Class limits"),
        mark("Cumulative share of sales closing class A and class B."),
        0.01,
        1,
        "%",
        length=2,
    ),
    Threshold(
        "rfm.bins",
        "whole",
        mark("Score steps"),
        mark("Recency, frequency and money are scored from 1 to this; segments need 5."),
        5,
        5,
    ),
    Threshold(
        "ageing.edges",
        "wholes",
        mark("Bucket limits"),
        mark("Upper limits of the overdue buckets, inclusive; up to six rising numbers."),
        1,
        3650,
        mark("days"),
    ),
    Threshold(
        "provision.rates",
        "percents",
        mark("Loss rates"),
        mark("Expected loss of each bucket, not due first; the last one repeats."),
        0,
        1,
        "%",
    ),
    Threshold(
        "grade.cuts",
        "percents",
        mark("Shortfall allowed"),
        mark("Shortfall of the collection rate allowed for A, B and C; beyond is D."),
        0,
        1,
        "%",
        length=3,
    ),
    Threshold(
        "grade.min_invoices",
        "whole",
        mark("Invoices needed"),
        mark("With fewer invoices due in the window a customer stays unrated."),
        1,
        100,
        mark("invoices"),
    ),
    Threshold(
        "satisfaction.low",
        "number",
        mark("Low score"),
        mark("An index below this counts as low."),
        0,
        100,
        mark("points"),
    ),
    Threshold(
        "satisfaction.min_n",
        "whole",
        mark("Answers needed"),
        mark("Cells with fewer answers are greyed."),
        1,
        1000,
        mark("answers"),
    ),
    Threshold(
        "satisfaction.confidence",
        "percent",
        mark("Confidence level"),
        mark("Of the intervals shown beside shares and recommendation scores."),
        0.5,
        0.999,
        "%",
    ),
    Threshold(
        "satisfaction.main_survey",
        "text",
        mark("Main survey"),
        mark(
            "Code of the survey that customers and the company are judged by; empty is the "
            "one most customers answered."
        ),
        high=40,
    ),
    Threshold(
        "satisfaction.wave_min_n",
        "whole",
        mark("Headline needs answers"),
        mark("A wave with fewer counted answers is partial and does not become the headline."),
        1,
        1000,
        mark("answers"),
    ),
    Threshold(
        "satisfaction.wave_min_share",
        "percent",
        mark("Headline needs customers"),
        mark("Nor does a wave that a smaller share of the active customers answered."),
        0,
        1,
        "%",
    ),
    Threshold(
        "satisfaction.fall_min_n",
        "whole",
        mark("Answers behind a fall"),
        mark("A fall of satisfaction counts only with so many answers before and after it."),
        1,
        100,
        mark("answers"),
    ),
    Threshold(
        "loss.rhythm_k",
        "number",
        mark("Rhythm factor"),
        mark("Late when the last order is more than so many usual gaps ago."),
        1,
        10,
        mark("times"),
    ),
    Threshold(
        "loss.recent_days",
        "whole",
        mark("Recent sales"),
        mark("Days of sales compared with the same days a year before."),
        7,
        365,
        mark("days"),
    ),
    Threshold(
        "loss.drop",
        "percent",
        mark("Fall of sales"),
        mark("A fall of recent sales counts from here."),
        0.01,
        0.99,
        "%",
    ),
    Threshold(
        "loss.overdue_days",
        "whole",
        mark("Overdue for"),
        mark("An invoice overdue for longer counts."),
        1,
        3650,
        mark("days"),
    ),
    Threshold(
        "loss.contact_days",
        "whole",
        mark("No contact for"),
        mark("No visit or call for longer counts."),
        1,
        3650,
        mark("days"),
    ),
    Threshold(
        "loss.fall_points",
        "number",
        mark("Fall of satisfaction"),
        mark("A fall of the satisfaction index by more counts."),
        0.1,
        100,
        mark("points"),
    ),
    Threshold(
        "loss.owner_days",
        "whole",
        mark("New account manager"),
        mark("A change of account manager counts for so long."),
        1,
        3650,
        mark("days"),
    ),
    Threshold(
        "loss.amber",
        "number",
        mark("Amber from"),
        mark("Loss score from which an alert is amber."),
        0.1,
        99.9,
        mark("points"),
    ),
    Threshold(
        "loss.red",
        "number",
        mark("Red from"),
        mark("Loss score from which an alert is red; above amber."),
        0.2,
        100,
        mark("points"),
    ),
    Threshold(
        "loss.risk_factors",
        "percents",
        mark("Share at risk"),
        mark("Share of a year's margin held to be at risk at amber and at red."),
        0,
        1,
        "%",
        length=2,
    ),
    Threshold(
        "key.cut",
        "number",
        mark("Key account from"),
        mark("Score from which a customer is a key account."),
        0,
        100,
        mark("points"),
    ),
    Threshold(
        "key.weights",
        "numbers",
        mark("Weights"),
        mark("Weights of size, growth, margin, loyalty and payment; five numbers."),
        0,
        1000,
        length=5,
    ),
    Threshold(
        "key.contact_days",
        "whole",
        mark("Contact at least every"),
        mark("A key account not contacted for longer is shown."),
        1,
        3650,
        mark("days"),
    ),
    Threshold(
        "quality.margin",
        "percent",
        mark("Thin margin"),
        mark("The profit flag is raised below this margin."),
        -1,
        1,
        "%",
    ),
    Threshold(
        "quality.overdue_share",
        "percent",
        mark("Overdue share"),
        mark("The finance flag is raised from this overdue share of the balance."),
        0.01,
        1,
        "%",
    ),
    Threshold(
        "limitation.years",
        "whole",
        mark("Years to sue"),
        mark("Limitation period of a claim (Civil Code, article 188)."),
        1,
        30,
        mark("years"),
    ),
)

TABLE: dict[str, Threshold] = {threshold.key: threshold for threshold in _TABLE}
