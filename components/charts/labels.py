"""Names beside points (点旁名称): as many as fit without one covering another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_SIDES = ("middle right", "top center", "middle left", "bottom center")
_WIDE, _NARROW = 1.0, 0.58
"""Width of a Chinese sign and of a letter, in heights of the type."""
_AIR = 3


@dataclass(frozen=True, slots=True)
class Spot:
    """A mark on the drawing, in pixels from its upper left corner, and its name."""

    x: float
    y: float
    radius: float
    name: str


Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


def width(text: str, size: float) -> float:
    """About how many pixels a text takes: Chinese signs are twice as wide as letters."""
    return size * sum(_WIDE if ord(sign) > 0x2E80 else _NARROW for sign in text)


def folded(text: str, room: float, size: float) -> str:
    """The text on two lines where it is wider than `room`, cut at a blank or a Chinese sign."""
    if width(text, size) <= room:
        return text
    fits = max((at for at in range(1, len(text)) if width(text[:at], size) <= room), default=1)
    ends = [at for at in range(1, fits + 1) if text[at] == " " or text[at - 1] > "\u2e80"]
    at = ends[-1] if ends else fits
    return f"{text[:at].rstrip()}<br>{text[at:].lstrip()}"


def beside(
    spots: Sequence[Spot],
    order: Sequence[int],
    *,
    within: tuple[float, float],
    size: float = 12,
    taken: Sequence[Box] = (),
) -> list[tuple[str, str]]:
    """The name and its side for every spot; no name where there is no free side.

    Args:
        spots: every mark, named or not: a name may not cover a mark either.
        order: positions of those that want a name, the most important first.
        within: width and height of the drawing.
        size: of the type, in pixels.
        taken: what else is written there.
    """
    found = [("", _SIDES[0])] * len(spots)
    used = list(taken)
    for place in order:
        spot = spots[place]
        others = [_disc(other) for at, other in enumerate(spots) if at != place]
        for side in _SIDES if spot.name else ():
            box = _box(spot, side, size)
            inside = box[0] >= 0 and box[1] >= 0 and box[2] <= within[0] and box[3] <= within[1]
            if inside and not any(_meet(box, other) for other in (*used, *others)):
                found[place] = (spot.name, side)
                used.append(box)
                break
    return found


def _box(spot: Spot, side: str, size: float) -> Box:
    """Where a name stands when it is written at this side of its mark."""
    wide, high, away = width(spot.name, size), size * 1.3, spot.radius + _AIR
    if side == "middle right":
        left, top = spot.x + away, spot.y - high / 2
    elif side == "middle left":
        left, top = spot.x - away - wide, spot.y - high / 2
    elif side == "top center":
        left, top = spot.x - wide / 2, spot.y - away - high
    else:
        left, top = spot.x - wide / 2, spot.y + away
    return left, top, left + wide, top + high


def _disc(spot: Spot) -> Box:
    """The heart of a mark: a name may touch its rim."""
    reach = spot.radius * 0.7
    return spot.x - reach, spot.y - reach, spot.x + reach, spot.y + reach


def _meet(one: Box, two: Box) -> bool:
    return one[0] < two[2] and two[0] < one[2] and one[1] < two[3] and two[1] < one[3]
