"""Import page (导入数据): from an upload to stored rows and back, as different users."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from data import store
from jobs import imports as work
from models.access import Role, User, scope_of
from models.people import AppUser
from models.tables import metadata
from tests.pages.opening import LANGUAGES, open_page, over, words

CUSTOMERS = (
    "客户编码,客户名称,省份,联系人,电话\n"
    "K001,厦门华南机电有限公司,福建省,张伟,0592-5551234\n"
    "K002,江苏中润贸易有限公司,江苏省,王芳,\n"
)


@pytest.fixture
def company(
    sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Engine]:
    monkeypatch.setattr(work, "FOLDER", tmp_path / "uploads")
    with over(sqlite_engine, monkeypatch):
        yield sqlite_engine


def somebody(engine: Engine, role: Role) -> User:
    with store.writing(engine) as session:
        row = AppUser(login=f"u_{role}", name="Somebody", role=role, password_hash="x")
        session.add(row)
        session.flush()
        assert row.id is not None
        return User(row.id, row.login, row.name, role, scope_of(role, row.id), "key")


def count(engine: Engine, table: str) -> int:
    with engine.connect() as connection:
        return connection.execute(
            sa.select(sa.func.count()).select_from(metadata.tables[table])
        ).scalar_one()


def run_on(at: AppTest, step: str) -> AppTest:
    """Rerun until the wizard has come to a step; the file is read in another process."""
    for _turn in range(200):
        if at.session_state["page.imports.step"] == step:
            return at
        work.wait(at.session_state["page.imports.token"])
        at.run()
    raise AssertionError(words(at))


def uploaded(user: User, text: str, name: str = "客户.csv", language: str = "zh_Hans") -> AppTest:
    at = open_page("imports", user, language=language)
    at.file_uploader[0].upload(name, text.encode("gb18030")).run()
    return at


def click(at: AppTest, key: str) -> AppTest:
    next(button for button in at.button if button.key == key).click().run()
    assert not at.exception, at.exception
    return at


@pytest.mark.parametrize("language", LANGUAGES)
def test_opens_in_three_languages(company: Engine, language: str) -> None:
    at = open_page("imports", somebody(company, Role.ADMINISTRATOR), language=language)
    assert at.file_uploader
    said = words(at)
    assert ("Bring in a file" in said) is (language == "en")


def test_from_upload_to_stored_and_back(company: Engine) -> None:
    user = somebody(company, Role.ADMINISTRATOR)
    at = uploaded(user, CUSTOMERS)
    said = words(at)
    assert "GB18030" in said
    assert "厦门华南机电有限公司" in said
    run_on(click(at, "imports.check"), "checked")
    assert count(company, "customer") == 0
    run_on(click(at, "imports.all"), "stored")
    assert count(company, "customer") == 2
    assert count(company, "contact") == 2
    assert "导入批次 1" in words(at)
    click(at, "imports.undo.go")
    assert count(company, "customer") == 0
    assert "已撤销" in words(at)


def test_bad_rows_are_named_and_the_good_ones_can_come_in(company: Engine) -> None:
    at = uploaded(somebody(company, Role.ADMINISTRATOR), CUSTOMERS + "K003,,福建省,李娜,\n")
    run_on(click(at, "imports.check"), "checked")
    assert "此栏必填" in words(at)
    assert not [button for button in at.button if button.key == "imports.all"]
    run_on(click(at, "imports.good"), "stored")
    assert count(company, "customer") == 2


def test_a_column_can_be_mapped_by_hand(company: Engine) -> None:
    text = CUSTOMERS.replace("客户名称", "抬头")
    at = uploaded(somebody(company, Role.ADMINISTRATOR), text)
    kind = next(box for box in at.selectbox if box.label == "表的类型")
    kind.set_value("customers").run()
    name = next(box for box in at.selectbox if box.label == "客户名称")
    name.set_value("抬头").run()
    run_on(click(at, "imports.check"), "checked")
    run_on(click(at, "imports.all"), "stored")
    assert count(company, "customer") == 2
    again = uploaded(somebody(company, Role.SERVICE), text + "K004,新客户,,,\n")
    assert "沿用了以前同样表头" in words(again)


def test_the_role_is_asked_again_in_the_callback(company: Engine) -> None:
    """A user who lost the right meanwhile starts nothing."""
    user = somebody(company, Role.ADMINISTRATOR)
    at = uploaded(user, CUSTOMERS)
    from components import frame

    frame.install(lambda: None)
    next(button for button in at.button if button.key == "imports.check").click().run()
    assert count(company, "customer") == 0
    assert at.session_state["page.imports.step"] == "mapping"


def test_executives_do_not_import(company: Engine) -> None:
    at = open_page("imports", somebody(company, Role.EXECUTIVE))
    assert not at.file_uploader
