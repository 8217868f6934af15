"""Names and numbers of the demo (演示名称): people, companies, 统一社会信用代码."""

from __future__ import annotations

from typing import Any

import numpy as np

from data.samples import words
from jobs.demo.world import pick

CREDIT_CODE = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 signs of GB 32100: no I, O, S, V or Z."""
_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def credit_code(kind: str, area: str, body: str) -> str:
    """A 统一社会信用代码 with both check digits.

    Args:
        kind: two signs: 91 enterprise, 12 public institution, 92 sole trader.
        area: six digits of the registering authority.
        body: eight digits of the organisation.

    Source: GB 32100-2015 (modulus 31) and GB 11714-1997 (modulus 11).
    """
    total = sum(int(d) * w for d, w in zip(body, _ORGANISATION_WEIGHTS, strict=True))
    organisation = body + "0123456789X"[(11 - total % 11) % 11]
    first = kind + area + organisation
    total = sum(CREDIT_CODE.index(c) * w for c, w in zip(first, _WEIGHTS, strict=True))
    return first + CREDIT_CODE[(31 - total % 31) % 31]


def person(rng: np.random.Generator) -> str:
    """A natural name of two or three characters."""
    names = words.read("names")
    common = 1 / np.arange(3, 3 + len(names["surnames"]))  # the first in the list are commonest
    surname = pick(rng, names["surnames"], common.tolist())
    last = pick(rng, names["given_last"])
    return str(surname + (pick(rng, names["given_first"]) if rng.random() < 0.78 else "") + last)


class Brands:
    """Two-character brand words, each given out once."""

    def __init__(self, rng: np.random.Generator) -> None:
        names = words.read("names")
        pairs = [a + b for a in names["brand_first"] for b in names["brand_last"] if a != b]
        free = [pair for pair in pairs if pair not in set(names["brand_avoid"])]
        self._order = [free[i] for i in rng.permutation(len(free))]

    def next(self) -> str:
        """A brand nobody has yet."""
        return str(self._order.pop())


class Places:
    """Provinces and cities with their codes, drawn by weight."""

    def __init__(self) -> None:
        self._rows: list[tuple[str, str, str, str]] = []
        weights: list[float] = []
        for province, cities in words.read("places").items():
            for city, (area, phone, weight) in cities.items():
                self._rows.append((province, city, area, phone))
                weights.append(float(weight))
        self._weights = weights

    def draw(self, rng: np.random.Generator) -> tuple[str, str, str, str]:
        """(province, city, admin code, telephone area code)."""
        return pick(rng, self._rows, self._weights)


def mobile(rng: np.random.Generator) -> str:
    """A number that reads like a mobile one and belongs to nobody."""
    return f"1{pick(rng, ['38', '39', '86', '59'])}0000{rng.integers(10000):04d}"


def landline(rng: np.random.Generator, area: str) -> str:
    """A number that reads like a landline and belongs to nobody."""
    return f"{area}-{rng.integers(500, 900)}0{rng.integers(10000):04d}"


def address(rng: np.random.Generator, city: str) -> str:
    """An address in one of the zones every city has."""
    names: dict[str, Any] = words.read("names")
    zone, road = pick(rng, names["zones"]), pick(rng, names["roads"])
    return f"{city}市{zone}{road}{rng.integers(1, 400)}号"
