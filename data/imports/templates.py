"""Files to fill in (导入模板): the columns of a kind with two example rows, as CSV with BOM."""

from __future__ import annotations

import csv
import io
import re

from data.imports.kinds.answers import ITEM_ALIASES
from data.imports.kinds.spec import Field, Spec
from models.enums import SheetKind

_CHINESE = re.compile("[一-鿿]")
_ITEMS = {"csat": ("5", "4"), "nps": ("9", "8")}


def template(spec: Spec, *, chinese: bool) -> bytes:
    """A file that imports as it stands once its customers are there.

    Args:
        spec: the kind.
        chinese: head the columns in Chinese, else in English.
    """
    columns = [
        (_head(field, chinese), field.examples)
        for field in spec.fields
        if spec.kind is not SheetKind.ANSWERS or field.name not in ("item_code", "score")
    ]
    if spec.kind is SheetKind.ANSWERS:
        columns += [
            (next(a for a in ITEM_ALIASES[code] if bool(_CHINESE.search(a)) is chinese), scores)
            for code, scores in _ITEMS.items()
        ]
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow([head for head, _examples in columns])
    for place in (0, 1):
        writer.writerow([examples[place] for _head, examples in columns])
    return b"\xef\xbb\xbf" + buffer.getvalue().encode("utf-8")


def _head(field: Field, chinese: bool) -> str:
    if not chinese:
        return field.aliases[0]
    return next((a for a in field.aliases if _CHINESE.search(a)), field.aliases[0])
