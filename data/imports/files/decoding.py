"""A text file decoded (解码): its encoding, and its physical lines, long ones refused."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from errors import BadInput, Issue

PIECE = 1 << 15
"""Bytes read at a time: few enough lines that none of them is still there when the garbage
collector looks, which would cost more than to read them."""


LONGEST_LINE = 8 << 20
"""Characters in one physical line; a longer one is no table."""


NAMES = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 BOM",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "gb18030": "GB18030",
    "big5": "Big5",
    "latin-1": "Latin-1",
}
"""Python's name → ours. The last two are never guessed, only taken when named."""


def _euro(error: UnicodeError) -> tuple[str, int]:
    """Windows writes the euro sign into GBK files as the single byte 0x80."""
    if isinstance(error, UnicodeDecodeError) and error.object[error.start] == 0x80:
        return "€", error.start + 1
    raise error


codecs.register_error("kehu.euro", _euro)


@dataclass(frozen=True, slots=True)
class Encoding:
    """A file's encoding: Python's codec, our name for it, and bytes to skip."""

    codec: str
    skip: int = 0

    @property
    def name(self) -> str:
        """The name shown to people."""
        return NAMES[self.codec]


@dataclass(frozen=True, slots=True)
class Piece:
    """Some physical lines in a row, with their endings, and how much of the file is read."""

    lines: list[str]
    longest: int
    """Characters in the longest of them."""
    share: float


def lines(path: Path, encoding: Encoding) -> Iterator[str]:
    """Physical lines with their endings, whether LF, CRLF or CR; long ones are refused."""
    for piece in pieces(path, encoding):
        yield from piece.lines


def pieces(path: Path, encoding: Encoding) -> Iterator[Piece]:
    """The same lines, a few thousand at a time.

    Raises:
        BadInput: a line has no end within `LONGEST_LINE` characters.
    """
    size = path.stat().st_size
    decoder = codecs.getincrementaldecoder(python_name(encoding.codec))(on_error(encoding.codec))
    before, begun = 0, _Begun()
    with path.open("rb") as file:
        file.seek(encoding.skip)
        more = True
        while more:
            raw = file.read(PIECE)
            more = bool(raw)
            text = decoder.decode(raw, final=not more)
            if not (before or begun.length):
                text = text.lstrip("\ufeff")
            found = begun.lines(text, is_last=not more)
            longest = max(map(len, found), default=0)
            if max(longest, begun.length) >= LONGEST_LINE:
                lengths = enumerate([*map(len, found), begun.length], start=before + 1)
                number = next(line for line, length in lengths if length >= LONGEST_LINE)
                raise BadInput(Issue("line_too_long", row=number))
            if found:
                before += len(found)
                yield Piece(found, longest, file.tell() / size)


class _Begun:
    """A line that has begun and waits for its end."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self.length = 0

    def lines(self, text: str, *, is_last: bool) -> list[str]:
        """The lines that end in the text; what follows them waits."""
        if not is_last and "\n" not in text and "\r" not in text:
            found, rest = [], text
        else:
            whole = io.StringIO("".join((*self._parts, text)), newline="")
            found, rest = whole.readlines(), ""
            self._parts, self.length = [], 0
            # a CR at the end may be half of a CRLF
            if not is_last and found and not found[-1].endswith("\n"):
                rest = found.pop()
        if rest:
            self._parts.append(rest)
            self.length += len(rest)
        return found


def python_name(codec: str) -> str:
    """What Python decodes with, a mark at the beginning left aside."""
    return "utf-8" if codec == "utf-8-sig" else codec


def on_error(codec: str) -> str:
    """What Python does with bytes that are no text."""
    return "kehu.euro" if codec == "gb18030" else "strict"
