"""The common ground of all tables (表基类): own registry, money, dates, provenance."""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(SQLModel, registry=registry(metadata=sa.MetaData(naming_convention=NAMING))):
    """Every table descends from this; use `Base.metadata`, never SQLModel's own."""


class Minor(sa.TypeDecorator[int]):
    """Money in minor units (分): BIGINT that takes integers only.

    NumPy integers become Python ones (SQLite would store them as BLOBs); floats,
    Decimals and text are refused rather than rounded.
    """

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: sa.Dialect) -> int | None:
        """Give the driver an int, or refuse."""
        if value is None:
            return None
        if isinstance(value, bool) or not hasattr(value, "__index__"):
            message = f"money must be whole minor units, not {type(value).__name__}"
            raise TypeError(message)
        return int(value)


def now() -> datetime:
    """This instant, timezone-aware UTC."""
    return datetime.now(UTC)


ZONE = "Asia/Shanghai"
"""Where a day begins and ends unless the store's settings name another time zone."""


def today(zone: str = ZONE) -> date:
    """The day it is now in a time zone, whatever the zone of the machine."""
    return day_of(now(), zone)


def day_of(instant: datetime, zone: str = ZONE) -> date:
    """The day an instant lies on in a time zone; one without its zone is UTC (SQLite)."""
    aware = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    return aware.astimezone(ZoneInfo(zone)).date()


_NO_ZONES = frozenset({"localtime", "Factory", "posixrules", "posix", "right"})


def known_zone(name: str) -> bool:
    """Whether a text is the name of a time zone (IANA, such as Asia/Shanghai).

    Names that mean what a server is set to, or clocks that count leap seconds, are none.
    """
    if name.partition("/")[0] in _NO_ZONES:
        return False
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        return False
    return True


def codes(enum: type[StrEnum], name: str, length: int = 24) -> sa.Enum:
    """A column type storing an enum's *values* as text with a CHECK."""
    return sa.Enum(
        enum,
        values_callable=lambda kind: [member.value for member in kind],
        native_enum=False,
        create_constraint=True,
        length=length,
        name=name,
        validate_strings=True,
    )


def whole(*columns: str) -> tuple[sa.CheckConstraint, ...]:
    """CHECKs that hold whole numbers even on SQLite, where a column takes any type."""
    return tuple(
        sa.CheckConstraint(f"{column} = CAST({column} AS BIGINT)", name=f"{column}_whole")
        for column in columns
    )


def dated(*columns: str) -> tuple[sa.CheckConstraint, ...]:
    """CHECKs that keep dates between 1990 and 2100 (and text out of them on SQLite)."""
    return tuple(
        sa.CheckConstraint(
            f"{column} BETWEEN '1990-01-01' AND '2099-12-31'", name=f"{column}_range"
        )
        for column in columns
    )


def key() -> Any:
    """A surrogate primary key."""
    return Field(default=None, primary_key=True)


def ref(target: str, *, nullable: bool = False, index: bool = True, ondelete: Any = None) -> Any:
    """A foreign key `table.column`, indexed unless a composite index leads with it."""
    return Field(
        default=None if nullable else ...,
        foreign_key=target,
        index=index,
        nullable=nullable,
        ondelete=ondelete,
    )


def text(length: int, *, default: Any = "", unique: bool = False, index: bool = False) -> Any:
    """A bounded text column; `default=...` makes it required, None makes it nullable."""
    return Field(default=default, max_length=length, unique=unique, index=index)


def money(default: Any = ..., *, nullable: bool = False) -> Any:
    """A money column in minor units."""
    return Field(default=default, sa_type=Minor, nullable=nullable)


class Imported(SQLModel):
    """Where a row came from (来源): its import batch and the line in that file."""

    batch_id: int | None = Field(
        default=None, foreign_key="import_batch.id", index=True, nullable=True
    )
    batch_line: int | None = None


DAY_ZERO = date(1990, 1, 1)
