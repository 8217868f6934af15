"""Import page (导入数据): from uploads to stored rows and back, as different users."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from data import store
from jobs.bringing import tasks
from models.access import Role, User, scope_of
from models.people import AppUser
from models.tables import metadata
from pages.data.import_queue import File, Step
from tests.pages.opening import LANGUAGES, open_page, over, words

pytestmark = pytest.mark.usefixtures("warm_imports")

CUSTOMERS = (
    "客户编码,客户名称,省份,联系人,电话\n"
    "K001,厦门华南机电有限公司,福建省,张伟,0592-5551234\n"
    "K002,江苏中润贸易有限公司,江苏省,王芳,\n"
)
CONTACTS = "客户编码,联系人姓名,手机\nK001,李娜,13800000000\nK002,赵敏,13900000000\n"


@pytest.fixture
def company(
    sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Engine]:
    monkeypatch.setattr(tasks, "FOLDER", tmp_path / "uploads")
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


def held(at: AppTest) -> dict[str, File]:
    """The queue by file name."""
    found = at.session_state["page.imports.files"]
    return {file.name: file for file in found.values()}


def settle(at: AppTest) -> AppTest:
    """Rerun until no process is at work; files are read in processes of their own."""
    for _turn in range(60):
        running = [f for f in held(at).values() if f.step in ("looking", "checking", "storing")]
        if not running and all(f.step != Step.WAITING for f in held(at).values()):
            return at
        for file in running:
            tasks.wait(file.token)
        at.run()
    raise AssertionError(words(at))


def step(at: AppTest, name: str) -> Step:
    return held(at)[name].step


def uploaded(
    user: User,
    *files: tuple[str, str | bytes],
    language: str = "zh_Hans",
    at: AppTest | None = None,
) -> AppTest:
    at = at or open_page("imports", user, language=language)
    whole = [
        (name, content if isinstance(content, bytes) else content.encode("gb18030"), "text/csv")
        for name, content in files
    ]
    at.file_uploader[0].set_value(whole).run()
    return settle(at)


def click(at: AppTest, key: str) -> AppTest:
    """Click the button of this key, which may end in a language or a token."""
    next(button for button in at.button if (button.key or "").startswith(key)).click().run()
    assert not at.exception, at.exception
    return at


def has(at: AppTest, key: str) -> bool:
    return any((button.key or "").startswith(key) for button in at.button)


@pytest.mark.parametrize("language", LANGUAGES)
def test_opens_in_three_languages(company: Engine, language: str) -> None:
    at = open_page("imports", somebody(company, Role.ADMINISTRATOR), language=language)
    assert at.file_uploader
    assert ("Bring in files" in words(at)) is (language == "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_from_upload_to_stored_and_back(company: Engine, language: str) -> None:
    user = somebody(company, Role.ADMINISTRATOR)
    at = uploaded(user, ("客户.csv", CUSTOMERS), language=language)
    said = words(at)
    assert "GB18030" in said
    assert "厦门华南机电有限公司" in said
    assert "0592-5551234" in said, "an example of the column stands under its box"
    settle(click(at, "imports.check"))
    assert (step(at, "客户.csv"), count(company, "customer")) == (Step.RESULT, 0)
    settle(click(at, "imports.all"))
    assert (count(company, "customer"), count(company, "contact")) == (2, 2)
    number = {"en": "Import number 1", "zh_Hans": "导入批次 1", "zh_Hant": "匯入批次 1"}
    assert number[language] in words(at)


def test_bad_rows_are_named_and_the_good_ones_can_come_in(company: Engine) -> None:
    user = somebody(company, Role.ADMINISTRATOR)
    at = uploaded(user, ("客户.csv", CUSTOMERS + "K003,,福建省,李娜,\n"))
    settle(click(at, "imports.check"))
    assert "此栏必填" in words(at)
    assert not has(at, "imports.all")
    settle(click(at, "imports.good"))
    assert count(company, "customer") == 2


def test_a_column_can_be_mapped_by_hand_and_is_remembered(company: Engine) -> None:
    text = CUSTOMERS.replace("客户名称", "抬头")
    at = uploaded(somebody(company, Role.ADMINISTRATOR), ("a.csv", text))
    next(box for box in at.selectbox if box.label == "表的类型").set_value("customers").run()
    settle(at)
    assert step(at, "a.csv") is Step.COLUMNS
    assert "还缺少这些列：客户名称" in words(at)
    assert next(b for b in at.button if b.key == "imports.check").disabled
    next(box for box in at.selectbox if box.label.startswith("客户名称")).set_value(2).run()
    assert "还缺少这些列" not in words(at)
    settle(click(at, "imports.check"))
    settle(click(at, "imports.all"))
    assert count(company, "customer") == 2
    again = uploaded(somebody(company, Role.SERVICE), ("b.csv", text + "K004,新客户,,,\n"))
    assert "沿用了以前同样表头" in words(again)


def test_a_column_without_a_name_is_chosen_by_its_position(company: Engine) -> None:
    text = "客户编码,,省份\nK001,厦门华南机电有限公司,福建省\n"
    at = uploaded(somebody(company, Role.ADMINISTRATOR), ("a.csv", text))
    next(box for box in at.selectbox if box.label == "表的类型").set_value("customers").run()
    settle(at)
    box = next(box for box in at.selectbox if box.label.startswith("客户名称"))
    assert "第 2 列" in box.options
    box.set_value(2).run()
    settle(click(at, "imports.check"))
    settle(click(at, "imports.all"))
    assert count(company, "customer") == 1


def test_units_stand_beside_the_column_and_two_columns_ask(company: Engine) -> None:
    text = "客户编码,客户名称,电话,手机,信用额度(万元)\nK001,华南机电,1,2,12.5\n"
    at = uploaded(somebody(company, Role.ADMINISTRATOR), ("a.csv", text))
    assert step(at, "a.csv") is Step.COLUMNS
    choice = next(radio for radio in at.radio if list(radio.options) == ["电话", "手机"])
    choice.set_value("手机").run()
    settle(click(at, "imports.check"))
    assert "× 10,000" in words(at)
    settle(click(at, "imports.all"))
    with company.connect() as connection:
        query = "SELECT phone, amount FROM customer, credit_limit"
        found = connection.execute(sa.text(query)).one()
    assert tuple(found) == ("2", 12500000)


def test_columns_of_the_same_name_can_be_told_apart(company: Engine) -> None:
    text = "客户编码,客户名称,电话,电话\nK001,厦门华南机电有限公司,,0592-5551234\n"
    at = uploaded(somebody(company, Role.ADMINISTRATOR), ("a.csv", text))
    assert step(at, "a.csv") is Step.READING
    next(box for box in at.checkbox if box.label.startswith("同名的列")).check().run()
    settle(at)
    assert step(at, "a.csv") is Step.COLUMNS
    assert held(at)["a.csv"].peek.header == ("客户编码", "客户名称", "电话 #3", "电话 #4")


def test_what_was_chosen_outlives_language_step_and_page(company: Engine) -> None:
    user = somebody(company, Role.ADMINISTRATOR)
    at = uploaded(user, ("a.csv", CUSTOMERS))
    next(box for box in at.selectbox if box.label == "省份").set_value(0).run()
    at.session_state["kehu.language"] = "en"
    at.run()
    box = next(box for box in at.selectbox if box.label == "Province")
    assert box.value == 0
    click(at, "imports.step.reading")
    assert step(at, "a.csv") is Step.READING
    at.session_state["screen"] = "account"
    at.run()
    at.session_state["screen"] = "imports"
    at.run()
    click(at, "imports.columns")
    assert next(box for box in at.selectbox if box.label == "Province").value == 0


def test_several_files_are_stored_in_the_right_order_whatever_order_they_came_in(
    company: Engine,
) -> None:
    """Contacts rest on customers; a file that is no table does not stop the others."""
    user = somebody(company, Role.ADMINISTRATOR)
    at = uploaded(
        user,
        ("1-contacts.csv", CONTACTS),
        ("2-photo.csv", b"\x89PNG\r\n\x1a\n" + bytes(100)),
        ("3-customers.csv", CUSTOMERS.replace(",联系人,电话", ",城市,网址")),
    )
    assert [b.label for b in at.button if (b.key or "").startswith("imports.open.")] == [
        r"3\-customers\.csv",
        r"1\-contacts\.csv",
        r"2\-photo\.csv",
    ]
    assert "无法读取" in words(at)
    settle(click(at, "imports.every"))
    assert (count(company, "customer"), count(company, "contact")) == (2, 2)
    assert {step(at, "1-contacts.csv"), step(at, "3-customers.csv")} == {Step.STORED}
    assert step(at, "2-photo.csv") is Step.READING


def test_bringing_in_all_stops_where_a_decision_is_needed(company: Engine) -> None:
    user = somebody(company, Role.ADMINISTRATOR)
    bad = CONTACTS + "K999,无名,1\n"
    at = uploaded(user, ("contacts.csv", bad), ("customers.csv", CUSTOMERS))
    settle(click(at, "imports.every"))
    assert step(at, "customers.csv") is Step.STORED
    assert step(at, "contacts.csv") is Step.CUSTOMERS, "K999 is nobody"
    assert count(company, "contact") == 2, "those of the customers file, none of the bad one"
    assert "需要您决定" in words(at)
    changed = CUSTOMERS.replace("福建省", "广东省")
    uploaded(user, ("new.csv", changed), at=at)
    settle(click(at, "imports.remove." + held(at)["contacts.csv"].token))
    assert step(at, "new.csv") is Step.COLUMNS
    settle(click(at, "imports.every"))
    assert step(at, "new.csv") is Step.RESULT, "stored rows are changed only when seen"


def test_files_with_the_same_header_take_the_mapping(company: Engine) -> None:
    text = CUSTOMERS.replace("客户名称", "抬头")
    user = somebody(company, Role.ADMINISTRATOR)
    at = uploaded(
        user, ("a.csv", text), ("b.csv", text.replace("K00", "K01").replace("有限公司", "股份公司"))
    )
    next(box for box in at.selectbox if box.label == "表的类型").set_value("customers").run()
    settle(at)
    next(box for box in at.selectbox if box.label.startswith("客户名称")).set_value(2).run()
    settle(click(at, "imports.check"))
    assert held(at)["b.csv"].mapped
    settle(click(at, "imports.every"))
    assert count(company, "customer") == 4


def test_the_role_is_asked_again_in_the_callback(company: Engine) -> None:
    """A user who lost the right meanwhile starts nothing."""
    user = somebody(company, Role.ADMINISTRATOR)
    at = uploaded(user, ("a.csv", CUSTOMERS))
    from components import frame

    frame.install(lambda: None)
    next(button for button in at.button if button.key == "imports.check").click().run()
    assert count(company, "customer") == 0
    assert step(at, "a.csv") is Step.COLUMNS


def test_executives_do_not_import(company: Engine) -> None:
    at = open_page("imports", somebody(company, Role.EXECUTIVE))
    assert not at.file_uploader


def test_cancelling_brings_the_file_back_to_its_columns(company: Engine) -> None:
    user = somebody(company, Role.ADMINISTRATOR)
    rows = "".join(f"C{n:06d},客户{n}有限公司\n" for n in range(60_000))
    at = uploaded(user, ("big.csv", "客户编码,客户名称\n" + rows))
    click(at, "imports.check")
    assert step(at, "big.csv") is Step.CHECKING
    click(at, "imports.cancel.")
    assert step(at, "big.csv") is Step.COLUMNS
    assert "已取消" in words(at)
    assert count(company, "customer") == count(company, "import_batch") == 0
    settle(click(at, "imports.check"))
    assert held(at)["big.csv"].report.rows_added == 60_000


def test_a_closed_session_leaves_its_files_to_the_next(company: Engine) -> None:
    user = somebody(company, Role.ADMINISTRATOR)
    uploaded(user, ("a.csv", CUSTOMERS))
    later = open_page("imports", user, language="zh_Hans")
    assert "您还有没处理完的文件：a" in words(later)
    click(later, "imports.go_on")
    assert step(later, "a.csv") is Step.COLUMNS
    settle(click(later, "imports.check"))
    settle(click(later, "imports.all"))
    assert count(company, "customer") == 2
    stranger = open_page("imports", somebody(company, Role.SERVICE), language="zh_Hans")
    assert "您还有没处理完的文件" not in words(stranger)


def test_nobody_fills_the_disk(company: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobs.bringing.uploads.BYTES_PER_USER", 150)
    user = somebody(company, Role.ADMINISTRATOR)
    at = uploaded(user, ("a.csv", CUSTOMERS.encode()[:100]), ("b.csv", CONTACTS))
    assert list(held(at)) == ["a.csv"]
    assert "上限" in words(at)
