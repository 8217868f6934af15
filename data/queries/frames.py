"""Answers as frames (查询结果表): objects, so that whole numbers and None stay what they are."""

from __future__ import annotations

import pandas as pd
from sqlmodel import Session

from data.queries.scope import Rows


def framed(session: Session, query: Rows) -> pd.DataFrame:
    """The rows of a query in their order, columns by label, dtype object."""
    result = session.execute(query)
    names = list(result.keys())
    rows = [tuple(row) for row in result]
    return pd.DataFrame(
        {name: pd.Series([row[i] for row in rows], dtype=object) for i, name in enumerate(names)}
    )
