"""The one cache boundary (缓存边界): how pages read. Everything beneath is free of Streamlit.

Streamlit's cache is shared by all users, so the key holds all an answer depends on: the
question, its arguments (filters and scope among them) and the store's revision, by which
a write is seen at once by every process.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Concatenate, ParamSpec, TypeVar

import streamlit as st
from sqlalchemy import Engine
from sqlmodel import Session

import settings
from data import calendar, store
from models import base

P = ParamSpec("P")
T = TypeVar("T")


@st.cache_resource(show_spinner=False)
def _engine(url: str) -> Engine:
    return store.open_store(url)


def engine() -> Engine:
    """The store, opened once per process and address."""
    return _engine(settings.get().database_url)


def ask(question: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Answer a question of `data.queries`, from the cache if nothing changed.

    Arguments must have a faithful `repr` (frozen values, codes, numbers, dates): it is
    part of the key.
    """
    named = f"{question.__module__}.{question.__qualname__}"
    key = (named, repr(args), repr(sorted(kwargs.items())), settings.get().database_url)
    return _answer(key, store.revision(engine()), question, args, kwargs)


def today() -> date:
    """The day it is now in the store's time zone, which is what is cached of it."""
    return base.today(ask(calendar.zone))


@st.cache_data(ttl="1h", max_entries=512, show_spinner=False)
def _answer(
    key: tuple[str, ...],  # noqa: ARG001 - the cache reads it
    revision: int,  # noqa: ARG001 - the cache reads it
    _question: Callable[..., Any],
    _args: tuple[Any, ...],
    _kwargs: dict[str, Any],
) -> Any:
    with store.reading(engine()) as session:
        return _question(session, *_args, **_kwargs)
