"""The sign-in throttle (登录限速): limits, growing waits, known devices, memory in the store."""

from __future__ import annotations

import itertools
import threading
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from data import store, throttle
from models.people import SignInAttempt

START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
ZERO = timedelta(0)


def try_once(
    engine: Engine, login: str, source: str, at: datetime, *, good: bool = False
) -> timedelta:
    """Count one try; returns how long it would have had to wait (not counted then)."""
    with store.writing(engine) as session:
        throttle.serialise(session, login, source)
        left = throttle.wait(session, login, source, at)
        if left == ZERO:
            throttle.note(session, login, source, at).succeeded = good
        return left


def tries_let_through(engine: Engine, seconds: int, step: float = 1) -> list[float]:
    let = []
    for number in range(int(seconds / step)):
        if (
            try_once(
                engine, "boss", f"10.0.0.{number % 200}", START + timedelta(seconds=number * step)
            )
            == ZERO
        ):
            let.append(number * step)
    return let


def test_five_tries_are_free_then_the_wait_doubles(engine: Engine) -> None:
    let = tries_let_through(engine, 300)
    assert let[:5] == [0, 1, 2, 3, 4]
    gaps = [round(b - a, 1) for a, b in itertools.pairwise(let[4:])]
    assert gaps == [1, 2, 4, 8, 16, 32, 64, 128]


def test_never_more_than_ten_a_minute_per_account(engine: Engine) -> None:
    for number in range(10):
        assert try_once(engine, "boss", "1.1.1.1", START, good=True) == ZERO, number
    assert try_once(engine, "boss", "2.2.2.2", START + timedelta(seconds=1)) > ZERO
    assert try_once(engine, "boss", "2.2.2.2", START + timedelta(seconds=61)) == ZERO


def test_never_more_than_thirty_a_minute_per_source(engine: Engine) -> None:
    for number in range(30):
        assert try_once(engine, f"user{number}", "9.9.9.9", START) == ZERO
    assert try_once(engine, "somebody", "9.9.9.9", START) == timedelta(minutes=1)
    assert try_once(engine, "somebody", "8.8.8.8", START) == ZERO


def test_unknown_names_are_counted_like_known_ones(engine: Engine) -> None:
    for _ in range(5):
        assert try_once(engine, "no such user", "1.1.1.1", START) == ZERO
    assert try_once(engine, "no such user", "1.1.1.1", START) == timedelta(seconds=1)


def test_refused_tries_do_not_lengthen_the_wait(engine: Engine) -> None:
    for _ in range(5):
        try_once(engine, "boss", "1.1.1.1", START)
    for _ in range(50):
        assert try_once(engine, "boss", "1.1.1.1", START) == timedelta(seconds=1)
    assert try_once(engine, "boss", "1.1.1.1", START + timedelta(seconds=1)) == ZERO


def test_the_wait_is_bounded_and_forgotten(engine: Engine) -> None:
    at = START
    for _ in range(40):
        at += try_once(engine, "boss", "1.1.1.1", at)
        try_once(engine, "boss", "1.1.1.1", at)
    assert try_once(engine, "boss", "1.1.1.1", at) <= throttle.LONGEST_WAIT
    assert try_once(engine, "boss", "1.1.1.1", at + throttle.MEMORY) == ZERO


def test_a_success_ends_the_wait(engine: Engine) -> None:
    for _ in range(4):
        try_once(engine, "boss", "1.1.1.1", START)
    try_once(engine, "boss", "1.1.1.1", START, good=True)
    assert try_once(engine, "boss", "1.1.1.1", START + timedelta(seconds=5)) == ZERO


def test_a_known_device_is_not_locked_out_by_strangers(engine: Engine) -> None:
    cookie = throttle.device_cookie("boss", "$2b$hash")
    device = throttle.known_device(cookie, "boss", "$2b$hash")
    assert device is not None
    tries_let_through(engine, 120)
    late = START + timedelta(seconds=120)
    assert try_once(engine, "boss", "7.7.7.7", late) > ZERO
    assert try_once(engine, "boss", device, late, good=True) == ZERO
    assert try_once(engine, "boss", "7.7.7.7", late) > ZERO, "and helps no stranger"


def test_a_stolen_device_is_limited_too(engine: Engine) -> None:
    device = throttle.known_device(throttle.device_cookie("boss", "h"), "boss", "h") or ""
    for _ in range(5):
        assert try_once(engine, "boss", device, START) == ZERO
    assert try_once(engine, "boss", device, START) > ZERO


def test_device_cookies_are_of_one_account_and_one_password() -> None:
    cookie = throttle.device_cookie("boss", "hash one")
    assert throttle.known_device(cookie, "boss", "hash one")
    assert throttle.known_device(cookie, "wang", "hash one") is None
    assert throttle.known_device(cookie, "boss", "hash two") is None
    assert throttle.known_device(cookie, "boss", None) is None
    body, _, signature = cookie.rpartition(".")
    identity, _, since = body.rpartition(".")
    for forged in (
        "",
        ".",
        "..",
        "a.b.c",
        f"{identity}.{int(since) + 1}.{signature}",
        f"x{cookie}",
        f"{body}.{'0' * 64}",
        f"{body}.é",
        f"{identity}.１２.{signature}",
        "\ud800.1.x",
    ):
        assert throttle.known_device(forged, "boss", "hash one") is None, forged


def test_a_device_cookie_ends_with_its_age(monkeypatch) -> None:
    cookie = throttle.device_cookie("boss", "h")
    later = throttle.time.time() + (throttle.DEVICE_DAYS + 1) * 86_400
    monkeypatch.setattr(throttle.time, "time", lambda: later)
    assert throttle.known_device(cookie, "boss", "h") is None


def test_old_attempts_are_pruned(engine: Engine) -> None:
    with store.writing(engine) as session:
        session.add(
            SignInAttempt(login="old", source="x", at=START - throttle.KEEP - timedelta(days=1))
        )
        session.add(SignInAttempt(login="new", source="x", at=START))
    with store.writing(engine) as session:
        for number in range(100):
            throttle.note(session, "n", str(number), START)
    with store.reading(engine) as session:
        assert throttle.recent(session, "old") == []
        assert len(throttle.recent(session, "new")) == 1


def test_parallel_tries_do_not_slip_under_the_limit(engine: Engine) -> None:
    let: list[timedelta] = []

    def hammer() -> None:
        for _ in range(4):
            let.append(try_once(engine, "boss", "1.1.1.1", START))

    threads = [threading.Thread(target=hammer) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(left == ZERO for left in let) == throttle.FREE_FAILURES
