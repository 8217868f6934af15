"""One import opened (批次详情): who, when, what it added and changed, and taking it back."""

from __future__ import annotations

from typing import Any

import streamlit as st

from components import downloads, frame, menu, missing, state, tables, urls
from components.work import wkey
from data import load, store
from data.imports.history import batch_rows, batches
from data.imports.history.batch_rows import Listing
from data.imports.history.batches import Batch
from errors import NotFound
from models.access import User
from models.filters import MOST, Page
from pages.data import batch_summary, differences_view, field_words, import_undo
from pages.data.kind_words import kind_words
from words import corrections, exports, formats, vocabulary
from words.i18n import _, _c
from words.text import md_escape

SCREEN = "imports"
BATCH, PART = "batch", "part"
CHANGES = "changes"
SIZE = 50
"""Rows on a page."""


def wanted() -> bool:
    """Whether the address names a batch to open (`?batch=12`)."""
    return bool(urls.read(BATCH))


def show(user: User) -> None:
    """The batch the address names.

    Raises:
        NotThere: there is none, or none this reader may see.
    """
    st.page_link(
        menu.SCREENS[SCREEN].path,
        label=_("All imports"),
        icon=":material/arrow_back:",
        query_params=urls.shared(),
    )
    raw = urls.read(BATCH)
    with store.reading(load.engine()) as session:
        try:
            batch = batches.one(session, user, urls.row_number(raw))
        except NotFound:
            missing.refuse(missing.Missing(BATCH, raw, _c("imports", "Import")))
        same = batches.same_files(session, user, batch)
        reasons = batches.reasons(session, batch.id)
        passed = batches.passed(session, batch.id)
        readings = batches.readings(session, batch.id)
        past = batches.past(session, batch.id)
        parts = batch_rows.parts(session, batch, user.scope)
        changed = batch_rows.changes_count(session, batch, user.scope)
        made = batch_rows.made(session, batch)
    title = _("Import {n} · {file}", n=batch.id, file=md_escape(batch.file_name))
    words = (kind_words(batch.kind), vocabulary.label("batch_state", batch.state))
    with frame.card(title, " · ".join(md_escape(word) for word in words)):
        batch_summary.draw(batch, same, reasons, passed, readings)
        if past:
            st.caption(corrections.said(past))
        import_undo.show(user, batch)
    _contents(user, batch, parts, changed, made)


def _contents(
    user: User, batch: Batch, parts: dict[str, int], changed: int, made: dict[str, int]
) -> None:
    choices = {**parts, **({CHANGES: changed} if changed else {})}
    with frame.card(_("What it brought")):
        if made:
            words = [f"{field_words.table(name)} {formats.count(n)}" for name, n in made.items()]
            st.caption(_("Made along with it: {what}", what=md_escape(", ".join(words))))
        if not choices:
            st.caption(_("There are no rows of this import that you may see."))
            return
        part = urls.segmented(
            PART,
            _("Rows of"),
            list(choices),
            label_of=lambda name: f"{_part_words(name)} {formats.count(choices[name])}",
        )
        total = choices[part]
        page = Page(number=urls.page_number(total, SIZE), size=SIZE)
        with store.reading(load.engine()) as session:
            if part == CHANGES:
                found = batch_rows.changes(session, batch, user.scope, page)
                differences_view.table(batch.kind, found, key="changes", lines=False)
            else:
                listing = batch_rows.rows(session, batch, part, user.scope, page)
                _listing(batch, part, listing)
        tables.pager(total, SIZE)
        title = f"{_('Import {n}', n=batch.id)} {_part_words(part)}"
        downloads.buttons(
            lambda extension: _file(batch.id, part, title, extension),
            title,
            as_of=None,
            rows=min(total, MOST),
            key=f"imports.batch.{part}",
        )


def _part_words(name: str) -> str:
    return _c("changes", "Changed rows") if name == CHANGES else field_words.table(name)


def _listing(batch: Batch, part: str, found: Listing) -> None:
    """One page of rows; choosing one opens its customer's card."""
    names = [cell.name for cell in found.cells]
    heads = {cell.name: field_words.field(batch.kind, cell.name) for cell in found.cells}
    code = next(
        (name for name in ("customer", "customer_code") if name in names),
        "code" if part == "customer" and "code" in names else None,
    )
    key = wkey(f"imports.rows.{part}")

    def opened() -> None:
        picked = state.picked_rows(key)
        if picked and code is not None:
            urls.go("customer", id=found.rows[picked[0]][names.index(code)])

    chooses: dict[str, Any] = {"selection_mode": "single-row", "on_select": opened}
    more = chooses if code is not None else {}
    st.dataframe(
        {
            heads[cell.name]: [field_words.text(cell.kind, row[i]) for row in found.rows]
            for i, cell in enumerate(found.cells)
        },
        hide_index=True,
        key=key,
        alt=field_words.table(part),
        **more,
    )
    if code is not None:
        st.caption(_("Select a row to open its customer."))


def _file(number: int, part: str, title: str, extension: str) -> bytes:
    """Every row of a part, asked for again by whoever clicks."""
    user = frame.require(SCREEN)
    everything = Page(number=1, size=MOST)
    with store.reading(load.engine()) as session:
        batch = batches.one(session, user, number)
        if part == CHANGES:
            found = batch_rows.changes(session, batch, user.scope, everything)
            made, rows = differences_view.sheet(title, batch.kind, found, len(found)), len(found)
        else:
            listing = batch_rows.rows(session, batch, part, user.scope, everything)
            made, rows = _sheet(title, batch, listing), len(listing.rows)
    made = downloads.described(made, user, as_of=None, rows=rows)
    return exports.xlsx(made) if extension == "xlsx" else exports.csv_bytes(made)


def _sheet(title: str, batch: Batch, found: Listing) -> exports.Sheet:
    kinds = [cell.kind for cell in found.cells]
    return exports.Sheet(
        title=title,
        columns=[
            exports.Column(
                field_words.field(batch.kind, cell.name), field_words.file_kind(cell.kind)
            )
            for cell in found.cells
        ],
        rows=[
            [field_words.in_file(kind, value) for kind, value in zip(kinds, row, strict=True)]
            for row in found.rows
        ],
    )
