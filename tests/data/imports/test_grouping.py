"""Equal faults are one line with a count and the first rows."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from data.imports.terms.report import ImportReport
from jobs.cli import console
from tests.data.imports.bringing import bring

HEADER = "发票号,客户编码,开票日期,金额\n"


def test_equal_faults_are_said_once(sqlite_engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    rows = [f"F{n},U1,2026-08-01,x{n}\n" for n in range(1500)]
    path.write_text(HEADER + "".join(rows) + "F9999,U1,2026-08-32,1.00\n", "utf-8")
    report = bring(sqlite_engine, path, "invoices")
    assert {(g.reason, g.column): (g.rows, g.lines) for g in report.groups} == {
        ("not_an_amount", "金额"): (1500, (2, 3, 4)),
        ("unknown_customer", "客户编码"): (1501, (2, 3, 4)),
        ("no_such_day", "开票日期"): (1, (1502,)),
    }
    assert ImportReport.from_dict(report.as_dict()).groups == report.groups
    lines = [console.group(group, "en") for group in report.groups]
    assert "Line 2, 3, 4 … (1,500 rows) · 金额 · x0: this is not an amount" in lines
    assert len(lines) == 3
