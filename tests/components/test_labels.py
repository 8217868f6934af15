"""Names beside points: none covers another name or another mark."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from components.charts import labels
from components.charts.labels import Spot

ROOM = (300.0, 300.0)
spots = st.lists(
    st.builds(
        Spot,
        x=st.floats(0, 300),
        y=st.floats(0, 300),
        radius=st.floats(2, 20),
        name=st.sampled_from(["Q1", "客户甲", "a longer name"]),
    ),
    max_size=12,
)


@given(spots)
def test_no_name_covers_another(marks: list[Spot]) -> None:
    found = labels.beside(marks, range(len(marks)), within=ROOM)
    boxes = [
        labels._box(mark, side, 12) for mark, (name, side) in zip(marks, found, strict=True) if name
    ]
    assert not any(labels._meet(one, two) for one, two in combinations(boxes, 2))
    assert all(box[0] >= 0 and box[2] <= ROOM[0] for box in boxes)


def test_the_most_important_is_named_first() -> None:
    crowd = [Spot(150, 150, 60, "large"), Spot(150, 150, 60, "urgent")]
    names = [name for name, _side in labels.beside(crowd, [1, 0], within=(260, 300))]
    assert names[1] == "urgent"


def test_a_name_does_not_cover_what_is_written_there() -> None:
    alone = [Spot(10, 10, 5, "name")]
    everywhere = [(0.0, 0.0, 300.0, 300.0)]
    assert labels.beside(alone, [0], within=ROOM, taken=everywhere)[0][0] == ""


def test_a_long_text_goes_on_in_a_second_line() -> None:
    assert labels.folded("short", 100, 12) == "short"
    assert labels.folded("two words", 40, 12) == "two<br>words"
    assert labels.folded("付款条件与结算方式合适", 80, 12) == "付款条件与结<br>算方式合适"
