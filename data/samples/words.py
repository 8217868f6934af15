"""Word lists of the demo company (演示词表): names, places, products, sentences."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent / "demo"


@cache
def read(name: str) -> dict[str, Any]:
    """One of the TOML files of `data/samples/demo`, parsed, such as `names` or `notes`."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
