"""Files of known programs (已知软件的导出格式), recognised by their headers.

A profile is data, a TOML file in `data/imports/profiles`: what it is called, which column
names are in every such file, and a map as users write them (docs/imports.md). In it a
field may have several column names, the first that is there counts: versions and
languages of a program differ.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import Any

from data.imports.files import headers
from data.imports.files.layout import Layout
from data.imports.terms.options import Options
from data.imports.terms.plan import Plan, from_tables

FOLDER = Path(__file__).resolve().parent.parent / "profiles"


@dataclass(frozen=True, slots=True)
class Profile:
    """A file as one program writes it."""

    code: str
    name: str
    """The program and what it wrote, as people call it."""
    said: tuple[str, ...]
    """Column names that are in every such file; what one may be called stands between bars."""
    columns: Mapping[str, tuple[str, ...]]
    """Field → the names its column may have, the best first."""
    plan: Plan
    """The rest of the map."""

    def reads(self, layout: Layout, kind: str) -> bool:
        """Whether a file is one of these, as far as its header tells."""
        there = set(map(headers.plain, layout.header))
        ways = (set(map(headers.plain, one.split("|"))) for one in self.said)
        return kind in ("", self.plan.kind) and all(not there.isdisjoint(one) for one in ways)

    @property
    def recognise(self) -> frozenset[str]:
        """Those names, as they are compared."""
        return frozenset(headers.plain(name) for one in self.said for name in one.split("|"))

    def applied(self, plan: Plan, layout: Layout) -> Plan:
        """The plan with what the profile says; what the user says goes before it."""
        by_name = {headers.plain(name): name for name in layout.header}
        taken = {headers.plain(str(said)) for said in plan.columns.values()}
        columns = dict(plan.columns)
        for field, names in self.columns.items():
            there = (by_name[bare] for name in names if (bare := headers.plain(name)) in by_name)
            column = next(there, None)
            if column is not None and headers.plain(column) not in taken:
                columns.setdefault(field, column)
        return replace(
            plan,
            kind=self.plan.kind,
            columns=columns,
            constants={**self.plan.constants, **plan.constants},
            templates={**self.plan.templates, **plan.templates},
            answers={**self.plan.answers, **plan.answers},
            items=plan.items or self._items(by_name),
            options=_options(plan.options, self.plan.options),
        )

    def _items(self, by_name: Mapping[str, str]) -> tuple[Any, ...]:
        return tuple(item for item in self.plan.items if headers.plain(item.column) in by_name)


def known() -> tuple[Profile, ...]:
    """Every profile, in the order of its code."""
    return _read()


def recognised(plan: Plan, layout: Layout) -> Profile | None:
    """The profile a file fits best."""
    if layout.header_line is None:
        return None
    fitting = [one for one in known() if one.reads(layout, plan.kind)]
    return max(fitting, key=lambda one: len(one.said), default=None)


def names() -> Sequence[frozenset[str]]:
    """The column names, as compared, that tell each program's header from a title."""
    return [one.recognise for one in known()]


@cache
def _read() -> tuple[Profile, ...]:
    return tuple(_profile(path) for path in sorted(FOLDER.glob("*.toml")))


def _profile(path: Path) -> Profile:
    plain = tomllib.loads(path.read_text("utf-8"))
    name, recognise = plain.pop("name"), plain.pop("recognise")
    columns = {
        field: tuple(said) if isinstance(said, list) else (said,)
        for field, said in plain.pop("columns", {}).items()
    }
    plan = from_tables(plain)
    return Profile(path.stem, name, tuple(recognise), columns, plan)


def _options(said: Options, profile: Options) -> Options:
    """What the user left as it is comes from the profile."""
    default = Options()
    values = {
        one.name: getattr(profile, one.name)
        for one in fields(Options)
        if getattr(said, one.name) == getattr(default, one.name)
    }
    return replace(said, **values)
