"""Reference numbers (参考数值) by case id, and the public samples they were computed from."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
SAMPLES = HERE.parent / "samples"


@cache
def _all() -> dict[str, dict[str, Any]]:
    return {each["id"]: each for each in json.loads((HERE / "cases.json").read_text("utf-8"))}


def case(case_id: str) -> SimpleNamespace:
    """One case: id, inputs, expected, tolerance (absolute), source."""
    return SimpleNamespace(**_all()[case_id])


@cache
def cdnow() -> pd.DataFrame:
    """CDNOW sample, one row per purchase: customer, day, cents."""
    rows = [line.split() for line in (SAMPLES / "cdnow_sample.txt").read_text("ascii").splitlines()]
    return pd.DataFrame(
        {
            "customer": [int(row[1]) for row in rows],
            "day": pd.to_datetime([row[2] for row in rows], format="%Y%m%d"),
            "cents": [round(float(row[4]) * 100) for row in rows],
        }
    )


@cache
def superstore() -> pd.DataFrame:
    """Superstore by customer and year; sales and profit in whole ten-thousandths."""
    with (SAMPLES / "superstore_by_customer.csv").open(encoding="utf-8", newline="") as file:
        frame = pd.DataFrame(list(csv.DictReader(file)))
    frame["year"] = frame["year"].astype(int)
    return frame.assign(sales=fourths(frame["sales"]), profit=fourths(frame["profit"]))


@cache
def superstore_products() -> pd.DataFrame:
    """Superstore by sub-category; sales and profit in whole ten-thousandths."""
    with (SAMPLES / "superstore_by_subcategory.csv").open(encoding="utf-8", newline="") as file:
        frame = pd.DataFrame(list(csv.DictReader(file)))
    return frame.assign(sales=fourths(frame["sales"]), profit=fourths(frame["profit"]))


def fourths(text: pd.Series) -> np.ndarray:
    """Decimal text with four places as whole ten-thousandths."""
    return text.str.replace(".", "", regex=False).astype(np.int64).to_numpy()


def by_customer(column: str = "sales") -> np.ndarray:
    """Superstore totals per customer, by customer id."""
    return superstore().groupby("customer_id")[column].sum().to_numpy()


def cdnow_totals() -> np.ndarray:
    """CDNOW cents per customer, by customer id."""
    return cdnow().groupby("customer")["cents"].sum().to_numpy()
