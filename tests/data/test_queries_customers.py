"""What pages ask about customers is right, dated and in scope (客户查询)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import Engine

from data import store
from data.facts_periods import months_before
from data.queries import (
    card,
    card_records,
    concentration,
    customers,
    key_accounts,
    overview,
    people,
    pyramid,
    runs,
    timeline,
)
from data.queries.customers import Also
from data.queries.frames import ratio
from data.writes import customers as keep
from data.writes import key_accounts as decide
from errors import BadInput, Conflict, NotAllowed, NotFound
from models.access import EVERYBODY, NOBODY, Role, Scope
from models.customers import Customer, KeyAccountOverride
from models.filters import Filters, Page
from models.loss import LossEvent
from models.snapshots import TOTAL_CLASSES
from models.system import AuditEntry, StoreState
from tests import company
from tests.analytics.cases import case
from tests.company import OCTOBER, SEPTEMBER, SIZE, TODAY, YEAR_AGO
from tests.kept import Kept

ALL = Filters()


@pytest.fixture
def users(engine: Engine, kept: Kept) -> dict[str, int]:
    return kept(engine, company.fill)


@pytest.fixture
def filled(engine: Engine, users: dict[str, int]) -> Engine:
    assert users
    return engine


def ask(engine: Engine, question: Callable[..., object], *args: object, **kw: object):
    with store.reading(engine) as session:
        return question(session, *args, **kw)


def rows(day: date = TODAY) -> list[dict]:
    return [company.row_of(place, day, place + 1) for place in range(SIZE)]


# -- dates ---------------------------------------------------------------------------------


def test_a_run_knows_the_month_before_and_the_year_before(filled: Engine) -> None:
    found = ask(filled, runs.run)
    assert (found.as_of, found.previous, found.year_before) == (TODAY, OCTOBER, YEAR_AGO)
    assert found.trend == (YEAR_AGO, SEPTEMBER, OCTOBER, TODAY)
    assert found.window_from == date(2025, 11, 21)


def test_an_earlier_run_does_not_see_later_ones(filled: Engine) -> None:
    assert ask(filled, runs.run, date(2026, 10, 15)) is None, "no other date stands in"
    found = ask(filled, runs.run, SEPTEMBER)
    assert (found.as_of, found.previous) == (SEPTEMBER, YEAR_AGO)
    assert found.trend == (YEAR_AGO, SEPTEMBER)
    assert ask(filled, runs.run, date(2020, 1, 1)) is None


def test_the_last_date_stands_for_its_month() -> None:
    days = [date(2026, 11, 21), date(2026, 11, 3), date(2026, 10, 31), date(2026, 10, 1)]
    assert runs.month_ends(days) == [date(2026, 10, 31), date(2026, 11, 21)]


def test_choices_are_those_of_the_scope(filled: Engine, users: dict) -> None:
    everything = ask(filled, runs.choices, EVERYBODY)
    assert everything.days.computed == (TODAY, OCTOBER, SEPTEMBER, YEAR_AGO)
    assert (everything.days.newest, everything.days.first) == (TODAY, YEAR_AGO)
    assert everything.owners == {users["li"]: "Li", users["wang"]: "Wang"}
    assert everything.provinces == ("Hubei", "Shaanxi")
    own = ask(filled, runs.choices, Scope(users["li"]))
    assert own.owners == {users["li"]: "Li"}
    assert ask(filled, people.managers, NOBODY) == {}


# -- sums ----------------------------------------------------------------------------------

CUBE_FILTERS = [
    ALL,
    Filters(tiers=("top", "big")),
    Filters(abc=("A",)),
    Filters(grades=("B", "")),
    Filters(levels=("red",)),
    Filters(key_only=True),
    Filters(tiers=("small",), levels=("amber", "green"), abc=("C",)),
    Filters(owner_ids=(2,)),
    Filters(owner_ids=(0, 2), tiers=("small",)),
]


@pytest.mark.parametrize("filters", CUBE_FILTERS, ids=str)
def test_the_cube_and_the_rows_say_the_same(
    filled: Engine, filters: Filters, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert overview.from_cube(filters, EVERYBODY)
    dates = [OCTOBER, TODAY]
    cube = ask(filled, overview.totals, filters, EVERYBODY, dates)
    by_cube = [
        ask(filled, overview.totals_by, filters, EVERYBODY, as_of=TODAY, axis=axis)
        for axis in (*TOTAL_CLASSES, "owner")
    ]
    monkeypatch.setattr(overview, "from_cube", lambda *_: False)
    assert ask(filled, overview.totals, filters, EVERYBODY, dates) == cube
    assert cube
    by_rows = [
        ask(filled, overview.totals_by, filters, EVERYBODY, as_of=TODAY, axis=axis)
        for axis in (*TOTAL_CLASSES, "owner")
    ]
    assert by_rows == by_cube


@pytest.mark.parametrize(
    "filters",
    [
        Filters(provinces=("Hubei",)),
        Filters(search="k"),
        Filters(min_overdue=1),
        Filters(industries=("x",)),
        Filters(kinds=("dealer",)),
    ],
)
def test_the_cube_is_not_asked_what_it_does_not_hold(filters: Filters) -> None:
    assert not overview.from_cube(filters, EVERYBODY)
    assert not overview.from_cube(ALL, Scope(1))
    assert not overview.from_cube(ALL, EVERYBODY, "province")


def test_totals_are_the_sums_of_the_rows(filled: Engine) -> None:
    (october, today) = ask(filled, overview.totals, ALL, EVERYBODY, [OCTOBER, TODAY])
    assert october.sales == sum(row["sales"] for row in rows(OCTOBER))
    assert today.sales == sum(row["sales"] for row in rows())
    assert today.overdue == sum(row["overdue"] for row in rows())
    assert sum(today.buckets) == today.outstanding
    known = [row for row in rows() if row["margin"] is not None]
    assert today.margin_ratio == sum(r["margin"] for r in known) / sum(r["sales"] for r in known)
    assert today.csi == 75.0
    assert today.over_limit == 1
    assert ask(filled, overview.totals, ALL, NOBODY, [TODAY]) == ()


def test_totals_of_a_manager_are_those_of_their_customers(filled: Engine, users: dict) -> None:
    (own,) = ask(filled, overview.totals, ALL, Scope(users["li"]), [TODAY])
    mine = [row for place, row in enumerate(rows()) if place % 2 == 0]
    assert (own.customers, own.sales) == (6, sum(row["sales"] for row in mine))


def test_undefined_ratios_are_none() -> None:
    nothing = overview.Totals(TODAY)
    figures = (nothing.margin_ratio, nothing.overdue_share, nothing.collection_ratio, nothing.csi)
    assert figures == (None,) * 4
    assert nothing.growth is None


def test_flows_are_new_repeat_and_stopped(filled: Engine) -> None:
    window = months_before(TODAY, 12), months_before(TODAY, 24)
    found = ask(
        filled, overview.flow, ALL, EVERYBODY, as_of=TODAY, since=window[0], start=window[1]
    )
    by_code = {flow.code: flow for flow in found}
    assert (by_code["new"].customers, by_code["repeat"].customers) == (1, 9)
    assert by_code["new"].sales == company.sales_of(9, TODAY)
    assert by_code["stopped"].customers == 2
    for code, flow in by_code.items():
        also = Also(flow=code, window_from=window[0], window_before_from=window[1])
        assert (
            ask(filled, customers.count, ALL, EVERYBODY, as_of=TODAY, also=also) == flow.customers
        )


def test_concentration_is_worked_out_by_hand(filled: Engine) -> None:
    sales = [company.sales_of(place, TODAY) for place in range(10)]
    total = sum(sales)
    found = ask(filled, concentration.concentration, ALL, EVERYBODY, as_of=TODAY)
    assert found.customers == 10
    assert found.hhi == pytest.approx(sum((s / total) ** 2 for s in sales))
    assert found.top_1 == pytest.approx(sales[0] / total)
    assert found.top_5 == pytest.approx(sum(sales[:5]) / total)
    assert found.top_10 == 1
    assert (found.manager, found.manager_share) == ("Li", pytest.approx(sum(sales[::2]) / total))
    assert ask(filled, concentration.concentration, ALL, NOBODY, as_of=TODAY).hhi is None
    trend = ask(filled, concentration.concentration_trend, ALL, EVERYBODY, [OCTOBER, TODAY])
    assert trend[-1] == (TODAY, pytest.approx(found.hhi), pytest.approx(found.top_1))


def test_freshness_sees_newer_facts(filled: Engine) -> None:
    assert not ask(filled, overview.freshness).newer_facts
    with store.writing(filled, facts=True):
        pass
    found = ask(filled, overview.freshness)
    assert (found.as_of, found.newer_facts) == (TODAY, True)


def test_an_unknown_axis_is_a_mistake(filled: Engine) -> None:
    with pytest.raises(ValueError, match="axis"):
        ask(filled, overview.totals_by, ALL, EVERYBODY, as_of=TODAY, axis="password_hash")


# -- lists ---------------------------------------------------------------------------------


def test_a_list_is_sorted_and_paged_in_the_store(filled: Engine) -> None:
    page = Page(number=2, size=3, sort="sales", descending=True)
    found = ask(filled, customers.rows, ALL, page, EVERYBODY, as_of=TODAY)
    assert list(found["code"]) == ["K003", "K004", "K005"]
    assert found["margin"][2] is None
    assert isinstance(found["sales"][0], int)
    assert found["margin_ratio"][0] == pytest.approx(0.2)
    assert found["change"][0] == pytest.approx(0.25)


def test_unknown_figures_come_last_both_ways(filled: Engine) -> None:
    for descending in (True, False):
        page = Page(size=50, sort="csi", descending=descending)
        found = list(ask(filled, customers.rows, ALL, page, EVERYBODY, as_of=TODAY)["csi"])
        assert found[6:] == [None] * 6


def test_an_unknown_order_is_not_obeyed(filled: Engine) -> None:
    page = Page(size=50, sort="code; DROP TABLE customer")
    assert len(ask(filled, customers.rows, ALL, page, EVERYBODY, as_of=TODAY)) == SIZE


@pytest.mark.parametrize(
    ("also", "places"),
    [
        (Also(before=OCTOBER, move="up"), {3}),
        (Also(before=OCTOBER, move="down"), {6}),
        (Also(before=OCTOBER, move="new"), {9}),
        (Also(before=OCTOBER, move="lost"), set()),
        (Also(before=OCTOBER, moved_from="small", moved_to="medium"), {3}),
        (Also(before=OCTOBER, moved_from="inactive", moved_to="inactive"), {10, 11}),
        (Also(before=date(2020, 1, 1), move="new"), set(range(10))),
        (Also(active=True), set(range(10))),
        (Also(flags=2), {8}),
        (Also(flags=15), {1, 8}),
        (Also(profit_tier="lead"), {8}),
        (Also(quiet_before=date(2026, 11, 1)), {0, 2, 4, 6, 8, 10}),
    ],
    ids=str,
)
def test_conditions_of_a_list(filled: Engine, also: Also, places: set[int]) -> None:
    found = ask(filled, customers.rows, ALL, Page(size=50), EVERYBODY, as_of=TODAY, also=also)
    assert {int(code[1:]) for code in found["code"]} == places
    assert ask(filled, customers.count, ALL, EVERYBODY, as_of=TODAY, also=also) == len(places)


def test_neighbours_follow_the_order_of_the_list(filled: Engine, users: dict) -> None:
    page = Page(sort="sales", descending=True)

    def around(code: str, scope: Scope = EVERYBODY) -> object:
        return ask(filled, customers.neighbours, ALL, page, scope, as_of=TODAY, code=code)

    assert around("K003") == ("K002", "K004", 4, SIZE)
    assert around("K000") == (None, "K001", 1, SIZE)
    assert around("K002", Scope(users["li"])) == ("K000", "K004", 2, 6)
    assert around("K001", Scope(users["li"])) == (None, None, None, 0)


def test_curves_are_months_of_net_sales_until_the_date(filled: Engine, users: dict) -> None:
    ids = range(1, SIZE + 1)
    found = ask(filled, customers.monthly_sales, ids, EVERYBODY, as_of=TODAY, months=12)
    first = found[min(found)]
    assert first == [0, 1_500, 0, 0, 4_500, 0, 0, 7_500, 0, 0, 10_500, 11_500]
    assert len(found) == 2
    own = ask(filled, customers.monthly_sales, ids, Scope(users["li"]), as_of=TODAY)
    assert len(own) == 1


# -- pyramid -------------------------------------------------------------------------------


def test_bands_keep_the_whole_in_sight(filled: Engine) -> None:
    found = ask(filled, pyramid.bands, Filters(tiers=("top",)), EVERYBODY, as_of=TODAY)
    assert [band.customers for band in found] == [1, 2, 3, 4, 2]
    top, big = found[0], found[1]
    assert (top.sales, big.smallest) == (company.sales_of(0, TODAY), company.sales_of(2, TODAY))
    assert big.flagged_share == 0.5
    assert sum(band.overdue for band in found) == sum(row["overdue"] for row in rows())


def test_bands_of_classes_and_profit(filled: Engine) -> None:
    abc = ask(filled, pyramid.bands, ALL, EVERYBODY, as_of=TODAY, axis="abc")
    assert [(band.code, band.customers) for band in abc] == [("A", 4), ("B", 3), ("C", 5)]
    profit = ask(
        filled, pyramid.bands, ALL, EVERYBODY, as_of=TODAY, axis="profit_tier", basis="margin"
    )
    assert [band.customers for band in profit] == [2, 0, 9, 1]
    assert profit[3].smallest < 0
    assert profit[1].smallest is None


def test_cells_of_the_movement_add_up_and_open_their_list(filled: Engine) -> None:
    cells = ask(filled, pyramid.movement, ALL, EVERYBODY, as_of=TODAY, before=OCTOBER)
    assert sum(cell.customers for cell in cells) == SIZE
    assert pyramid.move_counts(cells) == {"up": 1, "down": 1, "new": 1, "lost": 0, "same": 9}
    for cell in cells:
        also = Also(before=OCTOBER, moved_from=cell.before, moved_to=cell.after)
        assert (
            ask(filled, customers.count, ALL, EVERYBODY, as_of=TODAY, also=also) == cell.customers
        )


# -- key accounts --------------------------------------------------------------------------


def test_key_sums_are_held_against_all(filled: Engine) -> None:
    found = ask(filled, key_accounts.sums, ALL, EVERYBODY, as_of=TODAY, since=date(2026, 11, 1))
    sales = [company.sales_of(place, TODAY) for place in range(10)]
    assert (found.customers, found.sales, found.all_sales) == (4, sum(sales[:4]), sum(sales))
    assert (found.largest, found.five_largest) == (sales[0], sum(sales[:4]))
    assert (found.flagged, found.at_red, found.quiet) == (1, 1, 2)
    assert found.share_of_sales(found.sales) == pytest.approx(sum(sales[:4]) / sum(sales))


@pytest.mark.parametrize("case_id", ["SOW-01"])
def test_share_of_wallet(case_id: str) -> None:
    c = case(case_id)
    share = ratio(c.inputs["spend_with_us"], c.inputs["category_spend"])
    assert share == pytest.approx(c.expected["sow"], abs=c.tolerance)
    assert ratio(c.inputs["spend_with_us"], None) is None
    assert ratio(c.inputs["spend_with_us"], 0) is None


def test_places_hold_every_axis(filled: Engine) -> None:
    found = ask(filled, key_accounts.places, Filters(key_only=True), EVERYBODY, as_of=TODAY)
    assert [place.code for place in found] == ["K000", "K001", "K002", "K003"]
    assert found[0].wallet_share == company.sales_of(0, TODAY) / 4_000_000
    assert found[0].growth == pytest.approx(0.25)


def test_a_decision_is_dated_audited_and_counts_from_the_next_refresh(
    filled: Engine, users: dict
) -> None:
    boss = company.user_of(users, Role.EXECUTIVE)
    (waiting,) = ask(filled, key_accounts.overrides, EVERYBODY, as_of=TODAY)
    assert (waiting.code, waiting.is_key, waiting.counted) == ("K005", True, False)
    with store.reading(filled) as session:
        before = session.get(StoreState, 1).facts_revision
    decide.override(filled, boss, 1, is_key=False, reason=" leaving us ", on=TODAY)
    decide.override(filled, boss, 1, is_key=None, reason="stays", on=TODAY)
    newest = ask(filled, key_accounts.overrides, EVERYBODY, as_of=TODAY, customer_id=1)
    assert [(o.is_key, o.reason, o.decided_by, o.counted) for o in newest] == [
        (None, "stays", "Boss", True)
    ]
    with store.reading(filled) as session:
        assert session.get(StoreState, 1).facts_revision == before + 2
        audited = session.query(AuditEntry).filter_by(action="key_account.override").count()
        kept = session.query(KeyAccountOverride).filter_by(customer_id=1).all()
    assert audited == 2
    assert kept[0].reason == "leaving us"


def test_who_may_decide(filled: Engine, users: dict) -> None:
    def by(role: Role, customer_id: int, reason: str = "x") -> int:
        actor = company.user_of(users, role)
        return decide.override(filled, actor, customer_id, is_key=True, reason=reason, on=TODAY)

    assert by(Role.ACCOUNT_MANAGER, 1)
    assert by(Role.ADMINISTRATOR, 2)
    with pytest.raises(NotFound):
        by(Role.ACCOUNT_MANAGER, 2)
    for role in (Role.CREDIT_CONTROLLER, Role.SERVICE):
        with pytest.raises(NotAllowed):
            by(role, 1)
    for reason in ("  ", "x" * 401):
        with pytest.raises(BadInput):
            by(Role.EXECUTIVE, 1, reason)


# -- card ----------------------------------------------------------------------------------


def test_a_card_tells_who_they_are(filled: Engine) -> None:
    found = ask(filled, card.card, "K000", EVERYBODY, as_of=TODAY)
    assert (found.fields["name"], found.fields["owner"]) == ("Alder Works", "Li")
    assert [child.code for child in found.children] == ["K001", "K002"]
    assert found.contacts[0]["name"] == "Mr Buyer"
    assert found.standing["tier"] == "top"
    assert 0 < found.completeness < 1
    assert found.known("basics") == 3
    child = ask(filled, card.card, "K001", EVERYBODY, as_of=TODAY)
    assert child.parent.code == "K000"


def test_unknown_and_hidden_customers_are_not_told_apart(filled: Engine, users: dict) -> None:
    said = []
    for code in ("K001", "nobody", "' OR 1=1 --"):
        with pytest.raises(NotFound) as caught:
            ask(filled, card.card, code, Scope(users["li"]), as_of=TODAY)
        said.append(str(caught.value))
    assert len(set(said)) == 1


def test_relatives_out_of_scope_stay_hidden(filled: Engine, users: dict) -> None:
    found = ask(filled, card.card, "K000", Scope(users["li"]), as_of=TODAY)
    assert [child.code for child in found.children] == ["K002"]
    assert ask(filled, card.card, "K001", Scope(users["wang"]), as_of=TODAY).parent is None


def test_trade_by_month_and_by_product_ends_at_the_date(filled: Engine) -> None:
    months = ask(filled, card.trading_by_month, 1, EVERYBODY, as_of=TODAY, months=12)
    assert list(months["sales"])[-2:] == [10_500, 11_500]
    assert list(months["margin"])[-1] == 4_400
    assert months["margin"][0] is None
    mix = ask(filled, card.product_mix, 1, EVERYBODY, as_of=TODAY, since=date(2026, 1, 1))
    assert list(mix["sales"]) == [33_000, 2_500]
    assert list(mix["margin"]) == [13_200, None]
    assert list(mix["code"]) == ["P1", ""]


def test_records_of_a_card(filled: Engine) -> None:
    def read(question: Callable[..., object], as_of: date = TODAY):
        return ask(filled, question, 1, EVERYBODY, as_of=as_of)

    assert list(read(card_records.open_invoices)["outstanding"]) == [50_000]
    money = read(card_records.receipts)
    assert list(zip(money["code"], money["free"], strict=True)) == [("N1", 1_000), ("R1", 10_000)]
    assert len(read(card_records.receipts, date(2026, 10, 5))) == 1
    credit = read(card_records.credit_history)
    assert list(credit["kind"]) == ["limit", "grade"]
    assert (credit["amount"][0], credit["grade"][1]) == (150_000, "A")
    assert read(card_records.credit_surveys)[0]["c_character"] == 80
    answered = read(card_records.surveys)
    assert answered["index"][0] == pytest.approx(100 * (1 * 1 + 3 * 0.5) / 4)
    assert answered["nps"][0] is None, "asked on 1–5: no recommendation from 0 to 10"
    complaint = read(card_records.complaints)
    assert complaint["closed_on"][0] is None, "closed after the date"
    assert complaint["days"][0] == 143
    assert read(card_records.contracts)["days_left"][0] == 40


def test_the_timeline_is_newest_first_and_ends_at_the_date(filled: Engine) -> None:
    found = ask(filled, timeline.timeline, 1, EVERYBODY, as_of=TODAY)
    days = list(found["on"])
    assert days == sorted(days, reverse=True)
    assert max(days) <= TODAY
    assert "O-late" not in set(found["code"])
    assert {
        "order",
        "invoice",
        "receipt",
        "credit_note",
        "collection",
        "visit",
        "survey",
        "complaint",
        "grade",
        "limit",
        "contract",
        "manager",
    } == set(found["kind"])
    by_kind = {row["kind"]: row for row in found.to_dict("records")}
    assert (by_kind["collection"]["detail"], by_kind["collection"]["who"]) == ("promised", "Li")
    some = ask(filled, timeline.timeline, 1, EVERYBODY, as_of=TODAY, kinds=timeline.GROUPS["risk"])
    assert len(some) == 0
    other = ask(
        filled, timeline.timeline, 2, EVERYBODY, as_of=TODAY, kinds=("alert", "supervision")
    )
    assert list(other["kind"]) == ["supervision", "alert"]
    assert len(ask(filled, timeline.timeline, 1, EVERYBODY, as_of=TODAY, kinds=())) == 0


def test_every_kind_of_event_can_be_asked_for() -> None:
    asked = sorted(kind for kinds in timeline.GROUPS.values() for kind in kinds)
    assert asked == sorted(timeline.KINDS)
    assert set(timeline._parts() | timeline._reversed()) == set(timeline.KINDS)


def test_history_is_what_was_computed_month_by_month(filled: Engine) -> None:
    found = ask(filled, card.history, 4, EVERYBODY, as_of=TODAY)
    assert list(found["tier"]) == ["small", "small", "small", "medium"]
    assert len(ask(filled, card.history, 4, EVERYBODY, as_of=SEPTEMBER)) == 2


def test_a_customer_is_lost_from_the_day_on(filled: Engine) -> None:
    def lost(as_of: date, scope: Scope = EVERYBODY) -> tuple[date, ...]:
        return ask(filled, card.lost_on, 11, scope, as_of=as_of)

    assert lost(TODAY) == (date(2026, 2, 1),)
    assert lost(date(2026, 1, 31)) == ()
    assert lost(TODAY, NOBODY) == ()
    with store.writing(filled) as session:
        session.add(LossEvent(customer_id=11, happened_on=date(2026, 6, 1), won_back=True))
    assert lost(TODAY) == ()
    assert lost(date(2026, 5, 31)) == (date(2026, 2, 1),)


def test_keeping_a_card_sees_what_others_changed(filled: Engine, users: dict) -> None:
    admin = company.user_of(users, Role.ADMINISTRATOR)
    keep.keep(filled, admin, 2, 1, note=" seen ", verified_on=date(2026, 11, 20))
    with store.reading(filled) as session:
        stored = session.get(Customer, 2)
        assert (stored.note, stored.verified_on, stored.version) == ("seen", date(2026, 11, 20), 2)
    with pytest.raises(Conflict):
        keep.keep(filled, admin, 2, 1, note="lost", verified_on=date(2026, 11, 20))
    with pytest.raises(NotAllowed):
        keep.keep(filled, company.user_of(users, Role.SERVICE), 2, 2, note="", verified_on=TODAY)
    with pytest.raises(NotFound):
        keep.keep(
            filled, company.user_of(users, Role.ACCOUNT_MANAGER), 2, 2, note="", verified_on=TODAY
        )
    with pytest.raises(BadInput):
        keep.keep(filled, admin, 2, 2, note="x" * 1001, verified_on=date(1900, 1, 1))
