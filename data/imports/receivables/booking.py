"""Rows of a file put to the rules of receivables (记账): faults named, changes kept for undo."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from data.imports.staging.changes import Changes
from data.imports.staging.context import Context
from data.imports.staging.faults import Faults
from data.imports.terms.change import Change
from data.imports.terms.difference import Difference, plain
from data.movements.book import CREDIT_NOTE, RECEIPT, Applied, Bill, Book, Refused, Source
from errors import BadInput, Issue
from models.receivables import Allocation


class Booking:
    """Puts the rows of one import to a book, one after the other.

    In a check a row that is refused becomes a fault and the others go on. Once rows are
    being written nothing should be refused any more; if it is, the whole file is.
    """

    def __init__(
        self,
        context: Context,
        faults: Faults,
        changes: Changes,
        book: Book,
        fields: Mapping[str, str],
    ) -> None:
        """Begin.

        Args:
            context: the import.
            faults: where refused rows are named.
            changes: what is stored, and what is foreseen.
            book: with everything the rows concern.
            fields: what a rule is about (`Refused.about`) → field of the sheet.
        """
        self.context, self.faults, self.changes = context, faults, changes
        self.book, self.fields = book, fields
        self.bills = {bill.row_id: bill for bill in book.bills.values()}
        self._sources = {(one.what, one.row_id): one for one in book.sources.values()}
        self._lines: dict[int, int] = {}
        self._faulty = False

    def source(self, row: Any) -> Source:
        """The receipt or credit note of a staged row (receipt_id, credit_note_id)."""
        if row.receipt_id is not None:
            return self._sources[RECEIPT, row.receipt_id]
        return self._sources[CREDIT_NOTE, row.credit_note_id]

    def ends(self, row: Any) -> tuple[Source, Bill]:
        """What a staged row takes from and what it goes to."""
        return self.source(row), self.bills[row.invoice_id]

    def put(self, row: Any, action: Callable[[], object]) -> bool:
        """Do something with the book for a staged row (id, line); False where it is refused.

        Raises:
            BadInput: it is refused while rows are being written.
        """
        added, ended = len(self.book.added), len(self.book.ended)
        try:
            action()
        except Refused as refused:
            self.refuse(row, refused.reason, self.fields[refused.about], refused.other)
            return False
        for one in (*self.book.added[added:], *self.book.ended[ended:]):
            self._lines[id(one)] = row.line
        return True

    def refuse(self, row: Any, reason: str, field: str, other: object = None) -> None:
        """Name a fault of a row.

        Raises:
            BadInput: rows are being written already.
        """
        told = money(other) if isinstance(other, int) else str(other or "")
        if self.changes.batch_id:
            column = self.context.shown.get(field, field)
            raise BadInput(Issue(reason, column, row.line, detail={"other": told}))
        self.faults.of_row(reason, field, row.id, told)
        self._faulty = True

    def close(self) -> None:
        """Mark refused rows; or write what was added to allocations and what ended of them."""
        if not self.changes.batch_id:
            self._foresee()
            if self._faulty:
                self.faults.mark_bad()
            return
        self.changes.change_all(
            Allocation,
            [Change(one.row_id or 0, *_ending(one), {}) for one in self.book.ended],
        )
        made = [
            {
                "receipt_id": one.source.row_id if one.source.what == RECEIPT else None,
                "credit_note_id": None if one.source.what == RECEIPT else one.source.row_id,
                "invoice_id": one.bill.row_id,
                "allocated_on": one.start,
                "amount": one.amount,
                "ended_on": one.end,
                "ended_reason": one.reason,
                "batch_id": self.changes.batch_id,
                "batch_line": self._lines[id(one)],
            }
            for one in self.book.added
        ]
        if made:
            self.context.connection.execute(sa.insert(Allocation), made)

    def _foresee(self) -> None:
        """Tell what will be ended of stored allocations."""
        for one in self.book.ended:
            before, after = _ending(one)
            for name, value in after.items():
                self.changes.foreseen.append(
                    Difference(
                        self._lines[id(one)],
                        "allocation",
                        f"{one.source.code} · {one.bill.code}",
                        name,
                        "date" if name == "ended_on" else "text",
                        plain(before[name]),
                        plain(value),
                    )
                )


def _ending(one: Applied) -> tuple[dict[str, Any], dict[str, Any]]:
    """Columns of an allocation before and after it was ended."""
    end, reason = one.was or (None, "")
    before: dict[str, Any] = {"ended_on": end}
    after: dict[str, Any] = {"ended_on": one.end}
    if one.reason != reason:
        before["ended_reason"], after["ended_reason"] = reason, one.reason
    return before, after


def money(minor: int) -> str:
    """Minor units as an amount with two decimals."""
    return f"{minor // 100}.{minor % 100:02}"
