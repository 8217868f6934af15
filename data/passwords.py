"""Passwords (密码): what may be one, and hashing that cannot exhaust the machine.

bcrypt costs a quarter of a second of one core by design, so at most one check runs at a
time and at most `QUEUE` wait; more are refused at once instead of starving every reader.
Hashing is streamlit-authenticator's `Hasher` (bcrypt with its own salt per password).
Passwords are taken exactly as received: nothing is trimmed or folded.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from errors import AppError, BadInput, Issue

SHORTEST = 10
"""Characters. No rules of composition (ASVS 5 V6.2.5); length is what counts."""
LONGEST = 72
"""Bytes in UTF-8: bcrypt reads no further, so longer ones are refused, never cut."""
QUEUE = 8
"""How many checks may wait for the one that runs."""

_COMMON = frozenset(
    """
    1234567890 12345678910 0123456789 0987654321 1111111111 0000000000 8888888888 6666666666
    1q2w3e4r5t 1qaz2wsx3edc qwertyuiop qwerty12345 asdfghjkl1 zxcvbnm123 q1w2e3r4t5 1234qwerasdf
    password12 password123 password1234 passw0rd123 p@ssw0rd123 p@ssword123 administrator
    admin12345 admin123456 administrator1 letmein123 welcome123 welcome1234 changeme123 iloveyou123
    woaini1314 woaini520 woaini5201314 5201314520 a123456789 aa123456789 abc1234567 abcd123456
    abc123456789 qq123456789 wang123456 zhang123456 1314520520 1122334455 1234512345 123123123123
    kehu123456 customer123 football123 baseball123 sunshine123 princess123 dragon12345 monkey12345
    """.split()  # noqa: SIM905  (a list literal of it is unreadable)
)

_turn = threading.Lock()
_places = threading.BoundedSemaphore(QUEUE + 1)


class TooBusy(AppError):
    """More people are signing in than passwords can be checked; try again in a moment."""


def refuse_weak(password: str, login: str) -> None:
    """Accept a new password, or say everything that is wrong with it.

    Raises:
        BadInput: `password_too_short`, `password_too_long`, `password_common`,
            `password_is_login` or `password_unreadable`; the password itself is never
            repeated.
    """
    reasons = []
    if len(password) < SHORTEST:
        reasons.append(Issue("password_too_short", "password", detail={"shortest": SHORTEST}))
    if not readable(password):
        reasons.append(Issue("password_unreadable", "password"))
    elif len(password.encode()) > LONGEST:
        reasons.append(Issue("password_too_long", "password", detail={"longest": LONGEST}))
    folded = password.casefold()
    if folded in _COMMON or len(set(folded)) <= 2:
        reasons.append(Issue("password_common", "password"))
    own = login.casefold()
    if own and own in folded and not folded.replace(own, "", 1).strip("0123456789._-@!"):
        reasons.append(Issue("password_is_login", "password"))
    if reasons:
        raise BadInput(*reasons)


def readable(password: str) -> bool:
    """Whether the text can be hashed at all: no NUL, no lone surrogate."""
    return "\0" not in password and password == password.encode("utf-8", "ignore").decode()


def generate() -> str:
    """A one-time password of 20 characters to read out: about 95 bits from the system."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(4))


def hashed(password: str) -> str:
    """The bcrypt hash to store, 60 characters; waits for its turn."""
    with _turn:
        return str(_hasher().hash(password))


def matches(password: str, stored: str | None) -> bool:
    """Whether the password is the one that was hashed; the same time for every answer.

    Args:
        password: exactly as received.
        stored: the hash; None (no such user) is checked against a hash nobody knows.

    Called with a `place`; waits there for its turn.
    """
    usable = readable(password) and len(password.encode()) <= LONGEST
    with _turn:
        same = bool(_hasher().check_pw(password if usable else "", stored or nobodys_hash()))
    return same and usable and stored is not None


@contextmanager
def place() -> Iterator[None]:
    """A place in the queue for a password check, held while it waits and runs.

    Raises:
        TooBusy: every place is taken; nothing was counted or checked.
    """
    if not _places.acquire(blocking=False):
        raise TooBusy
    try:
        yield
    finally:
        _places.release()


@cache
def nobodys_hash() -> str:
    """A hash of a password nobody has; made once, called at start to be ready."""
    return str(_hasher().hash(secrets.token_urlsafe(32)))


@cache
def _hasher() -> Any:
    logging.disable(logging.WARNING)  # outside a page its import complains about being there
    try:
        from streamlit_authenticator.utilities import Hasher  # slow to import, needed by few
    finally:
        logging.disable(logging.NOTSET)
    return Hasher
