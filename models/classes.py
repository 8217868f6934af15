"""Class codes in their order (分类顺序): written once, for every room that may import models.

`analytics` knows no other room and has its own; a test holds the two equal.
"""

from __future__ import annotations

ACTIVE_TIERS = ("top", "big", "medium", "small")
INACTIVE = "inactive"
TIERS = (*ACTIVE_TIERS, INACTIVE)
"""Tiers of the customer pyramid, the best first; inactive did not trade in the window."""
PROFIT_TIERS = ("platinum", "gold", "iron", "lead")
ABC = ("A", "B", "C")
MOVES = ("up", "down", "new", "lost", "same")
"""How a customer went from one tier to another."""
