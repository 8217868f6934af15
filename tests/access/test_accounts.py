"""Accounts (账号): each change is recorded, ends sign-ins, and is an administrator's to make."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from data import accounts, audit, demo_accounts, sessions, signin, store
from errors import BadInput, Conflict, NotAllowed, NotFound
from models.access import Role, User
from models.people import AppUser
from models.system import StoreState
from tests.access.conftest import PASSWORD

Begin = Callable[[str], tuple[User, str]]


def row(engine: Engine, login: str) -> AppUser:
    with store.reading(engine) as session:
        return session.execute(sa.select(AppUser).where(AppUser.login == login)).scalar_one()


def actions(engine: Engine) -> list[str]:
    with store.reading(engine) as session:
        assert audit.verify(session).broken is None
        return [entry.action for entry in audit.latest(session)]


def reasons(caught: pytest.ExceptionInfo[BadInput]) -> set[str]:
    return {issue.reason for issue in caught.value.issues}


def test_a_new_account_gets_a_one_time_password(people: Engine, begin: Begin) -> None:
    root, _ = begin("root")
    password = accounts.create(
        people, root, login=" Li.Na ", name="  李  娜 ", role=Role.CREDIT_CONTROLLER
    )
    made = row(people, "li.na")
    assert (made.name, made.role, made.must_change_password) == (
        "李 娜",
        Role.CREDIT_CONTROLLER,
        True,
    )
    assert password not in made.password_hash
    assert isinstance(signin.sign_in(people, "LI.NA", password, source="1.1.1.1"), signin.Welcome)
    assert actions(people)[:2] == ["user.sign_in", "user.add"]


@pytest.mark.parametrize(
    ("login", "name", "reason"),
    [
        ("", "A", "login_unusable"),
        ("has space", "A", "login_unusable"),
        ("<script>", "A", "login_unusable"),
        ("a" * 65, "A", "login_unusable"),
        (".dot", "A", "login_unusable"),
        ("nul\0", "A", "login_unusable"),
        ("ok", "   ", "name_missing"),
        ("ok", "x" * 81, "name_missing"),
        ("ROOT", "A", "login_taken"),
    ],
)
def test_unusable_accounts_are_refused(people: Engine, login: str, name: str, reason: str) -> None:
    with pytest.raises(BadInput) as caught:
        accounts.create(people, None, login=login, name=name, role=Role.SERVICE)
    assert reasons(caught) == {reason}


def test_chinese_logins_work(people: Engine) -> None:
    password = accounts.create(people, None, login="王小敏", name="王小敏", role=Role.SERVICE)
    assert isinstance(signin.sign_in(people, "王小敏", password, source="1.1.1.1"), signin.Welcome)


@pytest.mark.parametrize(
    "change",
    [
        lambda engine, root: accounts.set_active(engine, root, "wang", False),
        lambda engine, root: accounts.set_role(engine, root, "wang", Role.SERVICE),
        lambda engine, root: accounts.reset_password(engine, root, "wang"),
    ],
    ids=["disable", "role", "password"],
)
def test_every_change_ends_the_sign_ins(people: Engine, begin: Begin, change) -> None:
    root, root_token = begin("root")
    tokens = [begin("wang")[1] for _ in range(3)]
    before = row(people, "wang").auth_version
    change(people, root)
    assert [sessions.user_of(people, token) for token in tokens] == [None] * 3
    assert row(people, "wang").auth_version == before + 1
    assert sessions.user_of(people, root_token) is not None


def test_enabling_again_revives_no_old_sign_in(people: Engine, begin: Begin) -> None:
    _, token = begin("wang")
    accounts.set_active(people, None, "wang", False)
    accounts.set_active(people, None, "wang", True)
    assert sessions.user_of(people, token) is None
    assert actions(people)[:2] == ["user.enable", "user.disable"]


def test_changing_ones_password_keeps_this_browser_only(people: Engine, begin: Begin) -> None:
    user, here = begin("wang")
    _, elsewhere = begin("wang")
    accounts.change_password(people, user, PASSWORD, "another long password")
    kept = sessions.user_of(people, here)
    assert kept is not None
    assert kept.session_key == user.session_key
    assert sessions.user_of(people, elsewhere) is None
    assert signin.sign_in(people, "wang", PASSWORD, source="1.1.1.1") == signin.Refusal()
    again = signin.sign_in(people, "wang", "another long password", source="1.1.1.1")
    assert isinstance(again, signin.Welcome)


def test_a_wrong_old_password_changes_nothing(people: Engine, begin: Begin) -> None:
    user, token = begin("wang")
    for old, new, reason in (
        ("wrong", "another long password", "password_wrong"),
        (f" {PASSWORD}", "another long password", "password_wrong"),
        (PASSWORD, PASSWORD, "password_unchanged"),
        (PASSWORD, "short", "password_too_short"),
    ):
        with pytest.raises(BadInput) as caught:
            accounts.change_password(people, user, old, new)
        assert reason in reasons(caught)
    assert sessions.user_of(people, token) is not None
    assert actions(people) == []


def test_a_one_time_password_must_be_changed(people: Engine) -> None:
    password = accounts.reset_password(people, None, "wang")
    found = signin.sign_in(people, "wang", password, source="1.1.1.1")
    assert isinstance(found, signin.Welcome)
    assert found.user.must_change_password
    accounts.change_password(people, found.user, password, "my very own words")
    kept = sessions.user_of(people, found.token)
    assert kept is not None
    assert not kept.must_change_password


@pytest.mark.parametrize("login", ["wang", "boss"])
def test_only_administrators_change_accounts(people: Engine, begin: Begin, login: str) -> None:
    actor, _ = begin(login)
    forbidden = (
        lambda: accounts.create(people, actor, login="x", name="x", role=Role.ADMINISTRATOR),
        lambda: accounts.set_role(people, actor, login, Role.ADMINISTRATOR),
        lambda: accounts.set_active(people, actor, "root", False),
        lambda: accounts.reset_password(people, actor, "root"),
    )
    for act in forbidden:
        with pytest.raises(NotAllowed):
            act()
    assert actions(people) == []


def test_an_administrator_demoted_meanwhile_changes_nothing(people: Engine, begin: Begin) -> None:
    accounts.create(people, None, login="second", name="B", role=Role.ADMINISTRATOR)
    root, _ = begin("root")
    accounts.set_role(people, None, "root", Role.SERVICE)
    with pytest.raises(NotAllowed):
        accounts.set_active(people, root, "wang", False)
    assert row(people, "wang").active


def test_one_administrator_always_remains(people: Engine, begin: Begin) -> None:
    root, _ = begin("root")
    for act in (
        lambda: accounts.set_active(people, None, "root", False),
        lambda: accounts.set_role(people, None, "root", Role.SERVICE),
    ):
        with pytest.raises(BadInput) as caught:
            act()
        assert reasons(caught) == {"last_administrator"}
    accounts.create(people, None, login="second", name="B", role=Role.ADMINISTRATOR)
    with pytest.raises(BadInput) as caught:
        accounts.set_active(people, root, "root", False)
    assert reasons(caught) == {"own_account"}
    accounts.set_active(people, None, "root", False)


def test_two_administrators_cannot_disable_each_other_at_once(people: Engine, begin: Begin) -> None:
    accounts.create(people, None, login="second", name="B", role=Role.ADMINISTRATOR)
    pairs = [(begin("root")[0], "second"), (begin("second")[0], "root")]

    def disable(actor: User, login: str) -> None:
        try:
            accounts.set_active(people, actor, login, False)
        except (BadInput, NotAllowed):
            return

    threads = [threading.Thread(target=disable, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted([row(people, "root").active, row(people, "second").active]) == [False, True]


def test_unknown_logins_are_named(people: Engine) -> None:
    with pytest.raises(NotFound):
        accounts.set_active(people, None, "nobody", False)
    with pytest.raises(NotFound):
        accounts.set_role(people, None, "nobody", Role.SERVICE)


def _everyone(engine: Engine) -> list[accounts.Account]:
    with store.reading(engine) as session:
        return list(accounts.everyone(session))


def test_a_password_just_given_by_another_stays_good(people: Engine, begin: Begin) -> None:
    root, _token = begin("root")
    version = next(one.version for one in _everyone(people) if one.login == "wang")
    given = accounts.reset_password(people, root, "wang", version=version)
    with pytest.raises(Conflict) as error:
        accounts.reset_password(people, None, "wang", version=version)
    assert error.value.changed is not None
    found = error.value.changed
    assert (found.who, found.what) == (root.name, "user.reset_password")
    assert isinstance(signin.sign_in(people, "wang", given, source="1.1.1.1"), signin.Welcome)


def test_no_hash_or_password_reaches_the_audit_trail(people: Engine) -> None:
    given = accounts.create(people, None, login="new", name="N", role=Role.SERVICE)
    given2 = accounts.reset_password(people, None, "new")
    with store.reading(people) as session:
        said = " ".join(str(entry.model_dump()) for entry in audit.latest(session))
    assert given not in said
    assert given2 not in said
    assert "$2b$" not in said


def test_accounts_as_shown_hold_no_hash(people: Engine) -> None:
    with store.reading(people) as session:
        shown = accounts.everyone(session)
    assert [one.login for one in shown] == ["boss", "root", "wang"]
    assert "$2b$" not in repr(shown)


def test_language_is_kept_and_ends_no_sign_in(people: Engine, begin: Begin) -> None:
    user, token = begin("wang")
    revision = store.revision(people)
    accounts.set_language(people, user, "en")
    accounts.set_language(people, user, "klingon")
    found = sessions.user_of(people, token)
    assert found is not None
    assert found.language == "en"
    assert store.revision(people) == revision, "no cached answer depends on it"


def test_demo_accounts_live_in_a_demo_store_only(engine: Engine) -> None:
    with store.writing(engine) as session:
        ids = demo_accounts.add(session)
        assert demo_accounts.add(session, {"boss": "ignored"}) == ids, "again is the same"
    assert list(ids) == [login for login, _, _ in demo_accounts.DEMO_ACCOUNTS]
    word = demo_accounts.DEMO_PASSWORD
    assert signin.sign_in(engine, "boss", word, source="1.1.1.1") == signin.Refusal()
    with store.reading(engine) as session:
        assert demo_accounts.shown(session) == []
    with store.writing(engine) as session:
        session.execute(sa.update(StoreState).values(is_demo=True))
    found = signin.sign_in(engine, "boss", word, source="1.1.1.1")
    assert isinstance(found, signin.Welcome)
    with store.reading(engine) as session:
        assert len(demo_accounts.shown(session)) == 12
    with store.writing(engine) as session:
        session.execute(sa.update(StoreState).values(is_demo=False))
    assert sessions.user_of(engine, found.token) is None, "nor do their sign-ins outlive it"


def test_demo_accounts_never_take_a_real_one_over(people: Engine) -> None:
    with store.writing(people) as session:
        ids = demo_accounts.add(session)
    assert "boss" not in ids
    assert not row(people, "boss").is_demo
