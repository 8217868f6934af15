"""Cells into text and codes (文本取值): what a person sees in the file, nothing else.

Words stay apart where a cell breaks lines; joiners stay where a script or an emoji needs
them; a code keeps its leading zeros, whether they are typed, quoted as `="001"` or `'001`,
or shown by the number format of a workbook.
"""

from __future__ import annotations

import re
import unicodedata

from data.imports.files.cell import Cell, kind_of, shown
from data.imports.files.headers import CONTROL, INVISIBLE
from data.imports.parsing.manner import Manner, Parser, Unreadable

_BREAK = re.compile("[\x0b\x0c\x85\u2028\u2029]")
"""Breaks lines as \\n does, and keeps words apart."""
_ERRORS = re.compile(r"#(REF|VALUE|DIV/0|NAME|NUM|NULL|SPILL|CALC)[!?]", re.IGNORECASE)
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_FORMULA_START = re.compile("'(?='*\\s*[=+\\-@\t\r\n＝＋－＠])")
_QUOTED_FIGURE = re.compile(r"'[+(-]?\d[\d.,\s%/:-]*\)?")
"""What Excel is told to take as text although it is a figure: '001."""
_PLAIN_TEXT = re.compile(r"[!-~\u4e00-\u9fff]+(?: [!-~\u4e00-\u9fff]+)*")
_PLAIN_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._/-]*")
"""What nearly all cells look like, in which nothing is to be cleaned, folded or refused."""
_SCIENTIFIC = re.compile(r"[+-]?\d+(\.\d+)?[eE][+-]?\d+")
_SIGN = r"[^@\s,;，；、<>()\[\]\"]"
_ADDRESS = re.compile(rf"{_SIGN}+@{_SIGN}+\.{_SIGN}*[^@\s,;，；、<>()\[\]\".]")
_NON_JOINER, _JOINER = "\u200c", "\u200d"
_BOTH_SIDES = "\u0600-\u08ff\u1800-\u18af\ufb50-\ufdff\ufe70-\ufeff"
"""Arabic and its kin, Mongolian: joiners stand between two letters."""
_ONE_SIDE = (
    "\u0900-\u0fff\u1000-\u109f\u1780-\u17ff\u1a20-\u1aaf\ua840-\ua95f\ua980-\ua9df\uaa00-\uabff"
)
"""Indic scripts and their kin: a joiner may also end a word."""
_EMOJI = "\u2190-\u2bff\u3030\u303d\ufe0f\U0001f000-\U0001faff\U000e0020-\U000e007f"
_WANTED = re.compile(
    f"(?<=[{_BOTH_SIDES}])[{_NON_JOINER}{_JOINER}](?=[{_BOTH_SIDES}])"
    f"|(?<=[{_ONE_SIDE}])[{_NON_JOINER}{_JOINER}]"
    f"|(?<=[{_EMOJI}]){_JOINER}(?=[{_EMOJI}])"
)
"""Joiners that a reader sees the work of."""


def cleaned(text: str) -> str:
    """Free text without invisible and control characters, trimmed, in composed form.

    The apostrophe an export puts before = + - @ is taken off again.
    """
    if text[:1] != "'" and _PLAIN_TEXT.fullmatch(text):
        return text
    plain = _without_stray(CONTROL.sub("", _BREAK.sub("\n", text)))
    plain = unicodedata.normalize("NFC", plain).strip()
    return plain[1:] if _is_quoted(plain) else plain


def _without_stray(text: str) -> str:
    """Text without what nobody sees, but for the joiners of scripts and emoji."""
    if not INVISIBLE.search(text):
        return text
    kept = {found.start() for found in _WANTED.finditer(text)}
    return INVISIBLE.sub(lambda found: found[0] if found.start() in kept else "", text)


def _is_quoted(text: str) -> bool:
    """Whether a leading apostrophe only says: this is text."""
    return text[:1] == "'" and bool(_FORMULA_START.match(text) or _QUOTED_FIGURE.fullmatch(text))


def folded(text: str) -> str:
    """Text with full-width characters made narrow, trimmed, without Excel's apostrophe."""
    bare = INVISIBLE.sub("", text).translate(_WIDE).strip()
    return bare[1:] if bare[:1] == "'" and _QUOTED_FIGURE.fullmatch(bare) else bare


def refuse_unreadable_cell(text: str) -> None:
    """Refuse what a workbook could not give us: errors, formulas never calculated, merges.

    Raises:
        Unreadable: it is one of these.
    """
    kind = kind_of(text)
    if kind == "formula":
        raise Unreadable("formula_without_value")
    if kind == "merged":
        raise Unreadable("merged_cell")
    if (kind == "error" and text != "#N/A") or (text[:1] == "#" and _ERRORS.fullmatch(text)):
        raise Unreadable("excel_error")


def text(longest: int, *, one_line: bool = True) -> Parser:
    """Free text of at most `longest` characters."""

    def parse(raw: str, _how: Manner) -> str | None:
        refuse_unreadable_cell(raw)
        if kind_of(raw) == "error":  # #N/A: looked up and not found
            return None
        found = cleaned(shown(raw))
        if one_line:
            found = " ".join(found.split())
        elif "\r" in found:
            found = found.replace("\r\n", "\n").replace("\r", "\n")
        if len(found) > longest:
            raise Unreadable("value_too_long", longest=longest)
        return found or None

    return parse


def phone(longest: int = 40) -> Parser:
    """A telephone number, which Excel may have destroyed."""
    plain = text(longest)

    def parse(raw: str, how: Manner) -> str | None:
        if _SCIENTIFIC.fullmatch(folded(raw)):
            raise Unreadable("scientific_number")
        found: str | None = plain(raw, how)
        return found

    return parse


def code(longest: int) -> Parser:
    """A code, exactly as written: leading zeros, `NA`, `1E5` are codes like any other."""

    def parse(raw: str, _how: Manner) -> str | None:
        if isinstance(raw, Cell):
            refuse_unreadable_cell(raw)
            if raw.kind in ("date", "error"):
                raise Unreadable("code_was_changed")
            if raw.kind == "number" and ("e" in raw or len(raw.lstrip("-")) > 15):
                raise Unreadable("code_lost_digits")
        return _code(shown(raw), longest)

    return parse


def _code(raw: str, longest: int) -> str | None:
    if _PLAIN_CODE.fullmatch(raw):
        found = raw
    else:
        if CONTROL.search(raw) or _BREAK.search(raw):
            raise Unreadable("control_character")
        found = " ".join(unicodedata.normalize("NFC", folded(raw)).split())
        if found[:1] == "'":
            found = found[1:]
    if len(found) > longest:
        raise Unreadable("value_too_long", longest=longest)
    if not found.isascii() and _looks_latin(found):
        raise Unreadable("lookalike_letters")
    return found or None


def _looks_latin(text: str) -> bool:
    """Greek or Cyrillic letters in a code that otherwise is ASCII: made to be confused."""
    foreign = [c for c in text if "\u0370" <= c <= "\u052f"]
    return bool(foreign) and all(c.isascii() or c in foreign for c in text)


def email(longest: int = 120) -> Parser:
    """One e-mail address."""
    plain = text(longest)

    def parse(raw: str, how: Manner) -> str | None:
        found: str | None = plain(raw, how)
        if found is None or found.lower() in _NO_ADDRESS:
            return None
        bare = folded(found).removeprefix("mailto:")
        if bare.count("@") > 1:
            raise Unreadable("email_several")
        if not _ADDRESS.fullmatch(bare):
            raise Unreadable("email_unreadable")
        return bare

    return parse


_NO_ADDRESS = frozenset({"-", "--", "—", "/", "无", "無", "暂无", "暫無", "none", "n/a", "na"})
