"""Import against a bare executemany (导入测速): both write the same rows, and are told apart."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from typer.testing import CliRunner

from jobs.bench import bringing
from jobs.cli.bench import app

ROWS = 60


def test_both_write_the_same_rows(tmp_path: Path) -> None:
    brought = bringing.measure(tmp_path, ROWS)
    assert brought.rows == ROWS
    assert brought.ratio == brought.bare.wall / brought.lap.wall
    assert 20 < brought.peak_megabytes < 400
    with sqlite3.connect(tmp_path / "import.db") as connection:
        lines = connection.execute("SELECT amount, cost FROM order_line ORDER BY id").fetchall()
        (orders,) = connection.execute("SELECT count(*) FROM sales_order").fetchone()
        (broken,) = connection.execute("SELECT count(*) FROM pragma_foreign_key_check").fetchone()
    sheet = (tmp_path / "orders.csv").read_text(encoding="utf-8").splitlines()[1:]
    told = sorted(tuple(line.split(",")[-2:]) for line in sheet)
    assert sorted((f"{a / 100:.2f}", f"{c / 100:.2f}") for a, c in lines) == told
    assert (orders, broken) == (ROWS // 2, 0)


def test_the_command_prints_the_ratio() -> None:
    result = CliRunner().invoke(app, ["--rows", str(ROWS)])
    assert result.exit_code == 0, result.output
    assert "ratio" in result.output
    assert str(ROWS) in result.output
