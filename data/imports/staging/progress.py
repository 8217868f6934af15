"""How far an import is (进度), told while it is under way."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, float], None]
"""Told the step and how far the whole is, 0 to 1."""
