"""Every threshold a reader may change (规则设置): defaults, meaning and bounds.

Textbooks disagree, so nothing here is a law: each value is shown beside the figure it
made, kept versioned in the store, and written into every snapshot.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from itertools import pairwise
from math import isfinite
from typing import Any

from errors import BadInput, Issue


@dataclass(frozen=True, slots=True)
class Policy:
    """All thresholds, named `group_name`; the stored key is `group.name`."""

    window_months: int = 12
    """Months of sales counted in tiers, classes and margins; 0 is the whole period."""
    pyramid_basis: str = "sales"
    """What ranks customers: sales, margin or received."""
    pyramid_cuts: tuple[float, ...] = (1, 5, 20)
    """Cumulative percent of active customers closing the top, big and medium tiers."""
    pyramid_rounding: str = "half_up"
    """half_up (Curry's counts) or ceiling."""
    abc_cuts: tuple[float, ...] = (0.80, 0.95)
    """Cumulative shares closing class A and class B."""
    rfm_bins: int = 5
    ageing_edges: tuple[int, ...] = (30, 60, 90, 180, 365)
    """Upper limits of the overdue buckets, days past due, inclusive; at most six."""
    provision_rates: tuple[float, ...] = (0.005, 0.02, 0.05, 0.10, 0.30, 0.50, 1.0)
    """Expected loss per bucket, not due first; the last repeats."""
    grade_cuts: tuple[float, ...] = (0.0, 0.05, 0.10)
    """Shortfall of the collection rate (1 − 回款率) allowed for A, B and C; above is D."""
    grade_min_invoices: int = 3
    """Below this many due invoices a customer stays unrated."""
    satisfaction_low: float = 60.0
    """Index below which a result counts as low, 0–100."""
    satisfaction_min_n: int = 5
    """Cells with fewer answers are greyed."""
    satisfaction_confidence: float = 0.95
    satisfaction_main_survey: str = ""
    """Code of the survey the headline is of; empty is the one most customers answered."""
    satisfaction_wave_min_n: int = 10
    """Fewest counted answers of a wave that may be the headline."""
    satisfaction_wave_min_share: float = 0.10
    """Least share of the active customers that answered such a wave."""
    satisfaction_fall_min_n: int = 2
    """Fewest answers on either side of a fall of satisfaction."""
    loss_rhythm_k: float = 2.0
    """Overdue when days since the last order exceed k × the customer's usual gap."""
    loss_recent_days: int = 90
    loss_drop: float = 0.30
    """Fall of recent sales that starts to count."""
    loss_overdue_days: int = 60
    loss_contact_days: int = 90
    loss_fall_points: float = 10.0
    """Fall of the satisfaction index that counts, points."""
    loss_owner_days: int = 180
    """A change of account manager counts for so many days."""
    loss_amber: float = 30.0
    loss_red: float = 60.0
    loss_risk_factors: tuple[float, ...] = (0.25, 0.60)
    """Share of the yearly margin held to be at risk at amber and at red."""
    key_cut: float = 55.0
    """Score from which a customer is a key account, 0–100."""
    key_weights: tuple[float, ...] = (40, 15, 20, 15, 10)
    """Weights of size, growth, margin, loyalty and payment."""
    key_contact_days: int = 30
    """A key account not contacted for longer is shown."""
    quality_margin: float = 0.08
    """Margin ratio below which the profit flag is raised."""
    quality_overdue_share: float = 0.30
    """Share of the balance overdue from which the finance flag is raised."""
    limitation_years: int = 3
    """诉讼时效, Civil Code art. 188."""

    def as_dict(self) -> dict[str, Any]:
        """Stored form: key → JSON value."""
        return {
            key_of(f.name): list(value) if isinstance(value, tuple) else value
            for f in fields(self)
            for value in [getattr(self, f.name)]
        }


GROUPS = (
    "window", "pyramid", "abc", "rfm", "ageing", "provision", "grade", "satisfaction",
    "loss", "key", "quality", "limitation",
)  # fmt: skip
BASES = ("sales", "margin", "received")
ROUNDINGS = ("half_up", "ceiling")


def key_of(name: str) -> str:
    """`pyramid_cuts` → `pyramid.cuts`."""
    return name.replace("_", ".", 1)


def names() -> dict[str, str]:
    """Stored key → field name, in the order of the class."""
    return {key_of(f.name): f.name for f in fields(Policy)}


def with_values(base: Policy, changes: dict[str, Any]) -> Policy:
    """A policy with stored `changes` (key → JSON value) laid over `base`.

    Raises:
        BadInput: a key is unknown or a value is out of bounds; names every one.
    """
    known = names()
    issues = [Issue("setting_unknown", column=key) for key in changes if key not in known]
    values: dict[str, Any] = {}
    for key, raw in changes.items():
        if key in known:
            try:
                values[known[key]] = _cast(getattr(base, known[key]), raw)
            except (TypeError, ValueError, OverflowError):
                issues.append(Issue("setting_invalid", column=key, value=str(raw)))
    policy = replace(base, **values)
    issues += check(policy)
    if issues:
        raise BadInput(*issues)
    return policy


def _cast(default: Any, raw: Any) -> Any:
    if isinstance(default, tuple):
        kind = float if any(isinstance(x, float) for x in default) else int
        parts = raw if isinstance(raw, (list, tuple)) else str(raw).replace("，", ",").split(",")
        numbers = [float(p) for p in parts]
        if not all(map(isfinite, numbers)):
            raise ValueError(raw)
        return tuple(int(n) if kind is int and n == int(n) else n for n in numbers)
    if isinstance(default, int):
        if float(raw) != int(float(raw)):
            raise ValueError(raw)
        return int(float(raw))
    return type(default)(raw)


def _rising(values: tuple[float, ...], low: float, high: float) -> bool:
    inside = all(low <= v <= high for v in values)
    return inside and all(a < b for a, b in pairwise(values))


def check(policy: Policy) -> list[Issue]:
    """What is wrong with a policy; empty when nothing is."""
    p = policy
    rules = {
        "window.months": 0 <= p.window_months <= 120,
        "pyramid.basis": p.pyramid_basis in BASES,
        "pyramid.rounding": p.pyramid_rounding in ROUNDINGS,
        "pyramid.cuts": len(p.pyramid_cuts) == 3 and _rising(p.pyramid_cuts, 0.01, 99.99),
        "abc.cuts": len(p.abc_cuts) == 2 and _rising(p.abc_cuts, 0.01, 1),
        "rfm.bins": p.rfm_bins == 5,
        "ageing.edges": 1 <= len(p.ageing_edges) <= 6 and _rising(p.ageing_edges, 1, 3650),
        "provision.rates": bool(p.provision_rates)
        and all(0 <= rate <= 1 for rate in p.provision_rates),
        "grade.cuts": len(p.grade_cuts) == 3 and _rising(p.grade_cuts, 0, 1),
        "grade.min_invoices": 1 <= p.grade_min_invoices <= 100,
        "satisfaction.low": 0 <= p.satisfaction_low <= 100,
        "satisfaction.min_n": 1 <= p.satisfaction_min_n <= 1000,
        "satisfaction.confidence": 0.5 <= p.satisfaction_confidence < 1,
        "satisfaction.main_survey": len(p.satisfaction_main_survey) <= 40,
        "satisfaction.wave_min_n": 1 <= p.satisfaction_wave_min_n <= 1000,
        "satisfaction.wave_min_share": 0 <= p.satisfaction_wave_min_share <= 1,
        "satisfaction.fall_min_n": 1 <= p.satisfaction_fall_min_n <= 100,
        "loss.rhythm_k": 1 <= p.loss_rhythm_k <= 10,
        "loss.recent_days": 7 <= p.loss_recent_days <= 365,
        "loss.drop": 0 < p.loss_drop < 1,
        "loss.overdue_days": 1 <= p.loss_overdue_days <= 3650,
        "loss.contact_days": 1 <= p.loss_contact_days <= 3650,
        "loss.fall_points": 0 < p.loss_fall_points <= 100,
        "loss.owner_days": 1 <= p.loss_owner_days <= 3650,
        "loss.amber": 0 < p.loss_amber < p.loss_red,
        "loss.red": p.loss_amber < p.loss_red <= 100,
        "loss.risk_factors": len(p.loss_risk_factors) == 2
        and all(0 <= f <= 1 for f in p.loss_risk_factors),
        "key.cut": 0 <= p.key_cut <= 100,
        "key.weights": len(p.key_weights) == 5
        and sum(p.key_weights) > 0
        and min(p.key_weights) >= 0,
        "key.contact_days": 1 <= p.key_contact_days <= 3650,
        "quality.margin": -1 <= p.quality_margin <= 1,
        "quality.overdue_share": 0 < p.quality_overdue_share <= 1,
        "limitation.years": 1 <= p.limitation_years <= 30,
    }
    stored = p.as_dict()
    return [
        Issue("setting_out_of_bounds", column=key, value=str(stored[key]))
        for key, holds in rules.items()
        if not holds
    ]
