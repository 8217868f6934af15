"""Queries of daily work (应收、满意度、预警、督办查询) against figures worked out by hand."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session

from data import store
from data.queries import (
    alerts,
    collection_work,
    limitation,
    losses,
    open_invoices,
    receivables,
    satisfaction,
    statements,
    supervision,
)
from data.queries.ageing import ALL_OF_IT, Ageing, Narrow
from models.access import EVERYBODY, NOBODY, Scope
from models.enums import AlertState, CollectionResult, ContactChannel, Level
from models.filters import Filters, Page
from models.loss import Alert, LossEvent, SupervisionItem
from models.policy import Policy
from models.receivables import CollectionAction
from tests import work_company as company
from tests.kept import Kept
from tests.work_company import OCTOBER, TODAY

AGEING = Ageing(Policy().ageing_edges)
ALL = Filters(as_of=TODAY)
PAGE = Page(sort="")


@pytest.fixture
def ids(engine: Engine, kept: Kept) -> dict[str, int]:
    return kept(engine, company.fill)


@pytest.fixture
def session(engine: Engine, ids: dict[str, int]) -> Iterator[Session]:  # noqa: ARG001
    with store.reading(engine) as reading:
        yield reading


def names(frame: pd.DataFrame) -> list[str]:
    return [name.removesuffix(" Works") for name in frame["name"]]


def customers(session: Session, narrow: Narrow = ALL_OF_IT, **more: Any) -> pd.DataFrame:
    asked = {"as_of": TODAY, "day": TODAY, "ageing": AGEING, "narrow": narrow} | more
    filters, page = asked.pop("filters", ALL), asked.pop("page", PAGE)
    scope = asked.pop("scope", EVERYBODY)
    return receivables.customers(session, filters, page, scope, **asked)


def test_buckets_follow_the_due_dates(session: Session) -> None:
    amounts = receivables.buckets(session, ALL, EVERYBODY, as_of=TODAY, ageing=AGEING)
    # A2 is not due; B1 32 days, C2 52, A1 112, C1 538; D1 is paid
    assert amounts == (300_000, 0, 260_000, 0, 300_000, 0, 400_000)


def test_an_earlier_date_knows_nothing_later(session: Session) -> None:
    amounts = receivables.buckets(
        session, Filters(as_of=OCTOBER), EVERYBODY, as_of=OCTOBER, ageing=AGEING
    )
    assert sum(amounts) == 500_000 - 200_000 + 200_000 + 500_000 + 50_000


@pytest.mark.parametrize("basis", ["due", "invoice"])
@pytest.mark.parametrize("edges", [(30, 60, 90, 180, 365), (45,), (7, 14, 21, 28, 35, 42)])
def test_any_buckets_add_up_to_the_ledger(session: Session, basis: Any, edges: Any) -> None:
    own = Ageing(edges, basis, stored=False)
    for scope in (EVERYBODY, Scope(company_owner(session, "Ash"))):
        sums = receivables.buckets(session, ALL, scope, as_of=TODAY, ageing=own)
        book = receivables.ledger(session, ALL, scope, as_of=TODAY)
        every = customers(session, Narrow(not_due=True), scope=scope, ageing=own)
        assert len(sums) == own.size
        assert sum(sums) + sum(every["unallocated"]) == book.balance
        assert [sum(every[f"b{k}"]) for k in range(own.size)] == list(sums)


def company_owner(session: Session, name: str) -> int:
    from models.customers import Customer

    return session.query(Customer).filter_by(code=f"K-{name}").one().owner_id or 0


def test_stored_and_computed_buckets_agree(session: Session) -> None:
    computed = Ageing(AGEING.edges, stored=False)
    for by in ("", "owner", "tier"):
        ask = {"as_of": TODAY, "by": by}
        stored = receivables.bucket_groups(session, ALL, EVERYBODY, ageing=AGEING, **ask)
        own = receivables.bucket_groups(session, ALL, EVERYBODY, ageing=computed, **ask)
        assert {g.code: g.amounts for g in own} == {
            g.code: g.amounts for g in stored if any(g.amounts) or not by
        }


def test_managers_are_ordered_by_what_is_overdue(session: Session) -> None:
    groups = receivables.bucket_groups(
        session, ALL, EVERYBODY, as_of=TODAY, ageing=AGEING, by="owner"
    )
    assert [(g.name, g.overdue) for g in groups] == [("Wang", 500_000), ("Li", 460_000), ("", 0)]


def test_a_filtered_book_agrees_too(session: Session) -> None:
    only = Filters(as_of=TODAY, tiers=("medium",))
    book = receivables.ledger(session, only, EVERYBODY, as_of=TODAY)
    assert (book.invoiced, book.received, book.credited) == (500_000, 0, 30_000)
    assert customers(session, filters=only)["unallocated"].tolist() == [-30_000]


def test_the_list_is_sorted_paged_and_counted_in_sql(session: Session) -> None:
    assert names(customers(session)) == ["Cedar", "Ash", "Beech"]
    assert names(customers(session, page=Page(2, 1, "oldest_days"))) == ["Ash"]
    assert names(customers(session, page=Page(1, 9, "b2", descending=True)))[0] == "Beech"
    assert names(customers(session, page=Page(1, 9, "nonsense")))[0] == "Cedar"
    asked = {"as_of": TODAY, "day": TODAY, "ageing": AGEING}
    assert receivables.customers_count(session, ALL, EVERYBODY, **asked) == 3


@pytest.mark.parametrize(
    ("narrow", "expected"),
    [
        (Narrow(not_due=True), {"Ash", "Beech", "Cedar"}),
        (Narrow(bucket=0), {"Ash"}),
        (Narrow(bucket=6), {"Cedar"}),
        (Narrow(over_days=90), {"Ash", "Cedar"}),
        (Narrow(only="over_limit"), {"Beech"}),
    ],
)
def test_every_figure_opens_its_list(session: Session, narrow: Narrow, expected: set[str]) -> None:
    assert set(names(customers(session, narrow))) == expected


def test_the_limit_is_used_by_the_net_balance(session: Session) -> None:
    used = dict(
        zip(
            *(customers(session, Narrow(not_due=True))[c] for c in ("code", "limit_used")),
            strict=True,
        )
    )
    assert used["K-Beech"] == pytest.approx((160_000 - 20_000) / 100_000)
    assert used["K-Cedar"] is None


def test_overdue_longer_counts_strictly(session: Session) -> None:
    found = receivables.overdue_longer(session, ALL, EVERYBODY, dates=(OCTOBER, TODAY), days=112)
    assert found[TODAY] == 400_000
    found = receivables.overdue_longer(session, ALL, EVERYBODY, dates=(TODAY,), days=111)
    assert found[TODAY] == 700_000


def test_invoices_are_listed_with_their_bucket_and_limitation(session: Session) -> None:
    asked = {"as_of": TODAY, "day": TODAY, "ageing": AGEING}
    frame = open_invoices.invoices(session, ALL, PAGE, EVERYBODY, **asked)
    assert list(frame["invoice"]) == ["C1", "A1", "C2", "B1"]
    assert list(frame["bucket"]) == [6, 4, 2, 2]
    assert frame["limitation_days"][0] == (date(2028, 6, 1) - TODAY).days
    assert open_invoices.invoices_count(session, ALL, EVERYBODY, **asked) == (4, 960_000)
    young = open_invoices.invoices(session, ALL, PAGE, EVERYBODY, **asked, narrow=Narrow(bucket=0))
    assert list(young["limitation_days"]) == [None]


def act(engine: Engine, customer_id: int, on: date, **more: Any) -> None:
    with store.writing(engine) as session:
        session.add(
            CollectionAction(
                **{
                    "customer_id": customer_id,
                    "acted_on": on,
                    "channel": ContactChannel.PHONE,
                    "result": CollectionResult.REMINDED,
                }
                | more
            )
        )


def test_a_promise_is_open_kept_or_broken(engine: Engine, ids: dict[str, int]) -> None:
    said = CollectionResult.PROMISED
    for name, on, day, amount in (
        ("Ash", date(2026, 11, 10), date(2026, 11, 22), 100_000),  # Sunday of this week
        ("Beech", date(2026, 11, 10), date(2026, 11, 16), 60_000),  # R2 came in on the 15th
        ("Cedar", date(2026, 11, 10), date(2026, 11, 16), None),
    ):
        act(engine, ids[name], on, result=said, promised_on=day, promised_amount=amount)
    with store.reading(engine) as session:
        states = dict(zip(*(customers(session)[c] for c in ("code", "promise")), strict=True))
        assert states == {"K-Ash": "open", "K-Beech": "kept", "K-Cedar": "broken"}
        sums = collection_work.promises(session, ALL, EVERYBODY, as_of=TODAY, day=TODAY)
        assert (sums.due, sums.due_amount, sums.broken) == (1, 100_000, 1)
        assert names(customers(session, Narrow(only="promised"))) == ["Ash"]
        assert names(customers(session, Narrow(only="broken"))) == ["Cedar"]
        # the week before, nothing of this was broken yet
        early = date(2026, 11, 14)
        sums = collection_work.promises(session, ALL, EVERYBODY, as_of=TODAY, day=early)
        assert sums.broken == 0


def test_a_dispute_holds_until_it_is_resolved(engine: Engine, ids: dict[str, int]) -> None:
    act(engine, ids["Ash"], date(2026, 11, 1), result=CollectionResult.DISPUTED)
    act(engine, ids["Ash"], date(2026, 11, 3), next_on=date(2026, 11, 25))
    with store.reading(engine) as session:
        row = customers(session, Narrow(customer_id=ids["Ash"])).iloc[0]
        assert row["disputed"]
        assert row["result"] == "reminded"
        assert row["next_on"] == date(2026, 11, 25)
    act(engine, ids["Ash"], date(2026, 11, 4), result=CollectionResult.RESOLVED)
    with store.reading(engine) as session:
        assert not customers(session, Narrow(customer_id=ids["Ash"])).iloc[0]["disputed"]


def test_worklists_are_sorted_by_amount_days_and_grade(engine: Engine, ids: dict[str, int]) -> None:
    def queue(kind: str) -> list[str]:
        by_id = {number: name for name, number in ids.items() if name in company.PLACES}
        with store.reading(engine) as session:
            found = collection_work.worklist(
                session, ALL, EVERYBODY, as_of=TODAY, day=TODAY, queue=kind
            )
        return [by_id[number] for number in found]

    assert queue("all") == ["Cedar", "Ash", "Beech"]
    assert queue("never") == ["Cedar", "Ash", "Beech"]
    assert queue("today") == []
    act(engine, ids["Ash"], date(2026, 11, 1), next_on=date(2026, 11, 22))
    act(engine, ids["Beech"], date(2026, 11, 1), next_on=TODAY)
    assert queue("today") == ["Beech"]
    assert queue("week") == ["Ash", "Beech"]
    assert queue("never") == ["Cedar"]
    act(engine, ids["Beech"], date(2026, 11, 2), next_on=date(2026, 12, 24))
    assert queue("week") == ["Ash"], "only the newest contact says what is next"


def test_a_written_demand_starts_the_limitation_anew(engine: Engine, ids: dict[str, int]) -> None:
    act(
        engine,
        ids["Cedar"],
        date(2026, 11, 5),
        channel=ContactChannel.LETTER,
        interrupts_limitation=True,
    )
    with store.reading(engine) as session:
        row = customers(session, Narrow(customer_id=ids["Cedar"])).iloc[0]
    assert row["limitation_days"] == (date(2029, 11, 5) - TODAY).days


@given(
    due=st.dates(date(2015, 1, 1), date(2030, 1, 1)),
    gaps=st.lists(st.integers(1, 2000), max_size=5),
    ahead=st.integers(0, 4000),
)
def test_limitation_never_ends_before_its_first_term(
    due: date, gaps: list[int], ahead: int
) -> None:
    demands, day = [], due
    for gap in gaps:
        demands.append(day := day + timedelta(days=gap))
    today = due + timedelta(days=ahead)
    plain = limitation.limitation_left(due, [], day=today, years=3)
    with_demands = limitation.limitation_left(due, demands, day=today, years=3)
    assert with_demands >= plain
    if demands and (demands[0] - due).days > 3 * 366:
        assert with_demands == plain, "a demand after the term does not help"


def test_limitation_survives_the_leap_day() -> None:
    left = limitation.limitation_left(date(2024, 2, 29), [], day=date(2027, 2, 27), years=3)
    assert left == 1


def test_a_statement_runs_from_balance_to_balance(session: Session, ids: dict[str, int]) -> None:
    account = statements.statement(
        session, ids["Ash"], EVERYBODY, start=date(2026, 8, 1), end=TODAY
    )
    assert account is not None
    assert account.opening == 500_000
    assert [(e.code, e.balance) for e in account.entries] == [("R1", 300_000), ("A2", 600_000)]
    assert account.closing == 600_000
    assert statements.statement(session, ids["Ash"], NOBODY, start=TODAY, end=TODAY) is None


# alerts


def listed(session: Session, **more: Any) -> pd.DataFrame:
    asked = {"as_of": TODAY, "day": TODAY} | more
    filters = asked.pop("filters", ALL)
    scope = asked.pop("scope", EVERYBODY)
    return alerts.alerts(session, filters, PAGE, scope, **asked)


def test_alerts_come_by_money_at_risk(session: Session) -> None:
    assert names(listed(session)) == ["Ash", "Cedar", "Beech"]
    assert names(listed(session, filters=Filters(as_of=TODAY, levels=("amber",)))) == ["Beech"]
    assert names(listed(session, new_since=OCTOBER)) == ["Beech"]
    found = alerts.totals(session, ALL, EVERYBODY, as_of=TODAY)
    assert found.customers == {"red": 2, "amber": 1, "green": 1}
    assert found.at_risk == 1_150_000


def test_totals_equal_the_list_in_any_scope(session: Session, ids: dict[str, int]) -> None:
    for scope in (EVERYBODY, Scope(ids["li"]), Scope(ids["wang"]), NOBODY):
        found = alerts.totals(session, ALL, scope, as_of=TODAY)
        frame = listed(session, scope=scope)
        counts = frame["level"].value_counts().to_dict()
        assert {k: v for k, v in found.customers.items() if k in alerts.RAISED} == counts
        assert found.at_risk == sum(frame["value_at_risk"])


def test_a_lost_customer_leaves_list_and_totals(engine: Engine, ids: dict[str, int]) -> None:
    with store.writing(engine) as session:
        session.add(LossEvent(customer_id=ids["Ash"], happened_on=date(2026, 11, 20), value=7))
    with store.reading(engine) as session:
        assert names(listed(session)) == ["Cedar", "Beech"]
        assert alerts.totals(session, ALL, EVERYBODY, as_of=TODAY).customers["red"] == 1
        assert names(listed(session, as_of=OCTOBER, day=OCTOBER)) == ["Ash", "Cedar"]
        gone = losses.losses(
            session, ALL, EVERYBODY, as_of=TODAY, start=date(2026, 1, 1), end=TODAY
        )
        assert names(gone) == ["Ash"]
        assert gone["lost_now"].tolist() == [True]
        assert losses.lost_since(session, ids["Ash"]) == date(2026, 11, 20)
        assert losses.lost_since(session, ids["Date"]) is None, "won back"


def test_rests_end_by_themselves(engine: Engine, ids: dict[str, int]) -> None:
    with store.writing(engine) as session:
        for name, state in (("Ash", AlertState.SNOOZED), ("Cedar", AlertState.DISMISSED)):
            session.add(
                Alert(
                    customer_id=ids[name],
                    raised_on=OCTOBER,
                    level=Level.RED,
                    score=70,
                    state=state,
                    snoozed_until=date(2026, 11, 25),
                )
            )
    with store.reading(engine) as session:
        assert names(listed(session)) == ["Beech"]
        assert set(names(listed(session, show="resting"))) == {"Ash", "Cedar"}
        later = listed(session, day=date(2026, 11, 25))
        assert names(later) == ["Ash", "Cedar", "Beech"]
        assert later["state"].tolist() == ["open", "open", "open"]
        assert (
            alerts.raised(session, EVERYBODY, after=OCTOBER - timedelta(days=1), until=TODAY) == 2
        )


def test_alarmed_since_ends_at_the_first_quiet_month(session: Session, ids: dict[str, int]) -> None:
    every = [ids[name] for name in company.PLACES]
    since = alerts.alarmed_since(session, every, EVERYBODY, as_of=TODAY)
    assert since == {ids["Ash"]: OCTOBER, ids["Beech"]: TODAY, ids["Cedar"]: OCTOBER}
    past = alerts.history(session, ids["Beech"], EVERYBODY, as_of=TODAY)
    assert [p.score for p in past] == [10.0, 40.0]


def test_reasons_of_loss_add_up(engine: Engine, ids: dict[str, int]) -> None:
    with store.writing(engine) as session:
        session.add(
            LossEvent(customer_id=ids["Ash"], happened_on=TODAY, value=5_000, reason="weak_service")
        )
        session.add(LossEvent(customer_id=ids["Beech"], happened_on=TODAY, value=None))
    with store.reading(engine) as session:
        asked = {"as_of": TODAY, "start": date(2024, 1, 1), "end": TODAY}
        frame = losses.loss_reasons(session, ALL, EVERYBODY, **asked)
        assert frame["reason"].tolist() == ["weak_service", "unknown"]
        assert frame["value"].tolist() == [5_000, 1]
        assert frame["unknown_value"].tolist() == [0, 1]
        only = losses.losses(session, ALL, EVERYBODY, **asked, reason="weak_service")
        assert names(only) == ["Ash"]
        done = losses.outcomes(session, EVERYBODY, start=date(2026, 10, 1), end=TODAY)
        assert (done.lost, done.lost_value, done.saved) == (2, 5_000, 0)


# supervision


def test_the_board_knows_what_is_overdue(engine: Engine, ids: dict[str, int]) -> None:
    with store.writing(engine) as session:
        for name, due in (("Ash", TODAY - timedelta(days=3)), ("Cedar", TODAY)):
            session.add(
                SupervisionItem(
                    customer_id=ids[name],
                    topic="overdue",
                    title="t",
                    owner_id=ids["boss"],
                    opened_on=date(2026, 11, 1),
                    due_on=due,
                )
            )
        session.add(
            SupervisionItem(
                customer_id=ids["Ash"],
                topic="low_score",
                title="t",
                owner_id=ids["li"],
                opened_on=date(2026, 11, 1),
                due_on=TODAY,
                closed_on=TODAY,
                evidence="done",
                state="closed",
            )
        )
    with store.reading(engine) as session:
        counts = supervision.board_counts(session, Filters(), EVERYBODY, day=TODAY)
        assert counts == {"open": 1, "overdue": 1, "escalated": 0, "closed": 1}
        frame = supervision.board(session, Filters(), PAGE, EVERYBODY, day=TODAY)
        assert names(frame) == ["Ash", "Cedar"]
        assert frame["days_over"].tolist() == [3, 0]
        mine = supervision.board(
            session,
            Filters(),
            PAGE,
            EVERYBODY,
            day=TODAY,
            states=supervision.STATES,
            worker_id=ids["li"],
        )
        assert mine["topic"].tolist() == ["low_score"]
        li = Scope(ids["li"])
        assert names(supervision.board(session, Filters(), PAGE, li, day=TODAY)) == ["Ash"]
        topics = supervision.live_topics(session, (ids["Ash"], ids["Cedar"]), li)
        assert topics == {ids["Ash"]: {"overdue"}}


def test_only_those_who_see_the_customer_can_be_given_work(
    session: Session, ids: dict[str, int]
) -> None:
    found = {person.name for person in supervision.assignees(session, ids["li"])}
    assert found == {"Boss", "Credit", "Service", "Admin", "Li"}


# satisfaction


def wave(session: Session, place: int = 0) -> satisfaction.WaveInfo:
    return satisfaction.waves(session, as_of=TODAY)[place]


def test_waves_are_newest_first_and_never_from_the_future(session: Session) -> None:
    assert [w.code for w in satisfaction.waves(session, as_of=TODAY)] == ["w2", "w1"]
    assert [w.code for w in satisfaction.waves(session, as_of=date(2026, 5, 1))] == ["w1"]
    assert wave(session).asked == 8


def test_the_index_is_weighted_and_refuses_too_little(session: Session) -> None:
    frame = satisfaction.response_indices(
        session, ALL, EVERYBODY, as_of=TODAY, wave_ids=(wave(session).id,)
    )
    # Cedar: (3·0 + 1·2/6) ÷ 4; Date answered a quarter of the weight
    assert frame["index"].tolist() == pytest.approx([100, 50, 100 / 12])
    assert frame["tier"].tolist() == ["top", "big", "medium"]


def test_counts_equal_the_answers(session: Session) -> None:
    """From the snapshot for everybody, from answers with a filter that excludes nobody."""
    ask = {"as_of": TODAY, "wave_id": wave(session).id}
    cube = satisfaction.answer_counts(session, ALL, EVERYBODY, **ask)
    rows = satisfaction.answer_counts(
        session, Filters(as_of=TODAY, provinces=("Hubei",)), EVERYBODY, **ask
    )
    assert cube == rows
    top = Filters(as_of=TODAY, tiers=("top",))
    assert sum(n for _, _, n in satisfaction.answer_counts(session, top, EVERYBODY, **ask)) == 7


def test_takings_count_sales_once_per_customer(session: Session) -> None:
    number = wave(session).id
    found = satisfaction.takings(session, ALL, EVERYBODY, as_of=TODAY, wave_ids=(number,))
    assert (found[number].responses, found[number].customers) == (4, 4)
    assert found[number].sales == 10_000_000


def test_low_scores_bring_the_comment(session: Session) -> None:
    asked = {"as_of": TODAY, "wave_id": wave(session).id, "below": 60.0}
    page = Page(sort="index", descending=False)
    frame = satisfaction.low_scores(session, ALL, page, EVERYBODY, **asked)
    assert names(frame) == ["Cedar", "Beech"]
    assert "<b>late</b>" in frame["comment"][0]
    assert satisfaction.low_scores_count(session, ALL, EVERYBODY, **asked) == 2


# the row rule

ASKED: dict[str, Any] = {
    "as_of": TODAY,
    "day": TODAY,
    "ageing": AGEING,
    "by": "owner",
    "dates": (TODAY,),
    "start": date(2020, 1, 1),
    "end": TODAY,
    "after": date(2020, 1, 1),
    "until": TODAY,
    "queue": "all",
    "wave_ids": (1, 2),
    "wave_id": 2,
    "below": 101.0,
    "term": limitation.Term(),
}
TOUCHING = [
    (module, name)
    for module in (
        alerts,
        collection_work,
        losses,
        open_invoices,
        receivables,
        satisfaction,
        statements,
        supervision,
    )
    for name, function in inspect.getmembers(module, inspect.isfunction)
    if function.__module__ == module.__name__
    and "scope" in inspect.signature(function).parameters
    and not name.startswith("_")
    and name != "with_follow_up"
]


@pytest.mark.parametrize(("module", "name"), TOUCHING, ids=lambda x: getattr(x, "__name__", x))
def test_a_scope_that_owns_nobody_sees_nothing(
    engine: Engine, ids: dict[str, int], module: Any, name: str
) -> None:
    act(
        engine,
        ids["Ash"],
        TODAY,
        next_on=TODAY,
        promised_on=TODAY,
        promised_amount=1,
        result=CollectionResult.PROMISED,
    )
    with store.writing(engine) as session:
        session.add(Alert(customer_id=ids["Ash"], raised_on=TODAY, level=Level.RED, score=70))
        session.add(
            SupervisionItem(
                customer_id=ids["Ash"],
                topic="overdue",
                title="t",
                owner_id=ids["boss"],
                opened_on=TODAY,
                due_on=TODAY,
            )
        )
    function = getattr(module, name)
    wanted = inspect.signature(function).parameters
    own: dict[str, Any] = {
        "filters": ALL,
        "page": PAGE,
        "customer_id": ids["Ash"],
        "item_id": 1,
        "customer_ids": (ids["Ash"], ids["Cedar"]),
    } | ASKED
    with store.reading(engine) as session:
        ask = {k: v for k, v in own.items() if k in wanted}
        seen = function(session, **ask, scope=EVERYBODY)
        hidden = function(session, **ask, scope=NOBODY)
    assert not nothing(seen), "the question finds something for those who may see"
    assert nothing(hidden)


def nothing(answer: Any) -> bool:
    """Whether an answer holds no row and no figure."""
    if isinstance(answer, pd.DataFrame):
        return len(answer) == 0
    if hasattr(answer, "__dataclass_fields__"):
        numbers = (getattr(answer, n) for n in answer.__dataclass_fields__)
        return all(nothing(n) for n in numbers if not isinstance(n, str | date))
    if isinstance(answer, dict):
        return all(nothing(value) for value in answer.values())
    if isinstance(answer, tuple | list | set):
        return all(nothing(value) for value in answer)
    return answer in (None, 0, "")
