"""The process that runs DuckDB (归并进程): reads a SQLite store, leaves Arrow files, ends.

Started by `data.facts`, never imported by the web process. The question comes as JSON on
standard input; every line on standard output is JSON: steps, and at last the revisions.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from data import facts_instalments, facts_people, facts_receivables, facts_sales
from data.facts_engines import (
    DuckReducer,
    Prepared,
    Reducer,
    facts_revision,
    prepared,
    staged,
)
from data.facts_frames import save
from data.facts_periods import STAND_IN, Period, period, swapped
from models.policy import Policy, of_stored

PURCHASES, LINES, APPLIED = "kehu_purchases", "kehu_lines", "kehu_applied"
"""What is held for all dates of a run."""


def reduce(
    reducer: Reducer,
    folder: Path,
    dates: Sequence[date],
    policy: Policy,
    tell: Callable[[str, float], None],
) -> None:
    """Run every reduction for every date and save the results in `folder`."""
    last = max(dates)
    tell("orders", 0.0)
    returned = reducer.stage("kehu_returns", facts_sales.returns())
    bought = reducer.stage(PURCHASES, facts_sales.purchases(last, returned))
    if len(dates) > 1:  # for a single date they are read only once
        reducer.stage(LINES, facts_sales.lines(last))
    tell("allocations", 0.3)
    reducer.stage(APPLIED, facts_receivables.applied(last))
    tell("customers", 0.5)
    undated = {
        "customers": facts_people.customers(),
        "purchase_days": bought,
        "responses": facts_people.responses(last),
        "waves": facts_people.waves(last),
        "answers": facts_people.answers(last),
    }
    for name, rows in undated.items():
        save(folder, name, reducer.fetch(reducer.prepare(rows)))
    planned = reducer.fetch(reducer.prepare(facts_instalments.schedules()))
    compiled = _compiled(reducer.name, several=len(dates) > 1, split=planned.num_rows > 0)
    for done, day in enumerate(dates):
        tell("sums", 0.6 + 0.4 * done / len(dates))
        on = period(day, policy)
        for name, rows in compiled.items():
            real = replace(rows, sql=swapped(rows.sql, on))
            save(folder, f"{name}-{day}", reducer.fetch(real))


@cache
def _compiled(dialect: str, *, several: bool, split: bool) -> dict[str, Prepared]:
    """The reductions that differ from date to date, over `STAND_IN`: the same in every run.

    Compiling them takes longer than running them where facts are few.

    Args:
        dialect: name of the engine.
        several: whether there is more than one date.
        split: whether the store has any schedule of instalments or due dates put off.
    """
    on = STAND_IN
    line, returned = facts_sales.lines(on.as_of), facts_sales.returns()
    bought = staged(PURCHASES, facts_sales.purchases(on.as_of, returned))
    part = staged(APPLIED, facts_receivables.applied(on.as_of))
    rows = _dated(staged(LINES, line) if several else line, bought, part, on, split=split)
    return {name: prepared(each, dialect) for name, each in rows.items()}


def _dated(line: Any, bought: Any, part: Any, on: Period, *, split: bool) -> dict[str, Any]:
    """The reductions that differ from date to date, by the names of `data.facts.Facts`."""
    owed = facts_receivables.parts(on, split=split)
    return {
        "sales": facts_sales.sales(line, on),
        "orders": facts_sales.orders(bought, on),
        "open_invoices": facts_receivables.open_invoices(owed, part, on),
        "invoiced": facts_receivables.invoiced(on),
        "due": facts_receivables.due(owed, on),
        "settled": facts_receivables.settled(part, on, split=split),
        "paid_out": facts_receivables.paid_out(part, on),
        "received": facts_receivables.received(on),
        "credited": facts_receivables.credited(on),
        "written_off": facts_receivables.written_off(part, on),
        "opening": facts_receivables.opening(part, on),
        "grades": facts_people.grades(on),
        "limits": facts_people.limits(on),
        "sued": facts_people.sued(on),
        "overrides": facts_people.overrides(on),
        "owners": facts_people.owners(on),
        "cards": facts_people.cards(on),
        "owner_changes": facts_people.owner_changes(on),
        "losses": facts_people.losses(on),
        "visits": facts_people.visits(on),
        "actions": facts_people.actions(on),
        "contracts": facts_people.contracts(on),
        "complaints": facts_people.complaints(on),
    }


def _say(**line: object) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Answer one question."""
    question = json.load(sys.stdin)
    folder = Path(question["folder"])
    dates = [date.fromisoformat(day) for day in question["dates"]]
    policy = of_stored(question["policy"])
    with closing(DuckReducer(Path(question["path"]), folder)) as reducer:
        before = facts_revision(reducer)
        reduce(reducer, folder, dates, policy, lambda step, share: _say(step=step, share=share))
        after = facts_revision(reducer)
    _say(before=before, after=after)


if __name__ == "__main__":
    main()
