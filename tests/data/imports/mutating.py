"""Good files made bad (变异): text files mutated by number, the same for every run.

A mutant goes through four stages, and each of its one to four mutations belongs to one of
them: the grid of cells, the text made of it, its encoding, and its bytes.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from opencc import OpenCC

from tests.data.imports.hostile import DATES, FIGURES, HALVES, HOSTILE, INSERTED

Grid = list[list[str]]

ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 BOM",
    "gb18030": "GB18030",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "utf-16-le-bom": "UTF-16 LE",
    "utf-16-be-bom": "UTF-16 BE",
    "big5": "",
    "latin-1": "",
    "cp1252": "",
    "shift_jis": "",
    "euc_kr": "",
    "utf-32": "",
}
"""Codec → what a report calls it; empty is one that must be refused or hold only ASCII."""
FEW = 24
"""Bytes of hanzi that show nothing: six of Korea's code are six of China's as well, and they may
stand in a slice that was repeated."""
_TRADITIONAL = OpenCC("s2t")


@dataclass(frozen=True)
class Base:
    """A good file: its cells, the header first."""

    name: str
    kind: str
    grid: Grid = field(hash=False)


@dataclass(frozen=True)
class Mutant:
    """A bad file, and what was done to make it."""

    name: str
    content: bytes
    told: tuple[str, ...]
    encodings: frozenset[str]
    """What a report may call its encoding, if the file is read at all."""


@dataclass
class _Draft:
    """A mutant on its way."""

    grid: Grid
    chance: random.Random
    separator: str = ","
    newline: str = "\n"
    quoting: int = csv.QUOTE_MINIMAL
    codec: str = "utf-8"
    mixed: str = ""

    def row(self, first: int = 1) -> list[str]:
        """A row of the grid, by default under the header."""
        return self.grid[self.chance.randrange(min(first, len(self.grid) - 1), len(self.grid))]

    def width(self) -> int:
        return max(len(self.grid[0]), 1)


def base_of(name: str, kind: str, content: bytes) -> Base:
    """A good file of text as its cells."""
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    return Base(name, kind, [row for row in rows if row])


def mutant(base: Base, number: int) -> Mutant:
    """The mutant of this number: always the same."""
    chance = random.Random(f"{base.name}/{number}")  # noqa: S311
    draft = _Draft([list(row) for row in base.grid], chance)
    chosen = [chance.choice(_STAGES) for _ in range(chance.choice((1, 1, 2, 2, 3, 4)))]
    told = []
    for stage in (GRID, LAYOUT, ENCODE):
        for _ in range(sum(one is stage for one in chosen)):
            change = chance.choice(stage)
            told.append(change.__name__)
            change(draft)
    text = _written(draft)
    for _ in range(sum(one is TEXT for one in chosen)):
        edit = chance.choice(TEXT)
        told.append(edit.__name__)
        text = edit(text, chance)
    content = _encoded(text, draft)
    for _ in range(sum(one is BYTES for one in chosen)):
        harm = chance.choice(BYTES)
        told.append(harm.__name__)
        content = harm(content, chance)
    encodings = _recognisable(content, ENCODINGS[draft.codec])
    if draft.mixed == "gb18030" and not any(map(_surely_utf8, content.splitlines())):
        encodings |= {"GB18030"}  # the lines of the other encoding went since
    return Mutant(f"{base.name}/{number}", content, tuple(told), encodings)


def _recognisable(content: bytes, written: str) -> frozenset[str]:
    """What a report may call a file's encoding: what it was written in, or what fits as well."""
    high = _high(content)
    found = {written} - {""}
    if written.startswith("UTF-8") or not high:
        found |= {"UTF-8", "UTF-8 BOM"}
    if content.replace(b"\x80", b"").isascii() or (high < FEW and not _is_utf8(content)):
        found.add("GB18030")  # 0x80 is the euro sign of GBK
    if content.replace(b"\xef\xbb\xbf", b"").isascii():
        found |= {"UTF-8", "UTF-8 BOM"}  # nothing in it but a mark of UTF-8, wherever it stands
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        found |= {"UTF-16 LE", "UTF-16 BE"}
    return frozenset(found)


def _surely_utf8(line: bytes) -> bool:
    return _is_utf8(line) and _high(line) >= FEW


def _high(content: bytes) -> int:
    return sum(byte > 127 for byte in content)


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _written(draft: _Draft) -> str:
    buffer = io.StringIO(newline="")
    writer = csv.writer(
        buffer, delimiter=draft.separator, lineterminator=draft.newline, quoting=draft.quoting
    )
    writer.writerows(draft.grid)
    return buffer.getvalue()


def _encoded(text: str, draft: _Draft) -> bytes:
    codec, mark = draft.codec, b""
    if codec.endswith("-bom"):
        codec = codec.removesuffix("-bom")
        mark = "\ufeff".encode(codec)
    if codec.startswith(("utf-16", "utf-8")):
        content = mark + text.encode(codec, "surrogatepass")
    else:
        content = text.encode(codec, "replace")
    if draft.mixed:
        lines = content.splitlines(keepends=True)
        place = draft.chance.randrange(len(lines))
        line = lines[place].decode(codec, "replace")
        lines[place] = line.encode(draft.mixed, "replace")
        others = b"".join(lines[:place] + lines[place + 1 :])
        few = draft.mixed == "gb18030" and not lines[place].isascii() and _high(others) < FEW
        if (others.isascii() or few) and not codec.startswith("utf-16"):
            draft.codec = draft.mixed
        content = b"".join(lines)
    return content


# cells ---------------------------------------------------------------------------------------


def hostile_cell(draft: _Draft) -> None:
    row = draft.row(0 if draft.chance.random() < 0.05 else 1)
    if row:
        row[draft.chance.randrange(len(row))] = draft.chance.choice(HOSTILE)


def hostile_cells(draft: _Draft) -> None:
    for _ in range(4):
        hostile_cell(draft)


def hostile_column(draft: _Draft) -> None:
    place, value = draft.chance.randrange(draft.width()), draft.chance.choice(HOSTILE)
    for row in draft.grid[1:]:
        if place < len(row):
            row[place] = value


def fitting_cells(draft: _Draft) -> None:
    """Odd dates where days stand, odd figures where figures stand."""
    for place in range(draft.width()):
        for row in draft.grid[1:]:
            if place < len(row) and draft.chance.random() < 0.3:
                row[place] = _like(row[place], draft.chance)


def _like(cell: str, chance: random.Random) -> str:
    if len(cell) == 10 and cell[4:5] == cell[7:8] == "-":
        return chance.choice(DATES)
    return chance.choice(FIGURES) if cell.replace(".", "").isdigit() else cell


def twice_column(draft: _Draft) -> None:
    place = draft.chance.randrange(draft.width())
    for row in draft.grid:
        row.append(row[place] if place < len(row) else "")


def drop_column(draft: _Draft) -> None:
    place = draft.chance.randrange(draft.width())
    for row in draft.grid:
        del row[place : place + 1]


def swap_columns(draft: _Draft, first: int = 0) -> None:
    one, other = draft.chance.randrange(draft.width()), draft.chance.randrange(draft.width())
    for row in draft.grid[first:]:
        if max(one, other) < len(row):
            row[one], row[other] = row[other], row[one]


def swap_contents(draft: _Draft) -> None:
    swap_columns(draft, 1)


def twice_row(draft: _Draft) -> None:
    draft.grid.append(list(draft.row()))


def contradict_row(draft: _Draft) -> None:
    twice_row(draft)
    row = draft.grid[-1]
    if row:
        place = draft.chance.randrange(len(row))
        row[place] = draft.chance.choice(("1", "2026-01-31", "别的", *HOSTILE))


def drop_row(draft: _Draft) -> None:
    if len(draft.grid) > 1:
        del draft.grid[draft.chance.randrange(len(draft.grid))]


def swap_rows(draft: _Draft) -> None:
    one, other = draft.row(0), draft.row(0)
    one[:], other[:] = list(other), list(one)


def shift_row(draft: _Draft) -> None:
    """One cell too few or too many."""
    row = draft.row()
    place = draft.chance.randrange(len(row) + 1)
    if draft.chance.random() < 0.5:
        row.insert(place, draft.chance.choice(("", "x", "1")))
    else:
        del row[place : place + 1]


def restyle_header(draft: _Draft) -> None:
    style: Callable[[str], str] = draft.chance.choice(
        (
            str.upper,
            str.title,
            lambda name: f"  {name} ",
            lambda name: f"{name}（必填）",
            lambda name: f"{name}(元)",
            lambda name: f"{name}*",
            _TRADITIONAL.convert,
            lambda name: name.replace("_", " "),
            lambda name: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in name),
            lambda name: f"\u200b{name}",
            lambda name: name + "\n",
            lambda name: name + ":",
        )
    )
    draft.grid[0] = [style(name) for name in draft.grid[0]]


def lose_header(draft: _Draft) -> None:
    if draft.grid[0]:
        place = draft.chance.randrange(len(draft.grid[0]))
        draft.grid[0][place] = draft.chance.choice(("", "列1", "Unnamed: 0", "1", "金 额 2", "?"))


def titles_above(draft: _Draft) -> None:
    titles = [["销售明细表"], [], ["制表：张伟", "2026-02-03"]]
    draft.grid[:0] = titles[: draft.chance.randrange(1, 4)]


def blank_rows(draft: _Draft) -> None:
    for _ in range(3):
        blank = draft.chance.choice(([], [""], [""] * draft.width(), [" "] * draft.width()))
        draft.grid.insert(draft.chance.randrange(len(draft.grid) + 1), blank)


def totals_below(draft: _Draft) -> None:
    draft.grid.append(["合计", *(["1,234.50"] * (draft.width() - 1))])


def many_rows(draft: _Draft) -> None:
    draft.grid += [list(row) for row in draft.grid[1:] * 3]


# the text, its encoding, its bytes -----------------------------------------------------------


def other_separator(draft: _Draft) -> None:
    draft.separator = draft.chance.choice((";", "\t", "|", "，", ":"))


def other_newline(draft: _Draft) -> None:
    draft.newline = draft.chance.choice(("\r\n", "\r", "\n\n", "\r\r\n", "\n\r"))


def all_quoted(draft: _Draft) -> None:
    draft.quoting = csv.QUOTE_ALL


def other_encoding(draft: _Draft) -> None:
    draft.codec = draft.chance.choice(tuple(ENCODINGS))


def mixed_line(draft: _Draft) -> None:
    draft.mixed = draft.chance.choice(("gb18030", "utf-8", "utf-16-le", "latin-1", "big5"))


def _place_in(text: str | bytes, chance: random.Random) -> int:
    return chance.randrange(len(text) + 1)


def insert_sign(text: str, chance: random.Random) -> str:
    place = _place_in(text, chance)
    return text[:place] + chance.choice(INSERTED) + text[place:]


def insert_signs(text: str, chance: random.Random) -> str:
    for _ in range(chance.randrange(2, 12)):
        text = insert_sign(text, chance)
    return text


def mixed_newlines(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    return "".join(line + chance.choice(("\n", "\r\n", "\r", "\n")) for line in lines)


def sep_line(text: str, chance: random.Random) -> str:
    return f"sep={chance.choice(',;|x')}\r\n" + text


def no_last_newline(text: str, _chance: random.Random) -> str:
    return text.rstrip("\r\n")


def marked_twice(text: str, chance: random.Random) -> str:
    return "\ufeff" * chance.randrange(1, 4) + text


def repeat_slice(text: str, chance: random.Random) -> str:
    start = _place_in(text, chance)
    return text[: start + 40] + text[start:]


def drop_signs(text: str, chance: random.Random) -> str:
    place = _place_in(text, chance)
    return text[:place] + text[place + chance.choice((1, 1, 2, 7, 30)) :]


def flip_bit(content: bytes, chance: random.Random) -> bytes:
    if not content:
        return content
    place = chance.randrange(len(content))
    flipped = bytes([content[place] ^ (1 << chance.randrange(8))])
    return content[:place] + flipped + content[place + 1 :]


def flip_bits(content: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.randrange(2, 20)):
        content = flip_bit(content, chance)
    return content


def drop_bytes(content: bytes, chance: random.Random) -> bytes:
    place = _place_in(content, chance)
    return content[:place] + content[place + chance.choice((1, 1, 2, 3, 50)) :]


def insert_half(content: bytes, chance: random.Random) -> bytes:
    place = _place_in(content, chance)
    return content[:place] + chance.choice(HALVES) + content[place:]


def insert_noise(content: bytes, chance: random.Random) -> bytes:
    place = _place_in(content, chance)
    return content[:place] + chance.randbytes(chance.choice((1, 2, 5, 40))) + content[place:]


def cut_off(content: bytes, chance: random.Random) -> bytes:
    return content[: _place_in(content, chance)]


def join_twice(content: bytes, _chance: random.Random) -> bytes:
    return content + content


GRID: tuple[Callable[[_Draft], None], ...] = (
    hostile_cell,
    hostile_cell,
    hostile_cells,
    hostile_column,
    fitting_cells,
    fitting_cells,
    twice_column,
    drop_column,
    swap_columns,
    swap_contents,
    twice_row,
    contradict_row,
    drop_row,
    swap_rows,
    shift_row,
    restyle_header,
    lose_header,
    titles_above,
    blank_rows,
    totals_below,
    many_rows,
)
LAYOUT = (other_separator, other_newline, all_quoted)
ENCODE = (other_encoding, other_encoding, other_encoding, mixed_line)
TEXT = (
    insert_sign,
    insert_sign,
    insert_signs,
    mixed_newlines,
    sep_line,
    no_last_newline,
    marked_twice,
    repeat_slice,
    drop_signs,
)
BYTES = (
    flip_bit,
    flip_bit,
    flip_bits,
    drop_bytes,
    insert_half,
    insert_half,
    insert_noise,
    cut_off,
    join_twice,
)
_STAGES = (GRID, GRID, GRID, LAYOUT, ENCODE, TEXT, TEXT, BYTES, BYTES)
