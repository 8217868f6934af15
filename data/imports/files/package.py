"""The zip of a workbook (压缩包), checked before anything in it is unpacked."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree.ElementTree import ParseError

from errors import BadInput, Issue

MOST_UNPACKED = 90 << 20


MOST_SWELLING = 150
"""How many times its packed size a part may be unpacked; sheets of real data reach thirty."""


SMALL_PART = 4 << 20
"""Up to this size, unpacked, nobody minds."""


MOST_PARTS = 200


_ENTITIES = re.compile(rb"<\0?!\0?(?:D\0?O\0?C\0?T\0?Y\0?P\0?E|E\0?N\0?T\0?I\0?T\0?Y)")
"""Nothing of a workbook declares any, in UTF-8 or UTF-16."""


_DAMAGED = (
    zipfile.BadZipFile,
    ParseError,
    KeyError,
    ValueError,
    TypeError,
    EOFError,
    IndexError,
    AttributeError,
    LookupError,  # an XML declaration may name an encoding nobody knows
    NotImplementedError,
    RuntimeError,
    OSError,
    zlib.error,
)


def is_workbook(path: Path) -> bool:
    """Whether the bytes say zip or OLE, whatever the file is called."""
    with path.open("rb") as file:
        return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")


@contextmanager
def readable() -> Iterator[None]:
    """Whatever the zip or XML library stumbles over means: a damaged workbook."""
    from openpyxl.utils.exceptions import InvalidFileException  # heavy: for workbooks only

    try:
        yield
    except (*_DAMAGED, InvalidFileException) as error:
        raise BadInput(Issue("workbook_damaged")) from error


def check_package(path: Path) -> None:
    """Refuse a workbook that is protected, old, damaged, or made to swell.

    Raises:
        BadInput: it is one of these.
    """
    with path.open("rb") as file:
        if file.read(4) == b"\xd0\xcf\x11\xe0":
            rest = file.read(1 << 20)
            protected = "EncryptedPackage".encode("utf-16-le") in rest
            raise BadInput(Issue("workbook_protected" if protected else "workbook_old"))
    with readable(), zipfile.ZipFile(path) as package:
        parts = package.infolist()
        names = [part.filename for part in parts]
        if len(parts) > MOST_PARTS:
            raise BadInput(Issue("workbook_too_large", detail={"parts": len(parts)}))
        if sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise BadInput(Issue("workbook_too_large", detail={"megabytes": MOST_UNPACKED >> 20}))
        if any(map(_swells, parts)):
            raise BadInput(Issue("workbook_too_large", detail={"megabytes": MOST_UNPACKED >> 20}))
        if len({name.lower() for name in names}) != len(names) or any(map(_unsafe, names)):
            raise BadInput(Issue("workbook_damaged"))
        if "xl/workbook.xml" not in names:
            raise BadInput(Issue("not_a_sheet", detail={"what": "archive"}))
        for part in parts:
            if part.filename.endswith((".xml", ".rels")):
                _check_part(package, part)


def _swells(part: zipfile.ZipInfo) -> bool:
    """Whether a part was made to cost much more than it weighs."""
    return part.file_size > max(SMALL_PART, MOST_SWELLING * part.compress_size)


def _unsafe(name: str) -> bool:
    return name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) or ":" in name


def _check_part(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """No entities, however far down, and every byte as its checksum says."""
    with package.open(part) as stream:
        kept = b""
        while chunk := stream.read(1 << 20):
            if _ENTITIES.search(kept + chunk):
                raise BadInput(Issue("workbook_damaged"))
            kept = chunk[-32:]
