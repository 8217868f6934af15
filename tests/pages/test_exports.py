"""Files of the pages: exactly what is filtered, within the scope, and back in again unchanged."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import Engine

from components import downloads, menu, tables
from data import store
from data.imports import engine as imports
from data.imports.parsing import values
from data.imports.parsing.texts import cleaned
from data.imports.terms.plan import Plan
from data.imports.terms.report import ImportReport, Outcome
from data.imports.terms.request import Request
from data.queries import customer_sheet
from models.access import EVERYBODY, Role, Scope, User, scope_of
from models.customers import Contact, Customer
from models.enums import SheetKind
from models.people import AppUser
from pages.customers import sheets
from tests import pairs
from tests.conftest import DEMO_END
from tests.data.imports.bringing import content
from tests.pages.opening import LANGUAGES, open_page, over
from words import exports, i18n

TODAY = date(2026, 11, 22)
BOSS = User(0, "boss", "Boss", Role.ADMINISTRATOR, EVERYBODY, "key")
BAND_PAGES = ("pyramid", "key_accounts")
WALK: list[tuple[str, dict[str, str]]] = [
    ("overview", {}),
    ("overview", {"by": "industry"}),
    ("pyramid", {}),
    ("pyramid", {"by": "abc"}),
    ("key_accounts", {}),
    ("receivables", {}),
    ("receivables", {"view": "invoices"}),
    ("loss_alerts", {}),
    ("loss_alerts", {"view": "board"}),
    ("loss_alerts", {"view": "losses"}),
    ("satisfaction", {}),
    ("settings", {}),
    ("users", {}),
    ("account", {}),
]


@pytest.fixture
def pages(demo_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """The demo company behind the pages."""
    with over(demo_engine, monkeypatch):
        yield demo_engine


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int, Callable[[str], bytes]]]:
    """(key, rows as said, builder) of every export the pages draw."""
    found: list[tuple[str, int, Callable[[str], bytes]]] = []
    draw = downloads.buttons

    def keep(build: Any, title: str, **more: Any) -> None:
        found.append((more["key"], more["rows"], build))
        draw(build, title, **more)

    monkeypatch.setattr(downloads, "buttons", keep)
    monkeypatch.setattr(i18n, "language", lambda: "en")  # also where no session is running
    return found


def person(engine: Engine, role: Role) -> User:
    """The first user of the demo company with this role."""
    with store.reading(engine) as session:
        query = sa.select(AppUser).where(AppUser.role == role).order_by(AppUser.id)
        row = session.execute(query).scalars().first()
    assert row is not None
    return User(row.id, row.login, row.name, role, scope_of(role, row.id), "key")


def lines(made: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(made.decode("utf-8-sig"), newline="")))


def split(rows: list[list[str]]) -> tuple[list[str], list[str], list[list[str]]]:
    """(notes, header, rows) of a CSV."""
    gap = rows.index([])
    return [row[0] for row in rows[:gap]], rows[gap + 1], rows[gap + 2 :]


def head_of(page: Any) -> int:
    return next(k for k, row in enumerate(page, start=1) if all(cell.value is None for cell in row))


@pytest.mark.parametrize(
    ("place", "role", "extension"),
    pairs.params(
        range(len(WALK)),
        [Role.EXECUTIVE, Role.ACCOUNT_MANAGER, Role.ADMINISTRATOR],
        ["csv", "xlsx"],
    ),
)
def test_every_table_can_be_taken_away_with_as_many_rows_as_said(
    pages: Engine, built: list[Any], place: int, role: Role, extension: str
) -> None:
    user, (screen, query) = person(pages, role), WALK[place]
    if not menu.may_open(screen, role):
        pytest.skip("this role may not open it")
    at = open_page(screen, user, language="en", **query)
    shown = [one.value for one in at.dataframe if len(one.value)]
    if screen == "settings":  # one file for the groups of thresholds, one for the versions
        assert sum(rows for _key, rows, _build in built) == sum(map(len, shown)) or not shown[1:]
    else:
        assert len(built) >= len(shown), "a table without files"
    for key, rows, build in built:
        notes, header, body = split(lines(build("csv")))
        assert len(body) == rows, key
        assert any(f": {rows:,}" in note for note in notes), key
        assert any(note.startswith("Exported by: " + user.name) for note in notes)
        if extension == "xlsx":
            page = openpyxl.load_workbook(io.BytesIO(build("xlsx"))).worksheets[0]
            gap = head_of(page.iter_rows())
            assert [cell.value for cell in page[gap + 1]][: len(header)] == header
            assert page.max_row - gap - 1 == rows, key


def test_an_account_manager_takes_away_only_their_own(pages: Engine, built: list[Any]) -> None:
    user = person(pages, Role.ACCOUNT_MANAGER)
    with store.reading(pages) as session:
        own = set(
            session.execute(sa.select(Customer.code).where(Customer.owner_id == user.id)).scalars()
        )
    open_page("pyramid", user, language="en")
    for key, _rows, build in built:
        _notes, header, body = split(lines(build("csv")))
        places = [k for k, name in enumerate(header) if name in ("Code", "customer_code")]
        for place in places:
            assert {row[place] for row in body} <= own, key


def test_the_sheet_holds_the_customers_of_the_list_and_no_others(
    pages: Engine, built: list[Any]
) -> None:
    open_page("pyramid", person(pages, Role.EXECUTIVE), language="en", tier="top")
    by_key = {key: split(lines(build("csv"))) for key, _rows, build in built}
    _notes, header, listed = by_key["pyramid"]
    codes = {row[header.index("Code")] for row in listed}
    notes, header, cards = by_key["pyramid.sheet"]
    assert {row[header.index("customer_code")] for row in cards} == codes
    assert any(note.startswith("Filters: VIP") for note in notes)


def test_those_who_may_not_know_credit_get_neither_limits_nor_numbers() -> None:
    service = replace(BOSS, role=Role.SERVICE)
    for kind in (SheetKind.CUSTOMERS, SheetKind.CONTACTS):
        keys = {column.key for column in sheets.columns(kind, service)}
        assert not keys & customer_sheet.CONFIDENTIAL
        everything = {column.key for column in sheets.columns(kind, BOSS)}
        assert everything - keys <= customer_sheet.CONFIDENTIAL


@pytest.mark.parametrize("language", LANGUAGES)
def test_headers_of_sheets_are_names_the_import_knows(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(i18n, "language", lambda: language)
    from data.imports.columns.registry import spec_of
    from data.imports.files import headers

    for kind in (SheetKind.CUSTOMERS, *customer_sheet.RECORDS):
        known = {
            headers.plain(alias): one.name for one in spec_of(kind).fields for alias in one.aliases
        }
        for column in sheets.columns(kind, BOSS):
            assert known[headers.plain(tables.head(column))] == column.key


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_for_codes_are_words_the_import_knows(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(i18n, "language", lambda: language)
    from data.imports.columns.registry import spec_of
    from words import vocabulary

    for (kind, name), words in sheets.WORDED.items():
        parse = spec_of(kind).field(name).parse
        for code in vocabulary.codes(words):
            assert parse(vocabulary.label(words, code), values.Manner(TODAY)) == code


def as_file(folder: Path, table: downloads.Table, extension: str, user: User = BOSS) -> Path:
    made = downloads.sheet(table, user)
    path = folder / f"{len(list(folder.iterdir()))}.{extension}"
    path.write_bytes(exports.xlsx(made) if extension == "xlsx" else exports.csv_bytes(made))
    return path


def rehearse(engine: Engine, path: Path, kind: str, user: User | None = None) -> ImportReport:
    request = Request(path, Plan(kind=kind), TODAY, actor=user, rehearse=True)
    return imports.run(engine, request)


def all_customers(engine: Engine, user: User = BOSS) -> downloads.Table:
    """The sheet of every customer a user may see."""

    def rows(reader: User) -> Any:
        with store.reading(engine) as session:
            return customer_sheet._cards(session, sa.true(), reader.scope, TODAY)

    return downloads.Table("t", sheets.columns(SheetKind.CUSTOMERS, user), rows)


@pytest.mark.parametrize("extension", ["csv", "xlsx"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_customer_comes_back_unchanged(
    demo_engine: Engine,
    tmp_path: Path,
    language: str,
    extension: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(i18n, "language", lambda: language)
    table = all_customers(demo_engine)
    report = rehearse(demo_engine, as_file(tmp_path, table, extension), "")
    assert report.kind == "customers"
    assert not report.issues
    assert report.rows_same == report.rows_read > 300
    assert not report.rows_added + report.rows_updated + report.rows_rejected


def test_an_account_manager_brings_back_what_they_took(demo_engine: Engine, tmp_path: Path) -> None:
    user = person(demo_engine, Role.ACCOUNT_MANAGER)
    file = as_file(tmp_path, all_customers(demo_engine, user), "xlsx", user)
    report = rehearse(demo_engine, file, "customers", user)
    assert report.rows_same == report.rows_read > 10
    assert not report.issues


@pytest.mark.parametrize("extension", ["csv", "xlsx"])
@pytest.mark.parametrize("kind", customer_sheet.RECORDS)
def test_the_records_of_customers_come_back_unchanged(
    demo_engine: Engine, tmp_path: Path, kind: SheetKind, extension: str
) -> None:
    """Of the customers with most of each, and as the card exports them: one by one."""
    with store.reading(demo_engine) as session:
        ids = list(session.execute(sa.select(Customer.id).order_by(Customer.id)).scalars())
        frames = [customer_sheet.records(session, i, EVERYBODY, kind=kind) for i in ids[:60]]
    assert any(map(len, frames)), "nothing to try it on"
    for found in sorted(frames, key=len)[-3:]:
        if not len(found):
            continue
        table = downloads.Table("t", sheets.columns(kind, BOSS), lambda _user, f=found: f)
        report = rehearse(demo_engine, as_file(tmp_path, table, extension), kind)
        assert not report.rows_rejected, [str(issue) for issue in report.issues[:3]]
        assert report.rows_same == report.rows_read == len(found)


HOSTILE = some.text(
    some.sampled_from("=+-@＝＋－＠'\"\t\r\n ,;|\u3000\u200b\u202e\ufeff09Aa_x瑞景&<")
    | some.characters(exclude_categories=("Cs",)),
    max_size=20,
)
NAMES = [
    "=cmd|' /C calc'!A0",
    "+86 592 5551234",
    "'引号",
    "''=1",
    "ＡＢＣ公司",
    "a,b;c",
    '他说"好"',
    "00123",
    "@SUM(A1)",
    "-5",
    "甲\u202e乙",
    "' =1",
    "NULL",
    "1E5",
]


def one_line(text: str) -> str:
    return " ".join(cleaned(text).split())


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(texts=some.lists(HOSTILE, min_size=1, max_size=8), language=some.sampled_from(LANGUAGES))
def test_hostile_names_come_back_unchanged(
    sqlite_engine: Engine, tmp_path_factory: pytest.TempPathFactory, texts: list[str], language: str
) -> None:
    folder = tmp_path_factory.mktemp("sheets")
    wanted = [name for name in map(one_line, [*NAMES, *texts]) if name]
    with store.writing(sqlite_engine) as session:
        session.execute(sa.delete(Contact))
        session.execute(sa.delete(Customer))
        for place, name in enumerate(wanted):
            note = cleaned(re.sub("\r\n?", "\n", texts[place % len(texts)]))
            customer = Customer(
                code=f"{place:05}",
                name=name[:120].strip(),
                short_name=name[:40].strip(),
                city=name[:40].strip(),
                note=note,
                tax_no=None,
                registered_capital=10**14 + place,
                since=date(1990, 1, 1),
            )
            session.add(customer)
            session.flush()
            session.add(Contact(customer_id=customer.id, name=one_line(name)[:60].strip()))
    before = content(sqlite_engine)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(i18n, "language", lambda: language)
        files = [as_file(folder, all_customers(sqlite_engine), kind) for kind in ("csv", "xlsx")]
    for file in files:
        report = imports.run(sqlite_engine, Request(file, Plan(kind="customers"), TODAY))
        assert report.rows_same == report.rows_read == len(wanted), [str(i) for i in report.issues]
        assert content(sqlite_engine) == before


@pytest.mark.parametrize("turn", [0, pytest.param(1, marks=pytest.mark.drill)])
@pytest.mark.parametrize("language", LANGUAGES)
def test_other_lists_do_no_harm_when_imported(
    pages: Engine,
    built: list[Any],
    tmp_path: Path,
    language: str,
    turn: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A list that is no sheet is refused, or changes nothing.

    Each list meets every pair of language, format and kind; every combination with the drill.
    """
    monkeypatch.setattr(i18n, "language", lambda: language)
    user = person(pages, Role.ADMINISTRATOR)
    for screen, query in WALK:
        if screen not in ("settings", "users", "account"):
            open_page(screen, user, language=language, **query)
    assert len(built) > 12
    for place, (key, _rows, build) in enumerate(built):
        kinds = ("", "customers")
        if (place + LANGUAGES.index(language) + turn) % 2:
            kinds = kinds[::-1]
        for extension, kind in zip(("csv", "xlsx"), kinds, strict=True):
            path = tmp_path / f"{key}.{extension}"
            path.write_bytes(build(extension))
            report = rehearse(pages, path, kind)
            assert not report.rows_added + report.rows_updated, (key, kind, report.kind)
            assert report.outcome is not Outcome.COMMITTED
            assert report.issues or report.rows_same == report.rows_read


def test_the_card_goes_as_one_workbook_and_its_sheets_come_back(
    pages: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: dict[str, Callable[[], bytes]] = {}

    def keep(_label: str, build: Any, _title: str, extension: str, **_more: Any) -> None:
        made[extension] = build

    monkeypatch.setattr(downloads, "button", keep)
    monkeypatch.setattr(i18n, "language", lambda: "en")
    with store.reading(pages) as session:
        query = sa.select(Customer.code).order_by(Customer.id).limit(1)
        code = session.execute(query).scalar_one()
    user = person(pages, Role.ADMINISTRATOR)
    open_page("customer", user, language="en", id=code, tab="file")
    path = tmp_path / "card.xlsx"
    path.write_bytes(made["xlsx"]())
    book = openpyxl.load_workbook(path)
    assert {"Customers", "Orders", "Invoices", "Statement of account"} <= set(book.sheetnames)
    with zipfile.ZipFile(io.BytesIO(made["zip"]())) as package:
        assert len(package.namelist()) == len(book.sheetnames)
    for kind in ("customers", "orders", "invoices", "receipts"):
        report = rehearse(pages, path, kind)
        assert report.rows_same == report.rows_read > 0, (kind, [str(i) for i in report.issues])


def test_the_card_of_somebody_else_gives_nothing(demo_engine: Engine) -> None:
    with store.reading(demo_engine) as session:
        number = session.execute(sa.select(sa.func.min(Customer.id))).scalar_one()
        nobody = Scope(owner_id=-1)
        assert not len(customer_sheet.customer(session, number, nobody, today=DEMO_END))
        for kind in customer_sheet.RECORDS:
            assert not len(customer_sheet.records(session, number, nobody, kind=kind))
