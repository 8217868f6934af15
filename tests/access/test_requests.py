"""What is believed about a request (请求校验): only local paths, only our own forms."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from components.serving import requests, seats

PIECES = st.lists(
    st.sampled_from(
        [
            "/",
            "//",
            "\\",
            "evil.example",
            "http:",
            "javascript:",
            "@",
            ":",
            "?",
            "#",
            "..",
            "%2f",
            "\t",
            "\n",
            "\r",
            "\0",
            " ",
            "users",
            "auth",
            "x=1",
            "é",
            "客",
        ]
    ),
    max_size=8,
)


@given(PIECES.map("".join) | st.text(max_size=40))
def test_next_never_leaves_the_site(wanted: str) -> None:
    path = requests.local_path(wanted)
    landed = urlsplit(urljoin("http://kehu.example/auth/sign-in", path))
    assert (landed.scheme, landed.netloc) == ("http", "kehu.example")
    assert not any(character in path for character in "\r\n\t\\\0")


def test_next_keeps_pages_of_ours() -> None:
    for path in ("/", "/customer?id=K1", "/receivables?as_of=2026-11-21&q=%E5%BC%A0#x", "/客户"):
        assert requests.local_path(path) == path


def request(**headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": raw})


def test_forms_of_our_own_pages_are_told_by_what_browsers_say() -> None:
    ours = requests.from_ourselves
    assert ours(request(sec_fetch_site="same-origin", host="a"))
    assert ours(request(origin="https://a", host="a"))
    assert ours(request(host="a")), "no browser at all"
    assert not ours(request(sec_fetch_site="same-site", origin="https://a", host="a"))
    assert not ours(request(sec_fetch_site="none", host="a"))
    assert not ours(request(origin="null", host="a"))
    assert not ours(request(origin="https://b", host="a"))
    assert not ours(request(origin="https://a:8443", host="a"))


def test_seats_belong_to_the_last_sign_in_and_are_bounded() -> None:
    seats.take("tab", "one")
    assert seats.taken_by("tab", "one")
    assert not seats.taken_by("tab", "two")
    assert not seats.taken_by("other tab", "one")
    for number in range(seats.MOST + 10):
        seats.take(f"flood {number}", "x")
    assert len(seats._seats) == seats.MOST
    assert not seats.taken_by("tab", "one")
