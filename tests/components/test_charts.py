"""Charts are valid figures in every language and both modes, and say what they are given."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date

import plotly.graph_objects as go
import pytest

from components import charts, theme
from components.charts import Band, Bar, Figure, Levels, Line, Point, Ring, Stack
from components.theme import Look

LOOKS = [Look(lang, dark) for lang in ("zh_Hans", "zh_Hant", "en") for dark in (False, True)]
BANDS = [
    Band("top", "VIP", 4, 0.01, 39_000_000_000, 0.41),
    Band("big", "主要", 16, 0.04, 28_000_000_000, 0.27),
    Band("medium", "普通", 60, 0.15, 20_000_000_000, 0.20),
    Band("small", "小客户", 320, 0.80, 12_000_000_000, 0.12),
]
BARS = [Bar("a", "甲", 1_403_000_000), Bar("b", "乙", None), Bar("c", "丙", -200_000_000)]
DAYS = [date(2026, month, 28) for month in range(1, 8)]
POINTS = [Point(str(i), f"客户{i}", float(i), float(-i), i * 10**9, "red") for i in range(5)]
NONE_YET: list[Bar] = []

DRAWINGS: dict[str, Callable[[Look], Figure]] = {
    "pyramid": lambda look: charts.pyramid(BANDS, chosen="big", look=look),
    "pyramid_by_money": lambda look: charts.pyramid_by_money(BANDS, look=look),
    "ageing_bars": lambda look: charts.ageing_bars(BARS, chosen="a", look=look),
    "ageing_stack": lambda look: charts.ageing_stack(
        [Stack("1", "刘洋", (5, 0, -3)), Stack("2", "王雪", (0, 0, 0))], ["a", "b", "c"], look=look
    ),
    "bars": lambda look: charts.bars(BARS, look=look),
    "bars of ratios": lambda look: charts.bars([Bar("a", "a", 0.5)], unit="ratio", look=look),
    "no bars": lambda look: charts.bars(NONE_YET, look=look),
    "pareto": lambda look: charts.pareto(BARS, look=look),
    "history": lambda look: charts.history(
        DAYS, [*range(6), None], ["red"] * 7, thresholds=[3], look=look
    ),
    "lorenz": lambda look: charts.lorenz([0.5, 1], [0.9, 1], cuts=[(0.5, 0.9, "A")], look=look),
    "trend": lambda look: charts.trend(
        [
            Line("CSI", DAYS, [1, 2, None, 4, 5, 6, 7], [0] * 7, [8] * 7),
            Line("empty", DAYS, [None] * 7),
        ],
        unit="index",
        look=look,
    ),
    "trend of money": lambda look: charts.trend(
        [Line("", DAYS, [10**9] * 7)], look=look, fill=True
    ),
    "no trend": lambda look: charts.trend([], look=look),
    "movement": lambda look: charts.movement([[3, 1], [0, 2]], ["x", "y"], ["x", "y"], look=look),
    "distribution": lambda look: charts.distribution(
        [Levels("q", "交货", (1, 2, 3, 4, 5)), Levels("z", "无", (0, 0, 0, 0, 0))],
        list("abcde"),
        look=look,
    ),
    "radar": lambda look: charts.radar(
        ["a", "b", "Responsiveness"],
        [Ring("P", [1, 2, None]), Ring("E", [3, 2, 1])],
        top=7,
        look=look,
    ),
    "quadrant": lambda look: charts.quadrant(
        POINTS, x_label="x", y_label="y", x_cut=2, y_cut=-2, corners=tuple("abcd"), look=look
    ),
    "monthly": lambda look: charts.monthly(
        Line("all", DAYS, [0, None, 2, 3, 4, 5, -6]), Line("part", DAYS, [None] * 7), look=look
    ),
    "bubbles": lambda look: charts.bubbles(
        POINTS, x_label="x", y_label="y", x_cut=2, y_cut=-2, x_unit="ratio", look=look
    ),
    "no bubbles": lambda look: charts.bubbles(
        [], x_label="x", y_label="y", x_cut=0, y_cut=0, look=look
    ),
}


def texts(figure: Figure) -> str:
    return json.dumps(figure, ensure_ascii=False)


@pytest.mark.parametrize("look", LOOKS, ids=str)
@pytest.mark.parametrize("name", sorted(DRAWINGS))
def test_every_chart_is_a_valid_figure(name: str, look: Look) -> None:
    figure = DRAWINGS[name](look)
    go.Figure(figure)  # raises on any unknown property or bad value
    assert "nan" not in texts(figure).lower().replace("finance", "")
    assert '"None' not in texts(figure)
    assert json.loads(texts(figure)) == json.loads(json.dumps(figure))


@pytest.mark.parametrize("name", sorted(DRAWINGS))
def test_charts_stand_still_and_lie_on_the_page(name: str) -> None:
    layout = DRAWINGS[name](LOOKS[0])["layout"]
    assert layout["paper_bgcolor"] == "rgba(0,0,0,0)"
    assert layout["dragmode"] is False
    assert "Noto Sans SC" in layout["font"]["family"]
    for axis in ("xaxis", "yaxis"):
        assert layout.get(axis, {"fixedrange": True})["fixedrange"] is True


def test_amounts_are_plotted_in_the_readers_unit() -> None:
    chinese = charts.ageing_bars(BARS, look=Look("zh_Hans", False))["data"][0]
    assert (chinese["y"][0], chinese["text"][0]) == (1403.0, "1,403")
    english = charts.ageing_bars(BARS, look=Look("en", False))["data"][0]
    assert (english["y"][0], english["text"][0]) == (14.03, "14.0")
    assert english["text"][1] == "—", "missing is not zero"


def test_the_pyramid_shows_counts_and_can_be_clicked() -> None:
    figure = charts.pyramid(BANDS, look=LOOKS[0])
    assert "<b>320</b>" in texts(figure)
    assert "80.0%" in texts(figure)
    assert {code for (code,) in figure["data"][0]["customdata"]} == {b.code for b in BANDS}


def test_the_chosen_band_stays_and_the_others_fade() -> None:
    strong = theme.tier_colour("big", dark=False)
    plain, chosen = (charts.pyramid(BANDS, chosen=c, look=LOOKS[0]) for c in (None, "big"))
    fills = [
        [s["fillcolor"] for s in f["layout"]["shapes"] if "fillcolor" in s] for f in (plain, chosen)
    ]
    assert fills[1][1] == strong == fills[0][1]
    assert all(a != b for a, b in zip(fills[0][2:], fills[1][2:], strict=True))


def test_money_bars_are_as_wide_as_their_share() -> None:
    shapes = charts.pyramid_by_money(BANDS, look=LOOKS[0])["layout"]["shapes"]
    widths = [shape["x1"] for shape in shapes if shape["type"] == "rect"]
    assert widths[1] / widths[0] == pytest.approx(0.27 / 0.41)


def test_answers_are_centred_on_the_neutral_level() -> None:
    figure = charts.distribution([Levels("q", "q", (1, 1, 2, 1, 1))], list("abcde"), look=LOOKS[0])
    starts = [trace["base"][0] for trace in figure["data"]]
    assert starts[2] == pytest.approx(-1 / 6)
    assert sum(trace["x"][0] for trace in figure["data"]) == pytest.approx(1)


def test_few_answers_are_greyed() -> None:
    figure = charts.distribution([Levels("q", "q", (1, 0, 1))], list("abc"), look=LOOKS[0])
    grey = theme.palette(dark=False).line
    assert {trace["marker"]["color"][0] for trace in figure["data"]} == {grey}


def test_reasons_come_heaviest_first_with_their_running_share() -> None:
    items = [Bar("a", "few", 1), Bar("b", "many", 8), Bar("c", "some", 1)]
    trace = charts.pareto(items, look=LOOKS[0])["data"][0]
    assert [code for (code,) in trace["customdata"]] == ["b", "a", "c"]
    assert "80%" in trace["text"][0]
    assert "100%" in trace["text"][2]


def test_movement_up_is_green_and_down_is_red() -> None:
    z = charts.movement([[0, 5], [5, 0]], ["hi", "lo"], ["hi", "lo"], look=LOOKS[0])["data"][0]["z"]
    assert z[0][1] < 0 < z[1][0]


@pytest.mark.parametrize("dark", [False, True])
def test_every_code_has_its_own_colour(dark: bool) -> None:
    tiers = [theme.tier_colour(c, dark) for c in ("top", "big", "medium", "small", "inactive")]
    assert len(set(tiers)) == 5
    levels = [theme.level_colour(c, dark) for c in ("red", "amber", "green", "unknown")]
    assert len(set(levels)) == 4
    assert len(set(theme.bucket_colours(7, dark))) == 7
    assert len(set(theme.diverging_colours(7, dark))) == 7
    assert theme.bucket_colours(1, dark) == theme.bucket_colours(7, dark)[:1]


def contrast(one: str, two: str) -> float:
    def light(colour: str) -> float:
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((light(one), light(two)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("dark", [False, True])
def test_words_can_be_read(dark: bool) -> None:
    shades = theme.palette(dark)
    assert contrast(shades.text, shades.background) >= 7
    assert contrast(shades.muted, shades.background) >= 4.5
    assert contrast(shades.primary, theme.palette(dark=False).background) >= 4.5
    for colour in theme.diverging_colours(7, dark):
        assert contrast(theme.ink_on(colour), colour) >= 3


def test_a_cut_far_from_all_points_is_not_in_sight() -> None:
    points = [Point(str(i), "甲", 8 + i / 10, i, i + 1) for i in range(5)]
    figure = charts.bubbles(
        points,
        x_label="x",
        y_label="y",
        x_cut=5,
        y_cut=2,
        corners=("a", "b", "c", "d"),
        look=LOOKS[0],
    )
    assert figure["layout"]["xaxis"]["range"][0] > 5
    assert {note["text"] for note in figure["layout"]["annotations"]} == {"b", "d"}


def test_points_in_one_spot_share_a_name() -> None:
    points = [Point("Q1", "Q1", 1, 1), Point("Q2", "Q2", 1, 1), Point("Q3", "Q3", 9, 9)]
    figure = charts.quadrant(
        points, x_label="x", y_label="y", x_cut=5, y_cut=5, first=["Q1"], look=LOOKS[0]
    )
    trace = figure["data"][0]
    assert trace["text"] == ["Q1 Q2", "", "Q3"]
    colours = trace["marker"]["color"]
    assert colours[0] != colours[2] == colours[1]


def test_losses_have_room_for_their_figure_and_are_red() -> None:
    figure = charts.bars([Bar("a", "a", 100), Bar("b", "b", -5)], unit="count", look=LOOKS[0])
    low, high = figure["layout"]["xaxis"]["range"]
    assert -5 - low > 0.15 * (high - low)
    blue, red = figure["data"][0]["marker"]["color"]
    assert blue != red
