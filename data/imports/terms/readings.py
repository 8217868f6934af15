"""How columns were read beyond their words (列的口径): kept with the report and the batch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ColumnReading:
    """What was done to the figures of one column."""

    code: str
    """times, plus, rate, own, net, shown or day_order."""
    field: str
    column: str
    """Its name in the file."""
    detail: Mapping[str, str]
    """unit and times; other (a column); currency."""

    @property
    def reason(self) -> str:
        """The code its words go by (`i18n.reason`)."""
        return f"read_{self.code}"
