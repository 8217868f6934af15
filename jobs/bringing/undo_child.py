"""What takes an import back in a process of its own (撤销子进程): one task, and its result.

Reads `task.json` in the folder it is given, leaves `result.json` there. Killed at any moment
it leaves the store as it was: everything happens in one transaction.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

import settings
from data import store
from data.imports.history import undo
from data.imports.terms import permission
from data.imports.terms.report import issue_dict
from errors import AppError, BadInput
from jobs import progress
from jobs.bringing import launching, uploads
from jobs.bringing.undoing import KIND, Task, quiet


def main(folder: Path) -> None:
    """Do one task: read `task.json`, leave `result.json`."""
    task = Task(**json.loads((folder / uploads.TASK).read_text("utf-8")))
    launching.bound(task.seconds, task.nice)
    opened = store.open_store(settings.get().database_url)
    try:
        result = _do(opened, folder, task)
    except AppError as error:
        result = {"error": said(error)}
    uploads.write(folder / uploads.RESULT, result)


def said(error: AppError) -> dict[str, Any]:
    """A known error as JSON holds it."""
    issues = [issue_dict(issue) for issue in error.issues] if isinstance(error, BadInput) else []
    arguments = [] if issues else [str(part) for part in error.args]
    return {"name": type(error).__name__, "issues": issues, "arguments": arguments}


def _do(opened: Engine, folder: Path, task: Task) -> dict[str, Any]:
    def tell(step: str, share: float) -> None:
        uploads.write(folder / uploads.PROGRESS, {"step": step, "share": share})

    if task.number is None:
        actor = permission.active_user(opened, task.user_id)
        foreseen = undo.preview(opened, task.batch, actor, tell)
        reasons = [issue_dict(issue) for issue in foreseen.reasons]
        return {"preview": {**asdict(foreseen), "reasons": reasons}}
    with progress.job(opened, KIND, number=task.number) as told, quiet(opened, told):
        actor = permission.active_user(opened, task.user_id)
        return {"taken": asdict(undo.undo(opened, task.batch, actor, tell))}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
