"""Codes and the words for them (词汇): the store speaks in codes, the reader in words.

`label(kind, code)` gives the word in the reader's language, `colour(kind, code)` the
badge colour. Codes of enums in `models.enums` are all covered; a test holds that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from words import formats
from words.i18n import _c, in_context, mark

BadgeColour = Literal["red", "orange", "yellow", "blue", "green", "violet", "gray", "primary"]

WORDS: dict[str, dict[str, str]] = {
    "tier": {
        "top": mark("VIP"),
        "big": mark("Major"),
        "medium": mark("Regular"),
        "small": mark("Small"),
        "inactive": mark("No trade"),
    },
    "profit_tier": {
        "platinum": mark("Platinum"),
        "gold": mark("Gold"),
        "iron": mark("Iron"),
        "lead": mark("Lead"),
    },
    "abc": {"A": mark("Class A"), "B": mark("Class B"), "C": mark("Class C")},
    "level": {
        "red": mark("Red"),
        "amber": mark("Amber"),
        "green": mark("Green"),
        "unknown": mark("No data"),
        "inactive": mark("No trade"),
    },
    "grade": {
        "A": mark("Grade A"),
        "B": mark("Grade B"),
        "C": mark("Grade C"),
        "D": mark("Grade D"),
        "not_rated": mark("Not rated"),
    },
    "movement": {
        "up": mark("Moved up"),
        "same": mark("Unchanged"),
        "down": mark("Moved down"),
        "new": mark("New"),
        "lost": mark("Stopped buying"),
    },
    "basis": {
        "sales": mark("Sales"),
        "margin": mark("Gross margin"),
        "receipts": mark("Receipts"),
        "clv": mark("Lifetime value"),
    },
    "stage": {
        "prospect": mark("Prospect"),
        "forming": mark("Forming"),
        "stable": mark("Stable"),
        "declining": mark("Declining"),
        "lost": mark("Lost"),
    },
    "loyalty": {
        "loyal": mark("Loyal"),
        "latent": mark("Latently loyal"),
        "spurious": mark("Spuriously loyal"),
        "none": mark("Not loyal"),
    },
    "rater": {
        "reliability": mark("Reliability"),
        "assurance": mark("Assurance"),
        "tangibles": mark("Tangibles"),
        "empathy": mark("Empathy"),
        "responsiveness": mark("Responsiveness"),
    },
    "six_c": {
        "character": mark("Character"),
        "capacity": mark("Capacity"),
        "capital": mark("Capital"),
        "collateral": mark("Collateral"),
        "conditions": mark("Conditions"),
        "continuity": mark("Continuity"),
    },
    "satisfaction": {
        "1": mark("Very dissatisfied"),
        "2": mark("Dissatisfied"),
        "3": mark("Rather dissatisfied"),
        "4": mark("Neutral"),
        "5": mark("Rather satisfied"),
        "6": mark("Satisfied"),
        "7": mark("Very satisfied"),
    },
    "ipa": {
        "keep_up": mark("Keep it up"),
        "concentrate_here": mark("Improve first"),
        "low_priority": mark("Low priority"),
        "possible_overkill": mark("Possibly too much"),
    },
    "quadrant": {
        "invest": mark("Invest"),
        "develop": mark("Develop"),
        "maintain": mark("Maintain"),
        "minimise": mark("Minimise effort"),
    },
    "criterion": {
        "size": mark("Size"),
        "growth": mark("Growth"),
        "margin": mark("Margin"),
        "loyalty": mark("Loyalty"),
        "payment": mark("Payment"),
    },
    "risk": {
        "finance": mark("Financial risk"),
        "profit": mark("Profit risk"),
        "management": mark("Management risk"),
        "loss": mark("Loss risk"),
    },
    "role": {
        "executive": mark("Executive"),
        "account_manager": mark("Account manager"),
        "credit_controller": mark("Credit controller"),
        "service": mark("Customer service"),
        "administrator": mark("Administrator"),
    },
    "customer_status": {
        "prospect": mark("Prospect"),
        "active": mark("Active"),
        "closed": mark("Closed"),
    },
    "customer_kind": {
        "enterprise": mark("Enterprise"),
        "group": mark("Group"),
        "dealer": mark("Dealer"),
        "institution": mark("Institution"),
        "government": mark("Government"),
        "individual": mark("Individual"),
        "other": mark("Other"),
    },
    "channel_role": {
        "end_user": mark("End user"),
        "dealer": mark("Dealer"),
        "agent": mark("Agent"),
        "oem": mark("OEM"),
        "integrator": mark("Integrator"),
        "retailer": mark("Retailer"),
        "other": mark("Other"),
    },
    "grade_method": {
        "collection_rate": mark("Collection rate"),
        "six_c": mark("Six Cs"),
        "sales": mark("Sales estimate"),
        "working_capital": mark("Working capital split"),
        "current_ratio": mark("Current ratio"),
        "net_assets": mark("Net assets split"),
        "judgement": mark("Overall judgement"),
        "imported": mark("Imported"),
    },
    "contact_channel": {
        "phone": mark("Phone"),
        "email": mark("E-mail"),
        "message": mark("Message"),
        "letter": mark("Letter"),
        "visit": mark("Visit"),
        "lawyer": mark("Lawyer"),
        "other": mark("Other"),
    },
    "collection_result": {
        "reminded": mark("Reminded"),
        "unreachable": mark("Not reached"),
        "promised": mark("Promised to pay"),
        "disputed": mark("Disputed"),
        "refused": mark("Refused"),
        "paying": mark("Paying"),
        "escalated": mark("Escalated"),
        "resolved": mark("Resolved"),
    },
    "item_role": {
        "satisfaction": mark("Satisfaction"),
        "importance": mark("Importance"),
        "expectation": mark("Expectation"),
        "perception": mark("Perception"),
        "overall": mark("Overall"),
        "nps": mark("Would recommend"),
        "effort": mark("Effort"),
    },
    "survey_measures": {
        "index": mark("Satisfaction index"),
        "gaps": mark("This survey measures SERVQUAL gaps; it has no satisfaction index."),
        "weightless": mark(
            "The satisfaction items of this survey all weigh nothing; it has no satisfaction index."
        ),
        "other": mark("This survey has no satisfaction items; it has no satisfaction index."),
    },
    "complaint_scope": {
        "quality": mark("Product quality"),
        "contract": mark("Contract"),
        "transport": mark("Transport"),
        "service": mark("Service"),
    },
    "complaint_state": {
        "recorded": mark("Recorded"),
        "judged": mark("Judged"),
        "assigned": mark("Assigned"),
        "analysed": mark("Analysed"),
        "proposed": mark("Solution proposed"),
        "approved": mark("Approved"),
        "carried_out": mark("Carried out"),
        "reviewed": mark("Reviewed"),
    },
    "loss_reason": {
        "unstable_quality": mark("Unstable quality"),
        "lack_of_innovation": mark("Lack of innovation"),
        "weak_service": mark("Weak service"),
        "poor_monitoring": mark("Poor market monitoring"),
        "staff_left": mark("Staff left with the customer"),
        "new_temptation": mark("Tempted by a rival"),
        "short_termism": mark("Our own short-termism"),
        "unknown": mark("Reason unknown"),
    },
    "alert_state": {
        "open": mark("Open"),
        "confirmed": mark("Confirmed"),
        "dismissed": mark("Dismissed"),
        "snoozed": mark("Snoozed"),
        "saved": mark("Saved"),
        "lost": mark("Lost"),
    },
    "supervision_state": {
        "open": mark("Open"),
        "escalated": mark("Escalated"),
        "closed": mark("Closed"),
    },
    "task_state": {
        "open": mark("Open"),
        "overdue": mark("Overdue"),
        "escalated": mark("Escalated"),
        "closed": mark("Closed"),
    },
    "topic": {
        "loss_alert": mark("Loss alert"),
        "overdue": mark("Receivables"),
        "low_score": mark("Satisfaction"),
        "complaint": mark("Complaint"),
    },
    "reversal_kind": {
        "bounced": mark("Bounced"),
        "refunded": mark("Refunded"),
        "void": mark("Void"),
    },
    "write_off_kind": {
        "small_difference": mark("Small difference"),
        "bad_debt": mark("Bad debt"),
    },
    "batch_state": {
        "committed": mark("Committed"),
        "rejected": mark("Rejected"),
        "undone": mark("Undone"),
    },
}
"""Kind → code → message id. The kind is the message context: one English word may need two."""

_COLOURS: dict[str, dict[str, BadgeColour]] = {
    "tier": {"top": "violet", "big": "blue", "medium": "green", "small": "gray"},
    "profit_tier": {"platinum": "violet", "gold": "yellow", "iron": "blue"},
    "abc": {"A": "blue", "B": "green"},
    "level": {"red": "red", "amber": "orange", "green": "green"},
    "grade": {"A": "green", "B": "blue", "C": "orange", "D": "red"},
    "movement": {"up": "green", "down": "orange", "new": "blue", "lost": "red"},
    "alert_state": {"open": "orange", "confirmed": "red", "saved": "green", "lost": "gray"},
    "supervision_state": {"open": "orange", "escalated": "red", "closed": "green"},
    "task_state": {"open": "blue", "overdue": "red", "escalated": "orange", "closed": "green"},
    "batch_state": {"committed": "green", "rejected": "red"},
    "customer_status": {"active": "green", "prospect": "blue"},
}


def label(kind: str, code: object, lang: str | None = None) -> str:
    """The word for a code; an em dash where there is none, the code itself if unknown."""
    if formats.is_missing(code) or code == "":
        return formats.NONE
    plain = str(getattr(code, "value", code))
    msgid = WORDS[kind].get(plain)
    if msgid is None:
        return plain
    return _c(kind, msgid) if lang is None else in_context(kind, msgid, lang)


def labeller(kind: str) -> Callable[[str], str]:
    """`label` of one kind, for `format_func` and `label_of`."""
    return lambda code: label(kind, code)


def codes(kind: str) -> tuple[str, ...]:
    """The codes of a kind, in their order."""
    return tuple(WORDS[kind])


def colour(kind: str, code: object) -> BadgeColour:
    """The badge colour of a code; gray where it has none."""
    return _COLOURS.get(kind, {}).get(str(getattr(code, "value", code)), "gray")
