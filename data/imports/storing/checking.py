"""A file checked as a whole (整体检查): against the store, against itself, by its kind's rules."""

from __future__ import annotations

import sqlalchemy as sa

from data.imports.matching import lookups, reserved
from data.imports.staging import temporary
from data.imports.staging.changes import Changes
from data.imports.staging.context import Context
from data.imports.staging.faults import Faults
from data.imports.staging.progress import Progress
from data.imports.storing import comparing


def check(
    context: Context, faults: Faults, changes: Changes, tell: Progress, *, reject: bool
) -> None:
    """Match every row, and find every fault; nothing of the file is written yet.

    Args:
        context: the import.
        faults: where faults are named.
        changes: what has to be made for the check (a survey, a wave).
        tell: told how far it is.
        reject: the good rows are to be stored without the bad ones.
    """
    spec = context.spec
    tell("matching", 0.6)
    if context.connection.dialect.name == "postgresql":
        context.connection.execute(sa.text("ANALYZE staged"))
    for place, reference in enumerate(spec.references, start=1):
        lookups.resolve(context, faults, reference)
        lookups.refuse_unknown(context, faults, reference)
        tell("matching", 0.6 + 0.1 * place / len(spec.references))
    if spec.prepare:
        spec.prepare(context, faults, changes)
    for target in spec.targets:
        lookups.match(context, target)
    lookups.refuse_foreign_customers(context, faults)
    reserved.refuse_reserved(context, faults)
    temporary.index(context.connection, context.staged, spec)
    for place, target in enumerate(spec.targets, start=1):
        comparing.within_file(context, faults, target)
        comparing.with_store(context, faults, target)
        tell("comparing", 0.7 + 0.08 * place / len(spec.targets))
    if spec.check:
        spec.check(context, faults, changes)
    if reject:
        comparing.with_siblings(context, faults)
    comparing.states(context)
    if spec.also_changes:
        spec.also_changes(context, faults, changes)
