"""A link to what is not there says so by name and shows nothing else (查无此项)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from components import freshness
from data import store
from jobs import refresh
from models.access import Role, User
from models.people import AppUser
from tests import company
from tests.company import TODAY
from tests.kept import Kept
from tests.pages.opening import LANGUAGES, figures, open_page, over, run, said_missing, words

SHARED = {
    "as_of": "2026-05-17",
    "owner": "nobody",
    "province": "Atlantis",
    "industry": "<b>x</b>",
    "tier": "giant",
    "q": "x" * 61,
}
OWN = {
    "overview": {},
    "pyramid": {
        "before": "2026-05-17",
        "cell": "x.y",
        "move": "sideways",
        "flow": "z",
        "active": "yes",
        "profit": "gold!",
        "abc": "A,Z",
    },
    "key_accounts": {"show": "blue"},
    "receivables": {
        "grade": "A,Z",
        "min": "much",
        "basis": "moon",
        "notdue": "maybe",
        "bucket": "99",
        "only": "odd",
        "c": "999",
        "edges": "9" * 99,
    },
    "loss_alerts": {"level": "mauve", "show": "hidden", "new": "x"},
    "satisfaction": {"wave": "77"},
}
READS = {"overview": SHARED.keys() - {"tier", "q"}}
LINKS = [
    (screen, key, value)
    for screen, own in OWN.items()
    for key, value in {**SHARED, **own}.items()
    if key in own or key in READS.get(screen, SHARED)
]


@pytest.fixture
def users(
    sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch, kept: Kept
) -> Iterator[dict[str, int]]:
    monkeypatch.setattr("data.calendar.today", lambda _session: TODAY)
    monkeypatch.setattr("data.load.today", lambda: TODAY)
    with over(sqlite_engine, monkeypatch):
        yield kept(sqlite_engine, company.fill)


def opened(
    users: dict[str, int], screen: str, role: Role = Role.EXECUTIVE, **query: str
) -> AppTest:
    return open_page(screen, company.user_of(users, role), **query)


@pytest.mark.parametrize(("screen", "key", "value"), LINKS)
def test_each_thing_that_is_not_there_is_named(
    users: dict[str, int], screen: str, key: str, value: str
) -> None:
    told = said_missing(opened(users, screen, **{key: value}))
    assert len(told) == 1
    unknown = value.removeprefix("A,")[:39]
    assert unknown in told[0]
    assert not told[0].startswith(f"{key} “"), "the parameter is said in words"


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_is_listed_at_once_and_taken_away_at_once(
    users: dict[str, int], language: str
) -> None:
    boss = company.user_of(users, Role.EXECUTIVE)
    asked = {"as_of": "2026-05-17", "owner": "nobody", "province": "Atlantis", "tier": "big"}
    at = open_page("receivables", boss, language=language, **asked)
    told = said_missing(at)
    assert len(told) == 3
    for line, value in zip(told, ("2026-05-17", "nobody", "Atlantis"), strict=True):
        assert value in line
    at.button(key=f"url.instead.all.{_kept(at)}").click()
    run(at)
    assert dict(at.query_params) == {"tier": ["big"]} or dict(at.query_params) == {"tier": "big"}
    assert at.metric


def _kept(at: AppTest) -> str:
    """The language the widgets of this page are keyed by."""
    return str(next(one.key for one in at.button if one.key).rsplit(".", 1)[1])


def test_the_nearest_computed_dates_are_a_click_away(users: dict[str, int]) -> None:
    at = opened(users, "receivables", as_of="2026-05-17")
    assert said_missing(at) == ["No figures were computed for 2026-05-17."]
    ways = [button.label.replace("\\", "") for button in at.button]
    assert ways == ["2025-10-31", "2026-09-30", "Newest figures"]
    at.button[1].click()
    run(at)
    assert at.metric
    assert any("2026-09-30" in caption.value for caption in at.caption)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("2019-01-01", "the first day that can be chosen is 2025-10-31."),
        ("2026-11-22", "the last day that can be chosen is 2026-11-21."),
        ("31.3.2026", "Data as of “31.3.2026” is not there."),
    ],
)
@pytest.mark.parametrize("screen", ["overview", "customer"])
def test_days_without_figures_are_refused(
    users: dict[str, int], screen: str, asked: str, said: str
) -> None:
    (told,) = said_missing(opened(users, screen, id="K000", as_of=asked))
    assert asked in told
    assert told.endswith(said)


def test_a_comparison_must_lie_before_the_date(users: dict[str, int]) -> None:
    (told,) = said_missing(opened(users, "pyramid", as_of="2026-09-30", before="2026-10-31"))
    assert told.startswith("Compare with: There are no figures for 2026-10-31")
    (told,) = said_missing(opened(users, "pyramid", as_of="2025-10-31", before="2025-10-31"))
    assert "2025-10-31" in told


def test_something_much_like_it_is_offered(users: dict[str, int]) -> None:
    at = opened(users, "pyramid", province="Hubai")
    assert [button.label for button in at.button] == ["Hubei", "Take this filter away"]
    at.button[0].click()
    run(at)
    assert set(at.dataframe[-1].value["Code"]) == {"K008", "K009", "K010", "K011"}


def test_a_manager_learns_of_no_other_manager(users: dict[str, int]) -> None:
    for screen in (*OWN, "customer"):
        for number in (users["wang"], users["boss"], 999):
            at = opened(users, screen, Role.ACCOUNT_MANAGER, owner=str(number), id="K000")
            assert said_missing(at) == [f"Manager “{number}” is not there."]
            assert "Wang" not in words(at)
        own = opened(users, screen, Role.ACCOUNT_MANAGER, owner=str(users["li"]), id="K000")
        assert own.metric, screen


def test_who_has_left_is_still_somebody(users: dict[str, int], sqlite_engine: Engine) -> None:
    with store.writing(sqlite_engine) as session:
        session.get_one(AppUser, users["wang"]).active = False
    at = opened(users, "pyramid", owner=str(users["wang"]))
    assert set(at.dataframe[-1].value["Code"]) == {f"K{place:03}" for place in range(1, 11, 2)}


def test_customers_of_nobody_can_be_asked_for(users: dict[str, int]) -> None:
    at = opened(users, "pyramid", owner="0")
    assert set(at.dataframe[-1].value["Code"]) == {"K011"}


def test_a_row_that_is_not_listed_is_named_beside_the_list(users: dict[str, int]) -> None:
    for screen, query in (
        ("loss_alerts", {"c": "999"}),
        ("loss_alerts", {"view": "board", "t": "999"}),
        ("loss_alerts", {"view": "losses", "lost": "999"}),
    ):
        at = opened(users, screen, **query)
        assert any("999" in caption.value for caption in at.caption), query
        assert at.metric


def test_how_a_page_is_laid_out_falls_back(users: dict[str, int]) -> None:
    for screen in OWN:
        at = opened(users, screen, view="x", tab="x", by="x", page="x", sort="x")
        assert at.metric, screen
        assert not [one for one in at.warning if "not there" in one.value]


def test_filters_of_other_pages_are_none_of_this_page(users: dict[str, int]) -> None:
    assert figures(opened(users, "overview", tier="giant", wave="77", bucket="99", grade="Z"))


def test_an_import_that_is_gone_is_named(users: dict[str, int]) -> None:
    assert said_missing(opened(users, "imports", Role.ADMINISTRATOR, batch="99")) == [
        "Import “99” is not there."
    ]


def test_a_choice_takes_along_what_hangs_on_it(users: dict[str, int]) -> None:
    at = opened(users, "receivables", bucket="5")
    at.text_input(key=f"url.edges.{_kept(at)}").set_value("45,90")
    run(at)
    assert at.metric, "the sixth bucket went with the edges that made it"


def test_any_day_can_be_chosen(users: dict[str, int]) -> None:
    at = opened(users, "pyramid")
    box = next(one for one in at.date_input if one.label == "Data as of")
    assert (box.value, box.min, box.max) == (TODAY, company.YEAR_AGO, TODAY)
    box.set_value(company.OCTOBER)
    run(at)
    assert dict(at.query_params)["as_of"] in ("2026-10-31", ["2026-10-31"])
    assert at.metric


# -- a date is computed while the reader waits ----------------------------------------------

DAY = date(2026, 5, 17)


class Refresh:
    """Stands for the process that computes: at work until told otherwise."""

    def __init__(self) -> None:
        self.job: freshness.Refreshing | None = None
        self.wanted: list[date] = []

    def look(self) -> freshness.Refreshing | None:
        return self.job

    def compute(self, _user: User, day: date) -> bool:
        if self.job is not None:
            return False
        self.wanted.append(day)
        self.job = freshness.Refreshing(len(self.wanted), 0.4)
        return True


@pytest.fixture
def process() -> Iterator[Refresh]:
    found = Refresh()
    freshness.install(found.look, found.compute)
    yield found
    freshness.install(None)


def press(at: AppTest, words: str) -> AppTest:
    next(button for button in at.button if button.label == words).click()
    return run(at)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("screen", ["loss_alerts", "customer"])
def test_a_date_is_computed_and_shown(
    users: dict[str, int], sqlite_engine: Engine, process: Refresh, screen: str, role: Role
) -> None:
    at = opened(users, screen, role, as_of=DAY.isoformat(), id="K000")
    assert said_missing(press(at, "Compute this date now"))
    assert process.wanted == [DAY]
    for again in (at, opened(users, screen, role, as_of=DAY.isoformat(), id="K000")):
        assert said_missing(run(again))
        assert "Compute this date now" not in [button.label for button in again.button]
    assert process.wanted == [DAY], "never started twice"
    assert "Figures for 2026-05-17 are being computed." in words(at)
    refresh.run(sqlite_engine, DAY, on_demand=True)
    process.job = None
    told = "\n".join(caption.value for caption in run(at).caption)
    assert "Data as of 2026-05-17 · computed on request in " in told
    assert not at.warning
    assert not at.error


def test_a_date_waits_for_the_refresh_that_is_running(
    users: dict[str, int], process: Refresh
) -> None:
    process.job = freshness.Refreshing(77, 0.2)
    at = opened(users, "receivables", as_of=DAY.isoformat())
    assert "Other figures are being computed just now." in words(at)
    press(at, "Compute this date next")
    assert "2026-05-17 comes next." in words(at)
    assert process.wanted == []
    process.job = None
    assert said_missing(run(at))
    assert process.wanted == [DAY]


def test_a_failure_is_told_and_not_repeated(users: dict[str, int], process: Refresh) -> None:
    at = press(opened(users, "receivables", as_of=DAY.isoformat()), "Compute this date now")
    process.job = None
    run(at)
    assert ["could not be computed" in error.value for error in at.error] == [True]
    assert process.wanted == [DAY]
    press(at, "Compute this date now")
    assert process.wanted == [DAY, DAY]
    assert not at.error


def test_no_figures_are_computed_of_days_that_have_none(
    users: dict[str, int], process: Refresh
) -> None:
    for asked in ("2019-01-01", "2026-11-22", "soon"):
        at = opened(users, "receivables", as_of=asked)
        assert said_missing(at)
        assert not any("Compute" in button.label for button in at.button)
    assert process.wanted == []
