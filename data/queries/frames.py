"""Answers as frames (查询结果表): whole numbers and None stay what they are, ratios too."""

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


def ratio(part: int | None, whole: int | None) -> float | None:
    """Part ÷ whole; None where either is unknown or there is no whole."""
    return None if part is None or whole is None or whole <= 0 else part / whole
