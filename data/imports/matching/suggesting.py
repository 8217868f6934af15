"""The unmatched customers of a file, with suggestions (未匹配客户及建议)."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import sqlalchemy as sa

from data.imports.matching.identifying import everybody
from data.imports.matching.names import plain_name
from data.imports.matching.whom import BY_CHOICE, CUSTOMER, NEW, NOBODY, WHO, key_of
from data.imports.staging.context import Context
from data.imports.terms.report import ImportReport
from data.imports.terms.spec import Reference
from data.imports.terms.unmatched import (
    MOST_LISTED,
    MOST_SUGGESTED,
    NAME_CONTAINED,
    SAME_NAME,
    SAME_TAX_NUMBER,
    SIMILAR_CODE,
    WHYS,
    Suggestion,
    Unmatched,
)

_AT_ONCE = 5000
_SHORTEST = 4
"""Letters a name needs to be looked for inside another."""
_JOINTS = re.compile(r"[\s_\-./]+")
_LEADING_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")


def plain_code(code: str) -> str:
    """A code as similar ones are found: `ｃ-0007` is `C7`."""
    seen = _JOINTS.sub("", unicodedata.normalize("NFKC", code)).upper()
    return _LEADING_ZEROS.sub("", seen)


def with_unmatched(context: Context, report: ImportReport) -> ImportReport:
    """The report with the customers that were not found, and those decided about.

    Costs nothing where every code was known. Call it after the rows were checked and
    before anything is written.
    """
    reference = next((one for one in context.spec.references if one.name_field), None)
    if reference is None:
        return report
    counts: dict[str, int] = {
        row[0]: int(row[1])
        for row in context.connection.execute(
            sa.select(WHO.c.how, sa.func.count()).group_by(WHO.c.how)
        )
    }
    if counts.get(NOBODY):
        missing = _listed(context, reference, WHO.c.how == NOBODY)
        report = replace(
            report,
            unmatched=_suggest(context, missing),
            unmatched_count=counts[NOBODY],
        )
    if counts.get(BY_CHOICE) or counts.get(NEW):
        new = WHO.c.how == NEW
        if context.options.create_customers:
            # those of a code of their own were asked for all at once: nothing to tell apart
            new = sa.and_(new, WHO.c.code.is_(None))
        told = sa.or_(WHO.c.how == BY_CHOICE, new)
        if context.connection.execute(sa.select(sa.exists().where(told))).scalar_one():
            known = _listed(context, reference, sa.and_(told, context.good()))
            report = replace(report, settled=tuple(known))
    return report


def _listed(context: Context, reference: Reference, condition: Any) -> list[Unmatched]:
    """Sayings with their rows, those on most rows first."""
    staged = context.staged
    lines = sa.func.count(staged.c.line.distinct())
    query = (
        sa.select(
            WHO.c.code,
            WHO.c.tax_no,
            WHO.c.name,
            WHO.c.line,
            WHO.c.reason,
            CUSTOMER.c.code.label("became"),
            WHO.c.how,
            lines.label("rows"),
        )
        .select_from(
            staged.join(WHO, key_of(staged, reference) == WHO.c.key).outerjoin(
                CUSTOMER, CUSTOMER.c.id == WHO.c.customer_id
            )
        )
        .where(condition)
        .group_by(WHO.c.key, CUSTOMER.c.code)
        .order_by(lines.desc(), WHO.c.line)
        .limit(MOST_LISTED)
    )
    return [
        Unmatched(
            said=row.code or row.tax_no or row.name or "",
            name=row.name or "",
            tax_no=row.tax_no or "",
            rows=row.rows,
            line=row.line,
            reason=row.reason or "",
            became=row.became or "",
            new=row.how == NEW,
        )
        for row in context.connection.execute(query)
    ]


@dataclass(slots=True)
class _Asked:
    """What is looked for on behalf of the listed."""

    taxes: defaultdict[str, list[int]]
    names: defaultdict[str, list[int]]
    codes: defaultdict[str, list[int]]
    text: str
    """All names, one to a line, to look for customers' names inside."""
    starts: list[int]
    """Where each listed one's name begins in it."""


def _asked(listed: Iterable[Unmatched]) -> _Asked:
    asked = _Asked(defaultdict(list), defaultdict(list), defaultdict(list), "", [])
    lines = []
    for place, one in enumerate(listed):
        name = plain_name(one.name)
        if one.tax_no:
            asked.taxes[one.tax_no].append(place)
        # people put names where codes belong, and the other way round
        for text in {name, plain_name(one.said)} - {""}:
            asked.names[text].append(place)
        for text in {plain_code(one.said), plain_code(one.name)} - {""}:
            asked.codes[text].append(place)
        lines.append(name or plain_name(one.said))
    asked.text, asked.starts = _joined(lines)
    return asked


def _joined(lines: list[str]) -> tuple[str, list[int]]:
    starts, at = [], 0
    for line in lines:
        starts.append(at)
        at += len(line) + 1
    return "\n".join(lines), starts


def _suggest(context: Context, listed: list[Unmatched]) -> tuple[Unmatched, ...]:
    """Up to five customers for each, the strongest reason first."""
    asked = _asked(listed)
    found: list[dict[str, tuple[int, int, str]]] = [{} for _one in listed]

    def offer(place: int, row: Any, why: str) -> None:
        far = abs(len(row.name) - len(listed[place].name or listed[place].said))
        ranked = (WHYS.index(why), far, row.name)
        if row.code not in found[place] or ranked < found[place][row.code]:
            found[place][row.code] = ranked

    customers = everybody(context)
    while some := list(islice(customers, _AT_ONCE)):
        for row in some:
            for place in asked.taxes.get(row.tax_no or "", ()):
                offer(place, row, SAME_TAX_NUMBER)
            for name in {plain_name(row.name), plain_name(row.short_name)}:
                for place in asked.names.get(name, ()):
                    offer(place, row, SAME_NAME)
            for place in asked.codes.get(plain_code(row.code), ()):
                offer(place, row, SIMILAR_CODE)
        for place, row in _containing(asked, some):
            offer(place, row, NAME_CONTAINED)
    return tuple(
        replace(one, suggestions=_best(offers)) for one, offers in zip(listed, found, strict=True)
    )


def _best(offers: dict[str, tuple[int, int, str]]) -> tuple[Suggestion, ...]:
    ranked = sorted((rank, code) for code, rank in offers.items())[:MOST_SUGGESTED]
    return tuple(Suggestion(code, name, WHYS[why]) for (why, _far, name), code in ranked)


def _containing(asked: _Asked, some: list[Any]) -> Iterator[tuple[int, Any]]:
    """(listed, customer) where one's name stands inside the other's."""
    owners, lines = [], []
    for row in some:
        for name in {plain_name(row.name), plain_name(row.short_name)} - {""}:
            owners.append(row)
            lines.append(name)
            if len(name) >= _SHORTEST:
                for at in _places(asked.text, name):
                    yield bisect_right(asked.starts, at) - 1, row
    text, starts = _joined(lines)
    for place, start in enumerate(asked.starts):
        end = asked.text.find("\n", start)
        name = asked.text[start : end if end >= 0 else None]
        if len(name) >= _SHORTEST:
            for at in _places(text, name):
                yield place, owners[bisect_right(starts, at) - 1]


def _places(text: str, wanted: str) -> Iterator[int]:
    at = text.find(wanted)
    while at >= 0:
        yield at
        at = text.find(wanted, at + 1)
