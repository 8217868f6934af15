"""Which date and whose rows a report reads (报表口径)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlmodel import Session, col

from data.queries import runs
from errors import BadInput, Issue
from models.access import EVERYBODY, Scope
from models.filters import Filters, Page
from models.people import AppUser
from models.policy import Policy, with_values
from models.system import StoreState

PAGE = 10_000


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report was asked for, resolved against the store."""

    as_of: date
    run: runs.Run
    policy: Policy
    currency: str
    filters: Filters
    scope: Scope


def resolve(
    session: Session,
    as_of: date | None,
    *,
    owner: str | None = None,
    filters: Filters | None = None,
) -> Asked:
    """The computed date asked for (the newest if none), its thresholds and whose customers.

    Raises:
        BadInput: nothing is computed for that date, or there is no such manager.
    """
    run = runs.run(session, as_of)
    if run is None or (as_of is not None and run.as_of != as_of):
        raise BadInput(_not_computed(session, as_of))
    state = session.execute(sa.select(StoreState)).scalar_one()
    chosen = filters or Filters(as_of=run.as_of)
    if owner is not None:
        chosen = replace(chosen, owner_ids=(_manager(session, owner),))
    return Asked(
        as_of=run.as_of,
        run=run,
        policy=with_values(Policy(), run.policy),
        currency=state.currency,
        filters=chosen,
        scope=EVERYBODY,
    )


def _not_computed(session: Session, as_of: date | None) -> Issue:
    newest = runs.run(session)
    if newest is None:
        return Issue("nothing_computed")
    day = as_of.isoformat() if as_of else None
    detail = {"newest": newest.as_of.isoformat()}
    return Issue("date_not_computed", column="--as-of", value=day, detail=detail)


def _manager(session: Session, owner: str) -> int:
    """Who the customers stood with on the date, by login."""
    query = sa.select(col(AppUser.id)).where(col(AppUser.login) == owner.strip().lower())
    found = session.execute(query).scalar_one_or_none()
    if found is None:
        raise BadInput(Issue("user_unknown", column="--owner", value=owner))
    return int(found)


def every(question: Callable[[Page], pd.DataFrame], sort: str, limit: int | None) -> Iterator[Any]:
    """All rows of a paged question as dictionaries, at most `limit`."""
    number, left = 1, limit
    while True:
        frame = question(Page(number=number, size=PAGE, sort=sort, descending=True))
        rows = frame.to_dict("records")
        yield from rows if left is None else rows[:left]
        if left is not None:
            left -= len(rows)
        if len(rows) < PAGE or (left is not None and left <= 0):
            return
        number += 1


def header(asked: Asked) -> dict[str, Any]:
    """The facts every report begins with."""
    window = {
        "months": asked.policy.window_months or None,
        "after": asked.run.window_from.isoformat() if asked.run.window_from else None,
        "until": asked.as_of.isoformat(),
    }
    return {"window": window, "setting_version": asked.run.setting_version}
