"""How fresh the figures are: the line under a title follows a refresh that is running."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from components import frame, freshness
from components.freshness import Refreshing
from models.access import EVERYBODY, Role, User


@pytest.fixture(autouse=True)
def signed_in() -> Iterator[None]:
    frame.install(lambda: User(1, "lin", "Lin", Role.EXECUTIVE, EVERYBODY, "k1", "en"))
    yield
    frame.install(None)
    freshness.install(None)


def page() -> None:
    from datetime import date

    from components import frame, freshness

    with frame.screen("pyramid"):
        frame.about(as_of=date(2026, 11, 21), scope="Everybody")
        freshness.bar("The figures are up to date.")


def shown(at: AppTest) -> str:
    assert not at.exception
    return "\n".join(str(element.value) for element in at.caption)


def test_the_line_is_plain_while_nothing_runs() -> None:
    freshness.install(lambda: None)
    said = shown(AppTest.from_function(page).run())
    assert "Data as of 2026-11-21 · Everybody" in said
    assert "The figures are up to date." in said


def test_a_running_refresh_stands_beside_the_date() -> None:
    now: list[Refreshing | None] = [Refreshing(7, 0.43)]
    freshness.install(lambda: now[0])
    at = AppTest.from_function(page).run()
    assert "Data as of 2026-11-21 · refreshing 43% · Everybody" in shown(at)
    assert "The figures are up to date." not in shown(at)
    now[0] = None
    assert "refreshing" not in shown(at.run())


def test_it_ends_while_the_page_is_drawn() -> None:
    looks = iter([Refreshing(7, 0.9)])
    freshness.install(lambda: next(looks, None))
    assert "refreshing" not in shown(AppTest.from_function(page).run())
