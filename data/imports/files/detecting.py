"""The encoding of a text file found out (编码识别): UTF-8, UTF-16 or GB18030, or a refusal.

GB18030 gives a character to almost any pair of bytes, so decoding without an error proves
nothing. A file is taken for GB18030 only if its bytes look like Chinese text, which is made
of the 3,755 commonest hanzi (19 of 20 in any text), and no line of it is UTF-8.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from data.imports.files.decoding import LONGEST_LINE, NAMES, Encoding, on_error, python_name
from errors import BadInput, Issue

CHUNK = 1 << 20


_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


_SIGNATURES = (
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"\x1f\x8b", "compressed"),
    (b"7z\xbc\xaf", "compressed"),
    (b"Rar!", "compressed"),
    (b"%PDF", "pdf"),
    (b"SQLite format 3", "database"),
)


_PAIR = re.compile(rb"[\x81-\xfe](?:[\x30-\x39][\x81-\xfe][\x30-\x39]|[\x40-\x7e\x80-\xfe])")


_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


_ACCENTED = re.compile("[A-Za-z][\u00c0-\u024f]|[\u00c0-\u024f][A-Za-z]")


_PAIRS = "".join(
    f"{chr(high << 8 | low)}-{chr(high << 8 | most)}"
    for highs, low, most in ((b",-./456789:@ABCDEFGHIJKLM", 0x20, 0x7E), (b"0123", 0x2C, 0x39))
    for high in highs
)
_SINGLE_BYTES = re.compile(rf"[{_PAIRS}](?:[^\r\n]*?[{_PAIRS}]){{2}}")
"""Pairs of ASCII taken for one character, three times in a line: no common hanzi is like that."""
_FEWER = 4
"""So many letters of ASCII for each hanzi whose second byte is 0, in UTF-16."""
_ODD_SHARE = 0.3
"""Above this share of byte pairs outside the common hanzi of GB 2312 it is not Chinese text."""


_ENOUGH_HANZI = 30


_LATE_SHARE = 0.05
"""Common hanzi stand in the order of their sounds, two fifths of any text in the later half;
of that many different ones, Korean text has fewer than this share there."""


def find(path: Path, named: str | None = None) -> Encoding:
    """The encoding of a whole file, every byte of which was decoded strictly.

    Args:
        path: of the file.
        named: an encoding the user insists on; only checked.

    Raises:
        BadInput: empty, not text, or not in one known encoding; names the line.
    """
    with path.open("rb") as file:
        head = file.read(65_536)
        if not head.strip(b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"):
            raise BadInput(Issue("file_empty"))
        _refuse_other_formats(head)
        if named:
            return _check_named(file, head, named)
        return _detect(file, head)


def _refuse_other_formats(head: bytes) -> None:
    for signature, what in _SIGNATURES:
        if head.startswith(signature):
            raise BadInput(Issue("not_a_sheet", detail={"what": what}))
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:64].lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<table")):
        raise BadInput(Issue("not_a_sheet", detail={"what": "html"}))
    if re.match(rb"[\[{]\s*[\[{\"]", start):
        raise BadInput(Issue("not_a_sheet", detail={"what": "json"}))


def _check_named(file: BinaryIO, head: bytes, named: str) -> Encoding:
    codec = _codec(named)
    for bom, bom_codec in _BOMS:
        if head.startswith(bom) and python_name(bom_codec) == python_name(codec):
            _must_decode(file, bom_codec, len(bom))
            return Encoding(bom_codec, len(bom))
    _must_decode(file, codec, 0)
    return Encoding(codec)


def _codec(named: str) -> str:
    plain = re.sub(r"[\s_-]", "", named).lower()
    aliases = {re.sub(r"[\s_-]", "", name).lower(): codec for codec, name in NAMES.items()}
    aliases |= {re.sub(r"[\s_-]", "", codec): codec for codec in NAMES}
    aliases |= {"gbk": "gb18030", "gb2312": "gb18030", "cp936": "gb18030", "utf16": "utf-16-le"}
    if plain not in aliases:
        raise BadInput(Issue("encoding_unknown_name", value=named))
    return aliases[plain]


def _must_decode(file: BinaryIO, codec: str, skip: int) -> None:
    line = _first_bad_line(file, codec, skip)
    if line is not None:
        raise BadInput(Issue("encoding_broken", row=line, detail={"encoding": NAMES[codec]}))


def _detect(file: BinaryIO, head: bytes) -> Encoding:
    for bom, codec in _BOMS:
        if head.startswith(bom):
            _must_decode(file, codec, len(bom))
            return Encoding(codec, len(bom))
    unmarked = _utf16_without_mark(head)
    if unmarked is not None:
        _must_decode(file, unmarked, 0)
        _refuse_single_bytes(file, unmarked)
        return Encoding(unmarked)
    if len(_CONTROL.findall(head)) > max(8, len(head) // 50):
        raise BadInput(Issue("not_a_sheet", detail={"what": "binary"}))
    bad = _first_bad_line(file, "utf-8", 0)
    if bad is None:
        return Encoding("utf-8")
    return _chinese(file, bad)


def _utf16_without_mark(head: bytes) -> str | None:
    sample = head[:4096]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    enough = len(sample) // 10
    if odd > enough and odd > _FEWER * even:  # 一 and 开 have a NUL on the other side
        return "utf-16-le"
    if even > enough and even > _FEWER * odd:
        return "utf-16-be"
    return None


def _refuse_single_bytes(file: BinaryIO, codec: str) -> None:
    """Refuse UTF-16 without a mark in which lines of one byte a letter stand: 2, is no hanzi."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder(codec)()
    line = 1
    while chunk := file.read(CHUNK):
        text = decoder.decode(chunk)
        found = _SINGLE_BYTES.search(text)
        if found is not None:
            row = line + _breaks(text[: found.start()], ended_in_cr=False)
            raise BadInput(Issue("encoding_mixed", row=row))
        line += _breaks(text, ended_in_cr=False)


def _first_bad_line(file: BinaryIO, codec: str, skip: int) -> int | None:
    """The physical line where strict decoding first fails, None if it never does."""
    file.seek(skip)
    decoder = codecs.getincrementaldecoder(python_name(codec))(on_error(codec))
    line, ended_in_cr = 1, False
    while chunk := file.read(CHUNK):
        try:
            text = decoder.decode(chunk)
        except UnicodeError as error:
            return line + _breaks(_before(error, codec), ended_in_cr)
        line += _breaks(text, ended_in_cr)
        ended_in_cr = text.endswith("\r")
    try:
        decoder.decode(b"", final=True)
    except UnicodeError:
        return line
    return None


def _before(error: UnicodeError, codec: str) -> str:
    if not isinstance(error, UnicodeDecodeError):
        return ""
    return error.object[: error.start].decode(python_name(codec), "replace")


def _breaks(text: str, ended_in_cr: bool) -> int:
    joined = 1 if ended_in_cr and text.startswith("\n") else 0
    return text.count("\n") + text.count("\r") - text.count("\r\n") - joined


@dataclass(slots=True)
class _Evidence:
    """What the lines with bytes above 127 look like."""

    high: int = 0
    strong: int = 0
    """Lines that are UTF-8 beyond doubt: characters of three bytes and more."""
    weak: int = 0
    """Lines that are UTF-8 with accented Latin letters."""
    first_utf8: int | None = None
    hanzi: int = 0
    odd: int = 0
    first_odd: int | None = None
    first_high: int | None = None
    seen: set[bytes] = field(default_factory=set)
    """The different common hanzi, at most the 3,755 there are."""

    def see(self, number: int, raw: bytes) -> None:
        self.high += 1
        self.first_high = self.first_high or number
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            self._weigh(number, raw)
            return
        if any(ord(character) > 0x7FF for character in text):
            self.strong += 1
        elif _ACCENTED.search(text):
            self.weak += 1
        else:
            self._weigh(number, raw)
            return
        self.first_utf8 = self.first_utf8 or number

    def _weigh(self, number: int, raw: bytes) -> None:
        for match in _PAIR.finditer(raw):
            pair = match.group()
            if len(pair) == 2 and pair[1] >= 0xA1 and 0xB0 <= pair[0] <= 0xD7:
                self.hanzi += 1
                self.seen.add(pair)
            elif len(pair) == 2 and pair[1] >= 0xA1 and 0xA1 <= pair[0] <= 0xA3:
                self.hanzi += 1  # punctuation and full-width signs
            else:
                self.odd += 1
                self.first_odd = self.first_odd or number

    def looks_korean(self) -> bool:
        """Hangul are the earlier common hanzi and none of the later."""
        late = sum(pair[0] >= 0xC9 for pair in self.seen)
        return len(self.seen) >= _ENOUGH_HANZI and late < _LATE_SHARE * len(self.seen)


def _chinese(file: BinaryIO, bad_utf8: int) -> Encoding:
    """GB18030 if the whole file is that and nothing else; otherwise a refusal."""
    seen = _Evidence()
    file.seek(0)
    for number, raw in enumerate(_raw_lines(file), start=1):
        if not raw.isascii():
            seen.see(number, raw)
    bad_gb = _first_bad_line(file, "gb18030", 0)
    if seen.strong or seen.weak * 5 > seen.high:
        utf8, other = seen.strong + seen.weak, seen.high - seen.strong - seen.weak
        first = (bad_utf8, seen.first_utf8 or bad_utf8)
        line = first[0] if utf8 > other else first[1] if other > utf8 else max(first)
        raise BadInput(Issue("encoding_mixed", row=line))
    if bad_gb is not None:
        raise BadInput(Issue("encoding_unknown", row=bad_gb))
    if seen.odd > _ODD_SHARE * (seen.odd + seen.hanzi):
        raise BadInput(Issue("encoding_unknown", row=seen.first_odd))
    if seen.looks_korean():
        raise BadInput(Issue("encoding_unknown", row=seen.first_high))
    return Encoding("gb18030")


def _raw_lines(file: BinaryIO) -> Iterator[bytes]:
    """Lines of bytes, also those ended by a lone CR, in bounded pieces."""
    for piece in iter(lambda: file.readline(LONGEST_LINE), b""):
        yield from piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n").splitlines() or [b""]
