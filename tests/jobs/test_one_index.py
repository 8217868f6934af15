"""One satisfaction index (同一满意指数): every place says the same, and the past stays."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session, col, select
from typer.testing import CliRunner

import settings
from analytics.satisfaction import mean_interval
from components import survey_view
from components.survey_state import Surveys
from data import policies, store
from data.queries import card_records, overview, satisfaction
from jobs import refresh
from manage import app
from models.access import EVERYBODY
from models.enums import ItemRole
from models.filters import Filters
from models.snapshots import Snapshot, SnapshotResponse, SnapshotRun
from models.surveys import Response, Survey, SurveyItem
from tests.conftest import DEMO_END
from tests.ledger import Ledger, at_random
from words import vocabulary
from words.i18n import _

TODAY = date(2026, 6, 30)
ALL = Filters()

ANOTHER = _(
    "Another survey than the main one; its scores are never compared with or added to those of "
    "the main survey."
)
RAW = """
    with wholes as (
        select v.id as wave_id, sum(i.weight) as whole
        from wave v join survey_item i on i.survey_id = v.survey_id
        where i.role = 'satisfaction' and (i.since is null or i.since <= v.starts_on)
        group by v.id),
    each as (
        select r.id, r.customer_id,
               sum(i.weight * (a.value - s.minimum) / (s.maximum - s.minimum)) as points,
               sum(i.weight) as weight, max(f.whole) as whole
        from response r join wave w on w.id = r.wave_id join answer a on a.response_id = r.id
        join survey_item i on i.id = a.item_id and i.role = 'satisfaction'
        join scale s on s.id = i.scale_id join wholes f on f.wave_id = w.id
        where r.wave_id = :wave and r.answered_on <= :day
        group by r.id, r.customer_id)
    select customer_id, 100 * points / weight as csi from each where weight >= 0.6 * whole - 1e-9
"""
"""The index by hand: of the store's rows alone."""


def totals(engine: Engine, day: date) -> dict[str, Any]:
    with store.reading(engine) as session:
        query = select(SnapshotRun.totals).where(col(SnapshotRun.as_of) == day)
        return dict(session.exec(query).one())


def report(engine: Engine, monkeypatch: pytest.MonkeyPatch, *more: str) -> dict[str, Any]:
    monkeypatch.setenv("DATABASE_URL", engine.url.render_as_string(hide_password=False))
    settings.get.cache_clear()
    try:
        done = CliRunner().invoke(app, ["report", "satisfaction", "--format", "json", *more])
        assert done.exit_code == 0, done.output
        return dict(json.loads(done.stdout))
    finally:
        settings.get.cache_clear()


def assert_one_index(engine: Engine, day: date, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Raw SQL, run totals, page, overview (whole, by tier, by owner), card, report: the same."""
    found = totals(engine, day)
    csi = found["csi"]
    wave, about = csi["wave_id"], pytest.approx
    with store.reading(engine) as session:
        raw = session.execute(sa.text(RAW), {"wave": wave, "day": day}).all()
        by_hand = float(np.mean([row.csi for row in raw]))
        assert csi["index"] == about(by_hand, abs=1e-6)
        named = [row.customer_id for row in raw if row.customer_id is not None]
        assert (csi["n"], csi["customers"]) == (len(raw), len(set(named)))

        frame = satisfaction.response_indices(session, ALL, EVERYBODY, as_of=day, wave_ids=(wave,))
        assert frame["index"].mean() == about(csi["index"])
        assert len(frame) == csi["n"]
        (whole,) = overview.totals(session, ALL, EVERYBODY, [day])
        assert (whole.csi, whole.headline_n) == (about(csi["index"]), csi["n"])
        assert whole.headline_customers == csi["customers"]
        for axis, column in (("tier", "tier"), ("owner", "owner")):
            parts = overview.totals_by(session, ALL, EVERYBODY, day, axis)
            mine = [p for p in parts if p.headline_n]
            groups = frame[frame["customer_id"] > 0].groupby(column)["index"]
            assert sorted((p.headline_n, p.csi) for p in mine) == [
                (n, about(mean))
                for n, mean in sorted(zip(groups.size(), groups.mean(), strict=True))
            ]
        _cards(session, day, found)
    rows = report(engine, monkeypatch)
    (line,) = [row for row in rows["waves"] if str(row["state"]).startswith("headline")]
    assert line["index"] == rows["totals"]["index"] == about(csi["index"])
    said = [line[name] for name in ("counted", "customers", "anonymous", "measures")]
    assert said == [csi[name] for name in ("n", "customers", "anonymous", "measures")]
    assert line["share"] == about(csi["share"])
    if found["nps"]:
        assert line["nps"] == about(found["nps"]["nps"])
        assert line["nps_n"] == found["nps"]["n"]
    return found


def _cards(session: Session, day: date, found: dict[str, Any]) -> None:
    """A card's index is the mean of its stored responses in the wave it names."""
    query = select(Snapshot).where(col(Snapshot.as_of) == day, col(Snapshot.csi).is_not(None))
    rows = list(session.exec(query.order_by(col(Snapshot.customer_id))))
    assert rows
    for row in (*rows[:5], *rows[-5:]):
        mine = select(SnapshotResponse.index).where(
            col(SnapshotResponse.as_of) == day,
            col(SnapshotResponse.customer_id) == row.customer_id,
            col(SnapshotResponse.wave_id) == row.csi_wave_id,
            col(SnapshotResponse.index).is_not(None),
        )
        each = list(session.exec(mine))
        assert (row.csi, row.csi_n) == (pytest.approx(np.mean(each)), len(each))
        answered = card_records.surveys(session, row.customer_id, EVERYBODY, as_of=day)
        shown = answered[answered["wave_id"] == row.csi_wave_id]["index"].dropna()
        assert sorted(shown) == pytest.approx(sorted(each))
        survey = answered[answered["wave_id"] == row.csi_wave_id]["survey_id"].iloc[0]
        assert survey == found["surveys"]["main_id"]


def test_the_demo_says_one_thing(demo_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    found = assert_one_index(demo_engine, DEMO_END, monkeypatch)
    assert found["csi"]["complete"] is True
    assert found["csi"]["n"] > found["csi"]["customers"] > 100


class TwoSurveys:
    """A main survey of two waves, thirty buyers; another survey; both with NPS."""

    def __init__(self, session: Session) -> None:
        self.book = Ledger(session)
        owners = [self.book.manager(name) for name in ("li", "wang")]
        self.people = [self.book.customer(owner_id=owners[k % 2]) for k in range(30)]
        for k, who in enumerate(self.people):
            self.book.order(who, date(2026, 3, 1), (100_000 * (k + 1), 60_000))
        self.survey, self.items = self.book.survey((1, 2), nps=True)
        self.waves = [
            self.book.wave(self.survey, day) for day in (date(2025, 12, 1), date(2026, 4, 1))
        ]
        for place, wave in enumerate(self.waves):
            for k, who in enumerate(self.people[: 20 + place]):
                for again in range(1 + (k % 4 == 0)):
                    self.answer(
                        wave,
                        who,
                        (k + again + place) % 5 + 1,
                        date(2025, 12, 5) if place == 0 else date(2026, 4, 5),
                    )

    def answer(self, wave: int, who: int | None, level: int, on: date, items: Any = None) -> None:
        one, two, nps = items or self.items
        self.book.response(wave, who, on, {one: level, two: max(level - 1, 1), nps: 2 * level})

    def upload(self, *, same_survey: bool, n: int = 2) -> None:
        """What one account manager brings in: answers of a few of theirs, all delighted."""
        survey, items = (
            (self.survey, self.items) if same_survey else self.book.survey((1, 1), nps=True)
        )
        wave = self.book.wave(survey, date(2026, 6, 20))
        for k in range(12):
            self.answer(wave, self.people[2 * (k % n)], 5, date(2026, 6, 21), items)


@pytest.mark.parametrize("same_survey", [True, False])
def test_twelve_answers_do_not_speak_for_the_company(
    engine: Engine, same_survey: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.writing(engine, facts=True) as session:
        made = TwoSurveys(session)
        main = made.waves[1]
    refresh.run(engine, TODAY)
    before = assert_one_index(engine, TODAY, monkeypatch)
    assert before["csi"]["wave_id"] == main
    with store.writing(engine, facts=True) as session:
        made.book.session = session
        made.upload(same_survey=same_survey)
    refresh.run(engine, TODAY)
    after = assert_one_index(engine, TODAY, monkeypatch)
    assert (after["csi"], after["nps"]) == (before["csi"], before["nps"])
    partial = max(after["surveys"]["waves"], key=lambda wave: wave["wave_id"])
    assert (partial["n"], partial["customers"], partial["complete"]) == (12, 2, False)
    assert (partial["share"], partial["reason"]) == (pytest.approx(2 / 30), ["share"])
    words = Surveys(after["surveys"], after["csi"]).words(partial["wave_id"], partial["survey_id"])
    assert (words[0] == ANOTHER) is not same_survey
    assert "12" in words[-1]
    assert "30" in words[-1]
    assert "10%" in words[-1]
    with store.reading(engine) as session:
        for row in session.exec(select(Snapshot).where(col(Snapshot.csi).is_not(None))):
            if not same_survey:
                assert row.csi_wave_id in made.waves, "the other questionnaire is nobody's index"


def test_the_settings_choose_the_main_survey_and_the_rule(sqlite_engine: Engine) -> None:
    with store.writing(sqlite_engine, facts=True) as session:
        made = TwoSurveys(session)
        made.upload(same_survey=False)
        codes = [s.code for s in session.exec(select(Survey).order_by(col(Survey.id)))]
        policies.change(session, None, {"satisfaction.main_survey": codes[1]}, "theirs")
    refresh.run(sqlite_engine, TODAY)
    found = totals(sqlite_engine, TODAY)
    assert (found["csi"]["survey"], found["csi"]["complete"]) == (codes[1], False), "all it has"
    with store.writing(sqlite_engine) as session:
        change = {
            "satisfaction.main_survey": "gone",
            "satisfaction.wave_min_n": 25,
            "satisfaction.wave_min_share": 0.7,
        }
        policies.change(session, None, change, "stricter")
    refresh.run(sqlite_engine, TODAY)
    found = totals(sqlite_engine, TODAY)
    assert (found["surveys"]["found"], found["csi"]["survey"]) == (False, codes[0])
    assert found["csi"]["wave_id"] == made.waves[1], "21 of 30 customers are 70 %"
    said = Surveys(found["surveys"], found["csi"]).words(made.waves[1], made.survey)
    assert "gone" in said[-1]


def test_a_fall_needs_answers_on_both_sides(sqlite_engine: Engine) -> None:
    with store.writing(sqlite_engine, facts=True) as session:
        book = Ledger(session)
        survey, items = book.survey((1,))
        waves = [book.wave(survey, day) for day in (date(2025, 12, 1), date(2026, 5, 1))]
        other, (another,) = book.survey((1,))
        later = book.wave(other, date(2026, 6, 1))
        who = [book.customer() for _ in range(3)]
        for place, (customer, n) in enumerate(zip(who, (1, 2, 2), strict=True)):
            book.order(customer, date(2026, 6, 1), (100_000, 50_000))
            for _ in range(n):
                book.response(waves[0], customer, date(2025, 12, 2), {items[0]: 5})
                if place < 2:
                    book.response(waves[1], customer, date(2026, 5, 2), {items[0]: 4})
                else:
                    book.response(later, customer, date(2026, 6, 2), {another: 1})
    refresh.run(sqlite_engine, TODAY)
    with store.reading(sqlite_engine) as session:
        rows = {row.customer_id: row for row in session.exec(select(Snapshot))}
    fell = {number: [r["code"] for r in rows[number].reasons or []] for number in who}
    assert [(rows[n].csi, rows[n].csi_before) for n in who] == [(75, 100), (75, 100), (100, None)]
    assert "satisfaction_fall" not in fell[who[0]], "one person's mood"
    assert "satisfaction_fall" in fell[who[1]]
    assert "satisfaction_fall" not in fell[who[2]], "another questionnaire is no fall"


def test_a_servqual_store_has_no_index(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with store.writing(engine, facts=True) as session:
        made = TwoSurveys(session)
        for item in session.exec(
            select(SurveyItem).where(SurveyItem.role == ItemRole.SATISFACTION)
        ):
            item.role = ItemRole.PERCEPTION if item.code == "q0" else ItemRole.EXPECTATION
            item.dimension = "reliability"
            session.add(item)
    refresh.run(engine, TODAY)
    found = totals(engine, TODAY)
    assert (found["csi"]["index"], found["csi"]["measures"]) == (None, "gaps")
    assert found["csi"]["complete"] is True
    said = Surveys(found["surveys"], found["csi"]).words(made.waves[1], made.survey)
    assert vocabulary.label("survey_measures", "gaps") in said
    with store.reading(engine) as session:
        assert set(session.exec(select(Snapshot.csi))) == {None}
        assert set(session.exec(select(SnapshotResponse.index))) == {None}
        (whole,) = overview.totals(session, ALL, EVERYBODY, [TODAY])
        assert (whole.csi, whole.headline_n) == (None, 0)
        items = satisfaction.items(session, made.survey)
        asked = {"as_of": TODAY, "wave_id": made.waves[1]}
        counted = satisfaction.answer_counts(session, ALL, EVERYBODY, **asked)
        view = survey_view.results(items, counted)
        assert view.measures == "gaps"
        assert survey_view.gap(view) is not None
        one = made.people[0]
        answered = card_records.surveys(session, one, EVERYBODY, as_of=TODAY)
        assert answered["index"].isna().all()
    rows = report(engine, monkeypatch)
    assert rows["totals"]["index"] is None
    assert {row["measures"] for row in rows["waves"]} == {"gaps"}
    assert {row["index"] for row in rows["waves"]} == {None}


def _snapshots(engine: Engine) -> dict[str, Any]:
    with store.reading(engine) as session:
        rows = {
            r.customer_id: (
                r.csi,
                r.csi_n,
                r.csi_before,
                r.csi_before_n,
                r.csi_wave_id,
                r.headline_sum,
                r.headline_n,
                r.score,
            )
            for r in session.exec(select(Snapshot))
        }
        each = session.exec(select(SnapshotResponse).order_by(col(SnapshotResponse.response_id)))
        return {
            "rows": rows,
            "responses": [(r.response_id, r.index) for r in each],
            "totals": session.exec(select(SnapshotRun.totals)).one(),
        }


@hypothesis_settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 10**6))
def test_what_is_answered_later_changes_no_earlier_date(sqlite_engine: Engine, seed: int) -> None:
    from models.base import Base

    early = date(2026, 4, 30)
    with store.writing(sqlite_engine, facts=True) as session:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(table.delete())
        at_random(session, seed, early, customers=12)
    refresh.run(sqlite_engine, early)
    before = _snapshots(sqlite_engine)
    with store.writing(sqlite_engine, facts=True) as session:
        book = Ledger(session, "L")
        survey = session.exec(select(Survey)).one()
        items = [i.id for i in session.exec(select(SurveyItem))]
        other, more = book.survey((1, 3), nps=True)
        for number, asked in ((survey.id, items), (other, more)):
            wave = book.wave(number, date(2026, 5, 2))
            for who in [r.customer_id for r in session.exec(select(Response))][:9]:
                book.response(wave, who, date(2026, 5, 3), dict.fromkeys(asked, 1.0))
        survey.name, survey.code = "Renamed", "renamed"
        session.add(survey)
    refresh.run(sqlite_engine, early)
    after = _snapshots(sqlite_engine)
    # a survey's name is no figure
    for found in (before, after):
        text = json.dumps(found["totals"]).replace("renamed", "*")
        for code in {w["survey"] for w in found["totals"]["surveys"]["waves"]}:
            text = text.replace(f'"{code}"', '"*"')
        found["totals"] = json.loads(text)
    assert after == before


def test_a_scope_is_told_no_numbers_of_the_company(sqlite_engine: Engine) -> None:
    with store.writing(sqlite_engine, facts=True) as session:
        made = TwoSurveys(session)
        made.upload(same_survey=True)
    refresh.run(sqlite_engine, TODAY)
    found = totals(sqlite_engine, TODAY)
    newest = max(wave["wave_id"] for wave in found["surveys"]["waves"])
    known = Surveys(found["surveys"], found["csi"], everybody=False)
    for wave in (newest, made.waves[1]):
        assert not any(char.isdigit() for line in known.words(wave, made.survey) for char in line)


@pytest.mark.parametrize("survey_has", ["one", "several"])
def test_intervals_rest_on_people(sqlite_engine: Engine, survey_has: str) -> None:
    """Two questions of each respondent are one observation: more questions, same n."""
    weights = (1,) if survey_has == "one" else (1, 1, 1, 1)
    with store.writing(sqlite_engine, facts=True) as session:
        book = Ledger(session)
        survey, items = book.survey(weights)
        wave = book.wave(survey, date(2026, 5, 1))
        for k in range(10):
            book.response(wave, book.customer(), date(2026, 5, 2), dict.fromkeys(items, 5 - k // 3))
    refresh.run(sqlite_engine, TODAY)
    with store.reading(sqlite_engine) as session:
        asked = {"as_of": TODAY, "wave_id": wave}
        counted = satisfaction.answer_counts(session, ALL, EVERYBODY, **asked)
        frame = satisfaction.response_indices(
            session, ALL, EVERYBODY, as_of=TODAY, wave_ids=(wave,)
        )
        view = survey_view.results(satisfaction.items(session, survey), counted)
    found = view.satisfied(frame["index"].to_numpy(), 0.95)
    assert (found.n, found.share) == (10, 0.6)
    assert (found.low, found.high) == (
        pytest.approx(0.3127, abs=1e-4),
        pytest.approx(0.8318, abs=1e-4),
    )
    mean, low, high = mean_interval(frame["index"].to_numpy())
    assert low < mean < high
