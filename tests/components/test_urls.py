"""Filters live in the URL, by code, in every language."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from components import state, urls


def page() -> None:
    import datetime as dt

    import streamlit as st

    from components import reader, urls
    from words import vocabulary

    lang = st.session_state.get("lang", "zh_Hans")
    reader.choose(lang)
    tier = urls.selectbox(
        "tier", "tier", ["*", "top", "big"], label_of=lambda c: vocabulary.label("tier", c, lang)
    )
    levels = urls.multiselect(
        "level", "level", ["red", "amber"], label_of=lambda c: vocabulary.label("level", c, lang)
    )
    basis = urls.segmented(
        "basis", "basis", ["sales", "margin"], label_of=lambda c: vocabulary.label("basis", c, lang)
    )
    words = urls.text("q", "search")
    day = urls.day(
        "day",
        "day",
        default=dt.date(2026, 11, 21),
        earliest=dt.date(2026, 1, 1),
        latest=dt.date(2026, 11, 21),
    )
    least = urls.number("least", "least")
    only = urls.toggle_box("only", "only")
    number = urls.page_number(95, 25)
    order = urls.sort(["sales", "name"], "-sales")
    st.session_state["seen"] = (tier, levels, basis, words, day.isoformat(), least, only, number)
    st.session_state["order"] = order
    st.button("pick", on_click=lambda: urls.toggle("tier", "*")("big"))


DEFAULTS = ("*", (), "sales", "", "2026-11-21", 0, False, 1)


def run(**query: str) -> AppTest:
    at = AppTest.from_function(page)
    for key, value in query.items():
        at.query_params[key] = value
    at.run()
    assert not at.exception
    return at


def query(at: AppTest) -> dict[str, str]:
    return dict(at.query_params)


def test_nothing_in_the_url_means_the_defaults() -> None:
    assert run().session_state["seen"] == DEFAULTS


def test_a_link_is_a_view() -> None:
    at = run(
        tier="big",
        level="amber,red",
        basis="margin",
        q="医疗",
        day="2026-03-31",
        least="5",
        only="1",
    )
    expected = ("big", ("red", "amber"), "margin", "医疗", "2026-03-31", 5, True, 1)
    assert at.session_state["seen"] == expected


@pytest.mark.parametrize(
    "bad",
    [
        {"tier": "主要"},
        {"tier": "<script>"},
        {"level": "mauve"},
        {"basis": ""},
        {"day": "31.3.2026"},
        {"day": "2019-01-01"},
        {"day": "9999-99-99"},
        {"least": "-5"},
        {"least": "9" * 30},
        {"least": "٧"},
        {"page": "-1"},
        {"page": "9" * 30},
        {"sort": "password"},
    ],
    ids=str,
)
def test_what_is_unknown_falls_back(bad: dict[str, str]) -> None:
    at = run(**bad)
    assert at.session_state["seen"] == DEFAULTS
    assert at.session_state["order"] == ("sales", True)


def test_choosing_writes_the_code_and_not_the_word() -> None:
    at = run(page="3")
    assert at.session_state["seen"][-1] == 3
    at.selectbox[0].set_value("big").run()
    assert query(at) == {"tier": "big"}, "a new choice starts at page 1 again"
    at.multiselect[0].set_value(["amber"]).run()
    assert query(at) == {"tier": "big", "level": "amber"}
    assert at.session_state["seen"][:2] == ("big", ("amber",))


def test_the_default_leaves_no_trace() -> None:
    at = run(tier="big", q="x")
    at.selectbox[0].set_value("*").run()
    at.text_input[0].set_value("").run()
    assert query(at) == {}


def test_the_choice_survives_a_language_switch_and_further_clicks() -> None:
    at = run(tier="big", level="red")
    for lang in ("en", "zh_Hant", "zh_Hans"):
        at.session_state["lang"] = lang
        at.run()
        at.text_input[0].set_value(lang).run()
        assert not at.exception
        assert at.session_state["seen"][:4] == ("big", ("red",), "sales", lang)


def test_a_click_chooses_and_a_second_lets_go() -> None:
    at = run()
    at.button[0].click().run()
    assert query(at) == {"tier": "big"}
    at.button[0].click().run()
    assert query(at) == {}


@pytest.mark.parametrize(("total", "pages"), [(0, 0), (1, 1), (25, 1), (26, 2), (1000, 40)])
def test_pages_of_a_list(total: int, pages: int) -> None:
    assert urls.pages(total, 25) == pages


def test_a_link_to_a_screen_holds_codes_only() -> None:
    assert urls.link("customer", keep=False, id="K0001") == "/customer?id=K0001"
    assert urls.link("overview", keep=False) == "/"
    assert urls.link("receivables", keep=False, bucket="", q=None) == "/receivables"
    assert "%3Cscript%3E" in urls.link("customer", keep=False, id="<script>")


def traveller() -> None:
    import streamlit as st

    from components import urls

    urls.carry_over(st.session_state["at"])
    st.session_state["tier"] = urls.read("tier")


def test_shared_filters_travel_to_the_next_screen() -> None:
    at = AppTest.from_function(traveller)
    at.session_state["at"] = "pyramid"
    at.query_params["tier"] = "big"
    at.query_params["bucket"] = "3"
    at.run()
    at.query_params.clear()
    at.session_state["at"] = "receivables"
    at.run()
    assert query(at) == {"tier": "big"}, "the bucket belongs to one page"
    at.query_params.clear()
    at.run()
    assert query(at) == {}, "cleared on the same page stays cleared"


def test_a_link_with_filters_is_taken_as_it_stands() -> None:
    at = AppTest.from_function(traveller)
    at.session_state["at"] = "pyramid"
    at.query_params["tier"] = "big"
    at.query_params["owner"] = "2"
    at.run()
    at.query_params.clear()
    at.query_params["tier"] = "top"
    at.session_state["at"] = "receivables"
    at.run()
    assert query(at) == {"tier": "top"}


def test_without_a_run_there_is_no_session() -> None:
    assert not state.running()
    assert state.language() is None
