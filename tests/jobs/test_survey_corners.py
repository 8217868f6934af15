"""Surveys as companies hold them (问卷的边角): early answers, half answers, other questions."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from components import survey_view
from components.survey_state import Surveys
from data import policies, store
from data.queries import card_records, satisfaction
from data.queries.satisfaction import Item
from data.queries.surveys import leading
from jobs import refresh
from models.access import EVERYBODY
from models.customers import Customer
from models.enums import ItemRole
from models.filters import Filters
from models.surveys import Survey, SurveyItem
from tests.data.imports.bringing import bring
from tests.jobs.test_one_index import assert_one_index, report, totals
from tests.ledger import Ledger
from words import vocabulary

TODAY = date(2026, 6, 30)


def buyers(book: Ledger, number: int, owners: tuple[int | None, ...] = (None,)) -> list[int]:
    """Customers that ordered in the window, their managers by turns."""
    found = [book.customer(owner_id=owners[k % len(owners)]) for k in range(number)]
    for who in found:
        book.order(who, date(2026, 3, 1), (100_000, 60_000))
    return found


def code(session: Session, survey: int) -> str:
    return session.exec(select(Survey.code).where(col(Survey.id) == survey)).one()


def test_a_wave_answered_before_it_begins_is_everywhere(
    sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.writing(sqlite_engine, facts=True) as session:
        book = Ledger(session)
        survey, (one, nps) = book.survey((1,), nps=True)
        waves = [book.wave(survey, day) for day in (date(2026, 5, 1), date(2026, 7, 5))]
        for wave, level in zip(waves, (4, 2), strict=True):
            for who in buyers(book, 12):
                book.response(wave, who, date(2026, 6, 20), {one: level, nps: level})
    refresh.run(sqlite_engine, TODAY)
    found = assert_one_index(sqlite_engine, TODAY, monkeypatch)
    assert (found["csi"]["wave_id"], found["csi"]["index"]) == (waves[1], 25)
    with store.reading(sqlite_engine) as session:
        assert [each.id for each in satisfaction.waves(session, as_of=TODAY)] == waves[::-1]


def questionnaire(people: list[str], day: str, questions: int, score: int) -> str:
    """A sheet of answers, a column for each question from 1 to 5."""
    names = ",".join(f"Q{k}（1-5分）" for k in range(1, questions + 1))
    rows = (f"{who},{day}" + f",{score}" * questions for who in people)
    return "\n".join([f"客户编码,调查日期,{names}", *rows])


def test_a_questionnaire_may_grow(
    sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a later wave asks is no gap in an earlier one; what it leaves out itself still is."""
    early = date(2026, 4, 30)
    with store.writing(sqlite_engine, facts=True) as session:
        ids = buyers(Ledger(session), 12)
        people = [row.code for row in session.exec(select(Customer).order_by(col(Customer.id)))]
    (tmp_path / "f").mkdir()
    told = {"folder": tmp_path / "f", "survey": "S"}
    first = questionnaire(people, "2026-04-02", 2, 4)
    assert bring(sqlite_engine, first, "answers", wave="W1", **told).stored
    refresh.run(sqlite_engine, early)
    before = totals(sqlite_engine, early)
    assert (before["csi"]["index"], before["csi"]["n"]) == (75, 12)
    more = questionnaire(people[:11], "2026-06-02", 5, 2)
    assert bring(sqlite_engine, more, "answers", wave="W2", **told).stored
    short = questionnaire(people[11:], "2026-06-03", 2, 5)
    assert bring(sqlite_engine, short, "answers", wave="W2", **told).stored
    refresh.run(sqlite_engine, dates=[early, TODAY])
    assert totals(sqlite_engine, early) == before
    found = assert_one_index(sqlite_engine, TODAY, monkeypatch)["csi"]
    assert (found["index"], found["n"], found["responses"]) == (25, 11, 12), "two of five questions"
    new, past = report(sqlite_engine, monkeypatch)["waves"]
    assert (new["index"], past["index"], past["counted"]) == (25, 75, 12)
    with store.reading(sqlite_engine) as session:
        waves = satisfaction.waves(session, as_of=TODAY)
        items = satisfaction.items(session, waves[0].survey_id)
        assert [len(satisfaction.asked_in(items, one.starts_on)) for one in waves] == [5, 2]
        card = card_records.surveys(session, ids[11], EVERYBODY, as_of=TODAY)
    assert [None if pd.isna(one) else one for one in card["index"]] == [None, 75]


def test_what_answered_too_little_is_said(
    sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wave nothing of which counts is there, leads where it is named, and says why."""
    with store.writing(sqlite_engine, facts=True) as session:
        book = Ledger(session)
        survey, items = book.survey((1, 1), nps=True)
        other, (single,) = book.survey((1,))
        half, whole = book.wave(survey, date(2026, 5, 1)), book.wave(other, date(2026, 4, 1))
        for k, who in enumerate(buyers(book, 12)):
            book.response(half, who, date(2026, 5, 2), {items[0]: 5, items[2]: 10})
            book.response(whole, who, date(2026, 4, 2), {single: k % 5 + 1})
        named = code(session, survey)
    refresh.run(sqlite_engine, TODAY)
    found = assert_one_index(sqlite_engine, TODAY, monkeypatch)
    assert found["csi"]["wave_id"] == whole, "some answer of it counts"
    with store.writing(sqlite_engine) as session:
        policies.change(session, None, {"satisfaction.main_survey": named}, "theirs")
    refresh.run(sqlite_engine, TODAY)
    found = totals(sqlite_engine, TODAY)
    csi, known = found["csi"], found["surveys"]
    assert (known["main"], known["found"], csi["wave_id"]) == (named, True, half)
    assert (csi["index"], csi["n"], csi["responses"], csi["complete"]) == (None, 0, 12, False)
    assert (found["nps"]["nps"], found["nps"]["n"]) == (100, 12)
    said = Surveys(known, csi).words(half, survey)
    assert "12" in said[-1], said
    line = report(sqlite_engine, monkeypatch)["waves"][0]
    assert (line["state"], line["responses"]) == ("headline_partial", 12)
    assert (line["counted"], line["customers"]) == (csi["n"], csi["customers"]) == (0, 0)


def test_the_same_question_measures_the_company_and_each_manager(
    sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody of Wang's answered the questions that lead: they have no figure, not another one."""
    with store.writing(sqlite_engine, facts=True) as session:
        book = Ledger(session)
        survey, (one, nps) = book.survey((1,), nps=True)
        scale = session.get(SurveyItem, one)
        ten = session.get(SurveyItem, nps)
        assert scale is not None
        assert ten is not None
        for name, role, like in (("all", ItemRole.OVERALL, scale), ("more", ItemRole.NPS, ten)):
            session.add(
                SurveyItem(
                    survey_id=survey, scale_id=like.scale_id, code=name, role=role, position=5
                )
            )
        session.flush()
        items = {i.code: i.id or 0 for i in session.exec(select(SurveyItem))}
        wave = book.wave(survey, date(2026, 5, 1))
        people = buyers(book, 20, (book.manager("li"), book.manager("wang")))
        for k, who in enumerate(people):
            said = {items["q0"]: 5.0, items["more"]: 10.0}
            if k % 2 == 0:
                said |= {items["all"]: 2.0, items["nps"]: 9.0}
            book.response(wave, who, date(2026, 5, 2), said)
    refresh.run(sqlite_engine, TODAY)
    with store.reading(sqlite_engine) as session:
        first = leading(session, as_of=TODAY, wave_ids=(wave,))
    assert first == {wave: {"overall": items["all"], "nps": items["nps"]}}
    for owner, satisfied, nps in (("li", (0, 10), (100, 10)), ("wang", (None, 0), (None, 0))):
        (line,) = report(sqlite_engine, monkeypatch, "--owner", owner)["waves"]
        assert (line["satisfied"], line["satisfied_n"]) == satisfied, owner
        assert (line["nps"], line["nps_n"]) == nps, owner
        assert (line["index"], line["counted"]) == (100, 10)
    with store.reading(sqlite_engine) as session:
        cards = [
            card_records.surveys(session, who, EVERYBODY, as_of=TODAY)["nps"].tolist()
            for who in people[:2]
        ]
    assert cards == [[9], [None]], "no card shows the answer to another question"


def test_questions_without_weight_are_said_to_be(
    sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.writing(sqlite_engine, facts=True) as session:
        book = Ledger(session)
        survey, items = book.survey((0, 0))
        wave = book.wave(survey, date(2026, 5, 1))
        for who in buyers(book, 12):
            book.response(wave, who, date(2026, 5, 2), dict.fromkeys(items, 4))
    refresh.run(sqlite_engine, TODAY)
    found = totals(sqlite_engine, TODAY)
    line = report(sqlite_engine, monkeypatch)["waves"][0]
    assert found["csi"]["measures"] == line["measures"] == "weightless"
    assert (line["index"], line["counted"], line["customers"]) == (None, 12, 12)
    said = Surveys(found["surveys"], found["csi"]).words(wave, survey)
    assert vocabulary.label("survey_measures", "weightless") in said
    with store.reading(sqlite_engine) as session:
        questions = satisfaction.items(session, survey)
    assert survey_view.results(questions, []).measures == "weightless"


def test_where_there_is_no_index_whoever_answers_counts(
    sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.writing(sqlite_engine, facts=True) as session:
        book = Ledger(session)
        survey, (nps,) = book.survey((), nps=True)
        wave = book.wave(survey, date(2026, 5, 1))
        people = buyers(book, 12)
        for who in (*people, None):
            book.response(wave, who, date(2026, 5, 2), {nps: 9})
        book.response(wave, people[0], date(2026, 5, 2), {})  # a form sent off empty
    refresh.run(sqlite_engine, TODAY)
    found = totals(sqlite_engine, TODAY)["csi"]
    line = report(sqlite_engine, monkeypatch)["waves"][0]
    assert line["counted"] == found["n"] == 13
    assert (line["responses"], found["responses"], line["measures"]) == (14, 14, "other")
    with store.reading(sqlite_engine) as session:
        taken = satisfaction.takings(session, Filters(), EVERYBODY, as_of=TODAY, wave_ids=(wave,))
    assert taken[wave].answered == 13, "an empty form is no usable answer"


POINTS = {"tangibles": 11, "reliability": 32, "responsiveness": 22, "assurance": 19, "empathy": 16}
GAPS = {"tangibles": -1, "reliability": -2, "responsiveness": 0, "assurance": 1, "empathy": -1}


def servqual(left_out: tuple[str, ...] = (), *, top: float = 7, second: bool = True) -> Any:
    """Two pairs a dimension that share its points; `second` pairs are answered or not."""
    items, counted = [], []
    for k, (dimension, points) in enumerate(POINTS.items()):
        for place in (0, 1):
            for side, role in enumerate(("expectation", "perception")):
                number = 4 * k + 2 * place + side
                high = top if role == "perception" else 7.0
                items.append(
                    Item(number, f"i{number}", "", dimension, role, points / 2, 1, high, 1)
                )
                if dimension not in left_out and (second or not place):
                    counted.append((number, 4.0 + side * GAPS[dimension], 10))
    return survey_view.results(items, counted)


def test_a_gap_keeps_its_points_whatever_was_answered() -> None:
    mean = sum(POINTS[d] * GAPS[d] for d in POINTS) / 100
    assert survey_view.gap(servqual()) == pytest.approx(mean)
    assert survey_view.gap(servqual(second=False)) == pytest.approx(mean), "half of the questions"
    some = {d: POINTS[d] for d in POINTS if d != "reliability"}
    assert survey_view.gap(servqual(("reliability",))) == pytest.approx(
        sum(points * GAPS[d] for d, points in some.items()) / sum(some.values())
    )
    assert survey_view.gap(servqual(("reliability", "assurance"))) is None, "51 of 100 points"


def test_no_gap_between_two_scales() -> None:
    found = servqual(top=5)
    assert survey_view.different_scales(found)
    assert survey_view.gap(found) is None
    assert survey_view.gap_rings(found) == ([], [], [])
