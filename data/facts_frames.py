"""A reduction of the facts as a file (归并结果), and as a frame."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa


def save(folder: Path, name: str, table: pa.Table) -> None:
    """Put a reduction where `load` finds it."""
    path = str(folder / f"{name}.arrow")
    with pa.OSFile(path, "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)


def load(folder: Path, name: str) -> pa.Table:
    """A reduction as it was saved, without copying it into memory."""
    with pa.memory_map(str(folder / f"{name}.arrow")) as source:
        return pa.ipc.open_file(source).read_all()


def frame(table: pa.Table) -> pd.DataFrame:
    """Days as datetime64, numbers as they are."""
    return table.to_pandas(date_as_object=False)
