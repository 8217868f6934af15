"""A folder in memory (内存文件夹) for what makes and deletes very many files.

Each PostgreSQL database is some 400 files, and a run makes 700 of them. On a disk the
system spends twice as long finding room for files as the database spends on the tests.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
ROOM = 2 * 1024**3
"""Bytes that must be free: the databases of a process take a few hundred million."""


def has_room(place: Path) -> bool:
    """Whether files may be put there, and enough of them."""
    return place.is_dir() and os.access(place, os.W_OK) and shutil.disk_usage(place).free > ROOM


@contextmanager
def folder(otherwise: Path) -> Iterator[Path]:
    """A new folder in memory, removed at the end; `otherwise` where there is no room."""
    if not has_room(MEMORY):
        yield otherwise
        return
    made = Path(mkdtemp(prefix="kehu-tests-", dir=MEMORY))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)
