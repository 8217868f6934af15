"""Reports say what the pages say, in every format, and never more than was asked for."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import col
from typer.testing import CliRunner, Result

import settings
from analytics.metric import catalogue
from analytics.satisfaction import mean_interval
from components import survey_view
from data import store
from data.queries import (
    alerts,
    customers,
    key_accounts,
    open_invoices,
    pyramid,
    receivables,
    runs,
)
from data.queries import satisfaction as asked
from data.queries.ageing import Ageing, Narrow
from manage import app
from models.access import EVERYBODY, Scope
from models.customers import Customer
from models.filters import Filters, Page
from models.people import AppUser
from models.policy import Policy
from models.snapshots import Snapshot
from tests import company
from tests.conftest import DEMO_DATES, DEMO_END
from words import i18n

ROOT = Path(__file__).resolve().parents[2]
ALL = Filters(as_of=DEMO_END)
AGEING = Ageing(edges=Policy().ageing_edges)
OPEN = {"as_of": DEMO_END, "day": DEMO_END, "ageing": AGEING, "narrow": Narrow(not_due=True)}
LABELS = ("not_due", "1-30", "31-60", "61-90", "91-180", "181-365", ">365")
HEAD = ["report", "as_of", "currency", "window", "setting_version"]
FIGURES = [
    "customers",
    "customer_share",
    "sales",
    "share",
    "margin",
    "margin_ratio",
    "entry_threshold",
    "outstanding",
    "overdue",
    "flagged",
    "value_at_risk",
]
KEYS: dict[str, dict[str, list[str]]] = {
    "pyramid": {
        "": [*HEAD, "basis", "cuts_percent", "abc_cuts", "totals", "tiers", "abc", "profit_tiers"],
        "totals": ["customers", "active_customers", "sales", "margin"],
        "tiers": ["tier", *FIGURES],
        "abc": ["class", *FIGURES],
        "profit_tiers": ["tier", *FIGURES],
    },
    "ageing": {
        "": [*HEAD, "basis", "edges_days", "loss_rates", "totals", "buckets"],
        "totals": [
            "outstanding",
            "not_due",
            "overdue",
            "overdue_ratio",
            "provision",
            "unallocated",
            "net",
            "ledger_balance",
            "reconciles",
        ],
        "buckets": ["bucket", "amount", "share"],
    },
    "ageing --by customer": {
        "": [*HEAD, "basis", "edges_days", "loss_rates", "totals", "customers", "buckets"],
        "customers": [
            "code",
            "name",
            "owner",
            "tier",
            "grade",
            *LABELS,
            "outstanding",
            "overdue",
            "unallocated",
            "net",
            "oldest_days",
            "credit_limit",
            "last_receipt",
        ],
    },
    "ageing --by invoice": {
        "": [*HEAD, "basis", "edges_days", "loss_rates", "totals", "invoices", "buckets"],
        "invoices": [
            "invoice",
            "instalment",
            "code",
            "name",
            "owner",
            "invoiced_on",
            "due_on",
            "due_from",
            "amount",
            "outstanding",
            "overdue_days",
            "first_due_on",
            "bucket",
        ],
    },
    "key-accounts": {
        "": [*HEAD, "cut", "totals", "customers"],
        "totals": [
            "customers",
            "sales",
            "share_of_sales",
            "share_of_margin",
            "top1_share",
            "top5_share",
            "with_risk_flags",
            "not_contacted",
            "overdue",
        ],
        "customers": [
            "code",
            "name",
            "owner",
            "tier",
            "abc",
            "key_score",
            "key_reason",
            "sales",
            "change",
            "margin",
            "margin_ratio",
            "wallet_share",
            "outstanding",
            "overdue",
            "credit_limit",
            "limit_used",
            "grade",
            "csi",
            "csi_n",
            "complaints_open",
            "level",
            "last_contact",
            "contract_ends",
        ],
    },
    "satisfaction": {
        "": [*HEAD, "confidence", "rule", "totals", "waves", "items"],
        "rule": ["main_survey", "least_answers", "least_share"],
        "totals": [
            "waves",
            "responses",
            "survey",
            "wave",
            "state",
            "counted",
            "customers",
            "index",
            "satisfied",
            "nps",
        ],
        "waves": [
            "survey",
            "wave",
            "starts_on",
            "ends_on",
            "state",
            "lacks",
            "share",
            "responses",
            "customers",
            "anonymous",
            "counted",
            "measures",
            "index",
            "index_low",
            "index_high",
            "satisfied",
            "satisfied_n",
            "satisfied_low",
            "satisfied_high",
            "nps",
            "nps_n",
            "nps_low",
            "nps_high",
        ],
        "items": [
            "item",
            "wording",
            "role",
            "dimension",
            "weight",
            "n",
            "mean",
            "index",
            "satisfied",
        ],
    },
    "alerts": {
        "": [*HEAD, "thresholds", "totals", "customers"],
        "thresholds": ["amber", "red"],
        "totals": ["red", "amber", "green", "value_at_risk"],
        "customers": [
            "code",
            "name",
            "owner",
            "tier",
            "level",
            "score",
            "value_at_risk",
            "raised_on",
            "state",
            "due_on",
            "reasons",
        ],
    },
}
BY_CUSTOMER = ("ageing --by customer", "ageing --by invoice", "key-accounts", "alerts")
Report = Callable[..., Any]


@pytest.fixture
def over(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Engine], None]]:
    """Commands read this store."""

    def use(engine: Engine) -> None:
        monkeypatch.setenv("DATABASE_URL", engine.url.render_as_string(hide_password=False))
        settings.get.cache_clear()

    yield use
    settings.get.cache_clear()


@pytest.fixture
def demo(over: Callable[[Engine], None], demo_engine: Engine) -> Engine:
    over(demo_engine)
    return demo_engine


def run(words: str, *more: str) -> Result:
    return CliRunner().invoke(app, ["report", *words.split(), *more])


def told(words: str, *more: str) -> dict[str, Any]:
    done = run(words, "--format", "json", *more)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def cents(amount: float) -> int:
    """A money figure of JSON in minor units; fails where it is not exact to the cent."""
    exact = Decimal(repr(amount)) * 100
    assert exact == exact.to_integral_value(), amount
    return int(exact)


def total(rows: list[dict[str, Any]], key: str) -> int:
    return sum(cents(row[key]) for row in rows)


def ask(engine: Engine, question: Callable[..., Any], *args: object, **given: object) -> Any:
    with store.reading(engine) as session:
        return question(session, *args, **given)


# -- JSON: the documented keys, the figures of the pages ------------------------------------


@pytest.mark.parametrize("words", KEYS)
@pytest.mark.usefixtures("demo")
def test_json_has_exactly_the_documented_keys(words: str) -> None:
    found = told(words)
    for name, keys in KEYS[words].items():
        part = found[name] if name else found
        for row in part if isinstance(part, list) else [part]:
            assert list(row) == keys, name
        assert part, name
    assert found["report"] == words.split()[0]
    assert found["as_of"] == DEMO_END.isoformat()
    assert found["window"] == {"months": 12, "after": "2025-11-21", "until": "2026-11-21"}


def test_every_key_is_in_the_documentation() -> None:
    text = (ROOT / "docs" / "reports.md").read_text("utf-8")
    known = set(re.findall(r"[\w>-]+", text)) | set(LABELS)
    keys = {key for parts in KEYS.values() for keys in parts.values() for key in keys}
    assert keys - known == set()


def test_pyramid_adds_up_and_is_what_the_page_asks(demo: Engine) -> None:
    found = told("pyramid")
    everybody, sums = found["totals"], found["tiers"]
    assert sum(row["customers"] for row in sums) == everybody["customers"]
    assert total(sums, "sales") == cents(everybody["sales"])
    assert total(sums, "margin") == cents(everybody["margin"])
    assert sum(row["share"] for row in sums) == pytest.approx(1)
    active = sum(row["customers"] for row in sums if row["tier"] != "inactive")
    assert active == everybody["active_customers"]
    for part, axis in (("tiers", "tier"), ("abc", "abc"), ("profit_tiers", "profit_tier")):
        bands = ask(demo, pyramid.bands, ALL, EVERYBODY, as_of=DEMO_END, axis=axis)
        assert [row["tier" if "tier" in part else "class"] for row in found[part]] == [
            band.code for band in bands
        ]
        for row, band in zip(found[part], bands, strict=True):
            assert (row["customers"], cents(row["sales"])) == (band.customers, band.sales)
            assert cents(row["value_at_risk"]) == band.value_at_risk


def test_ageing_reconciles_with_the_ledger(demo: Engine) -> None:
    found = told("ageing")
    sums, parts = found["totals"], found["buckets"]
    assert sums["reconciles"] is True
    assert tuple(row["bucket"] for row in parts) == LABELS
    assert total(parts, "amount") == cents(sums["outstanding"])
    assert cents(sums["not_due"]) + cents(sums["overdue"]) == cents(sums["outstanding"])
    assert cents(sums["net"]) == cents(sums["outstanding"]) - cents(sums["unallocated"])
    assert sums["net"] == sums["ledger_balance"] > 0
    page = ask(demo, receivables.buckets, ALL, EVERYBODY, as_of=DEMO_END, ageing=AGEING)
    assert [cents(row["amount"]) for row in parts] == list(page)
    run = ask(demo, runs.run, DEMO_END)
    assert cents(sums["provision"]) == run.totals["receivables"]["provision"] > 0
    by_hand = sum(
        int(amount * rate + 0.5) for amount, rate in zip(page, found["loss_rates"], strict=True)
    )
    assert by_hand == cents(sums["provision"])


def test_ageing_adds_up_by_customer_and_by_invoice(demo: Engine) -> None:
    by_customer, by_invoice = told("ageing --by customer"), told("ageing --by invoice")
    sums, rows = by_customer["totals"], by_customer["customers"]
    for key in ("outstanding", "overdue", "unallocated", "net", "not_due"):
        assert total(rows, key) == cents(sums[key]), key
    for bucket in by_customer["buckets"]:
        assert total(rows, bucket["bucket"]) == cents(bucket["amount"])
        mine = [row for row in by_invoice["invoices"] if row["bucket"] == bucket["bucket"]]
        assert total(mine, "outstanding") == cents(bucket["amount"])
    invoices = ask(demo, open_invoices.invoices_count, ALL, EVERYBODY, **OPEN)
    assert (len(by_invoice["invoices"]), total(by_invoice["invoices"], "outstanding")) == invoices
    assert len(rows) == ask(demo, receivables.customers_count, ALL, EVERYBODY, **OPEN)


def test_key_accounts_are_those_of_the_page(demo: Engine) -> None:
    found = told("key-accounts")
    rows = found["customers"]
    sums = ask(demo, key_accounts.sums, ALL, EVERYBODY, as_of=DEMO_END, since=date(2026, 8, 23))
    assert len(rows) == found["totals"]["customers"] == sums.customers > 0
    assert total(rows, "sales") == cents(found["totals"]["sales"]) == sums.sales
    assert total(rows, "overdue") == cents(found["totals"]["overdue"]) == sums.overdue
    only = Filters(as_of=DEMO_END, key_only=True)
    page = Page(size=1000, sort="sales", descending=True)
    listed = ask(demo, customers.rows, only, page, EVERYBODY, as_of=DEMO_END)
    assert [row["code"] for row in rows] == list(listed["code"])
    assert [row["margin_ratio"] for row in rows] == [
        None if ratio is None else pytest.approx(ratio) for ratio in listed["margin_ratio"]
    ]


def test_alerts_are_those_of_the_page(demo: Engine) -> None:
    found = told("alerts")
    sums = ask(demo, alerts.totals, ALL, EVERYBODY, as_of=DEMO_END)
    assert found["totals"]["red"] == sums.customers["red"] > 0
    assert cents(found["totals"]["value_at_risk"]) == sums.at_risk
    rows = found["customers"]
    assert len(rows) == found["totals"]["red"] + found["totals"]["amber"]
    assert total(rows, "value_at_risk") == sums.at_risk
    assert [r["value_at_risk"] for r in rows] == sorted(
        (r["value_at_risk"] for r in rows), reverse=True
    )
    for row in rows:
        assert row["reasons"]
        assert all({"code", "value", "threshold", "points"} <= set(why) for why in row["reasons"])


def test_money_in_reasons_is_in_major_units_too(demo: Engine) -> None:
    drops = {
        row["code"]: why
        for row in told("alerts")["customers"]
        for why in row["reasons"]
        if why["code"] == "sales_drop"
    }
    code = next(iter(drops))
    query = (
        sa.select(col(Snapshot.sales_recent))
        .join(Customer, col(Customer.id) == col(Snapshot.customer_id))
        .where(col(Customer.code) == code, col(Snapshot.as_of) == DEMO_END)
    )
    with store.reading(demo) as session:
        assert cents(drops[code]["now"]) == session.execute(query).scalar_one()


def test_satisfaction_is_that_of_the_page(demo: Engine) -> None:
    found = told("satisfaction")
    newest = ask(demo, asked.waves, as_of=DEMO_END)[0]
    who = (ALL, EVERYBODY)
    items = ask(demo, asked.items, newest.survey_id)
    counted = ask(demo, asked.answer_counts, *who, as_of=DEMO_END, wave_id=newest.id)
    view = survey_view.results(items, counted)
    each = ask(demo, asked.response_indices, *who, as_of=DEMO_END, wave_ids=(newest.id,))
    index = mean_interval(each["index"].to_numpy(), confidence=found["confidence"])
    satisfied = view.satisfied(each["index"].to_numpy(), found["confidence"])
    nps = view.nps(found["confidence"])
    row = found["waves"][0]
    assert row["wave"] == newest.code
    assert (row["index"], row["index_low"], row["index_high"]) == pytest.approx(index)
    ends = (float(satisfied.share), float(satisfied.low), float(satisfied.high))
    assert (row["satisfied"], row["satisfied_low"], row["satisfied_high"]) == pytest.approx(ends)
    ends = (nps.nps, nps.adjusted_low, nps.adjusted_high)
    assert (row["nps"], row["nps_low"], row["nps_high"]) == pytest.approx(ends)
    assert row["counted"] == len(each)
    assert found["totals"]["index"] == row["index"]
    assert {i["item"] for i in found["items"] if i["role"] == "satisfaction"} == {
        item.code for item in view.role("satisfaction")
    }
    assert all(1 <= i["mean"] <= 7 and 0 <= i["satisfied"] <= 1 for i in found["items"])


@pytest.mark.usefixtures("demo")
def test_satisfaction_knows_nothing_of_later_waves() -> None:
    now, then = told("satisfaction"), told("satisfaction", "--as-of", "2025-11-30")
    assert now["totals"]["waves"] > then["totals"]["waves"] > 0
    assert max(wave["starts_on"] for wave in then["waves"]) <= "2025-11-30"


# -- whose rows -----------------------------------------------------------------------------


@pytest.mark.parametrize("words", BY_CUSTOMER)
def test_an_owner_sees_only_their_customers(demo: Engine, words: str) -> None:
    with store.reading(demo) as session:
        number = session.execute(
            sa.select(col(AppUser.id)).where(col(AppUser.login) == "m01")
        ).scalar_one()
        mine = set(
            session.execute(
                sa.select(col(Customer.code)).where(col(Customer.owner_id) == number)
            ).scalars()
        )
    table = words.split()[-1].removesuffix("accounts") or "customers"
    part = "invoices" if table == "invoice" else "customers"
    found, everybody = told(words, "--owner", "m01"), told(words)
    codes = {row["code"] for row in found[part]}
    assert codes
    assert codes <= mine
    assert codes == mine & {row["code"] for row in everybody[part]}


def test_an_owners_figures_are_those_of_the_scope(demo: Engine) -> None:
    with store.reading(demo) as session:
        login = sa.select(col(AppUser.id)).where(col(AppUser.login) == "m02")
        scope = Scope(owner_id=session.execute(login).scalar_one())
    found = told("pyramid", "--owner", "m02")
    bands = ask(demo, pyramid.bands, ALL, scope, as_of=DEMO_END)
    assert cents(found["totals"]["sales"]) == sum(band.sales for band in bands) > 0
    assert told("ageing", "--owner", "m02")["totals"]["reconciles"] is True
    whole, part = told("satisfaction")["totals"], told("satisfaction", "--owner", "m02")["totals"]
    assert whole["responses"] > part["responses"] > 0


@pytest.mark.usefixtures("demo")
def test_someone_without_customers_gets_empty_reports() -> None:
    for words in KEYS:
        found = told(words, "--owner", "boss")
        assert not found.get("customers")
    assert told("ageing", "--owner", "boss")["totals"]["overdue_ratio"] is None
    assert told("satisfaction", "--owner", "boss")["waves"][0]["index"] is None


# -- formats --------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh_Hans", "zh_Hant", "en"])
@pytest.mark.parametrize("words", KEYS)
@pytest.mark.usefixtures("demo")
def test_every_report_prints_and_saves(words: str, lang: str, tmp_path: Path) -> None:
    few = ("--limit", "20") if words in BY_CUSTOMER else ()
    found = told(words, *few)
    printed = run(words, "--lang", lang, *few)
    assert printed.exit_code == 0, printed.output
    assert "nan" not in printed.stdout.lower().replace("finance", "")
    main = next(name for name in found if isinstance(found[name], list) and name in KEYS[words])
    for form in ("table", "json", "csv", "xlsx"):
        path = tmp_path / f"report.{form}"
        done = run(words, "--lang", lang, "--format", form, "--output", str(path), *few)
        assert done.exit_code == 0, done.output
        assert done.stdout == ""
        assert path.stat().st_size > 100
    assert json.loads((tmp_path / "report.json").read_text("utf-8")) == found
    raw = (tmp_path / "report.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert len(lines) == len(found[main]) + 1
    assert len(lines[0]) == len(KEYS[words][main])
    chinese = re.search(r"[一-鿿]", "".join(lines[0]))
    assert bool(chinese) == (lang != "en")


@pytest.mark.parametrize("words", KEYS)
@pytest.mark.usefixtures("demo")
def test_a_workbook_holds_every_table(words: str, tmp_path: Path) -> None:
    found = told(words)
    path = tmp_path / "report.xlsx"
    assert run(words, "--format", "xlsx", "--output", str(path)).exit_code == 0
    book = openpyxl.load_workbook(path)
    tables = [name for name in KEYS[words][""] if isinstance(found[name], list)]
    numbers = {"cuts_percent", "abc_cuts", "edges_days", "loss_rates"}
    tables = [name for name in tables if name not in numbers]
    assert len(book.sheetnames) == len(tables)
    for sheet, name in zip(book.worksheets, tables, strict=True):
        rows = list(sheet.iter_rows(values_only=True))
        head = 5  # title, three notes, a blank line
        assert len(rows) == head + 1 + len(found[name])
        assert rows[3][0].endswith(f": {len(found[name])}")
        assert not any(str(cell).startswith("=") for row in rows for cell in row)
        if name == "customers" and "outstanding" in found[name][0]:
            place = list(found[name][0]).index("outstanding")
            assert [row[place] for row in rows[head + 1 :]] == [
                pytest.approx(row["outstanding"]) for row in found[name]
            ]


@pytest.mark.usefixtures("demo")
def test_files_go_to_standard_output_without_a_name() -> None:
    done = run("ageing", "--format", "csv")
    assert done.stdout_bytes.startswith(b"\xef\xbb\xbf")
    assert openpyxl.load_workbook(
        io.BytesIO(run("ageing", "--format", "xlsx").stdout_bytes)
    ).sheetnames


def test_a_name_cannot_run_a_formula(
    demo_copy: Engine, over: Callable[[Engine], None], tmp_path: Path
) -> None:
    over(demo_copy)
    code = told("ageing --by customer", "--limit", "1")["customers"][0]["code"]
    evil = '=HYPERLINK("http://evil.example","x")'
    with store.writing(demo_copy) as session:
        session.execute(sa.update(Customer).where(col(Customer.code) == code).values(name=evil))
    done = run("ageing --by customer", "--limit", "1", "--format", "csv")
    cells = list(csv.reader(io.StringIO(done.stdout_bytes.decode("utf-8-sig"), newline="")))[1]
    assert f"'{evil}" in cells
    path = tmp_path / "evil.xlsx"
    run("ageing --by customer", "--limit", "1", "--format", "xlsx", "--output", str(path))
    cells = [c for row in openpyxl.load_workbook(path).worksheets[0].iter_rows() for c in row]
    assert [c.data_type for c in cells if c.value == evil] == ["s"]


@pytest.mark.parametrize("words", BY_CUSTOMER)
@pytest.mark.usefixtures("demo")
def test_a_limit_shortens_the_list_and_no_total(words: str) -> None:
    short, whole = told(words, "--limit", "3"), told(words)
    part = "invoices" if "invoice" in words else "customers"
    assert short[part] == whole[part][:3]
    assert short["totals"] == whole["totals"]


# -- what cannot be answered ----------------------------------------------------------------


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("words", KEYS)
def test_a_date_not_computed_names_the_nearest(words: str) -> None:
    for lang, day, told in (
        ("en", "2026-11-20", "Nearest computed dates: 2026-10-31 · 2026-11-21. Add --compute"),
        ("zh_Hans", "2026-10-02", "最近的已计算日期：2026-09-30 · 2026-10-31。加上 --compute"),
        ("en", "2020-01-01", "the first record is of 202"),
        ("en", "2199-01-01", "the last day that can be chosen is"),
    ):
        done = run(words, "--as-of", day, "--lang", lang)
        assert done.exit_code == 2
        assert done.stdout == ""
        assert day in done.stderr
        assert told in done.stderr


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("words", KEYS)
def test_who_is_not_there_is_named(words: str) -> None:
    for more in ((), ("--as-of", "2026-11-20"), ("--as-of", "2026-11-20", "--compute")):
        done = run(words, "--owner", "nobody", "--lang", "en", *more)
        assert (done.exit_code, done.stdout) == (2, "")
        assert "--owner · nobody" in done.stderr
        assert ("2026-11-20" in done.stderr) is bool(more)


def test_a_date_is_computed_when_told_to(demo_copy: Engine, over: Callable[[Engine], None]) -> None:
    over(demo_copy)
    day = ("--as-of", "2026-05-17", "--compute", "--format", "json")
    done = run("ageing", *day)
    assert done.exit_code == 0, done.output
    assert re.search(r"2026-05-17 computed in \d+\.\d s", done.stderr)
    found = json.loads(done.stdout)
    assert found["as_of"] == "2026-05-17"
    assert found["totals"]["reconciles"] is True
    assert run("ageing", *day).stderr == "", "computed once"
    assert told("ageing")["as_of"] == DEMO_END.isoformat()
    for wrong, code in (("2020-01-01", 2), ("2199-01-01", 2)):
        assert run("ageing", "--as-of", wrong, "--compute").exit_code == code
    assert run("ageing", "--compute").exit_code == 2, "compute what?"


@pytest.mark.usefixtures("demo")
def test_earlier_dates_are_answered() -> None:
    for day in DEMO_DATES:
        assert told("pyramid", "--as-of", day.isoformat())["as_of"] == day.isoformat()


def test_a_store_without_figures_says_so(
    sqlite_engine: Engine, over: Callable[[Engine], None]
) -> None:
    over(sqlite_engine)
    done = run("pyramid", "--lang", "en")
    assert (done.exit_code, "manage.py refresh" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    "given",
    [
        ("--owner", "nobody"),
        ("--as-of", "21.11.2026"),
        ("--lang", "fr"),
        ("--format", "pdf"),
        ("--output", "no/such/folder/report.csv"),
    ],
)
@pytest.mark.usefixtures("demo")
def test_what_cannot_be_asked_ends_with_two(given: tuple[str, str]) -> None:
    done = run("pyramid", *given)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr


# -- as a scheduler calls it ----------------------------------------------------------------


def call(engine: Engine, *words: str, **surroundings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": str(engine.url), **surroundings},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_a_real_process_answers_the_same(demo: Engine) -> None:
    done = call(demo, "report", "ageing", "--by", "customer", "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == told("ageing --by customer")


def test_a_real_process_fails_in_the_readers_language(demo: Engine) -> None:
    words = ("report", "alerts", "--as-of", "2026-11-20")
    said = {lang: call(demo, *words, LC_ALL=lang) for lang in ("en_US.UTF-8", "zh_CN.UTF-8", "C")}
    assert {done.returncode for done in said.values()} == {2}
    assert {done.stdout for done in said.values()} == {""}
    near = "2026-10-31 · 2026-11-21"
    assert f"Nearest computed dates: {near}" in said["en_US.UTF-8"].stderr
    assert f"最近的已计算日期：{near}" in said["zh_CN.UTF-8"].stderr
    assert said["C"].stderr == said["zh_CN.UTF-8"].stderr


# -- words ----------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh_Hans", "zh_Hant"])
def test_every_card_has_words(lang: str) -> None:
    """Names, formulas and sources of figures are shown beside them."""
    said = [text for card in catalogue() for text in (card.en, card.formula, card.source)]
    assert i18n.missing(lang, said) == []
    names = [i18n.of_metric(card, lang) for card in catalogue()]
    assert len(set(names)) == len(names), "two figures must not have one name"


# -- by hand --------------------------------------------------------------------------------


def test_satisfaction_by_hand_respects_every_scale(
    sqlite_engine: Engine, over: Callable[[Engine], None]
) -> None:
    """One response: 5 (weight 1) and 3 (weight 3) on 1–5; its NPS answer is on 1–5 too."""
    company.fill(sqlite_engine)
    over(sqlite_engine)
    found = told("satisfaction", "--owner", "li")
    (wave,) = found["waves"]
    assert (wave["wave"], wave["responses"], wave["counted"]) == ("2026H1", 1, 1)
    assert wave["index"] == pytest.approx(((5 * 1 + 3 * 3) / 4 - 1) / 4 * 100)
    assert (wave["index_low"], wave["index_high"]) == (None, None)
    assert wave["satisfied"] == 0, "one person, whose mean of 62.5 is below the level of 75"
    assert wave["satisfied_n"] == 1
    assert (wave["nps"], wave["nps_low"], wave["nps_high"]) == (None, None, None)
    assert [(i["item"], i["weight"], i["n"], i["mean"], i["index"]) for i in found["items"]] == [
        ("q1", 1, 1, 5, 100),
        ("q3", 3, 1, 3, 50),
    ]
