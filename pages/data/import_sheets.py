"""Several sheets of one shape (多张同形工作表): each becomes a file of the queue."""

from __future__ import annotations

import time
from dataclasses import replace

from jobs.bringing import tasks
from models.access import User
from pages.data.import_queue import File
from pages.data.import_work import keep


def every_sheet(user: User, file: File) -> File:
    """The file, and beside it each other sheet of its shape where all are wanted; each is a file.

    Raises:
        BadInput: the copies would take up too much of the disk.
    """
    seen, plan = file.peek, file.plan
    if seen is None or plan.answers.get("other_sheets") != "all":
        return file
    answers = {key: said for key, said in plan.answers.items() if key != "other_sheets"}
    for sheet in seen.alike:
        token = tasks.copy(file.token, user.id)
        own = replace(plan, hints=replace(plan.hints, sheet=sheet), answers=answers)
        name = f"{file.name} · {sheet}"
        keep(user, File(token, name, file.size, time.time(), plan=own, told=True))
    mine = replace(plan, hints=replace(plan.hints, sheet=seen.sheet), answers=answers)
    return replace(file, name=f"{file.name} · {seen.sheet}", plan=mine)
