"""The past stays (过去不变): what a card said when, through imports, undo and correction."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from data import card_changes, store
from data.imports import engine as imports
from data.imports.history import undo
from data.imports.terms.plan import Options, Plan
from data.imports.terms.report import ImportReport
from data.imports.terms.request import Request
from data.queries import card, customers, overview, runs
from errors import BadInput, NotFound
from jobs import refresh
from models.access import EVERYBODY, Role, Scope
from models.base import DAY_ZERO
from models.filters import Filters, Page
from tests.conftest import shared_or_sample
from tests.data.imports.bringing import content, person, rows
from words import corrections

JUNE, NOVEMBER = date(2026, 6, 30), date(2026, 11, 30)


def case(name: str) -> Path:
    """The folder of one of the shared cases."""
    return shared_or_sample(f"cases/{name}", f"cases/{name}")


def bring(
    engine: Engine, file: Path | str, folder: Path, day: date, **options: Any
) -> ImportReport:
    """Import a file, or text as a file, on a day."""
    number = len(list(folder.iterdir()))
    path = file if isinstance(file, Path) else folder / f"{number}.csv"
    if isinstance(file, str):  # empty lines, so that no two files are the very same
        path.write_text(file + "\n" * number, encoding="utf-8")
    plan = Plan(options=Options(**options))
    report = imports.run(engine, Request(path, plan, day))
    assert report.stored, report.issues
    return report


def managers(engine: Engine, *logins: str) -> dict[int | None, str | None]:
    found: dict[int | None, str | None] = {None: None}
    for login in logins:
        found[person(engine, login, Role.ACCOUNT_MANAGER).id] = login
    return found


def owners(engine: Engine, names: dict[int | None, str | None]) -> list[tuple[date, str | None]]:
    found = rows(engine, "owner_history", "since", "owner_id")
    return sorted((since, names[owner]) for since, owner in found)


def cards(engine: Engine) -> list[tuple[Any, ...]]:
    return sorted(
        (since, status.value, province, terms)
        for since, status, province, terms in rows(
            engine, "card_history", "since", "status", "province", "terms_days"
        )
    )


def sheet(**cells: str) -> str:
    heads = {"owner": "客户经理", "province": "省份", "status": "客户状态", "terms": "账期天数"}
    names = ["客户编码", "客户名称", *(heads[name] for name in cells)]
    return f"{','.join(names)}\nC1,甲公司,{','.join(cells.values())}\n"


@pytest.mark.parametrize("together", [False, True], ids=["a", "b"])
def test_a_customer_not_there_yet_gives_nobody_its_limit(
    engine: Engine, files: Path, together: bool
) -> None:
    """Case 01: (a) the later customer came second, (b) all came in one file."""
    managers(engine, "m1", "m2")
    folder = case("01-limit-of-customer-not-there-yet")
    for name in ("c2",) if together else ("c3a", "c3b", "c3c"):
        bring(engine, folder / f"{name}.csv", files, NOVEMBER)
    bring(engine, folder / "i2.csv", files, NOVEMBER)
    refresh.run(engine, as_of=NOVEMBER)
    code = dict(rows(engine, "customer", "id", "code"))
    found = rows(engine, "snapshot", "customer_id", "credit_limit", "outstanding")
    assert sorted((code[who], *figures) for who, *figures in found) == [
        ("A001", 10_000_000, 100_000),
        ("A002", 20_000_000, 500_000),
    ]


def test_a_transferred_customer_stays_with_its_manager_of_june(engine: Engine, files: Path) -> None:
    """Case 17: June told again after the transfer shows the manager of June."""
    names = managers(engine, "m1", "m2")
    folder = case("17-transferred-customer")
    bring(engine, folder / "g_cust.csv", files, date(2026, 6, 1))
    bring(engine, folder / "g_inv.csv", files, date(2026, 6, 1))

    def told(day: date) -> dict[str | None, int]:
        refresh.run(engine, as_of=day)
        found = rows(engine, "snapshot_total", "owner_id", "outstanding", as_of=day)
        sums: dict[str | None, int] = {}
        for owner, amount in found:
            sums[names[owner]] = sums.get(names[owner], 0) + amount
        return sums

    before = told(JUNE)
    assert before == {"m1": 180_000, "m2": 0}, "I001 of B01 and I003 of TR1"
    bring(engine, folder / "g_trans.csv", files, NOVEMBER)
    assert owners(engine, names) == [(DAY_ZERO, "m1"), (NOVEMBER, "m2")]
    assert told(JUNE) == before
    assert told(NOVEMBER)["m2"] == 80_000


def test_changes_of_one_day_are_one_entry_and_a_change_back_is_told(
    engine: Engine, files: Path
) -> None:
    names = managers(engine, "m1", "m2", "m3")
    bring(engine, sheet(owner="m1"), files, JUNE)
    assert owners(engine, names) == []
    bring(engine, sheet(owner="m2"), files, NOVEMBER)
    bring(engine, sheet(owner="m3"), files, NOVEMBER)
    assert owners(engine, names) == [(DAY_ZERO, "m1"), (NOVEMBER, "m3")]
    bring(engine, sheet(owner="m1"), files, NOVEMBER + timedelta(days=1))
    assert owners(engine, names)[-1] == (NOVEMBER + timedelta(days=1), "m1")


def test_one_entry_holds_all_of_a_card(engine: Engine, files: Path) -> None:
    bring(engine, sheet(province="福建省", terms="30"), files, JUNE)
    bring(engine, sheet(province="江苏省"), files, NOVEMBER)
    bring(engine, sheet(status="停用", terms="60"), files, NOVEMBER)
    assert cards(engine) == [
        (DAY_ZERO, "active", "福建省", 30),
        (NOVEMBER, "closed", "江苏省", 60),
    ]


def test_taking_back_takes_its_part_of_the_history_back(engine: Engine, files: Path) -> None:
    managers(engine, "m1", "m2", "m3")
    bring(engine, sheet(owner="m1", province="福建省"), files, JUNE)
    start = content(engine)
    first = bring(engine, sheet(owner="m2", province="江苏省"), files, NOVEMBER)
    between = content(engine)
    second = bring(engine, sheet(owner="m3"), files, NOVEMBER)
    third = bring(engine, sheet(province="浙江省"), files, NOVEMBER + timedelta(days=1))
    with pytest.raises(BadInput):
        undo.undo(engine, first.batch_id or 0, None)
    for one, left in ((third, None), (second, between), (first, start)):
        undo.undo(engine, one.batch_id or 0, None)
        assert left is None or content(engine) == left


def test_a_card_changed_again_elsewhere_keeps_the_first_change(engine: Engine, files: Path) -> None:
    """Two columns of one card: the later entry tells the earlier change as well."""
    bring(engine, sheet(province="福建省", terms="30"), files, JUNE)
    first = bring(engine, sheet(province="江苏省"), files, NOVEMBER)
    bring(engine, sheet(terms="60"), files, NOVEMBER + timedelta(days=1))
    with pytest.raises(BadInput) as refused:
        undo.undo(engine, first.batch_id or 0, None)
    assert [issue.reason for issue in refused.value.issues] == ["undo_rests"]


def test_a_correction_replaces_what_was_always_said(engine: Engine, files: Path) -> None:
    names = managers(engine, "m1", "m2", "m3")
    bring(engine, sheet(owner="m1"), files, JUNE)
    for day in (JUNE, NOVEMBER):
        refresh.run(engine, as_of=day)
    plan = Plan(options=Options(correct_past=True))
    path = files / "correct.csv"
    path.write_text(sheet(owner="m2"), encoding="utf-8")
    checked = imports.run(engine, Request(path, plan, NOVEMBER, rehearse=True))
    stored = imports.run(engine, Request(path, plan, NOVEMBER))
    touched = {"since": "1990-01-01", "first": "2026-06-30", "last": "2026-11-30", "dates": 2}
    assert (checked.past, stored.past) == (touched, touched)
    assert owners(engine, names) == [], "it always was so"
    refresh.run(engine, as_of=JUNE)
    (owner,) = {owner for (owner,) in rows(engine, "snapshot", "owner_id", as_of=JUNE)}
    assert names[owner] == "m2"


def test_a_correction_reaches_back_to_the_change_that_was_wrong(
    engine: Engine, files: Path
) -> None:
    names = managers(engine, "m1", "m2", "m3")
    september = date(2026, 9, 30)
    bring(engine, sheet(owner="m1", province="福建省"), files, JUNE)
    for day in (JUNE, september, NOVEMBER):
        refresh.run(engine, as_of=day)
    bring(engine, sheet(owner="m2"), files, september)
    before = content(engine)
    report = bring(engine, sheet(owner="m3"), files, NOVEMBER, correct_past=True)
    assert owners(engine, names) == [(DAY_ZERO, "m1"), (september, "m3")]
    assert report.past == {
        "since": "2026-09-30",
        "first": "2026-09-30",
        "last": "2026-11-30",
        "dates": 2,
    }
    undo.undo(engine, report.batch_id or 0, None)
    assert content(engine) == before


def test_an_invoice_falls_due_by_the_term_of_its_day(engine: Engine, files: Path) -> None:
    bring(engine, sheet(terms="30"), files, date(2026, 1, 1))
    bring(engine, sheet(terms="90"), files, NOVEMBER)
    bring(
        engine,
        "发票号,客户编码,开票日期,金额\nI1,C1,2026-06-01,1\nI2,C1,2026-11-30,1\n",
        files,
        NOVEMBER,
    )
    assert rows(engine, "invoice", "code", "due_on") == [
        ("I1", date(2026, 7, 1)),
        ("I2", date(2027, 2, 28)),
    ]


def test_who_reads_follows_the_card_and_what_counts_the_date(engine: Engine, files: Path) -> None:
    """After a transfer June's figures stand with the old manager, who no longer reads them."""
    names = managers(engine, "m1", "m2")
    old, new = (number for number in names if number is not None)
    bring(engine, sheet(owner="m1", province="福建省"), files, date(2026, 6, 1))
    bring(
        engine,
        "发票号,客户编码,开票日期,到期日,金额\nI1,C1,2026-06-01,2026-06-10,800\n",
        files,
        JUNE,
    )
    bring(engine, sheet(owner="m2", province="江苏省"), files, NOVEMBER)
    refresh.run(engine, dates=(JUNE, NOVEMBER))

    def owed(scope: Scope, day: date, **chosen: Any) -> int:
        chosen_so = Filters(as_of=day, **chosen)
        with store.reading(engine) as session:
            sums = overview.totals(session, chosen_so, scope, [day])
            listed = customers.rows(session, chosen_so, Page(size=9), scope, as_of=day)
        total = sum(each.outstanding for each in sums)
        assert listed["outstanding"].sum() == total
        return total

    assert [owed(Scope(old), day) for day in (JUNE, NOVEMBER)] == [0, 0]
    assert [owed(Scope(new), day) for day in (JUNE, NOVEMBER)] == [80_000, 80_000]
    by_old = [owed(EVERYBODY, day, owner_ids=(old,)) for day in (JUNE, NOVEMBER)]
    assert by_old == [80_000, 0]
    assert [owed(EVERYBODY, day, owner_ids=(new,)) for day in (JUNE, NOVEMBER)] == [0, 80_000]
    for province, sums in (("福建省", [80_000, 0]), ("江苏省", [0, 80_000])):
        assert [owed(EVERYBODY, day, provinces=(province,)) for day in (JUNE, NOVEMBER)] == sums
    with store.reading(engine) as session:
        assert runs.choices(session, EVERYBODY).provinces == ("江苏省", "福建省")
        assert set(runs.choices(session, EVERYBODY).owners) == {old, new}
        told = card.card(session, "C1", EVERYBODY, as_of=JUNE)
        when = [(held.name, held.since, held.until) for held in told.managers]
        assert when == [("m1", None, NOVEMBER - timedelta(days=1)), ("m2", NOVEMBER, None)]
        parts = overview.totals_by(session, Filters(as_of=JUNE), EVERYBODY, JUNE, "owner")
        assert [(part.code, part.outstanding) for part in parts] == [(str(old), 80_000)]
        with pytest.raises(NotFound):
            card.card(session, "C1", Scope(old), as_of=JUNE)


HANDED = "客户编码,移交日期,客户经理\n"
CHANGED = "客户编码,档案变更日期,省份,客户状态,账期天数\n"


def test_a_sheet_of_changes_leaves_earlier_days_as_they_were(engine: Engine, files: Path) -> None:
    """A first entry tells its own day and later ones; before it the card as it was is true."""
    names = managers(engine, "m1", "m2")
    bring(engine, sheet(owner="m1", province="福建省", terms="30"), files, JUNE)
    card = rows(engine, "customer", *card_changes.DATED)
    october = date(2026, 10, 1)
    refresh.run(engine, dates=(JUNE, NOVEMBER))
    one = bring(engine, f"{HANDED}C1,2026-10-01,m2\n", files, NOVEMBER)
    two = bring(engine, f"{CHANGED}C1,2026-10-01,江苏省,停用,60\n", files, NOVEMBER)
    assert owners(engine, names) == [(DAY_ZERO, "m1"), (october, "m2")]
    assert cards(engine) == [
        (DAY_ZERO, "active", "福建省", 30),
        (october, "closed", "江苏省", 60),
    ]
    changed = {"since": "2026-10-01", "first": "2026-11-30", "last": "2026-11-30", "dates": 1}
    assert [one.past, two.past] == [changed, changed]
    refresh.run(engine, dates=(JUNE, NOVEMBER))
    told = {
        day: (names[owner], province)
        for day, owner, province in rows(engine, "snapshot", "as_of", "owner_id", "province")
    }
    assert told == {JUNE: ("m1", "福建省"), NOVEMBER: ("m2", "江苏省")}
    for batch in (two, one):
        undo.undo(engine, batch.batch_id or 0, None)
    assert (owners(engine, names), cards(engine)) == ([], [])
    assert rows(engine, "customer", *card_changes.DATED) == card


def test_a_change_that_lies_ahead_is_none_yet(engine: Engine, files: Path) -> None:
    names = managers(engine, "m1", "m2", "m3")
    bring(engine, sheet(owner="m1", province="福建省", terms="30"), files, JUNE)
    bring(engine, f"{HANDED}C1,2027-03-01,m2\n", files, JUNE)
    ahead = (date(2027, 3, 1), "m2")
    assert owners(engine, names) == [(DAY_ZERO, "m1"), ahead]
    refresh.run(engine, as_of=JUNE)
    (owner,) = {owner for (owner,) in rows(engine, "snapshot", "owner_id", as_of=JUNE)}
    assert names[owner] == "m1"
    bring(engine, sheet(owner="m3"), files, JUNE, correct_past=True)
    assert owners(engine, names) == [(DAY_ZERO, "m3"), ahead], "what lies ahead stays"


def test_dates_that_nothing_renews_are_named_with_what_renews_them(
    engine: Engine, files: Path
) -> None:
    managers(engine, "m1", "m2")
    bring(engine, sheet(owner="m1"), files, date(2025, 1, 1))
    ends = [date(2025, 1, 31), date(2025, 2, 28)]
    refresh.run(engine, dates=(*ends, date(2026, 7, 15), JUNE, NOVEMBER))
    report = bring(engine, sheet(owner="m2"), files, NOVEMBER, correct_past=True)
    assert report.past["left"] == ["2025-01-31", "2025-02-28", "2026-07-15"]
    assert corrections.said(report.past, "en").endswith(
        "3 of them are not renewed by themselves; renew them with: manage.py refresh "
        "--from 2025-01-31 --to 2025-02-28 --monthly ; manage.py refresh --as-of 2026-07-15"
    )


def test_a_word_for_a_code_is_no_cleaned_text(engine: Engine, files: Path) -> None:
    assert bring(engine, sheet(status="停用"), files, JUNE).noted == {}
