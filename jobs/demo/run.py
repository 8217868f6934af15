"""Build the demo company into a store (演示公司入库): refuse, make, write, in that order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine

from data import demo_accounts, policies, store
from data.accounts import Account
from data.writes import demo
from jobs import progress, refresh
from jobs.demo.build import assemble
from jobs.demo.world import first_day

PASSWORD = demo_accounts.DEMO_PASSWORD
SEED = 20260704
THRESHOLDS = {"key.cut": 50}
"""What this company set for itself, as a first version: size is scored against the largest
customer, and theirs is so large that hardly anybody else would reach the default."""


@dataclass(frozen=True)
class Outcome:
    """What happened: rows by table, empty when an earlier demo was left as it was."""

    seed: int
    end: date
    rows: dict[str, int]


def run(
    engine: Engine,
    *,
    seed: int = SEED,
    end: date,
    force: bool = False,
    progress: Callable[[str, int], None] = lambda _table, _rows: None,
) -> Outcome:
    """Fill the store with the demo company in one transaction.

    A demo that is already there is left alone, whatever was done in it, unless `force`.

    Args:
        engine: of a migrated store.
        seed: of all random numbers.
        end: the last day of the facts.
        force: throw an earlier demo away and make a new one.
        progress: called with each table written and its rows.

    Raises:
        NotADemo: the store holds customers that are not the demo's.
        BadInput: a demo login belongs to somebody real.
    """
    with store.reading(engine) as session:
        before = demo.built(session)
    if before and not force:
        return Outcome(int(before["seed"]), date.fromisoformat(before["end"]), {})
    with store.writing(engine) as session:
        users = demo.accounts(session)
    made = assemble(seed, end, users)
    detail = {"seed": seed, "end": end.isoformat(), "fingerprint": made.fingerprint()}
    with store.writing(engine, facts=True) as session:
        demo.built(session)  # somebody may have imported meanwhile
        demo.replace(session, made.tables, company=made.company, detail=detail, progress=progress)
        if policies.current(session)[0] == 0:
            policies.change(session, None, THRESHOLDS, "按本公司客户分布，大客户线定为五十分。")
    return Outcome(seed, end, {name: len(rows) for name, rows in made.tables.items()})


def compute(engine: Engine, end: date, *, show: progress.Show | None = None) -> int:
    """Compute every month-end of the demo's three years and its last day.

    What is already computed from these facts and settings is left out.

    Returns:
        How many dates were computed.

    Raises:
        Conflict: another refresh is running.
    """
    dates = refresh.dates_between(first_day(end), end)
    return len(refresh.run(engine, dates=dates, resume=True, show=show))


def accounts(engine: Engine) -> list[Account]:
    """The demo accounts that can sign in."""
    with store.reading(engine) as session:
        return demo_accounts.shown(session)
