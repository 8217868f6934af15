"""Files to fill in (导入模板): the columns of a kind with two example rows, as CSV or workbook.

A kind whose columns are read beyond its fields may have several (`Spec.columns`). Every template
imports as it stands once its customers are there.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from data.imports.columns.registry import spec_of
from data.imports.terms.beyond import Example, Made
from data.imports.terms.spec import Field, Spec
from models.enums import SheetKind

_CHINESE = re.compile("[一-鿿]")

FORMATS = ("csv", "xlsx")


@dataclass(frozen=True, slots=True)
class Template:
    """One file to download; it is made when it is asked for."""

    kind: SheetKind
    shape: str
    """How the sheet is built; empty where the kind has one template."""
    scale: str
    format: str
    """csv or xlsx."""
    make: Callable[[], bytes]


def template(spec: Spec, *, chinese: bool) -> bytes:
    """A CSV file that imports as it stands once its customers are there.

    Args:
        spec: the kind.
        chinese: head the columns in Chinese, else in English.
    """
    return _csv(_columns(spec, chinese))


def all_of(kind: SheetKind, *, chinese: bool) -> list[Template]:
    """Every template of a kind, in both formats; the plainest first.

    Args:
        kind: of sheet.
        chinese: head the columns in Chinese, else in English.
    """
    spec = spec_of(kind)
    made: Iterable[Made] = [Made("", "", partial(_columns, spec, chinese))]
    if spec.columns:
        made = spec.columns.templates(_fields(spec, chinese), chinese=chinese)
    return [
        Template(kind, one.shape, one.scale, name, partial(_file, name, one.columns))
        for one in made
        for name in FORMATS
    ]


def _columns(spec: Spec, chinese: bool) -> list[Example]:
    fields, columns = _fields(spec, chinese), spec.columns
    if columns is None:
        return list(fields.values())
    own = [column for name, column in fields.items() if name not in columns.answers]
    return [*own, *columns.examples(chinese=chinese)]


def _fields(spec: Spec, chinese: bool) -> dict[str, Example]:
    return {field.name: (_head(field, chinese), field.examples) for field in spec.fields}


def _head(field: Field, chinese: bool) -> str:
    if not chinese:
        return field.aliases[0]
    return next((a for a in field.aliases if _CHINESE.search(a)), field.aliases[0])


def _rows(columns: Sequence[Example]) -> list[list[str]]:
    heads = [head for head, _examples in columns]
    return [heads, *([examples[place] for _head, examples in columns] for place in (0, 1))]


def _file(name: str, columns: Callable[[], list[Example]]) -> bytes:
    return _csv(columns()) if name == "csv" else _xlsx(columns())


def _csv(columns: Sequence[Example]) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows(_rows(columns))
    return b"\xef\xbb\xbf" + buffer.getvalue().encode("utf-8")


def _xlsx(columns: Sequence[Example]) -> bytes:
    """Every cell is text, so that 00123 and 2026-11-02 stay as they are written."""
    from openpyxl import Workbook  # heavy: for templates only

    book = Workbook()
    sheet = book.active
    for row in _rows(columns):
        sheet.append(row)
    for cells in sheet.iter_rows():
        for cell in cells:
            cell.number_format = "@"
    sheet.freeze_panes = "A2"
    for cells in sheet.iter_cols(max_row=1):
        sheet.column_dimensions[cells[0].column_letter].width = 18
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
