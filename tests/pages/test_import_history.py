"""Earlier imports (导入记录): found, opened, exported and taken back on the page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from data import store
from data.imports.history import batches, differences
from data.imports.terms.report import ImportReport, Outcome
from jobs.bringing import tasks, undoing
from models.access import Role, User
from pages.data import differences_view, import_history
from pages.data.undo_work import Asked
from tests.data.imports.bringing import bring, count, person
from tests.data.imports.test_batches import before
from tests.data.imports.test_undo import PAIRS
from tests.kept import Kept
from tests.pages.opening import LANGUAGES, open_page, over, run, said_missing, words
from words import exports

pytestmark = pytest.mark.usefixtures("warm_imports")


@pytest.fixture
def company(
    sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kept: Kept
) -> Iterator[Engine]:
    monkeypatch.setattr(tasks, "FOLDER", tmp_path / "uploads")
    (tmp_path / "in").mkdir()
    kept(sqlite_engine, before)
    with over(sqlite_engine, monkeypatch):
        yield sqlite_engine


@pytest.fixture
def admin(company: Engine) -> User:
    return person(company, "ada", Role.ADMINISTRATOR)


def click(at: AppTest, key: str) -> AppTest:
    found = next(button for button in at.button if (button.key or "").startswith(key))
    found.click()
    return settled(run(at))


def settled(at: AppTest) -> AppTest:
    """Run anew until no undo is at work; it is one in a process of its own."""
    for _turn in range(20):
        tokens = [one.token for one in asked(at) if one.token]
        if not tokens:
            return at
        for token in tokens:
            tasks.wait(token)
        run(at)
    raise AssertionError(words(at))


def asked(at: AppTest) -> list[Asked]:
    """What this session asks about imports."""
    names = [f"page.imports.asked.{number}" for number in range(1, 9)]
    return [at.session_state[name] for name in names if name in at.session_state]


def history(at: AppTest, number: str = "Number") -> list[int]:
    return list(next(one.value for one in at.dataframe if number in one.value.columns)[number])


@pytest.mark.parametrize("language", LANGUAGES)
def test_lists_in_three_languages(admin: User, language: str) -> None:
    said = words(open_page("imports", admin, language=language))
    assert "invoices.csv" in said
    assert ("the command line" in said) is (language == "en")


def test_narrowed_by_the_address(admin: User) -> None:
    assert history(open_page("imports", admin)) == [4, 3, 2, 1]
    assert history(open_page("imports", admin, sheet="orders,products")) == [3, 2]
    assert history(open_page("imports", admin, file="invo")) == [4]
    assert history(open_page("imports", admin, sort="id")) == [1, 2, 3, 4]
    nothing = open_page("imports", admin, state="undone")
    assert history(nothing) == []
    assert not [b for b in nothing.get("download_button") if "imports.history" in str(b.proto)]


def test_the_file_holds_what_is_filtered(admin: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_history.frame, "require", lambda *_a, **_k: admin)
    wanted = batches.Wanted(search="invo")
    text = import_history._file(wanted, {0: ""}, "id", True, "csv").decode("utf-8-sig")
    assert "invoices.csv" in text
    assert "invo" in text.splitlines()[2]
    assert "orders.csv" not in text
    assert import_history._file(wanted, {0: ""}, "id", True, "xlsx").startswith(b"PK")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_batch_opens(admin: User, language: str) -> None:
    at = open_page("imports", admin, language=language, batch="1")
    said = words(at)
    assert r"customers\\.csv" in said, "escaped"
    assert "甲公司" in said
    assert "1,000.00" not in said, "limits are another part"
    assert not at.file_uploader
    limits = words(open_page("imports", admin, language=language, batch="1", part="credit_limit"))
    assert "1,000.00" in limits


def test_changes_old_and_new(company: Engine, admin: User, tmp_path: Path) -> None:
    number = bring(company, PAIRS["customers"][0], "customers", folder=tmp_path / "in").batch_id
    at = open_page("imports", admin, batch=str(number), part="changes")
    table = next(one.value for one in at.dataframe if "Old" in one.value.columns)
    told = set(table.itertuples(index=False, name=None))
    assert ("K1", "Province", "福建省", "浙江省") in told
    assert ("K1", "Group code", "—", "K4") in told


@pytest.mark.parametrize("number", ["99", "x", "1e3", "-1", "²"])
def test_no_such_batch(admin: User, number: str) -> None:
    at = open_page("imports", admin, batch=number)
    assert said_missing(at) == [f"Import “{number}” is not there."]


def test_somebody_elses_batch_is_none(company: Engine) -> None:
    at = open_page("imports", person(company, "anna", Role.ACCOUNT_MANAGER), batch="1")
    assert said_missing(at) == ["Import “1” is not there."]
    assert "customers.csv" not in words(at)


def test_taken_back_after_asking(company: Engine, admin: User) -> None:
    at = open_page("imports", admin, batch="4")
    click(at, "imports.undo.ask")
    assert "2 rows are removed" in words(at)
    assert count(company, "invoice") == 2
    click(at, "imports.undo.leave")
    assert "2 rows are removed" not in words(at)
    click(at, "imports.undo.ask")
    click(at, "imports.undo.go")
    assert count(company, "invoice") == 0
    said = words(at)
    assert "Taken back: 2 rows removed, 0 put back." in said
    assert "ada" in said
    assert not [b for b in at.button if (b.key or "").startswith("imports.undo")]


def test_a_bar_while_it_is_at_work_and_a_way_to_stop_it(
    company: Engine, admin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = open_page("imports", admin, batch="4")
    click(at, "imports.undo.ask")
    with store.writing(company):  # it has to wait for us, so it is at work for sure
        monkeypatch.setattr(undoing.job_runs, "begin", lambda *_a, **_k: 1)
        monkeypatch.setattr(undoing.job_runs, "beat", lambda *_a, **_k: None)
        next(b for b in at.button if b.key == "imports.undo.go").click()
        run(at)
        (asked_now,) = asked(at)
        assert asked_now.takes_back
        assert tasks.folder_of(asked_now.token).exists()
        assert "Taking it back" in words(at)
        assert not [b for b in at.button if (b.key or "").startswith("imports.undo.go")]
        next(b for b in at.button if (b.key or "").startswith("imports.undo.cancel")).click()
        run(at)
        assert not tasks.folder_of(asked_now.token).exists()
    assert asked(at) == []
    assert count(company, "invoice") == 2
    assert "Take this import back" in words(at)


def test_whoever_comes_second_is_told(company: Engine, admin: User) -> None:
    at = open_page("imports", admin, batch="4")
    click(at, "imports.undo.ask")
    number = undoing.job_runs.begin(company, undoing.KIND, about={"batch": 3, "who": "Bo_B"})
    next(b for b in at.button if b.key == "imports.undo.go").click()
    run(at)
    assert "Import 3 is being taken back just now (Bo\\\\_B" in words(at)
    assert next(b for b in at.button if b.key == "imports.undo.go").disabled
    assert count(company, "invoice") == 2
    undoing.job_runs.end(company, number, "done")
    assert "being taken back just now" not in words(run(at))
    click(at, "imports.undo.go")
    assert count(company, "invoice") == 0


def test_refused_with_its_reason(admin: User) -> None:
    at = open_page("imports", admin, batch="1")
    click(at, "imports.undo.ask")
    assert "This import cannot be taken back:" in words(at)
    assert not [b for b in at.button if b.key == "imports.undo.go"]


def test_a_change_meanwhile_is_noticed(company: Engine, admin: User) -> None:
    """Asked when nothing spoke against it; by the click somebody had changed a value."""
    at = open_page("imports", admin, batch="4")
    click(at, "imports.undo.ask")
    with store.writing(company) as session:
        session.execute(
            batches.sa.text(
                "insert into collection_action (customer_id, invoice_id, acted_on, channel, result,"
                " interrupts_limitation, note, created_at) values (1, 1, '2026-05-01', 'phone',"
                " 'promised', false, '', '2026-05-01')"
            )
        )
    click(at, "imports.undo.go")
    assert count(company, "invoice") == 2
    assert "later" in words(at)


def test_the_role_is_asked_again(company: Engine, admin: User) -> None:
    from components import frame

    at = open_page("imports", admin, batch="4")
    click(at, "imports.undo.ask")
    frame.install(lambda: None)
    next(b for b in at.button if b.key == "imports.undo.go").click().run()
    assert count(company, "invoice") == 2


def test_what_would_change_is_shown(company: Engine, tmp_path: Path) -> None:
    kept = tmp_path / "changes.jsonl"
    report = bring(
        company,
        PAIRS["customers"][0],
        "customers",
        folder=tmp_path / "in",
        rehearse=True,
        changes=kept,
    )
    at = AppTest.from_function(_shown, kwargs={"plain": report.as_dict(), "path": str(kept)})
    run(at)
    said = words(at)
    assert "values would change" in said
    assert "¥1,000.00" in said
    assert "¥2,000.00" in said
    made = differences_view.sheet("t", "customers", differences.read(kept), 1)
    assert exports.csv_bytes(made).decode("utf-8-sig").count("\n") >= report.differences_count


def _shown(plain: dict, path: str) -> None:
    from pathlib import Path

    from components import state
    from data.imports.terms.report import ImportReport
    from pages.data import differences_view

    state.choose_language("en")
    differences_view.show(ImportReport.from_dict(plain), lambda: Path(path))


def test_nothing_is_shown_where_nothing_changes() -> None:
    at = AppTest.from_function(
        _shown, kwargs={"plain": ImportReport(Outcome.CHECKED, "customers").as_dict(), "path": "x"}
    )
    run(at)
    assert not at.markdown
