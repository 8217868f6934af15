"""The store's one calendar (系统日历): what day it is, wherever the server and the reader are.

A day begins and ends in the time zone of the setting `calendar.time_zone`. Facts bear days,
so every "today" that is written, defaulted to or checked against comes from here; an instant
shown to a reader stays in the reader's own zone.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session

from data import policies
from models import base


def zone(session: Session) -> str:
    """The store's time zone by its IANA name."""
    _version, policy = policies.current(session)
    return policy.calendar_time_zone


def today(session: Session) -> date:
    """The day it is now in the store's time zone."""
    return base.today(zone(session))


def day_of(session: Session, instant: datetime) -> date:
    """The day an instant lies on in the store's time zone."""
    return base.day_of(instant, zone(session))
