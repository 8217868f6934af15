"""Earlier imports (导入记录): what came in, when, by whom, found again; templates to fill in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from components import downloads, filters, frame, state, tables, urls
from components.work import wkey
from data import load, store
from data.imports.columns.registry import ORDER, kinds_for
from data.imports.history import batches
from data.imports.history.batches import Batch, Wanted
from models.access import User
from models.enums import BatchState, SheetKind
from models.filters import Page
from pages.data import import_batch, template_form
from pages.data.kind_words import kind_words
from words import exports, formats, vocabulary
from words.i18n import _, _c

SCREEN = "imports"
SIZE, MOST = 25, 10_000
"""Imports on a page, and in one exported file."""
KIND, STATE, BY, FILE = "sheet", "state", "by", "file"


@dataclass(frozen=True, slots=True)
class Head:
    """A column of the history: its words, its values, its kind in a file, its order in SQL."""

    words: str
    values: list[Any]
    kind: exports.Kind = "text"
    sort: str | None = None


def show(user: User) -> None:
    """The history: narrowed, sorted and paged in SQL; choosing a line opens the import."""
    with store.reading(load.engine()) as session:
        people = batches.people(session, user)
    takeaway = _("Every import can be opened, and taken back as a whole.")
    with frame.card(_("Earlier imports"), takeaway):
        if not people:
            st.caption(_("Nothing has been imported yet."))
            return
        wanted = _narrow(people)
        order, falling = tables.sort_select(
            [tables.Column("", one.words, sort=one.sort) for one in _heads([])], "-id"
        )
        with store.reading(load.engine()) as session:
            total = batches.count(session, user, wanted)
            page = Page(urls.page_number(total, SIZE), SIZE, order, falling)
            found = batches.history(session, user, wanted, page)
        _table(found)
        tables.pager(total, SIZE)
        if total:
            downloads.buttons(
                lambda extension: _file(wanted, people, order, falling, extension),
                _("Earlier imports"),
                as_of=None,
                rows=min(total, MOST),
                key="imports.history",
            )


def _narrow(people: dict[int, str]) -> Wanted:
    """Boxes to narrow the list, bound to the address."""
    who = {str(number): name or _("the command line") for number, name in people.items()}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        kinds = urls.multiselect(
            KIND,
            _("Kind of sheet"),
            tuple(ORDER),
            label_of=kind_words,
            width=200,
            placeholder=_("All"),
        )
        states = urls.multiselect(
            STATE,
            _("State"),
            vocabulary.codes("batch_state"),
            label_of=vocabulary.labeller("batch_state"),
            width=180,
            placeholder=_("All"),
        )
        by = urls.multiselect(
            BY,
            _c("imports", "By"),
            tuple(who),
            label_of=who.__getitem__,
            width=180,
            placeholder=_("All"),
        )
        search = urls.text(
            FILE, _("File name or hash"), width=180, icon=":material/search:", max_chars=64
        )
        filters.clear_button(KIND, STATE, BY, FILE)
    return Wanted(
        tuple(SheetKind(code) for code in kinds),
        tuple(BatchState(code) for code in states),
        tuple(int(code) for code in by),
        search,
    )


def _heads(found: list[Batch]) -> list[Head]:
    """The columns, left to right."""
    return [
        Head(_c("imports", "Number"), [one.id for one in found], "count", "id"),
        Head(_("When"), [formats.datetime_local(one.created_at) for one in found]),
        Head(_c("imports", "By"), [one.created_by or _("the command line") for one in found]),
        Head(_c("imports", "File"), [one.file_name for one in found], sort="file_name"),
        Head(_("Kind of sheet"), [kind_words(one.kind) for one in found], sort="kind"),
        Head(_("State"), [vocabulary.label("batch_state", one.state) for one in found]),
        Head(_("Rows read"), [one.rows_read for one in found], "count", "rows_read"),
        Head(_c("imports", "New"), [one.rows_added for one in found], "count"),
        Head(_c("imports", "Changed"), [one.rows_updated for one in found], "count"),
        Head(_c("imports", "Already there"), [one.rows_same for one in found], "count"),
        Head(_c("imports", "Bad"), [one.rows_rejected for one in found], "count", "rows_rejected"),
        Head(_("Seconds"), [round(one.seconds, 1) for one in found], "number", "seconds"),
        Head(_("Size, KB"), [-(-one.file_bytes // 1024) for one in found], "count", "file_bytes"),
        Head(_("Hash"), [one.file_hash for one in found]),
        Head(_("Taken back"), [_taken(one) for one in found]),
    ]


def _taken(one: Batch) -> str | None:
    if one.undone_at is None:
        return None
    return f"{formats.datetime_local(one.undone_at)} {one.undone_by or _('the command line')}"


def _table(found: list[Batch]) -> None:
    key = wkey("imports.history")

    def opened() -> None:
        picked = state.picked_rows(key)
        if picked:
            urls.put(import_batch.PART, "")
            urls.put(import_batch.BATCH, str(found[picked[0]].id))

    heads = _heads(found)
    figures = {
        one.words: st.column_config.NumberColumn(format="%,d" if one.kind == "count" else "%.1f")
        for one in heads
        if one.kind != "text"
    }
    st.dataframe(
        {one.words: one.values for one in heads},
        hide_index=True,
        key=key,
        on_select=opened,
        selection_mode="single-row",
        placeholder=formats.NONE,
        column_config={
            **figures,
            _("Hash"): st.column_config.TextColumn(
                width=110, help=_("SHA-256 of the file; an opened import shows it to copy")
            ),
        },
        alt=_("Earlier imports"),
    )
    st.caption(_("Select a line to open the import."))


def _file(
    wanted: Wanted, people: dict[int, str], order: str, falling: bool, extension: str
) -> bytes:
    """Exactly what is filtered, asked for again by whoever clicks."""
    user = frame.require(SCREEN)
    with store.reading(load.engine()) as session:
        found = batches.history(session, user, wanted, Page(1, MOST, order, falling))
        total = batches.count(session, user, wanted)
    heads = _heads(found)
    made = exports.Sheet(
        title=_("Earlier imports"),
        columns=[exports.Column(one.words, one.kind) for one in heads],
        rows=list(zip(*(one.values for one in heads), strict=True)),
    )
    made = downloads.described(
        made, user, as_of=None, rows=len(found), total=total, filters=_sentence(wanted, people)
    )
    return exports.xlsx(made) if extension == "xlsx" else exports.csv_bytes(made)


def _sentence(wanted: Wanted, people: dict[int, str]) -> str:
    """What the list is narrowed to, in words."""
    said = [kind_words(kind) for kind in wanted.kinds]
    said += [vocabulary.label("batch_state", one) for one in wanted.states]
    said += [people.get(number) or _("the command line") for number in wanted.people]
    return "; ".join([*said, *([wanted.search] if wanted.search else [])])


def templates(user: User) -> None:
    """A file to fill in for each kind the user may bring in."""
    with st.popover(_("Templates"), icon=":material/draft:"):
        template_form.draw(kinds_for(user.role))
