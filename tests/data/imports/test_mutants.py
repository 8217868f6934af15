"""Thousands of mutants (变异文件): whatever a file holds, an import reads it right or refuses it.

A failure names its mutant; `mutating.mutant(base, number)` makes the very same file again.
"""

from __future__ import annotations

import dataclasses
import itertools
import random
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from data import store
from data.imports.columns import templates
from data.imports.columns.registry import SPECS
from data.imports.terms.report import Outcome
from models.enums import SheetKind
from tests.conftest import shared_or_sample
from tests.data.imports.bringing import bring, content
from tests.data.imports.judging import Bench, judge
from tests.data.imports.mutating import Base, Mutant, base_of, mutant

FOLDER = shared_or_sample("bad_inputs", "bad_inputs")
SHEETS = {
    "customers": "customers",
    "orders": "orders",
    "invoices": "invoices",
    "payments": "receipts",
    "surveys": "answers",
}
PER_BASE, SAMPLE = 48, 16
"""Mutants of a good file: all of them in the drill, the first ones in the suite."""
FITTING = {"fitting_cells", "hostile_cell", "hostile_cells", "hostile_column", "contradict_row"}
"""Mutations of values."""


def bases() -> list[Base]:
    """The good files: five sheets in two languages, and every kind's two templates."""
    found = [
        base_of(path.stem, kind, path.read_bytes())
        for sheet, kind in SHEETS.items()
        for path in (FOLDER / f"base-{sheet}.csv", FOLDER / f"base-{sheet}-zh.csv")
    ]
    for spec in SPECS.values():
        for chinese in (True, False):
            name = f"template-{spec.kind.value}-{'zh' if chinese else 'en'}"
            sheet = templates.template(spec, chinese=chinese)
            found.append(base_of(name, spec.kind.value, sheet))
    return found


BASES = bases()


def settle(engine: Engine, folder: Path) -> None:
    """Bring in what documents of any kind rest on."""
    for name, kind in (("customers", "customers"), ("invoices", "invoices")):
        assert bring(engine, FOLDER / f"base-{name}.csv", kind).stored
    for kind in (SheetKind.PRODUCTS, SheetKind.INVOICES):
        sheet = templates.template(SPECS[kind], chinese=True)
        assert bring(engine, sheet, kind.value, folder=folder).stored


@pytest.fixture(scope="module")
def company(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that holds what documents rest on."""
    path = tmp_path_factory.mktemp("company") / "company.db"
    shutil.copy(migrated_file, path)
    engine = store.open_store(f"sqlite:///{path}")
    settle(engine, path.parent)
    with engine.connect() as connection:
        connection.exec_driver_sql("pragma wal_checkpoint(truncate)")
    engine.dispose()
    return path


@pytest.fixture(scope="module")
def bench(company: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    made = Bench.over(company, tmp_path_factory.mktemp("mutants"))
    yield made
    made.close()


def judged(bench: Bench, base: Base, numbers: range) -> Counter[str]:
    """How the mutants of these numbers ended."""
    ends: Counter[str] = Counter()
    for number in numbers:
        made = mutant(base, number)
        try:
            ends[judge(bench, base, made, number)] += 1
        except BaseException as error:
            error.add_note(f"mutant {made.name}: {', '.join(made.told)}")
            bench.put_back()  # what it left behind must not fail those after it
            raise
    return ends


@pytest.mark.parametrize("base", BASES, ids=lambda base: base.name)
def test_read_right_or_refused(bench: Bench, base: Base) -> None:
    ends = judged(bench, base, range(SAMPLE))
    assert ends["parsed"] >= SAMPLE // 10
    assert ends["refused"] >= SAMPLE // 20


@pytest.mark.drill
@pytest.mark.parametrize("base", BASES, ids=lambda base: base.name)
def test_all_and_fresh_ones(bench: Bench, base: Base) -> None:
    """The rest of the fixed ones, and as many that nobody has seen before."""
    fresh = PER_BASE * random.SystemRandom().randrange(1, 10**9)
    ends = judged(bench, base, range(SAMPLE, PER_BASE))
    ends += judged(bench, base, range(fresh, fresh + PER_BASE))
    assert ends["parsed"] >= ends.total() // 10
    assert ends["refused"] >= ends.total() // 20


def fitting(base: Base) -> Iterator[tuple[int, Mutant]]:
    """Mutants whose values reach the store's own types."""
    for number in range(PER_BASE):
        made = mutant(base, number)
        if FITTING & set(made.told):
            yield number, made


@pytest.mark.postgres
def test_both_databases_say_the_same(postgres_engine: Engine, bench: Bench, tmp_path: Path) -> None:
    """A value one of them cannot hold must be refused before either sees it."""
    settle(postgres_engine, tmp_path)
    before, path, seen = content(postgres_engine), tmp_path / "mutant", 0
    for base in BASES:
        for number, fits in itertools.islice(fitting(base), 2):
            path.write_bytes(fits.content)
            reports = [
                bring(engine, path, base.kind, rehearse=True, on_error="reject")
                for engine in (bench.engine, postgres_engine)
            ]
            first, second = (dataclasses.replace(report, seconds=0) for report in reports)
            assert first == second, f"{base.name}/{number}"
            seen += first.outcome is Outcome.CHECKED
    assert seen >= len(BASES) // 2
    assert content(postgres_engine) == before
