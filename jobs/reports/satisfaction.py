"""`report satisfaction` (满意度): index, satisfied share and NPS by wave, with intervals."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session

from analytics.proportions import NetPromoter, Proportion
from analytics.satisfaction import mean_interval
from analytics.survey_counts import (
    ItemResult,
    item_result,
    net_promoter_of_answers,
    satisfied_share,
)
from components.i18n import mark
from data.queries import satisfaction
from data.queries.satisfaction import Item, WaveInfo
from jobs.reports.asking import Asked, header
from jobs.reports.shape import Column, Part, Report, known, share

WAVES = (
    Column("survey", "text", mark("Survey"), detail=True),
    Column("wave", "text", mark("Wave")),
    Column("starts_on", "date", mark("Wave begins"), detail=True),
    Column("ends_on", "date", mark("Wave ends")),
    Column("responses", "count", mark("Responses")),
    Column("counted", "count", mark("Responses counted"), detail=True),
    Column("index", "score", mark("Satisfaction index")),
    Column("index_low", "score", mark("Index, lower end")),
    Column("index_high", "score", mark("Index, upper end")),
    Column("satisfied", "ratio", mark("Satisfied share")),
    Column("satisfied_low", "ratio", mark("Satisfied share, lower end")),
    Column("satisfied_high", "ratio", mark("Satisfied share, upper end")),
    Column("nps", "score", mark("NPS")),
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
NPS_SCALE = (0.0, 10.0)
Counts = dict[int, dict[float, int]]


def build(session: Session, asked: Asked) -> Report:
    """Every wave begun by the date, newest first, and the questions of the newest one."""
    waves = satisfaction.waves(session, as_of=asked.as_of)
    items = {w.survey_id: satisfaction.items(session, w.survey_id) for w in waves}
    counts = {wave.id: _counts(session, asked, wave) for wave in waves}
    rows = _wave_rows(session, asked, waves, items, counts)
    newest = _item_rows(items[waves[0].survey_id], counts[waves[0].id]) if waves else ()
    first = rows[0] if rows else dict.fromkeys(("index", "satisfied", "nps"))
    facts = header(asked) | {
        "confidence": asked.policy.satisfaction_confidence,
        "totals": {
            "waves": len(rows),
            "responses": sum(row["responses"] for row in rows),
            "index": first["index"],
            "satisfied": first["satisfied"],
            "nps": first["nps"],
        },
    }
    parts = (
        Part("waves", mark("By wave"), WAVES, rows),
        Part("items", mark("Questions of the newest wave"), ITEMS, newest),
    )
    return Report(
        "satisfaction", mark("Customer satisfaction"), asked.as_of, asked.currency, facts, parts
    )


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
    confidence = asked.policy.satisfaction_confidence
    rows = []
    for wave in waves:
        indices = each.loc[each["wave_id"] == wave.id, "index"].to_numpy()
        index = mean_interval(indices, confidence=confidence)
        satisfied = _satisfied(items[wave.survey_id], counts[wave.id], confidence)
        nps = _nps(items[wave.survey_id], counts[wave.id], confidence)
        taken = takings.get(wave.id)
        rows.append(
            {
                "survey": wave.survey,
                "wave": wave.code,
                "starts_on": wave.starts_on,
                "ends_on": wave.ends_on,
                "responses": taken.responses if taken else 0,
                "counted": len(indices),
                **_with_ends("index", *index),
                **_with_ends("satisfied", satisfied.share, satisfied.low, satisfied.high),
                **_with_ends("nps", nps.nps, nps.adjusted_low, nps.adjusted_high),
            }
        )
    return tuple(rows)


def _with_ends(name: str, value: Any, low: Any, high: Any) -> dict[str, float | None]:
    return {name: known(value), f"{name}_low": known(low), f"{name}_high": known(high)}


def _asked(items: tuple[Item, ...], counts: Counts, role: str) -> list[Item]:
    """The questions of a role that somebody answered."""
    return [item for item in items if item.role == role and counts.get(item.id)]


def _result(item: Item, counts: Counts) -> ItemResult:
    return item_result(counts.get(item.id, {}), scale=(item.low, item.high), step=item.step)


def _satisfied(items: tuple[Item, ...], counts: Counts, confidence: float) -> Proportion:
    """Top two levels of the overall question; of all on satisfaction where it was not asked."""
    asked = _asked(items, counts, "overall") or _asked(items, counts, "satisfaction")
    return satisfied_share([_result(item, counts) for item in asked], confidence=confidence)


def _nps(items: tuple[Item, ...], counts: Counts, confidence: float) -> NetPromoter:
    """NPS of the first question of that role on its own scale, 0 to 10."""
    asked = [i for i in _asked(items, counts, "nps") if (i.low, i.high) == NPS_SCALE]
    return net_promoter_of_answers(counts[asked[0].id] if asked else {}, confidence=confidence)


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
