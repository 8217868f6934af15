"""Which date and whose rows a report reads (报表口径)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlmodel import Session, col

from data import calendar, refresh_state
from data.queries import runs
from data.queries.scope import snapshot_dates
from errors import BadInput, Issue
from models.access import EVERYBODY, Scope
from models.filters import Filters, Page
from models.people import AppUser
from models.policy import Policy, of_stored
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
        BadInput: nothing is computed for that date, or there is no such manager; says both.
    """
    run = runs.run(session, as_of)
    faults = [] if run is not None else [_not_computed(session, as_of)]
    manager = None if owner is None else _manager(session, owner)
    if owner is not None and manager is None:
        faults.append(Issue("user_unknown", column="--owner", value=owner))
    if run is None or faults:
        raise BadInput(*faults)
    state = session.execute(sa.select(StoreState)).scalar_one()
    chosen = filters or Filters(as_of=run.as_of)
    if manager is not None:
        chosen = replace(chosen, owner_ids=(manager,))
    return Asked(
        as_of=run.as_of,
        run=run,
        policy=of_stored(run.policy),
        currency=state.currency,
        filters=chosen,
        scope=EVERYBODY,
    )


def _not_computed(session: Session, as_of: date | None) -> Issue:
    """Why a date cannot be reported, with the nearest computed ones."""
    dates = snapshot_dates(session)
    if as_of is None or not dates:
        return Issue("nothing_computed")
    near = (
        max((day for day in dates if day < as_of), default=None),
        min((day for day in dates if day > as_of), default=None),
    )
    told = {
        "nearest": " · ".join(day.isoformat() for day in near if day is not None),
        "date": as_of.isoformat(),
    }
    outside = refresh_state.outside(session, as_of, calendar.today(session))
    reason = outside.reason if outside else "date_not_computed"
    detail = {**told, **(outside.detail if outside else {})}
    return Issue(reason, column="--as-of", value=as_of.isoformat(), detail=detail)


def known(session: Session, owner: str | None) -> bool:
    """Whether there is such an account, or none is asked for."""
    return owner is None or _manager(session, owner) is not None


def _manager(session: Session, owner: str) -> int | None:
    """Who the customers stood with on the date, by login; None where there is no such account."""
    query = sa.select(col(AppUser.id)).where(col(AppUser.login) == owner.strip().lower())
    found = session.execute(query).scalar_one_or_none()
    return None if found is None else int(found)


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
