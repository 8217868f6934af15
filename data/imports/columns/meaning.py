"""What a file was taken to mean (导入口径): the same bytes read another way are another import."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from data.imports.columns.mapping import Columns
from data.imports.files.layout import Layout

CHOICES = (
    "day_order",
    "round_cents",
    "allocate",
    "survey",
    "wave",
    "minimum",
    "maximum",
    "scale",
    "shape",
)
"""Options that change what rows mean; whom or what may be made does not."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What a file is recognised by when it comes again."""

    file_hash: str
    """SHA-256 of its bytes, hex."""
    meaning: str = ""
    """Of how it is read (`meaning`); empty before it was opened."""


def meaning(columns: Columns, layout: Layout) -> str:
    """Hash of the mapping as settled and of the choices that say what rows mean, hex.

    Settled, so that a column found by its name and the same column named in a map agree.
    Scales count as the plan says them: what is guessed rests on the questions a store has.
    """
    plan = columns.plan
    said: dict[str, Any] = {
        "sheet": layout.sheet,
        "header": layout.header_line,
        "separator": layout.separator,
        "columns": dict(columns.places),
        "constants": dict(plan.constants),
        "templates": dict(plan.templates),
        "questions": [(place, one.code) for place, one in columns.items],
        "scales": [
            (one.code, one.minimum, one.maximum, one.step, one.scale, dict(one.words))
            + ((True,) if one.reverse else ())
            for one in plan.items
            if not one.skip
        ],
        "points": dict(plan.points),
        **({"measures": _measures(columns)} if columns.measures else {}),
        "choices": {name: getattr(plan.options, name) for name in CHOICES},
        # only where there are any: what was kept before there were answers stays recognised
        **({"answers": dict(plan.answers)} if plan.answers else {}),
    }
    if plan.options.reverse:
        said["choices"]["reverse"] = True
    if plan.answers:
        said["answers"] = dict(plan.answers)
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _measures(columns: Columns) -> dict[str, list[object]]:
    return {name: one.said() for name, one in columns.measures.items()}
