"""The gate of every page: strangers see nothing, roles hold, sessions do not change hands."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from components import frame, menu, state
from errors import BadInput, Conflict, Issue, NotAllowed, NotFound, StoreUnavailable
from models.access import EVERYBODY, Role, User

SECRET = "the figures"


def user(role: Role = Role.EXECUTIVE, key: str = "k1", language: str | None = "en") -> User:
    return User(1, "lin", "Lin", role, EVERYBODY, key, language)


@pytest.fixture(autouse=True)
def nobody_installed() -> Iterator[None]:
    yield
    frame.install(None)


def page() -> None:
    import streamlit as st

    from components import frame

    with frame.screen(st.session_state.get("screen", "pyramid")) as who:
        st.write("the figures")
        frame.about(unit="CNY", scope=frame.scope_words(who))
        error = st.session_state.get("error")
        if error is not None:
            raise error


def run(screen: str = "pyramid", error: Exception | None = None) -> AppTest:
    at = AppTest.from_function(page)
    at.session_state["screen"] = screen
    if error is not None:
        at.session_state["error"] = error
    return at.run()


def shown(at: AppTest) -> str:
    parts = [*at.markdown, *at.title, *at.caption, *at.warning, *at.error, *at.info]
    return "\n".join(str(element.value) for element in parts)


def test_a_page_run_cold_refuses() -> None:
    at = run()
    assert SECRET not in shown(at)
    assert "请先登录" in shown(at)


def test_a_stranger_is_refused() -> None:
    frame.install(lambda: None)
    assert SECRET not in shown(run())


@pytest.mark.parametrize("screen", sorted(menu.SCREENS))
@pytest.mark.parametrize("role", list(Role))
def test_roles_open_their_screens_and_no_others(role: Role, screen: str) -> None:
    frame.install(lambda: user(role))
    at = run(screen)
    assert not at.exception
    assert (SECRET in shown(at)) == menu.may_open(screen, role)


def test_the_head_says_what_and_whose() -> None:
    frame.install(user)
    at = run()
    assert at.title[0].value == "Customer pyramid"
    assert "Unit: CNY · All customers" in shown(at)


def test_a_demoted_user_is_refused_at_the_next_run() -> None:
    who = [user(Role.ADMINISTRATOR)]
    frame.install(lambda: who[0])
    at = run("users")
    assert SECRET in shown(at)
    who[0] = user(Role.SERVICE)
    assert SECRET not in shown(at.run())


def test_a_session_never_changes_hands() -> None:
    who = [user(key="k1")]
    frame.install(lambda: who[0])
    at = run()
    at.session_state["page.note"] = "private"
    who[0] = user(key="k2")
    at.run()
    assert SECRET not in shown(at)
    assert "page.note" not in at.session_state
    who[0] = user(key="k1")
    assert SECRET not in shown(at.run()), "an ended session stays ended"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (NotFound(), "nothing here that you may see"),
        (Conflict(), "Somebody else changed this"),
        (StoreUnavailable("host=secret"), "cannot be reached"),
        (NotAllowed(), "Your role may not do this"),
        (BadInput(Issue("not_a_date", "day", 12, "31.2."), Issue("x", "y", 3, "z")), "2 faults"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_known_errors_are_drawn_once_and_in_words(error: Exception, words: str) -> None:
    frame.install(user)
    at = run(error=error)
    assert not at.exception
    assert words in shown(at)
    assert "secret" not in shown(at)
    if isinstance(error, BadInput):
        assert at.dataframe[0].value["Line"].tolist() == [12, 3]


def test_a_bug_is_not_hidden() -> None:
    frame.install(user)
    assert run(error=ZeroDivisionError()).exception


def test_the_stored_language_is_spoken_until_another_is_chosen() -> None:
    frame.install(lambda: user(language="zh_Hant"))
    assert run().title[0].value == "客戶金字塔"


def callback_page() -> None:
    import streamlit as st

    from components import frame

    @frame.guard("settings", edit=True)
    def save() -> None:
        st.session_state["saved"] = True

    with frame.screen("settings"):
        st.button("save", on_click=save)


@pytest.mark.parametrize(("role", "saved"), [(Role.ADMINISTRATOR, True), (Role.EXECUTIVE, False)])
def test_callbacks_check_again(role: Role, saved: bool) -> None:
    frame.install(lambda: user(role))
    at = AppTest.from_function(callback_page).run()
    at.button[0].click().run()
    assert ("saved" in at.session_state) is saved
    assert not at.exception


def test_a_callback_after_sign_out_does_nothing() -> None:
    who: list[User | None] = [user(Role.ADMINISTRATOR)]
    frame.install(lambda: who[0])
    at = AppTest.from_function(callback_page).run()
    who[0] = None
    at.button[0].click().run()
    assert "saved" not in at.session_state


def test_the_command_line_has_no_user() -> None:
    assert frame.identify() is None
    assert not state.running()


def test_the_map_is_whole() -> None:
    paths = [screen.url_path for screen in menu.SCREENS.values()]
    assert len(set(paths)) == len(paths)
    for screen in menu.SCREENS.values():
        assert screen.section in menu.SECTIONS
        assert screen.file.count("/") == 2, "pages sit in section folders"
        assert screen.editors & screen.roles
    assert [s.key for s in menu.screens_for(Role.SERVICE) if s.key == "receivables"] == []


def test_the_gate_is_shut_where_streamlit_cannot_stop_a_run() -> None:
    with pytest.raises(NotAllowed):
        frame.require("pyramid")
