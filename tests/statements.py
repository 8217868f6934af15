"""Statements compiled once (语句编译): every store of a test process shares one cache.

SQLAlchemy keeps what it compiled with the engine, by dialect and by table object. A test
has an engine of its own and every import temporary tables of its own, so that half of a
test's time went into compiling what the test before had compiled. Engines of one kind are
opened alike (`data.store.open_store`), so their dialects count as equal here; temporary
tables of one name and columns are the same statement.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache

MOST_KEPT = 20_000
_compiled: LRUCache[Any, Any] = LRUCache(MOST_KEPT)
_usual_key = sa.Table._gen_cache_key


def share() -> None:
    """From now on; once a process."""
    DefaultDialect.__eq__ = lambda dialect, other: type(dialect) is type(other)
    DefaultDialect.__hash__ = lambda dialect: hash(type(dialect))
    sa.Table._gen_cache_key = _key
    event.listen(Engine, "engine_connect", _with_the_rest)


def _with_the_rest(connection: sa.Connection) -> None:
    connection.engine._compiled_cache = _compiled


def _key(table: sa.Table, anon_map: Any, bindparams: Any) -> tuple[Any, ...]:
    if "TEMPORARY" not in table._prefixes:
        return _usual_key(table, anon_map, bindparams)
    key = table.info.get("key")
    if key is None:
        columns = tuple((column.name, column.type._static_cache_key) for column in table.c)
        key = table.info["key"] = ("temporary", table.name, columns)
    return key + table._annotations_cache_key if table._annotations else key
