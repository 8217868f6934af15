"""What an import's own process does (导入子进程): one task, within limits, and its result.

Reads `task.json` in the folder it is given, leaves `result.json` there. Nothing else talks
to it but the files of that folder and the signals that end it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import settings
from data import calendar, store
from data.imports import engine, peek
from data.imports.terms import permission
from data.imports.terms.plan import Plan
from data.imports.terms.report import Outcome, refusal
from data.imports.terms.request import Request
from errors import Issue, NotAllowed, StoreUnavailable
from jobs.bringing import launching, uploads
from jobs.bringing.tasks import Task


def main(folder: Path) -> None:
    """Do one task: read `task.json`, leave `result.json`."""
    plain = json.loads((folder / uploads.TASK).read_text("utf-8"))
    task = Task(**{**plain, "plan": Plan.from_dict(plain["plan"])})
    launching.bound(task.seconds, task.nice)
    try:
        result = _do(folder, task)
    except StoreUnavailable as error:
        result = {"store": str(error)}
    except NotAllowed as error:
        result = {"report": refusal(task.plan.kind, (Issue(str(error)),)).as_dict()}
    except MemoryError:
        result = {"report": refusal(task.plan.kind, (Issue("file_too_heavy"),)).as_dict()}
    uploads.write(folder / uploads.RESULT, result)
    if not task.look_only and not task.rehearse and not _again(result):
        (folder / uploads.UPLOAD).unlink(missing_ok=True)


def _again(result: dict[str, Any]) -> bool:
    """Whether the file may be checked again: it was read, and nothing of it was stored."""
    outcome = result.get("report", {}).get("outcome")
    return outcome in {Outcome.OUTDATED.value, Outcome.REJECTED.value}


def _do(folder: Path, task: Task) -> dict[str, Any]:
    opened = store.open_store(settings.get().database_url)
    with store.reading(opened) as session:
        today = calendar.today(session)
    request = Request(
        path=Path(task.path) if task.path else folder / uploads.UPLOAD,
        plan=task.plan,
        today=today,
        file_name=task.file_name,
        on_error=task.on_error,
        rehearse=task.rehearse,
        actor=permission.active_user(opened, task.user_id) if task.user_id is not None else None,
        most_bytes=task.most_bytes,
        rejects=folder / "rejects.jsonl",
        changes=folder / uploads.CHANGES if task.rehearse else None,
        checked=folder / uploads.CHECKED if task.as_checked else None,
    )
    if task.look_only:
        return {"peek": peek.look(opened, request).as_dict()}

    def progress(step: str, share: float) -> None:
        uploads.write(folder / uploads.PROGRESS, {"step": step, "share": share})

    return {"report": engine.run(opened, request, progress).as_dict()}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
