"""Stores for import tests (导入测试库): a small company to bring things into."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.data.imports.bringing import bring_text
from tests.kept import Kept

CUSTOMERS = """客户编码,客户名称,统一社会信用代码,账期天数
C1,厦门华南机电有限公司,91350100M000100Y43,30
C2,江苏中润贸易有限公司,,60
C3,宁波远航轴承有限公司,,30
"""
INVOICES = """发票号,客户编码,开票日期,到期日,金额
I1,C1,2026-01-10,2026-02-09,1000.00
I2,C1,2026-02-10,2026-03-12,500.00
I3,C2,2026-01-15,,800.00
"""


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder for files to bring in."""
    folder = tmp_path / "files"
    folder.mkdir()
    return folder


def small_company(engine: Engine) -> None:
    """Three customers and three invoices."""
    for text in (CUSTOMERS, INVOICES):
        assert bring_text(engine, text).stored


@pytest.fixture
def company(engine: Engine, kept: Kept) -> Engine:
    """Three customers and three invoices, on SQLite and on PostgreSQL."""
    kept(engine, small_company)
    return engine
