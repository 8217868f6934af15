"""How fresh the figures are (数据时效): a line that says so, and follows a running refresh.

How a refresh stands is found by a function the composition root installs: it is asked at
every run and never cached, because progress raises no revision. So is the way to have one
date computed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import streamlit as st

from models.access import User
from words import formats
from words.i18n import _

EVERY = 2.0
"""Seconds between looks while figures are being computed."""


@dataclass(frozen=True, slots=True)
class Refreshing:
    """How a refresh stands."""

    job: int
    """Its number: another number means that new figures are there."""
    share: float
    """0–1."""


Look = Callable[[], Refreshing | None]
Compute = Callable[[User, date], bool]


@dataclass(slots=True)
class _Root:
    look: Look | None = None
    compute: Compute | None = None


_root = _Root()


def install(look: Look | None, compute: Compute | None = None) -> None:
    """Say how to find the refresh that is running, and how to have one date computed.

    Args:
        look: returns the refresh at work; None while there is none.
        compute: starts the computing of a date, for a user; returns False
            while another is at work.
    """
    _root.look, _root.compute = look, compute


def running() -> Refreshing | None:
    """The refresh that is running now."""
    return _root.look() if _root.look is not None else None


def may_compute() -> bool:
    """Whether a single date can be computed from here."""
    return _root.compute is not None


def compute(user: User, day: date) -> bool:
    """Have one date computed, in a process of its own; False while another is at work."""
    return _root.compute is not None and _root.compute(user, day)


def line(parts: list[str]) -> None:
    """The line under a title; while a refresh runs its share stands beside the date.

    Args:
        parts: what the line says, the date of the figures first.
    """
    now = running()
    if now is None:
        st.caption(" · ".join(parts))
    else:
        _followed_line(parts, now.job)


def bar(done: str, words: str = "") -> None:
    """A progress bar while a refresh runs, with `words`; afterwards the words `done`."""
    now = running()
    if now is None:
        st.caption(done)
    else:
        _followed_bar(now.job, words or _("New figures are being computed."))


@st.fragment(run_every=EVERY)
def _followed_line(parts: list[str], job: int) -> None:
    share = _share(job)
    told = [*parts[:1], _("refreshing {share}", share=formats.ratio(share, digits=0)), *parts[1:]]
    st.caption(" · ".join(told))


@st.fragment(run_every=EVERY)
def _followed_bar(job: int, words: str) -> None:
    st.progress(_share(job), words)


def _share(job: int) -> float:
    """How far this job is; draws the page anew once it has ended."""
    now = running()
    if now is None or now.job != job:
        st.rerun()
    return min(max(now.share, 0.0), 1.0) if now else 1.0
