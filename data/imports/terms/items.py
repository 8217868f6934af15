"""Questions of a survey as a plan names them (题目)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from data.imports.terms.codec import NOTHING_ELSE
from data.imports.terms.scales import turned, turning
from models.enums import ItemRole

Figure = int | float
"""A figure as a plan says it: 1 stays 1, since what a file means is told by it (`meaning`)."""


@dataclass(frozen=True, slots=True)
class Item:
    """A question of a survey and the column its answers stand in."""

    __pydantic_config__ = NOTHING_ELSE

    code: str
    column: str = ""
    minimum: Figure = 1
    maximum: Figure = 5
    step: Figure = 1
    role: str = ItemRole.SATISFACTION.value
    dimension: str = ""
    wording: str = ""
    weight: Figure = 1
    words: Mapping[str, Figure] = field(default_factory=dict)
    scale: str = ""
    """Name of a scale (`scales.SCALES`), which sets ends and step and knows its words."""
    units: bool = False
    """Figures carry a unit: `9分`."""
    reverse: bool | None = None
    """The file's lowest score is the best; stored turned. None says nothing about it."""
    skip: bool = False
    """The column is no question."""

    def as_stored(self) -> Item:
        """The question with the words of its stored scale; `1=5; 5=1` says that it is turned."""
        if not turned(self.words, self.minimum, self.maximum):
            return self
        marks = turning(self.minimum, self.maximum)
        words = {word: score for word, score in self.words.items() if word not in marks}
        return replace(self, words=words, reverse=True)

    @property
    def scale_said(self) -> tuple[object, ...]:
        """Ends, step, words and direction, to be compared."""
        words = tuple(sorted(self.words.items()))
        return self.minimum, self.maximum, self.step, words, self.scale, bool(self.reverse)

    def stored_words(self) -> dict[str, float]:
        """The words its scale is stored with."""
        marks = turning(self.minimum, self.maximum) if self.reverse else {}
        return {**self.words, **marks}


@dataclass(frozen=True, slots=True)
class OtherItem(Item):
    """A question another survey of the store asks: the same wording has the same scale."""

    def scaled(self, item: Item) -> Item:
        """A question of this survey on the scale, and in the direction, of that one."""
        names = ("minimum", "maximum", "step", "words", "scale", "reverse")
        return replace(item, **{name: getattr(self, name) for name in names})


COMMENT = "comment"
"""Role of a column of free text; it is no question of the store."""


ROLES = (*(role.value for role in ItemRole), COMMENT)
"""What a column of a survey may be asked for; free text is no question of the store."""
