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

NO_DATA = "data not at hand: "
NO_METHOD = "no method yet: "
RFM_ORDERS = NO_DATA + "the 4,906 orders of the R package rfm (MIT)"
TELCO = "survival and churn scores of single customers; the Telco subscribers are not here either"
IBM_INVOICES = NO_DATA + "the 2,466 invoices of the IBM sample state no licence to ship them under"
ECSI = "the ECSI questionnaire of 250 people (GPL-3)"
BG_NBD = NO_METHOD + "expected purchases (BG/NBD), a part of customer value in full"
GAMMA_GAMMA = NO_METHOD + "expected spend (Gamma-Gamma), a part of customer value in full"
WAITING = {
    "RFM-05": RFM_ORDERS,
    "RFM-09": RFM_ORDERS,
    "BG-01": BG_NBD,
    "BG-02": BG_NBD,
    "BG-03": BG_NBD,
    "BG-07": BG_NBD,
    "BG-09": BG_NBD,
    "GG-01": GAMMA_GAMMA,
    "GG-02": GAMMA_GAMMA,
    "BGCLV-02": BG_NBD,
    "MBG-01": NO_METHOD + "expected purchases with drop-out at once (MBG/NBD)",
    "BGBB-01": NO_METHOD + "expected purchases in fixed periods (BG/BB)",
    "SBG-01": NO_METHOD + "retention of a contract base (shifted beta-geometric)",
    "AGE-IBM-2013-06-30": IBM_INVOICES,
    "PAY-01": IBM_INVOICES,
    "DUN-01": NO_METHOD + "dunning fee and interest, a part of receivables and credit in full",
    "ALT-01": NO_METHOD + "Altman's Z, a part of receivables and credit in full",
    "CRON-01": NO_DATA + "the 150 answers stand in a package under GPL-3",
    "CRON-03": NO_DATA + ECSI,
    "CRON-05": NO_DATA + "the bfi questionnaire of the R package psych (GPL)",
    "KRIP-01": NO_METHOD + "agreement of those who code complaints and loss reasons",
    "KANO-01": NO_METHOD + "Kano's table, a part of satisfaction in full",
    "KANO-02": NO_METHOD + "Kano's coefficients, a part of satisfaction in full",
    "CORR-01": NO_METHOD + "drivers of satisfaction by correlation; not here either: " + ECSI,
    "WAR-01": NO_METHOD + "wallet allocation rule, a part of customer value in full",
    "LOY-01": NO_METHOD + "loyalty types, a part of customer value in full",
    "TIER-01": NO_METHOD + "loyalty tiers by cumulative spend, a part of customer value in full",
    "LOGIT-01": NO_METHOD + TELCO,
    "KM-01": NO_METHOD + TELCO,
}
"""Cases no test can carry yet, and what each waits for. One leaves when its test comes."""


@cache
def all_cases() -> dict[str, dict[str, Any]]:
    """Every case as the file has it, by id."""
    return {each["id"]: each for each in json.loads((HERE / "cases.json").read_text("utf-8"))}


def case(case_id: str) -> SimpleNamespace:
    """One case: id, method, inputs, expected, tolerance (absolute), source, basis."""
    return SimpleNamespace(**all_cases()[case_id])


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
