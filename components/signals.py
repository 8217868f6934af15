"""The signals of one alert as a table (预警信号表): what was found, from where on, points."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from components import tables
from words import reasons
from words.i18n import _
from words.reasons import Reason


def table(found: Sequence[Reason]) -> None:
    """Draw every signal that fired, heaviest first."""
    tables.show(lines(found), columns(), key="signals", alt=_("Signals and their points"), rows=8)


def lines(found: Sequence[Reason]) -> pd.DataFrame:
    """The signals in words, a line each; columns as in `columns`."""
    return pd.DataFrame(
        {
            "signal": [reasons.name(str(each["code"])) for each in found],
            "said": [reasons.sentence(each) for each in found],
            "threshold": [reasons.threshold(each) for each in found],
            "points": [each["points"] for each in found],
        }
    )


def columns() -> list[tables.Column]:
    """The columns of the signals."""
    return [
        tables.Column("signal", _("Signal"), width=110),
        tables.Column("said", _("What was found"), width=300),
        tables.Column("threshold", _("Counts from"), width=85),
        tables.Column("points", _("Points"), "count", width=55),
    ]
