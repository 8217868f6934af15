"""Every question obeys the row rule (数据范围): a scope that owns nobody gets nothing.

The questions are found by walking `data.queries`, so a new one cannot be left out: a
function that touches customers must take `scope`, and a parameter this file does not know
fails until it is taught.
"""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

import data.queries
from data import store
from data.queries.ageing import Ageing
from data.queries.limitation import Term
from errors import NotFound
from models.access import EVERYBODY, NOBODY, Scope
from models.customers import Customer
from models.enums import SheetKind
from models.filters import Filters, Page
from models.loss import SupervisionItem
from models.snapshots import SnapshotRun
from models.surveys import Response, Wave

GIVEN = ("customer_id", "invoice_id", "position")  # columns a caller already knew
RULE = {"visible_to", "narrowed", "about_customer"}  # the rule itself, not questions


def questions() -> Iterator[Callable[..., Any]]:
    for found in pkgutil.iter_modules(data.queries.__path__):
        module = importlib.import_module(f"data.queries.{found.name}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            own = function.__module__ == module.__name__
            first = next(iter(inspect.signature(function).parameters), "")
            if own and not name.startswith("_") and name not in RULE and first == "session":
                yield function


SCOPED = [q for q in questions() if "scope" in inspect.signature(q).parameters]


def named(function: Callable[..., Any]) -> str:
    return f"{function.__module__.rsplit('.', 1)[-1]}.{function.__name__}"


def arguments(function: Callable[..., Any], session: Session, scope: Scope) -> dict[str, Any]:
    """What to call a question with, by the names of its parameters."""
    runs = [run.as_of for run in session.exec(select(SnapshotRun)).all()]
    newest = max(runs)
    customer = session.exec(select(Customer).order_by(Customer.id)).first()
    assert customer is not None
    waves = session.exec(select(Wave.id).order_by(Wave.ends_on)).all()
    known: dict[str, Any] = {
        "session": session,
        "scope": scope,
        "filters": Filters(),
        "page": Page(size=20),
        "as_of": newest,
        "day": newest,
        "today": newest,
        "before": min(runs),
        "compare": min(runs),
        "since": min(runs),
        "start": min(runs),
        "end": newest,
        "dates": sorted(runs),
        "customer_id": customer.id,
        "customer_ids": (customer.id,),
        "ids": (customer.id,),
        "code": customer.code,
        "search": customer.code,
        "kind": SheetKind.ORDERS,
        "codes": (customer.code,),
        "after": min(runs),
        "until": newest,
        "term": Term(),
        "below": 60.0,
        "ageing": Ageing(edges=(30, 60, 90)),
        "queue": "week",
        "by": "owner",
        "axis": "tier",
        "frame": pd.DataFrame({name: [customer.id] for name in GIVEN}, dtype=object),
        "wave_id": waves[-1],
        "wave_ids": tuple(waves),
        "item_id": session.exec(select(SupervisionItem.id)).first(),
        "response_id": session.exec(select(Response.id)).first(),
    }
    taken = {}
    for parameter in inspect.signature(function).parameters.values():
        if parameter.name in known:
            taken[parameter.name] = known[parameter.name]
        elif parameter.default is inspect.Parameter.empty:
            pytest.fail(f"teach this test a value for {parameter.name!r}")
    return taken


def holds_nothing(value: Any, names: frozenset[str]) -> bool:
    """Whether an answer tells nothing of any customer: no figure but 0, none of the names."""
    if isinstance(value, str):
        return value not in names
    if value is None or isinstance(value, (bool, date)):
        return True
    if isinstance(value, pd.DataFrame):
        told = value.drop(columns=[name for name in GIVEN if name in value])
        return all(holds_nothing(cell, names) for cell in told.to_numpy().flat)
    if isinstance(value, dict):
        return all(holds_nothing(item, names) for item in value.values())
    if isinstance(value, (list, tuple, set, frozenset)):
        return all(holds_nothing(item, names) for item in value)
    if dataclasses.is_dataclass(value):
        return all(holds_nothing(getattr(value, f.name), names) for f in dataclasses.fields(value))
    return bool(pd.isna(value) or value == 0)


def names_of(engine: Engine) -> frozenset[str]:
    with store.reading(engine) as session:
        pairs = session.exec(select(Customer.code, Customer.name)).all()
    return frozenset(text for pair in pairs for text in pair)


def answer(function: Callable[..., Any], engine: Engine, scope: Scope) -> Any:
    with store.reading(engine) as session:
        return function(**arguments(function, session, scope))


def test_there_are_questions() -> None:
    assert len(SCOPED) >= 20


@pytest.mark.parametrize("function", SCOPED, ids=named)
def test_a_scope_that_owns_nobody_gets_nothing(
    function: Callable[..., Any], demo_engine: Engine
) -> None:
    try:
        nothing = answer(function, demo_engine, NOBODY)
    except NotFound:
        return
    assert holds_nothing(nothing, names_of(demo_engine)), nothing


@pytest.mark.parametrize("function", SCOPED, ids=named)
def test_the_same_question_answers_those_who_may_see_all(
    function: Callable[..., Any], demo_engine: Engine
) -> None:
    """Guards the test above: an empty answer must come from the scope, not from the store."""
    everything = answer(function, demo_engine, EVERYBODY)
    assert everything is not None


@pytest.mark.parametrize("function", [q for q in questions() if q not in SCOPED], ids=named)
def test_questions_without_a_scope_touch_no_customer(function: Callable[..., Any]) -> None:
    source = inspect.getsource(function)
    assert "Customer" not in source, "a question about customers takes a scope"
    assert "Snapshot." not in source
