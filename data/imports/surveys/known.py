"""Questions and columns that mean the same in every questionnaire (通用题项)."""

from __future__ import annotations

from data.imports.terms.items import Item
from models.enums import ItemRole

ITEM_ALIASES = {
    "csat": (
        "csat",
        "满意度",
        "总体满意度",
        "整体满意度",
        "overall",
        "overall satisfaction",
        "satisfaction",
    ),
    "nps": ("nps", "推荐度", "推荐意愿", "净推荐值", "likelihood to recommend"),
    "ces": ("ces", "费力度", "省力度", "effort"),
}
DEFAULT_ITEMS = (
    Item("csat", role=ItemRole.OVERALL.value, minimum=1, maximum=5, wording="总体满意度"),
    Item("nps", role=ItemRole.NPS.value, minimum=0, maximum=10, wording="推荐意愿"),
    Item("ces", role=ItemRole.EFFORT.value, minimum=1, maximum=7, wording="费力度"),
)
"""Questions known everywhere; a survey's own come from the store or the plan."""

OVERALL = DEFAULT_ITEMS[0]

RUNNING_NUMBERS = frozenset({"序号", "答题序号", "答复id", "id", "responseid"})
"""Names of columns, as compared, whose figures begin at 1 in every questionnaire."""
