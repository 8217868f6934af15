"""What people write into rows that are not data (非数据行用词)."""

from __future__ import annotations

_TOTALS = """
合计 合計 小计 小計 总计 總計 共计 共計 累计 累計 总和 總和 日计 日計 月计 月計
本页合计 本頁合計 本页小计 本頁小計 本月合计 本月合計 本年累计 本年累計 平均 平均值 平均分
total totals subtotal sub-total grandtotal sum average mean
"""
TOTALS = frozenset(_TOTALS.split())
"""Whole cells, without blanks and colons, in lower case."""
