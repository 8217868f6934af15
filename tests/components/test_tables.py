"""Lists, tiles and filters: in display units, without nan, bound to the URL."""

from __future__ import annotations

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analytics.metric import Metric, Unit
from components import cards, filters, tables
from components.cards import Tile
from components.tables import Column
from models import enums
from models.access import Role
from models.filters import Filters
from words import vocabulary

FRAME = pd.DataFrame(
    {
        "name": ["瑞景", "=1+1", None],
        "sales": [123_450, None, 50],
        "share": [0.1234, float("nan"), 1.5],
        "tier": ["top", "nowhere", None],
        "days": [3.0, float("nan"), 10.0],
        "curve": [[1, None, 3], None, []],
    }
)
COLUMNS = [
    Column("name", "Customer"),
    Column("sales", "Sales", "money", sort="sales"),
    Column("share", "Share", "ratio"),
    Column("tier", "Tier", "badge", words="tier"),
    Column("days", "Days", "days"),
    Column("curve", "Curve", "sparkline"),
]


def metric(unit: Unit = "money", better: str = "higher") -> Metric:
    return Metric("k", "Sales", unit, better, "Σ a ÷ Σ b", "ours")  # type: ignore[arg-type]


def test_rows_are_shown_in_display_units() -> None:
    shown = tables.shaped(FRAME, COLUMNS)
    assert shown["Sales"].tolist() == [1235, pd.NA, 1]
    assert shown["Share"].tolist()[0] == pytest.approx(12.34)
    assert shown["Share"].isna().tolist() == [False, True, False]
    assert shown["Tier"].tolist() == [["VIP"], ["nowhere"], []]
    assert shown["Days"].tolist()[::2] == [3, 10]
    assert shown["Curve"].tolist()[0] == [1.0, 0.0, 3.0]


def test_an_empty_list_can_be_drawn() -> None:
    assert tables.shaped(FRAME.iloc[:0], COLUMNS).empty


@pytest.mark.parametrize(
    ("tile", "expected"),
    [
        (Tile(metric(), 108, before=100), "+8.0%"),
        (Tile(metric(), 100, before=100), "0.0%"),
        (Tile(metric("ratio"), 0.12, before=0.10), "+2.0 个百分点"),
        (Tile(metric("points"), 37, before=40), "-3"),
        (Tile(metric("days"), 52.3, before=50), "+2"),
        (Tile(metric(), 5, before=0), None),
        (Tile(metric(), 5, before=None), None),
        (Tile(metric(), 5_000_000, before=0, change="difference"), "+¥5.0万"),
    ],
)
def test_a_change_is_written_by_its_unit(tile: Tile, expected: str | None) -> None:
    assert cards.delta(tile)[1] == expected


def tiles() -> None:
    import streamlit as st

    from components import cards

    cards.row(*st.session_state["tiles"])


def test_tiles_never_say_nan_or_none() -> None:
    at = AppTest.from_function(tiles)
    at.session_state["tiles"] = [
        Tile(metric(), None, before=1),
        Tile(metric("ratio"), float("nan"), trend=[None, float("nan")]),
        Tile(metric("ratio"), 0.5, before=0.5),
        Tile(metric(better="lower"), 10**9, before=10**8, trend=[1, None, 3]),
    ]
    at.run()
    assert not at.exception
    assert [m.value for m in at.metric] == ["—", "—", "50.0%", "¥1,000万"]
    assert [m.delta for m in at.metric][:2] == ["", ""]
    assert at.metric[3].delta == "+900.0%"


def listing() -> None:
    import pandas as pd
    import streamlit as st

    from components import tables

    columns = [
        tables.Column("name", "Customer", "button"),
        tables.Column("sales", "Sales", "money", sort="sales"),
        tables.Column("used", "Used", "progress"),
        tables.Column("level", "Level", "badge", words="level"),
    ]
    frame = pd.DataFrame(
        {"name": ["a", "b"], "sales": [100, None], "used": [0.5, 1.2], "level": ["red", None]}
    )
    st.session_state["order"] = tables.sort_select(columns, "-sales")
    tables.show(frame, columns, key="k", alt="list", on_row=print, on_click=print)
    tables.pager(95, 25)


def test_a_list_draws_sorts_and_pages() -> None:
    at = AppTest.from_function(listing)
    at.query_params["page"] = "2"
    at.run()
    assert not at.exception
    assert at.session_state["order"] == ("sales", True)
    assert "第 26–50 条，共 95 条" in [caption.value for caption in at.caption]
    at.selectbox[0].set_value("sales").run()
    assert at.session_state["order"] == ("sales", False)
    assert "page" not in at.query_params


def filtered() -> None:
    import datetime as dt

    import streamlit as st

    from components import filters, missing
    from models.filters import Days

    computed = (dt.date(2026, 11, 21), dt.date(2026, 10, 31))
    options = filters.Options(
        days=Days(computed, computed[0], dt.date(2023, 1, 1), computed[0]),
        owners={7: "刘洋"},
        provinces=["广东"],
        industries=["电子"],
        tiers=True,
        search=True,
    )
    missing.begin()
    try:
        st.session_state["chosen"] = filters.draw(options)
        st.session_state["read"] = filters.read(options)
        missing.settle()
    except missing.NotThere as error:
        st.session_state["missing"] = {item.key: item.value for item in error.items}
    finally:
        missing.end()


def test_filters_come_from_the_url_and_agree_without_widgets() -> None:
    at = AppTest.from_function(filtered)
    for key, value in {
        "as_of": "2026-10-31",
        "owner": "7",
        "province": "广东",
        "tier": "top",
    }.items():
        at.query_params[key] = value
    at.query_params["q"] = " 瑞景 "
    at.run()
    assert not at.exception
    chosen = at.session_state["chosen"]
    assert chosen == at.session_state["read"]
    assert chosen.as_of.isoformat() == "2026-10-31"
    assert (chosen.owner_ids, chosen.provinces, chosen.tiers) == ((7,), ("广东",), ("top",))
    assert chosen.search == "瑞景"


def test_unknown_filters_are_named_and_refused() -> None:
    at = AppTest.from_function(filtered)
    for key, value in {"as_of": "1999-01-01", "owner": "8", "province": "x", "tier": "VIP"}.items():
        at.query_params[key] = value
    at.run()
    assert at.session_state["missing"] == {
        "as_of": "1999-01-01",
        "owner": "8",
        "province": "x",
        "tier": "VIP",
    }


def test_filters_are_told_in_words() -> None:
    chosen = Filters(provinces=("广东",), tiers=("top",), min_overdue=100_000, search="x")
    assert filters.sentence(chosen) == "广东、VIP、逾期不少于 ¥1,000、搜索“x”"
    assert filters.sentence(Filters()) == "无"


@pytest.mark.parametrize(
    ("kind", "enum"),
    [
        ("role", Role),
        ("customer_status", enums.CustomerStatus),
        ("customer_kind", enums.CustomerKind),
        ("channel_role", enums.ChannelRole),
        ("grade", enums.CreditGrade),
        ("grade_method", enums.GradeMethod),
        ("contact_channel", enums.ContactChannel),
        ("collection_result", enums.CollectionResult),
        ("item_role", enums.ItemRole),
        ("complaint_scope", enums.ComplaintScope),
        ("complaint_state", enums.ComplaintState),
        ("loss_reason", enums.LossReason),
        ("alert_state", enums.AlertState),
        ("level", enums.Level),
        ("supervision_state", enums.SupervisionState),
        ("batch_state", enums.BatchState),
    ],
)
def test_every_code_of_the_store_has_a_word(kind: str, enum: type) -> None:
    assert {member.value for member in enum} <= set(vocabulary.codes(kind))  # type: ignore[attr-defined]


def test_missing_codes_are_a_dash_and_unknown_ones_themselves() -> None:
    assert vocabulary.label("tier", None) == "—"
    assert vocabulary.label("tier", float("nan")) == "—"
    assert vocabulary.label("tier", "new_code") == "new_code"
    assert vocabulary.label("role", Role.SERVICE, "en") == "Customer service"
    assert vocabulary.colour("level", enums.Level.RED) == "red"


def test_a_manifold_rise_is_told_as_a_difference() -> None:
    rise, text = cards.delta(cards.Tile(metric(), 78_000_000, 1_500_000))
    assert rise == 51
    assert text == "+¥76.5万"
    assert cards.delta(cards.Tile(metric(), 300, 100))[1] == "+200.0%"
