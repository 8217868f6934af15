"""One import at work (导入过程): the connection, the staged rows, and what rules do with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from data.imports.parsing.parsed import FAULT, NOTE
from data.imports.staging.temporary import CHUNK
from data.imports.terms.change import Change, jsonable
from data.imports.terms.difference import Difference
from data.imports.terms.plan import Item, Options
from data.imports.terms.spec import Spec
from data.imports.terms.tables import table_of
from errors import Issue
from models.access import Role
from models.base import Minor
from models.system import ImportChange, StoreState

IMPORT_CHANGE = table_of(ImportChange)
STORE_STATE = table_of(StoreState)


@dataclass(slots=True)
class Work:
    """What the rules of a kind may see and do; everything happens in one transaction."""

    connection: sa.Connection
    spec: Spec
    staged: sa.Table
    faults: sa.Table
    options: Options
    shown: Mapping[str, str]
    today: date
    owner_id: int | None = None
    """The importing user's own customers only; None is everybody's."""
    role: Role | None = None
    """Of the importing user; None is the command line, which may set everything."""
    items: Mapping[str, Item] = field(default_factory=dict)
    told: frozenset[str] = frozenset()
    """Fields the file has a column for."""
    filled: frozenset[str] = frozenset()
    """Staged columns the file said something in."""
    one_each: bool = False
    """No line of the file came to more than one staged row."""
    tally: tuple[int, int, int] | None = None
    """Good lines, added, updated, as last counted (`counting`); None once that changed."""
    _there: dict[str, bool] = field(default_factory=dict)
    _unmarked: bool = False
    customers: Mapping[str, str] = field(default_factory=dict)
    """What the file calls a customer → code of the one the user chose (`Plan.customers`)."""
    answers: Mapping[str, str] = field(default_factory=dict)
    """What was asked about the file → the answer (`Plan.answers`)."""
    create: frozenset[str] = frozenset()
    """What the file calls customers that shall be made (`Plan.create`)."""
    batch_id: int = 0
    """Given when the rows are written (`begin`)."""
    corrected_from: date | None = None
    """From when on past figures change, as far as known (`Options.correct_past`)."""
    foreseen: list[Difference] = field(default_factory=list)
    """What the kind changes in stored rows beyond its targets, known before it does."""
    news: list[Issue] = field(default_factory=list)
    """What was made beside the rows, a survey or a wave: `value` is its code."""
    untold: list[dict[str, Any]] = field(default_factory=list)
    """Changes made before there was a batch to keep them with."""

    # faults ------------------------------------------------------------------------------

    def good(self) -> sa.ColumnElement[bool]:
        """Condition: the staged row has no fault."""
        return sa.not_(self.staged.c.bad)

    def fault_where(
        self,
        reason: str,
        field_name: str,
        condition: Any,
        *,
        other: Any = None,
        severity: str = FAULT,
        source: Any = None,
        bad_too: bool = False,
    ) -> None:
        """Note a fault for every good staged row of a condition.

        Args:
            reason: its code.
            field_name: the field it concerns; its column and value are named.
            condition: on the staged rows.
            other: what else to name, such as the line it disagrees with.
            severity: `note` leaves the row good.
            source: what to select from where the condition needs more than `staged`.
            bad_too: also for rows that have another fault already, to name them all.
        """
        staged = self.staged
        query = (
            sa.select(
                staged.c.line,
                sa.literal(severity),
                sa.literal(reason),
                sa.literal(self.shown.get(field_name, field_name)),
                sa.func.substr(_as_text(staged.c[field_name]), 1, 60),
                sa.cast(other, sa.Text) if other is not None else sa.null(),
            )
            .select_from(staged if source is None else source)
            .where(condition, sa.true() if bad_too else self.good())
            .distinct()
        )
        said = self.connection.execute(
            sa.insert(self.faults)
            .from_select(["line", "severity", "reason", "shown", "value", "other"], query)
            .execution_options(preserve_rowcount=True)
        )
        if severity == FAULT and (said.rowcount or self._unmarked):
            self.mark_bad()

    def note_where(self, reason: str, field_name: str, condition: Any, **more: Any) -> None:
        """Like `fault_where`, but the row is good."""
        self.fault_where(reason, field_name, condition, severity=NOTE, **more)

    def note_fault(self, reason: str, field_name: str, row_id: int, other: str) -> None:
        """A fault of one staged row; it is marked with the next `mark_bad`."""
        staged = self.staged
        self._unmarked = True
        self.connection.execute(
            sa.insert(self.faults).from_select(
                ["line", "severity", "reason", "shown", "value", "other"],
                sa.select(
                    staged.c.line,
                    sa.literal(FAULT),
                    sa.literal(reason),
                    sa.literal(self.shown.get(field_name, field_name)),
                    _as_text(staged.c[field_name]),
                    sa.literal(other),
                ).where(staged.c.id == row_id),
            )
        )

    def mark_bad(self) -> None:
        """Rows of a faulty line are bad."""
        self._unmarked, self.tally = False, None
        lines = sa.select(self.faults.c.line).where(self.faults.c.severity == FAULT)
        self.connection.execute(
            sa.update(self.staged)
            .where(self.good(), self.staged.c.line.in_(lines))
            .values(bad=True)
        )

    # staged rows -------------------------------------------------------------------------

    def set_rows(self, rows: Iterable[Mapping[str, Any]], *columns: str) -> None:
        """Set columns of single staged rows; each row is `{"row": id, column: value}`."""
        statement = (
            sa.update(self.staged)
            .where(self.staged.c.id == sa.bindparam("row"))
            .values({name: sa.bindparam(name) for name in columns})
        )
        listed = [dict(row) for row in rows]
        for start in range(0, len(listed), CHUNK):
            self.connection.execute(statement, listed[start : start + CHUNK])

    def number_within(self, group: str, into: str) -> None:
        """Count rows of a group from 1 where the file gives no number."""
        staged = self.staged
        if not self.any_row(staged.c[into].is_(None)):
            return
        counted = (
            sa.select(
                staged.c.id,
                sa.func.row_number()
                .over(partition_by=staged.c[group], order_by=staged.c.id)
                .label("place"),
            )
            .where(staged.c[group].is_not(None))
            .subquery()
        )
        self.connection.execute(
            sa.update(staged)
            .where(staged.c.id == counted.c.id, staged.c[into].is_(None))
            .values({into: counted.c.place})
        )

    def any_row(self, condition: Any) -> bool:
        """Whether a condition holds for any staged row."""
        question = sa.select(sa.exists().where(condition).select_from(self.staged))
        return bool(self.connection.execute(question).scalar_one())

    def is_there(self, id_into: str) -> bool:
        """Whether any row was found in the store, once they were looked for."""
        if id_into not in self._there:
            self._there[id_into] = self.any_row(self.staged.c[id_into].is_not(None))
        return self._there[id_into]

    def items_used(self) -> Sequence[Item]:
        """Questions that the good rows answer."""
        staged = self.staged
        codes = self.connection.execute(
            sa.select(staged.c.item_code)
            .where(staged.c.item_code.is_not(None), self.good())
            .distinct()
            .order_by(staged.c.item_code)
        ).scalars()
        return [self.items[code] for code in codes]

    def days_later(self, start: date, days: int) -> date:
        """The day so many days after another."""
        return start + timedelta(days=days)

    # rules several kinds share -----------------------------------------------------------

    def check_currency(self) -> None:
        """Amounts in another currency than the store's cannot be added up."""
        if "currency" not in self.filled:
            return
        staged = self.staged
        code = self.currency()
        names = ("cny", "rmb", "人民币", "人民幣", "元") if code == "CNY" else (code.lower(),)
        self.fault_where(
            "currency_differs",
            "currency",
            sa.and_(staged.c.currency.is_not(None), sa.func.lower(staged.c.currency).not_in(names)),
            other=sa.literal(code),
        )

    def currency(self) -> str:
        """The store's one currency."""
        found = self.connection.execute(sa.select(STORE_STATE.c.currency)).scalar_one_or_none()
        return str(found or "CNY")

    # writing -----------------------------------------------------------------------------

    def begin(self, batch_id: int) -> None:
        """From here on rows are written; what was changed before is kept with the batch."""
        self.batch_id = batch_id
        self._tell()

    def _remember(self, **change: Any) -> None:
        """Keep a change for history and undo, until there is a batch to write it for."""
        self.untold.append(change)

    def _tell(self) -> None:
        """Write the changes that were kept, if there is a batch by now."""
        if self.batch_id and self.untold:
            told = [{"batch_id": self.batch_id, **change} for change in self.untold]
            self.connection.execute(sa.insert(ImportChange), told)
            self.untold.clear()

    def make(self, table: type[Any], **values: Any) -> int:
        """Add one row of a table that keeps no provenance; returns its id.

        An `ImportChange` without a `before` says that this import made it.
        """
        made = self.connection.execute(sa.insert(table).values(**values).returning(table.id))
        row_id = int(made.scalar_one())
        self._remember(
            table_name=table.__tablename__, row_id=row_id, before={}, after=jsonable(values)
        )
        self._tell()
        return row_id

    def made(self, table: type[Any]) -> set[int]:
        """Rows of a table this import made beside its targets (`make`), once it has a batch."""
        found = sa.select(IMPORT_CHANGE.c.row_id).where(
            IMPORT_CHANGE.c.batch_id == self.batch_id,
            IMPORT_CHANGE.c.table_name == table.__tablename__,
            sa.cast(IMPORT_CHANGE.c.before, sa.Text) == "{}",
        )
        return set(self.connection.execute(found).scalars())

    def change(
        self,
        table: type[Any],
        row_id: int,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
        **rest: Any,
    ) -> None:
        """Update one row and keep what it was, for undo."""
        self.change_all(table, [Change(row_id, before, after, rest)])

    def change_all(self, table: type[Any], changes: Sequence[Change]) -> None:
        """Update rows, those with the same columns together, and keep what they were."""
        columns = table_of(table).c
        alike: dict[tuple[str, ...], list[Change]] = {}
        for each in changes:
            alike.setdefault(tuple(each.after), []).append(each)
        for names, group in alike.items():
            keys = ("id",) if hasattr(table, "id") else tuple(group[0].keys)
            values: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in names}
            if "version" in columns:
                values["version"] = columns.version + 1
            where = [columns[name] == sa.bindparam(f"key_{name}") for name in keys]
            self.connection.execute(
                sa.update(table_of(table)).where(*where).values(values),
                [each.parameters(keys) for each in group],
            )
        for each in changes:
            self._remember(
                table_name=table.__tablename__,
                row_id=each.row_id,
                before={**each.keys, **jsonable(each.before)},
                after={**each.keys, **jsonable(each.after)},
            )
        self._tell()

    def put_dated(
        self, table: type[Any], key: Mapping[str, Any], values: Mapping[str, Any], line: int
    ) -> None:
        """Add a dated row of a customer, or change the one of that very day."""
        columns = table_of(table).c
        there = self.connection.execute(
            sa.select(columns.id, *(columns[name] for name in values)).where(
                *(columns[name] == value for name, value in key.items())
            )
        ).one_or_none()
        if there is not None:
            before = {name: getattr(there, name) for name in values}
            self.change(table, there.id, before, values)
        else:
            self.connection.execute(
                sa.insert(table).values(**key, **values, batch_id=self.batch_id, batch_line=line)
            )
        self.touch(line)

    def link(self, code_field: str, table: type[Any], column: str, *, by: str) -> None:
        """Point rows at others of the same table that may have come with the same file."""
        staged = self.staged
        mine, other = sa.alias(table_of(table)), sa.alias(table_of(table))
        rows = self.connection.execute(
            sa.select(
                staged.c.line,
                mine.c.id,
                mine.c[column].label("before"),
                other.c.id.label("after"),
                mine.c.batch_id,
            )
            .join(mine, mine.c.id == staged.c[by])
            .join(other, other.c.code == staged.c[code_field])
            .where(self.good(), mine.c[column].is_distinct_from(other.c.id))
            .order_by(mine.c.id)
        ).all()
        for row in rows:
            if row.batch_id == self.batch_id:
                self.connection.execute(
                    sa.update(table)
                    .where(table_of(table).c.id == row.id)
                    .values({column: row.after})
                )
            else:
                self.change(table, row.id, {column: row.before}, {column: row.after})
                self.touch(row.line)

    def corrects(self, since: date) -> None:
        """What this import changes was never so from `since` on, or from earlier."""
        self.corrected_from = min(self.corrected_from or since, since)

    def touch(self, line: int) -> None:
        """A line that changed something beyond its own row counts as an update."""
        self.touch_where(self.staged.c.line == line)

    def touch_where(self, condition: Any) -> None:
        """Rows that change something beyond their own row count as updates."""
        self.tally = None
        self.connection.execute(
            sa.update(self.staged)
            .where(condition, self.good(), self.staged.c.becomes == "same")
            .values(becomes="updated")
        )

    def count_as_added(self, condition: Any) -> None:
        """Good rows that add something which is no row of a target."""
        self.tally = None
        self.connection.execute(
            sa.update(self.staged).where(condition, self.good()).values(becomes="added")
        )


Progress = Callable[[str, float], None]
"""Told the step and how far the whole is, 0 to 1."""


def money_text(minor: Any) -> Any:
    """Minor units as an amount with two decimals, in SQL."""
    whole = sa.cast(minor, sa.BigInteger)
    cents = sa.func.substr(sa.cast(sa.func.abs(whole) % 100 + 100, sa.Text), 2, 2)
    return sa.cast(whole // 100, sa.Text) + "." + cents


def _as_text(column: Any) -> Any:
    return money_text(column) if isinstance(column.type, Minor) else sa.cast(column, sa.Text)
