"""What came of an import (导入结果): counts, faults, and what to call it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from data.imports.terms.asking import Ask, asks_of
from data.imports.terms.codec import plain_of, record_of
from data.imports.terms.difference import Difference, Outdated
from data.imports.terms.grouping import FaultGroup, grouped
from data.imports.terms.readings import ColumnReading
from data.imports.terms.unmatched import Unmatched
from errors import Issue

MOST_LISTED = 1000
"""Faults listed; all are counted."""


class Outcome(StrEnum):
    """How an import ended."""

    COMMITTED = "committed"
    """Every row is stored."""
    PARTLY = "partly"
    """The good rows are stored, the others listed."""
    UNCHANGED = "unchanged"
    """Every row was there already; nothing was written."""
    ALREADY = "already"
    """This very file was stored before; nothing was written."""
    REJECTED = "rejected"
    """Some rows are bad, so nothing was stored."""
    OUTDATED = "outdated"
    """Stored values changed since the user saw the check, so nothing was stored."""
    REFUSED = "refused"
    """The file cannot be read as such a table; nothing was stored."""
    CHECKED = "checked"
    """A rehearsal: nothing was stored, these would be the counts."""


NOT_STORED = (Outcome.REJECTED, Outcome.OUTDATED, Outcome.REFUSED)
"""Something speaks against the file; the others stored it or had nothing to store."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The result of one run, the same for page, command line and process."""

    outcome: Outcome
    kind: str
    file_name: str = ""
    batch_id: int | None = None
    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    profile: str = ""
    """Name of the known program the file is from; empty for any other."""
    header_line: int | None = None
    rows_read: int = 0
    rows_added: int = 0
    rows_updated: int = 0
    rows_same: int = 0
    rows_rejected: int = 0
    issues: tuple[Issue, ...] = ()
    """Faults in the order of lines, at most `MOST_LISTED`."""
    reasons: Mapping[str, int] = field(default_factory=dict)
    """Every fault counted, by reason."""
    groups: tuple[FaultGroup, ...] = ()
    """The faults said once each: by reason and column, those of most rows first."""
    notes: tuple[Issue, ...] = ()
    """What was done to make rows fit (a code folded, a repeated row left out)."""
    noted: Mapping[str, int] = field(default_factory=dict)
    passed: tuple[Issue, ...] = ()
    """Rows that are no data (totals, footers …) and were passed over, at most `MOST_LISTED`."""
    passed_over: Mapping[str, int] = field(default_factory=dict)
    """All of them counted, by reason."""
    made: tuple[Issue, ...] = ()
    """What is new in the store beside the rows: a survey, a wave (`value` is its code)."""
    asks: tuple[Ask, ...] = ()
    """What has to be answered before those rows can be stored."""
    readings: tuple[ColumnReading, ...] = ()
    """Columns whose figures do not count as they stand: units, taxes added, currencies."""
    ignored: tuple[str, ...] = ()
    """Columns of the file nobody asked for."""
    unmatched: tuple[Unmatched, ...] = ()
    """Customers the file names that were not found, those on most rows first."""
    unmatched_count: int = 0
    """How many there are, listed or not."""
    settled: tuple[Unmatched, ...] = ()
    """Those the user chose a customer for, and those made new one by one or without a code."""
    differences: tuple[Difference, ...] = ()
    """What a rehearsal would change in rows that are there, the first of it."""
    differences_count: int = 0
    """How many values would change, listed or not."""
    changed_fields: Mapping[str, int] = field(default_factory=dict)
    """How many of each field."""
    outdated: tuple[Outdated, ...] = ()
    """Values somebody else changed since the user saw the check, the first of them; nothing was
    stored."""
    outdated_count: int = 0
    """How many there are, listed or not."""
    past: Mapping[str, Any] = field(default_factory=dict)
    """Of a correction of the past: since when figures change (`since`), and which computed dates
    (`first`, `last`, `dates`: how many) that touches; ISO text."""
    seconds: float = 0

    @property
    def stored(self) -> bool:
        """Whether anything was written."""
        return self.outcome in (Outcome.COMMITTED, Outcome.PARTLY)

    def about(self, reason: str) -> dict[str, str]:
        """What the notes of a reason name, for its words: the first five, each once."""
        if reason == "corrects_past":
            return {"other": str(self.past.get("since", ""))}
        named = [
            str(note.detail["other"])
            for note in self.notes
            if note.reason == reason and "other" in note.detail
        ]
        once = list(dict.fromkeys(named))
        return {"other": ", ".join(once[:5]) + (", …" if len(once) > 5 else "")}

    def timed(self, seconds: float) -> ImportReport:
        """The same report with the time it took."""
        return replace(self, seconds=round(seconds, 3))

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON holds it."""
        plain: dict[str, Any] = plain_of(self)
        return plain

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> ImportReport:
        """The report a process handed over."""
        return record_of(cls, plain)


def refusal(kind: str, issues: tuple[Issue, ...], **known: Any) -> ImportReport:
    """The report of a file that cannot be read."""
    counts: dict[str, int] = {}
    for issue in issues:
        counts[issue.reason] = counts.get(issue.reason, 0) + 1
    return ImportReport(
        Outcome.REFUSED,
        kind,
        issues=issues[:MOST_LISTED],
        reasons=counts,
        groups=grouped(issues, Counter((i.reason, i.column or "") for i in issues)),
        asks=asks_of((issue, 1) for issue in issues),
        **known,
    )
