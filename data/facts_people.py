"""Reductions over everything else dated (其他归并): grades, contacts, complaints, answers.

What is in force on a day is the newest entry dated on or before it.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import ibis

from data.facts_periods import Period
from data.facts_sales import count, total
from data.facts_tables import fact


def _newest(rows: Any, *order: str) -> Any:
    """Per customer, the row that comes last by `order`."""
    place = ibis.row_number().over(
        group_by="customer_id", order_by=[ibis.desc(name) for name in order]
    )
    ranked = rows.mutate(place=place)
    return ranked.filter(ranked.place == 0).drop("place")


def customers() -> Any:
    """Every customer: id, since, created_on, wallet (yearly spend), and its card as it is now.

    The card: owner_id and parent_id (0 = none), status, province, industry.
    """
    customer = fact("customer")
    return customer.select(
        "id",
        "since",
        "created_on",
        "status",
        "province",
        "industry",
        owner_id=_number(customer.owner_id),
        parent_id=_number(customer.parent_id),
        wallet=_number(customer.annual_category_spend),
    )


def _number(column: Any) -> Any:
    """A whole number, 0 where there is none."""
    return ibis.coalesce(column, 0).cast("int64")


def _said(history: Any, on: Period) -> Any:
    """Per customer, the newest entry of a card's history by the day, else its first one."""
    later = (history.since > on.as_of).ifelse(1, 0)
    ahead = (history.since > on.as_of).ifelse(history.since, on.as_of)
    place = ibis.row_number().over(
        group_by="customer_id", order_by=[later, ahead, ibis.desc(history.since)]
    )
    ranked = history.mutate(place=place)
    return ranked.filter(ranked.place == 0)


def owners(on: Period) -> Any:
    """Per customer whose account manager ever changed: owner_id of the day, 0 = none."""
    said = _said(fact("owner_history"), on)
    return said.select("customer_id", owner_id=_number(said.owner_id))


def cards(on: Period) -> Any:
    """Per customer whose card ever changed: status, province, industry and parent of the day."""
    said = _said(fact("card_history"), on)
    return said.select(
        "customer_id", "status", "province", "industry", parent_id=_number(said.parent_id)
    )


def grades(on: Period) -> Any:
    """Per customer: the credit grade in force."""
    grade = fact("credit_grade")
    return _newest(grade.filter(grade.since <= on.as_of), "since")


def limits(on: Period) -> Any:
    """Per customer: the credit limit in force and since when."""
    limit = fact("credit_limit")
    return _newest(limit.filter(limit.since <= on.as_of), "since")


def sued(on: Period) -> Any:
    """Customers that another supplier sues, by their newest credit survey."""
    survey = fact("credit_survey")
    newest = _newest(survey.filter(survey.surveyed_on <= on.as_of), "surveyed_on")
    return newest.filter(newest.sued).select("customer_id")


def overrides(on: Period) -> Any:
    """Per customer: what a person decided about key-account status, 1 or 0; lifted ones not."""
    override = fact("key_account_override")
    newest = _newest(override.filter(override.decided_on <= on.as_of), "decided_on", "id")
    newest = newest.filter(newest.is_key.notnull())
    return newest.select("customer_id", is_key=newest.is_key.ifelse(1, 0).cast("int64"))


def owner_changes(on: Period) -> Any:
    """Per customer: the day the account manager last became another one.

    The first entry is a change only if the customer was there before it; an entry that names
    the manager of the one before is none.
    """
    history, customer = fact("owner_history"), fact("customer")
    history = history.filter(history.since <= on.as_of)
    history = history.select("customer_id", "since", owner=_number(history.owner_id))
    in_turn = {"group_by": "customer_id", "order_by": "since"}
    history = history.mutate(
        before=history.owner.lag().over(**in_turn), place=ibis.row_number().over(**in_turn)
    )
    card = customer.select(card_id=customer.id, known_since=customer.since)
    both = history.inner_join(card, history.customer_id == card.card_id)
    changed = (both.place > 0).ifelse(both.owner != both.before, both.since > both.known_since)
    both = both.filter(changed)
    return both.group_by("customer_id").aggregate(changed_on=both.since.max())


def losses(on: Period) -> Any:
    """Customers that are lost: their newest loss event, unless it says won back."""
    event = fact("loss_event")
    newest = _newest(event.filter(event.happened_on <= on.as_of), "happened_on")
    return newest.filter(~newest.won_back).select("customer_id", lost_on=newest.happened_on)


def visits(on: Period) -> Any:
    """Per customer: the last visit or call; cost of the window's and how many have one."""
    visit = fact("visit")
    visit = visit.filter(visit.visited_on <= on.as_of)
    inside = visit.visited_on > on.after
    return visit.group_by("customer_id").aggregate(
        last_visit=visit.visited_on.max(),
        visit_cost=total(visit.cost, inside),
        costed_visits=count(visit, inside & visit.cost.notnull()),
    )


def actions(on: Period) -> Any:
    """Per customer: the last step taken to collect."""
    action = fact("collection_action")
    action = action.filter(action.acted_on <= on.as_of)
    return action.group_by("customer_id").aggregate(last_action=action.acted_on.max())


def contracts(on: Period) -> Any:
    """Per customer: when the last of the contracts begun so far ends."""
    contract = fact("contract")
    contract = contract.filter(contract.starts_on <= on.as_of)
    return contract.group_by("customer_id").aggregate(contract_ends=contract.ends_on.max())


def complaints(on: Period) -> Any:
    """Per customer: complaints open on the day, opened lately, and opened in the window."""
    complaint = fact("complaint")
    complaint = complaint.filter(complaint.opened_on <= on.as_of)
    still = complaint.closed_on.isnull() | (complaint.closed_on > on.as_of)
    return complaint.group_by("customer_id").aggregate(
        complaints_open=count(complaint, still),
        complaints_recent=count(complaint, complaint.opened_on > on.recent_after),
        complaints_window=count(complaint, complaint.opened_on > on.after),
    )


BILLION = 1_000_000_000
"""Weights and points are whole billionths: they add up alike in every engine."""


def _asked() -> Any:
    """Satisfaction items that have a weight, with the ends of their scales."""
    item, scale = fact("survey_item"), fact("scale")
    item = item.filter((item.role == "satisfaction") & (item.weight > 0))
    return item.inner_join(scale, item.scale_id == scale.id).select(
        "survey_id", "weight", "minimum", "maximum", item_no=item.id
    )


def _whole(number: Any) -> Any:
    return (number * BILLION).round().cast("int64")


def responses(until: date) -> Any:
    """Every response given by a day, with what its satisfaction index is made of.

    Columns: response_id, wave_id, customer_id (0 = anonymous), answered_on, answers (to any
    question), weight (Σ w over the satisfaction items answered) and points (Σ w·(x − min) ÷
    (max − min)) in billionths. The index itself is `analytics.satisfaction.response_index`.
    """
    response, answer, asked = fact("response"), fact("answer"), _asked()
    response = response.filter(response.answered_on <= until)
    part = (answer.value - asked.minimum) / (asked.maximum - asked.minimum)
    given = answer.left_join(asked, answer.item_id == asked.item_no).select(
        "response_id",
        weight=ibis.coalesce(_whole(asked.weight), 0),
        points=ibis.coalesce(_whole(part * asked.weight), 0),
    )
    sums = given.group_by("response_id").aggregate(
        answers=given.count(), weight=given.weight.sum(), points=given.points.sum()
    )
    rows = response.left_join(sums, response.id == sums.response_id)
    return rows.select(
        "wave_id",
        "answered_on",
        response_id=response.id,
        customer_id=ibis.coalesce(response.customer_id, 0).cast("int64"),
        **{
            name: ibis.coalesce(sums[name], 0).cast("int64")
            for name in ("answers", "weight", "points")
        },
    )


def waves(until: date) -> Any:
    """Every wave somebody answered by a day, with what its survey measures.

    Columns: wave_id, survey_id, survey (code), starts_on, first_answer, full (Σ w of the
    satisfaction items asked in it, billionths; 0 = it has no index), weighed (how many such
    items it asks, whatever they weigh), gaps (how many ask how service was perceived, as
    SERVQUAL does).
    """
    held, response = _held(), fact("response")
    response = response.filter(response.answered_on <= until)
    seen = response.group_by("wave_id").aggregate(first_answer=response.answered_on.min())
    wave, survey = fact("wave"), fact("survey")
    rows = seen.inner_join(wave, seen.wave_id == wave.id)
    rows = rows.inner_join(survey, rows.survey_id == survey.id).select(
        "wave_id", "survey_id", "starts_on", "first_answer", survey=survey.code
    )
    sums = ("full", "weighed", "gaps")
    return rows.left_join(held, rows.wave_id == held.wave_no).select(
        *(rows[name] for name in rows.columns),
        **{name: ibis.coalesce(held[name], 0).cast("int64") for name in sums},
    )


def _held() -> Any:
    """Per wave, of the questions it asks: Σ w of satisfaction, how many, how many perceptions.

    A question belongs to the waves that begin when it was asked already (`SurveyItem.since`),
    so that a questionnaire may grow and what was answered before it grew stays whole.
    """
    wave, item = fact("wave"), fact("survey_item")
    asked = item.select("survey_id", "role", "weight", "since")
    both = wave.inner_join(asked, wave.survey_id == asked.survey_id)
    both = both.filter(both.since.isnull() | (both.since <= both.starts_on))
    weighs = both.role == "satisfaction"
    return both.group_by(wave_no=both.id).aggregate(
        full=total(_whole(both.weight), weighs),
        weighed=count(both, weighs),
        gaps=count(both, both.role == "perception"),
    )


def answers(until: date) -> Any:
    """Every answer given by a day.

    Columns: wave_id, item_id, nps_place (0 = does not ask for recommendation on 0–10, else
    1 + the question's position), customer_id (0 = anonymous), answered_on, value.
    """
    response, answer = fact("response"), fact("answer")
    item, scale = fact("survey_item"), fact("scale")
    response = response.filter(response.answered_on <= until)
    rows = answer.inner_join(response, answer.response_id == response.id)
    asked = item.inner_join(scale, item.scale_id == scale.id)
    is_nps = (asked.role == "nps") & (asked.minimum == 0) & (asked.maximum == 10)
    asked = asked.select(
        item_no=item.id, nps_place=is_nps.ifelse(asked.position + 1, 0).cast("int64")
    )
    rows = rows.inner_join(asked, rows.item_id == asked.item_no)
    return rows.select(
        "wave_id",
        "item_id",
        "nps_place",
        "answered_on",
        "value",
        customer_id=ibis.coalesce(rows.customer_id, 0).cast("int64"),
    )
