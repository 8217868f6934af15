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
        "id", "since", "created_on", "status", "province", "industry",
        owner_id=_number(customer.owner_id),
        parent_id=_number(customer.parent_id),
        wallet=_number(customer.annual_category_spend),
    )  # fmt: skip


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


SATISFACTION = ("satisfaction", "perception")
"""Roles of the items the index is made of."""
MILLION = 1_000_000


def responses(until: date) -> Any:
    """One row per response that answers enough: its index 0–100 in millionths.

        index = Σ w·(x − min) ÷ (max − min) ÷ Σ w · 100, over the answered items

    At least 60 % of the weight of the survey's satisfaction items must be answered. Whole
    millionths add up alike in every engine.
    """
    item, scale = fact("survey_item"), fact("scale")
    asked = item.filter(item.role.isin(SATISFACTION))
    asked = asked.inner_join(scale, asked.scale_id == scale.id).select(
        "survey_id", "weight", "minimum", "maximum", item_no=asked.id
    )
    full = asked.group_by("survey_id").aggregate(full=asked.weight.sum())
    wave = fact("wave")
    waves = wave.inner_join(full, wave.survey_id == full.survey_id).select(
        "starts_on", "full", wave_no=wave.id
    )
    response, answer = fact("response"), fact("answer")
    response = response.filter(response.answered_on <= until)
    given = answer.inner_join(asked, answer.item_id == asked.item_no)
    part = (given.value - given.minimum) / (given.maximum - given.minimum)
    given = given.select("response_id", "weight", points=part * given.weight)
    sums = given.group_by("response_id").aggregate(
        weight=given.weight.sum(), points=given.points.sum()
    )
    rows = response.inner_join(sums, response.id == sums.response_id)
    rows = rows.inner_join(waves, rows.wave_id == waves.wave_no)
    rows = rows.filter((rows.weight > 0) & (rows.weight >= (0.6 - 1e-9) * rows.full))
    return rows.select(
        "customer_id", "wave_id", "answered_on", "starts_on",
        index=(rows.points / rows.weight * (100 * MILLION)).round().cast("int64"),
    )  # fmt: skip


def answers(until: date) -> Any:
    """Every answer given by a day.

    Columns: wave_id, starts_on (of the wave), item_id, nps (1 = asks for recommendation),
    customer_id, answered_on, value.
    """
    response, answer = fact("response"), fact("answer")
    wave, item = fact("wave"), fact("survey_item")
    response = response.filter(response.answered_on <= until)
    rows = answer.inner_join(response, answer.response_id == response.id)
    wave = wave.select("starts_on", wave_no=wave.id)
    rows = rows.inner_join(wave, rows.wave_id == wave.wave_no)
    asked = item.select(item_no=item.id, nps=(item.role == "nps").ifelse(1, 0).cast("int64"))
    rows = rows.inner_join(asked, rows.item_id == asked.item_no)
    return rows.select(
        "wave_id", "starts_on", "item_id", "nps", "customer_id", "answered_on", "value"
    )
