"""`report satisfaction` (满意度): index, satisfied share and NPS by wave, with intervals."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session

from analytics.satisfaction import mean_interval
from analytics.survey_counts import (
    ItemResult,
    SatisfiedShare,
    index_scales,
    item_result,
    net_promoter_of_answers,
    satisfied_share,
)
from analytics.survey_waves import measures
from data.queries import satisfaction, surveys
from data.queries.satisfaction import Item, Taking, WaveInfo
from jobs.reports.asking import Asked, header
from jobs.reports.shape import Column, Part, Phrase, Report, known, share
from words.i18n import mark

STATES = {
    "headline": Phrase(mark("headline")),
    "headline_partial": Phrase(mark("headline, partial")),
    "complete": Phrase(mark("complete")),
    "partial": Phrase(mark("partial")),
    "unanswered": Phrase(mark("not answered")),
}
LACKS = {
    "answers": Phrase(mark("answers")),
    "share": Phrase(mark("active customers")),
    "answers+share": Phrase(mark("answers and active customers")),
}
HEADLINE = ("survey", "wave", "state", "counted", "customers", "index", "satisfied", "nps")
"""What the totals say of the headline wave."""
WAVES = (
    Column("survey", "text", mark("Survey"), detail=True),
    Column("wave", "text", mark("Wave")),
    Column("starts_on", "date", mark("Wave begins"), detail=True),
    Column("ends_on", "date", mark("Wave ends")),
    Column("state", "text", mark("State of the wave"), words=STATES),
    Column("lacks", "text", mark("It lacks"), words=LACKS, detail=True),
    Column("share", "ratio", mark("Share of active customers"), detail=True),
    Column("responses", "count", mark("Responses")),
    Column("customers", "count", mark("Customers")),
    Column("anonymous", "count", mark("Anonymous responses"), detail=True),
    Column("counted", "count", mark("Responses counted"), detail=True),
    Column("measures", "text", mark("What it measures"), "survey_measures"),
    Column("index", "score", mark("Satisfaction index")),
    Column("index_low", "score", mark("Index, lower end")),
    Column("index_high", "score", mark("Index, upper end")),
    Column("satisfied", "ratio", mark("Satisfied share")),
    Column("satisfied_n", "count", mark("Respondents, satisfied share"), detail=True),
    Column("satisfied_low", "ratio", mark("Satisfied share, lower end")),
    Column("satisfied_high", "ratio", mark("Satisfied share, upper end")),
    Column("nps", "score", mark("NPS")),
    Column("nps_n", "count", mark("Respondents, NPS"), detail=True),
    Column("nps_low", "score", mark("NPS, lower end")),
    Column("nps_high", "score", mark("NPS, upper end")),
)
ITEMS = (
    Column("item", "text", mark("Question")),
    Column("wording", "text", mark("Wording")),
    Column("role", "text", mark("Question type"), "item_role"),
    Column("dimension", "text", mark("Dimension"), "rater"),
    Column("weight", "number", mark("Weight")),
    Column("n", "count", mark("Answers")),
    Column("mean", "number", mark("Mean")),
    Column("index", "score", mark("Satisfaction index")),
    Column("satisfied", "ratio", mark("Satisfied share")),
)
Counts = dict[int, dict[float, int]]


def build(session: Session, asked: Asked) -> Report:
    """Every wave begun by the date, newest first, and the questions of the headline wave."""
    waves = satisfaction.waves(session, as_of=asked.as_of)
    items = _items(session, waves)
    counts = {wave.id: _counts(session, asked, wave) for wave in waves}
    rows = _wave_rows(session, asked, waves, items, counts)
    leading = _headline(asked, waves)
    chosen = [wave for wave in waves if wave.id == leading]
    asked_of = _item_rows(items[chosen[0].id], counts[chosen[0].id]) if chosen else ()
    first = next((row for row in rows if row["headline"]), {})
    facts = header(asked) | {
        "confidence": asked.policy.satisfaction_confidence,
        "rule": {
            "main_survey": _surveys(asked).get("main"),
            "least_answers": asked.policy.satisfaction_wave_min_n,
            "least_share": asked.policy.satisfaction_wave_min_share,
        },
        "totals": {
            "waves": len(rows),
            "responses": sum(row["responses"] for row in rows),
            **{name: first.get(name) for name in HEADLINE},
        },
    }
    parts = (
        Part("waves", mark("By wave"), WAVES, rows),
        Part("items", mark("Questions of the headline wave"), ITEMS, asked_of),
    )
    return Report(
        "satisfaction", mark("Customer satisfaction"), asked.as_of, asked.currency, facts, parts
    )


def _items(session: Session, waves: tuple[WaveInfo, ...]) -> dict[int, tuple[Item, ...]]:
    """The questions each wave asked."""
    every = {w.survey_id: satisfaction.items(session, w.survey_id) for w in waves}
    return {w.id: satisfaction.asked_in(every[w.survey_id], w.starts_on) for w in waves}


def _surveys(asked: Asked) -> dict[str, Any]:
    return asked.run.totals.get("surveys") or {}


def _headline(asked: Asked, waves: tuple[WaveInfo, ...]) -> int | None:
    """The headline wave; the newest one of a date computed before waves were judged."""
    newest = waves[0].id if waves else None
    return (asked.run.totals.get("csi") or {}).get("wave_id", newest)


def _counts(session: Session, asked: Asked, wave: WaveInfo) -> Counts:
    counts: Counts = {}
    for item, answer, number in satisfaction.answer_counts(
        session, asked.filters, asked.scope, as_of=asked.as_of, wave_id=wave.id
    ):
        counts.setdefault(item, {})[answer] = number
    return counts


def _wave_rows(
    session: Session,
    asked: Asked,
    waves: tuple[WaveInfo, ...],
    items: dict[int, tuple[Item, ...]],
    counts: dict[int, Counts],
) -> tuple[dict[str, Any], ...]:
    ids = tuple(wave.id for wave in waves)
    each = satisfaction.response_indices(
        session, asked.filters, asked.scope, as_of=asked.as_of, wave_ids=ids
    )
    takings = satisfaction.takings(
        session, asked.filters, asked.scope, as_of=asked.as_of, wave_ids=ids
    )
    speaks = surveys.leading(session, as_of=asked.as_of, wave_ids=ids)
    confidence = asked.policy.satisfaction_confidence
    rows = []
    leading = _headline(asked, waves)
    for wave in waves:
        mine = each[each["wave_id"] == wave.id]
        indices = mine["index"].to_numpy()
        index = mean_interval(indices, confidence=confidence)
        first = speaks.get(wave.id, {})
        questions, answered = items[wave.id], counts[wave.id]
        satisfied = _satisfied(questions, answered, first.get("overall"), indices, confidence)
        nps = net_promoter_of_answers(answered.get(first.get("nps", 0), {}), confidence=confidence)
        taken = takings.get(wave.id, Taking(wave.id, 0, 0, 0))
        measured = _measures(questions)
        rows.append(
            {
                "headline": wave.id == leading,
                "survey": wave.survey,
                "wave": wave.code,
                "starts_on": wave.starts_on,
                "ends_on": wave.ends_on,
                **_state(asked, wave, leading),
                "responses": taken.responses,
                **_counting(mine["customer_id"].to_numpy(), taken, measured),
                "measures": measured,
                **_with_ends("index", *index),
                **_with_ends("satisfied", satisfied.share, satisfied.low, satisfied.high),
                "satisfied_n": satisfied.n,
                **_with_ends("nps", nps.nps, nps.adjusted_low, nps.adjusted_high),
                "nps_n": nps.n,
            }
        )
    return tuple(rows)


def _counting(who: Any, taken: Taking, measured: str) -> dict[str, int]:
    """The responses that count and whose they are, as in `WaveAnswers`.

    Args:
        who: customers of the responses that have an index, 0 = anonymous, shape (r,).
        taken: who took part.
        measured: see `survey_waves.measures`.
    """
    if measured != "index":
        found = taken.customers, taken.anonymous, taken.answered
    else:
        named = who[who > 0]
        found = len(set(named.tolist())), len(who) - len(named), len(who)
    return dict(zip(("customers", "anonymous", "counted"), found, strict=True))


def _state(asked: Asked, wave: WaveInfo, leading: int | None) -> dict[str, Any]:
    """Whether a wave is complete, the headline or neither, and what it lacks."""
    judged = _surveys(asked).get("waves")
    if judged is None:
        return {"state": None, "lacks": None, "share": None}
    found = next((one for one in judged if one["wave_id"] == wave.id), None)
    if found is None:
        return {"state": "unanswered", "lacks": None, "share": None}
    state = "complete" if found["complete"] else "partial"
    if wave.id == leading:
        state = "headline" if found["complete"] else "headline_partial"
    return {"state": state, "lacks": "+".join(found["reason"]) or None, "share": found["share"]}


def _measures(items: tuple[Item, ...]) -> str:
    roles = {item.role for item in items}
    return measures(
        has_index=bool(_scales(items)),
        has_gaps="perception" in roles,
        has_items="satisfaction" in roles,
    )


def _scales(items: tuple[Item, ...]) -> list[tuple[float, float, float, float]]:
    return index_scales([(i.role, i.weight, i.low, i.high, i.step) for i in items])


def _with_ends(name: str, value: Any, low: Any, high: Any) -> dict[str, float | None]:
    return {name: known(value), f"{name}_low": known(low), f"{name}_high": known(high)}


def _asked(items: tuple[Item, ...], counts: Counts, role: str) -> list[Item]:
    """The questions of a role that somebody answered."""
    return [item for item in items if item.role == role and counts.get(item.id)]


def _result(item: Item, counts: Counts) -> ItemResult:
    return item_result(counts.get(item.id, {}), scale=(item.low, item.high), step=item.step)


def _satisfied(
    items: tuple[Item, ...], counts: Counts, first: int | None, index: Any, confidence: float
) -> SatisfiedShare:
    """Respondents in the top two levels; see `survey_counts.satisfied_share`."""
    overall = next((_result(item, counts) for item in items if item.id == first), None)
    return satisfied_share(overall, index, _scales(items), confidence=confidence)


def _item_rows(items: tuple[Item, ...], counts: Counts) -> tuple[dict[str, Any], ...]:
    """The overall question and those the index is made of; only those have a weight in it."""
    asked = [*_asked(items, counts, "overall"), *_asked(items, counts, "satisfaction")]
    rows = []
    for item in asked:
        result = _result(item, counts)
        rows.append(
            {
                "item": item.code,
                "wording": item.wording,
                "role": item.role,
                "dimension": item.dimension,
                "weight": item.weight if item.role == "satisfaction" else None,
                "n": result.n,
                "mean": result.mean,
                "index": result.index,
                "satisfied": share(result.satisfied, result.n),
            }
        )
    return tuple(rows)
