"""Tables of models (数据表) for set-based SQL, where columns are columns and not values."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa


def table_of(model: type[Any]) -> sa.Table:
    """The table behind a model."""
    found: sa.Table = model.__table__
    return found
