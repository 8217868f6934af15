"""Who answered (答卷人): told apart by number, name, address or moment, so that no answer is lost.

A form without names still says when each answer was sent: two colleagues of a customer who give
the same scores at two moments are two answers, and the same file again holds the same two.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from data.imports.files import headers
from data.imports.files.reading import Row
from data.imports.parsing import texts
from data.imports.surveys.known import RUNNING_NUMBERS
from data.imports.terms.beyond import Understood

LONGEST = 80
_DIGITS = re.compile(r"\d+")
_CLOCK = re.compile(r"(?<!\d)(\d{1,2}):(\d{2})(?::(\d{2}))?")
_LATE = re.compile("下午|pm", re.IGNORECASE)
_MAIL = frozenset(
    map(
        headers.plain,
        (
            "邮箱",
            "电子邮箱",
            "电子邮件",
            "电子邮件地址",
            "邮箱地址",
            "email",
            "email address",
            "username",
        ),
    )
)
_NET = frozenset(map(headers.plain, ("来自ip", "ip", "ip地址", "ip address", "ipaddr")))


class Respondents:
    """Names who gave each response of one file."""

    def __init__(self, columns: Understood, header: Iterable[tuple[int, str]]) -> None:
        """Look for the columns that tell who answered.

        Args:
            columns: the mapping of the file.
            header: (position, name) of the columns that are neither field nor question.
        """
        free = {place: headers.plain(name) for place, name in header}
        self._mail = [place for place, name in free.items() if name in _MAIL]
        self._net = [place for place, name in free.items() if name in _NET]
        self._moment = columns.places.get("answered_on")
        number = columns.places.get("response_code")
        named = headers.plain(columns.shown["response_code"])
        self._running = number is not None and named in RUNNING_NUMBERS

    def identify(self, found: dict[str, Any], row: Row) -> None:
        """Fill in who answered, `found["respondent"]`, as far as the row tells."""
        code = found.get("response_code")
        if code is not None:
            if self._running and code.isdigit():
                self._number(code, found, row)
        elif not found.get("respondent_name"):
            found["respondent"] = self._unnamed(found, row)[:LONGEST]

    def _number(self, code: str, found: dict[str, Any], row: Row) -> None:
        """序号 begins at 1 in every questionnaire: with the moment of sending it is a name."""
        raw = row.cells[self._moment] if self._moment is not None else ""
        moment = _written(raw) or str(found.get("answered_on") or "")
        number = f"{code} @ {moment}"
        named = found.get("respondent_name")
        room = LONGEST - len(number) - 3
        found["response_code"] = number
        found["respondent"] = f"{named[:room]} · {number}" if named else number

    def _unnamed(self, found: dict[str, Any], row: Row) -> str:
        """Address and moment; who did not sign stays without an address."""
        day = found.get("answered_on")
        if self._moment is None or not isinstance(day, date):
            return ""
        moment = _written(row.cells[self._moment]) or _clocked(day, row.cells[self._moment])
        if found.get("nobody") is not None:
            return f"@ {moment}" if moment else ""
        return f"{self._address(row)} @ {moment or day.isoformat()}".strip()

    def _address(self, row: Row) -> str:
        """The mail address, or a sign for the network address that does not give it away."""
        mail = _first(row, self._mail)
        net = "" if mail else _first(row, self._net)
        sign = f"#{hashlib.sha256(net.encode()).hexdigest()[:6]}" if net else ""
        return mail[: LONGEST - 24] or sign


def _first(row: Row, places: Iterable[int]) -> str:
    return next(filter(None, (" ".join(texts.cleaned(row.cells[p]).split()) for p in places)), "")


def _written(raw: str) -> str:
    """A moment such as `2026/3/5 14:33:45`, year first; empty where only a day is given."""
    parts = _DIGITS.findall(raw)
    if len(parts) < 5 or len(parts[0]) != 4:
        return ""
    day = f"{parts[0]}-{parts[1]:0>2}-{parts[2]:0>2}"
    hour = int(parts[3]) + 12 * (bool(_LATE.search(raw)) and int(parts[3]) < 12)
    return f"{day} {hour:02}:{parts[4]:0>2}" + (f":{parts[5]:0>2}" if len(parts) > 5 else "")


def _clocked(day: date, raw: str) -> str:
    """A moment whose day is written in another order."""
    clock = _CLOCK.search(raw)
    if clock is None:
        return ""
    hour = int(clock[1]) + 12 * (bool(_LATE.search(raw)) and int(clock[1]) < 12)
    return f"{day} {hour:02}:{clock[2]}" + (f":{clock[3]}" if clock[3] else "")
