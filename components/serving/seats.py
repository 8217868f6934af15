"""Who sits in which Streamlit session (会话归属): uploads go into one's own session only.

Written at every run of a page, read by the gate. A session not in here (the process just
started, or very many came since) takes no upload until its page has run again.
"""

from __future__ import annotations

import threading
from collections import OrderedDict

MOST = 20_000

_lock = threading.Lock()
_seats: OrderedDict[str, str] = OrderedDict()


def take(session_id: str, session_key: str) -> None:
    """Note that this Streamlit session runs under this sign-in."""
    with _lock:
        _seats[session_id] = session_key
        _seats.move_to_end(session_id)
        while len(_seats) > MOST:
            _seats.popitem(last=False)


def taken_by(session_id: str, session_key: str) -> bool:
    """Whether this sign-in is the one that sits there."""
    with _lock:
        return _seats.get(session_id) == session_key
