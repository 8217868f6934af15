"""What is said about a file, written and read again (编解码): nothing lost or mistaken."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from data.imports.files.cell import Cell, kind_of, shown
from data.imports.peek import Peek
from data.imports.terms.beyond import Asked
from data.imports.terms.items import Item
from data.imports.terms.plan import Plan
from data.imports.terms.report import ImportReport, Outcome
from errors import BadInput, Issue
from pages.data.import_queue import File, Step

ASKED = Item("q", column="Delivery", minimum=1, maximum=5.5, words={"good": 5, "fair": 2.5})
PLAN = Plan(kind="answers", items=(ASKED,), columns={"a": None, "b": 3, "c": "Code"})
SEEN = Peek(
    "answers",
    rows=((2, ("a", "b")),),
    questions=(Asked(2, ASKED, ("good",), sure=False),),
    issues=(Issue("column_missing", detail={"names": "a, b"}),),
)
REPORT = ImportReport(
    Outcome.CHECKED, "orders", issues=(Issue("empty", "Code", 3),), past={"dates": 3}, seconds=1.5
)


def again(plain: dict[str, Any]) -> dict[str, Any]:
    """As a file or a process hands it over."""
    back: dict[str, Any] = json.loads(json.dumps(plain))
    return back


def test_a_file_of_the_queue_comes_back_whole() -> None:
    file = File("t", "a.csv", 3, 1.5, Step.WAITING, PLAN, SEEN, REPORT, told=True)
    assert File.from_dict("t", again(file.as_dict())) == file
    assert "token" not in file.as_dict()


def test_figures_stay_as_they_were_said() -> None:
    """What a file means is told by them: 1 and 1.0 would be two files."""
    (item,) = Plan.from_dict(again(PLAN.as_dict())).items
    assert [type(one) for one in (item.minimum, item.maximum, *item.words.values())] == [
        int,
        float,
        int,
        float,
    ]


def test_details_of_a_fault_are_words() -> None:
    told = ImportReport(Outcome.CHECKED, "x", notes=(Issue("n", detail={"on": date(2026, 3, 1)}),))
    (note,) = ImportReport.from_dict(again(told.as_dict())).notes
    assert note.detail == {"on": "2026-03-01"}


@pytest.mark.parametrize(
    ("said", "column", "value"),
    [
        ({"hints": {"header_line": "3"}}, "file.header_line", "3"),
        ({"hints": 3}, "file", "3"),
        ({"options": {"create_customers": "yes"}}, "options.create_customers", "yes"),
        ({"options": {"match_names": 1}}, "options.match_names", "1"),
        ({"columns": {"amount": True}}, "columns.amount", "True"),
        ({"constants": {"day": date(2026, 1, 1)}}, "constants.day", "2026-01-01"),
        ({"create": ["Z9", 1]}, "create", "1"),
        ({"items": [{"code": "q", "minimum": True}]}, "items.minimum", "True"),
        ({"items": [{"code": "q", "words": 3}]}, "items.words", "3"),
        ({"points": {"reliability": "60"}}, "points.reliability", "60"),
    ],
)
def test_nothing_of_another_type_passes(said: dict[str, Any], column: str, value: str) -> None:
    with pytest.raises(BadInput) as refused:
        Plan.from_dict(said)
    assert [(i.reason, i.column, i.value) for i in refused.value.issues] == [
        ("map_wrong_type", column, value)
    ]


def test_names_nobody_knows_are_all_named() -> None:
    with pytest.raises(BadInput) as refused:
        Plan.from_dict({"foo": 1, "bar": 2, "hints": {"sheat": "x"}})
    assert [(i.reason, i.column, i.value) for i in refused.value.issues] == [
        ("map_unknown", "", "bar"),
        ("map_unknown", "", "foo"),
        ("map_unknown", "file", "sheat"),
    ]


def test_a_cell_stays_what_it_was() -> None:
    cell = Cell("7", "number", "000")
    with pytest.raises(AttributeError):
        cell.kind = "date"
    assert (kind_of(cell), shown(cell), str(cell)) == ("number", "007", "7")
    assert (kind_of("7"), shown("7")) == ("text", "7")
