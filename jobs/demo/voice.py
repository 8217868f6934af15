"""Six survey waves of the demo (满意度调查): answers, recommendations, words that fit them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np

from data.samples import words
from jobs.demo.profiles import Course, Profile
from jobs.demo.world import Floats, Row, Rows, World, day, pick
from models.enums import ItemRole

WAVES = 6
SERVQUAL_WAVES = 3
"""The last waves also ask expectations and perceptions, and how important each item is."""
OPEN_DAYS = 21
LEVELS = {
    "很满意": 7.0,
    "满意": 6.0,
    "较满意": 5.0,
    "一般": 4.0,
    "不太满意": 3.0,
    "不满意": 2.0,
    "很不满意": 1.0,
}
EASE = {"产品": 0.02, "交付": -0.035, "服务": 0.01, "价格": -0.085, "沟通": 0.03}
"""How dimensions differ: people like the people and dislike the prices."""
IMPROVES = {"交付": 0.012, "价格": -0.004}
"""Change a wave: deliveries got better."""


@dataclass(eq=False)
class Voice:
    """Rows of the survey tables."""

    scales: Rows = field(default_factory=list)
    surveys: Rows = field(default_factory=list)
    items: Rows = field(default_factory=list)
    waves: Rows = field(default_factory=list)
    responses: Rows = field(default_factory=list)
    answers: Rows = field(default_factory=list)


def build(world: World, profiles: list[Profile], contacts: Rows) -> Voice:
    """Ask those who bought lately, in six waves half a year apart."""
    voice = Voice()
    _questionnaire(voice)
    people: dict[int, list[str]] = {}
    for row in contacts:
        people.setdefault(row["customer_id"], []).append(row["name"])
    for number in range(1, WAVES + 1):
        _wave(world, voice, number, profiles, people)
    return voice


def _questionnaire(voice: Voice) -> None:
    text = words.read("survey")
    voice.scales = [
        {"id": 1, "code": "seven", "minimum": 1.0, "maximum": 7.0, "step": 1.0, "words": LEVELS},
        {"id": 2, "code": "nps", "minimum": 0.0, "maximum": 10.0, "step": 1.0, "words": {}},
    ]
    voice.surveys = [{"id": 1, "code": text["code"], "name": text["name"]}]
    for item in text["item"]:
        _item(
            voice,
            item["code"],
            item["wording"],
            item["dimension"],
            ItemRole.SATISFACTION,
            float(item["weight"]),
        )
    _item(voice, "Q13", "总体满意程度", "总体", ItemRole.OVERALL)
    _item(voice, "NPS", "您有多大可能把我们推荐给同行（0–10）", "推荐", ItemRole.NPS, scale=2)
    for item in text["item"]:
        _item(
            voice,
            f"I{item['code'][1:]}",
            f"重要程度：{item['wording']}",
            item["dimension"],
            ItemRole.IMPORTANCE,
        )
    for role, prefix, lead in (
        (ItemRole.EXPECTATION, "E", "优秀的供应商应当："),
        (ItemRole.PERCEPTION, "P", "我们做到了："),
    ):
        place = 0
        for block in text["servqual"]:
            for wording in block["wording"]:
                place += 1
                _item(voice, f"{prefix}{place:02d}", lead + wording, block["dimension"], role)


def _item(
    voice: Voice,
    code: str,
    wording: str,
    dimension: str,
    role: ItemRole,
    weight: float = 1.0,
    scale: int = 1,
) -> None:
    number = len(voice.items) + 1
    voice.items.append(
        {
            "id": number,
            "survey_id": 1,
            "scale_id": scale,
            "code": code,
            "wording": wording,
            "dimension": dimension,
            "role": role,
            "weight": weight,
            "position": number,
        }
    )


def wave_days(world: World) -> list[date]:
    """First days of the waves, half a year apart, the last one closed before the end."""
    last = day(world.last - OPEN_DAYS - 18)
    months = [last.year * 12 + last.month - 1 - 6 * back for back in range(WAVES)]
    return [date(m // 12, m % 12 + 1, min(last.day, 28)) for m in reversed(months)]


def _wave(
    world: World, voice: Voice, number: int, profiles: list[Profile], people: dict[int, list[str]]
) -> None:
    starts = wave_days(world)[number - 1]
    first, sent = starts.toordinal(), 0
    for profile in sorted(profiles, key=lambda p: p.id):
        rng = world.rng("voice", number, profile.id)
        asked = people.get(profile.id, [])[:3] if _is_asked(profile, first) else []
        sent += len(asked)
        for place, name in enumerate(asked):
            answers = rng.random() < (0.62 if place == 0 else 0.38) - 0.2 * profile.warning(first)
            if answers:
                _respond(world, rng, voice, number, profile, name, first)
    half = "上半年" if starts.month <= 6 else "下半年"
    voice.waves.append(
        {
            "id": number,
            "survey_id": 1,
            "code": f"{starts.year}H{1 if starts.month <= 6 else 2}",
            "name": f"{starts.year}年{half}满意度调查",
            "starts_on": starts,
            "ends_on": day(first + OPEN_DAYS),
            "sent": sent,
            "undeliverable": round(sent * 0.03),
        }
    )


def _is_asked(profile: Profile, first: int) -> bool:
    if not profile.orders or profile.opens > first - 45:
        return False
    gone = profile.stops is not None and first > profile.stops + 150
    return not gone or (profile.returns is not None and first > profile.returns + 30)


def _respond(
    world: World,
    rng: np.random.Generator,
    voice: Voice,
    wave: int,
    profile: Profile,
    name: str,
    first: int,
) -> None:
    on = first + int(rng.integers(0, OPEN_DAYS))
    number = len(voice.responses) + 1
    person = world.rng("person", profile.id, name)
    bias, taste = person.normal(0, 0.05), person.normal(0, 0.05, len(EASE))
    fall = 0.20 if profile.course is Course.DIP else 0.30
    base = profile.mood + bias - fall * profile.warning(on)
    levels = {
        dimension: base + ease + taste[i] + IMPROVES.get(dimension, 0.002) * wave
        for i, (dimension, ease) in enumerate(EASE.items())
    }
    scores = _answer(rng, voice, number, wave, levels, float(base))
    voice.responses.append(
        {
            "id": number,
            "wave_id": wave,
            "customer_id": profile.id,
            "respondent": name,
            "answered_on": day(on),
            "comment": _comment(rng, scores),
        }
    )


def _answer(
    rng: np.random.Generator,
    voice: Voice,
    response: int,
    wave: int,
    levels: dict[str, float],
    base: float,
) -> dict[str, float]:
    """Write the answers; returns the mean answer by dimension, 0–1."""
    noise: Floats = rng.normal(0, 1, len(voice.items))
    skipped = rng.random(len(voice.items)) < 0.025
    by_dimension: dict[str, list[float]] = {}
    for place, item in enumerate(voice.items):
        extra = item["role"] not in (ItemRole.SATISFACTION, ItemRole.OVERALL, ItemRole.NPS)
        if skipped[place] or (extra and wave <= WAVES - SERVQUAL_WAVES):
            continue  # no row means no answer
        value = _value(item, levels, base, float(noise[place]))
        voice.answers.append({"response_id": response, "item_id": item["id"], "value": value})
        if item["role"] is ItemRole.SATISFACTION:
            by_dimension.setdefault(item["dimension"], []).append((value - 1) / 6)
    return {name: float(np.mean(values)) for name, values in by_dimension.items()}


def _value(item: Row, levels: dict[str, float], base: float, noise: float) -> float:
    role = item["role"]
    if role is ItemRole.NPS:
        return float(min(max(round(8.35 + (base - 0.76) * 11 + noise * 1.35), 0), 10))
    if role is ItemRole.SATISFACTION:
        share = levels[item["dimension"]] + noise * 0.10
    elif role is ItemRole.IMPORTANCE:
        heavy = {"产品": 0.9, "交付": 0.87, "价格": 0.82, "服务": 0.78, "沟通": 0.68}
        share = heavy[item["dimension"]] + noise * 0.11
    elif role is ItemRole.EXPECTATION:
        share = 0.9 + noise * 0.08
    else:
        gap = {
            "tangibles": 0.02,
            "reliability": -0.06,
            "responsiveness": -0.03,
            "assurance": 0.03,
            "empathy": -0.01,
        }.get(item["dimension"], 0.0)
        share = base + gap + noise * 0.10
    return float(min(max(round(1 + 6 * share), 1), 7))


def _comment(rng: np.random.Generator, scores: dict[str, float]) -> str:
    """What such a respondent would write: about what stands out, in the tone of the answers."""
    text = words.read("comments")
    if not scores or rng.random() > text["share"]:
        return ""
    mean = float(np.mean(list(scores.values())))
    worst = min(scores, key=lambda name: scores[name])
    best = max(scores, key=lambda name: scores[name])
    about = worst if scores[worst] < 0.62 or rng.random() < 0.35 else best
    parts = [pick(rng, text[about][_tone(scores[about])])]
    if rng.random() < 0.3:
        parts.append(pick(rng, text["overall"][_tone(mean)]))
    return "".join(parts)


def _tone(score: float) -> str:
    return "good" if score >= 0.74 else "middling" if score >= 0.52 else "bad"
