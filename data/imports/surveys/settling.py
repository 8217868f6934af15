"""The scale and direction of a question (量表认定): said, known, or asked; never guessed.

What is said in the plan goes first, then the heading, the words at the answers, and the
question as the store knows it. A question known everywhere (满意度, 推荐度) has its usual scale
unless its figures fit a smaller one as well. Whatever is left is a doubt with the answers
that would settle it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal

from data.imports.surveys.guessing import Guess
from data.imports.surveys.scale_words import AGREEING, Heading
from data.imports.terms import asking
from data.imports.terms.plan import Item, Options, Plan
from data.imports.terms.scales import SCALES, five_levels
from errors import Issue
from models.enums import ItemRole

Origin = Literal["told", "stored", "usual", "role", "new"]
"""How a question came to be known: the plan describes it; the store has it under this wording
or code; its name is known everywhere; only what it asks is; not at all."""

LEAVE = "leave"
LARGELY = 0.2
"""Share of answers off the usual scale from which on the scale is doubted, not the answers."""
_AMBIGUOUS = {ItemRole.NPS.value: 7, ItemRole.EFFORT.value: 5}
"""Figures from 1 up to here fit a smaller scale than the usual one of such a question."""
_BEST_FIRST = ("1-5", "1-7", "1-10")
"""Scales that may run the other way."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A question as far as it is settled."""

    item: Item
    doubt: Issue | None = None
    """Why it cannot be read yet."""
    blocks: bool = False
    """The doubt speaks against the file; otherwise the column is left out by name."""

    @property
    def sure(self) -> bool:
        """Whether its answers can be read."""
        return self.doubt is None


class Settler:
    """Settles the questions of one file."""

    def __init__(self, plan: Plan, *, option_numbers: bool = False) -> None:
        self._plan = plan
        self._option_numbers = option_numbers
        """Figures may be numbers of options: 问卷星 writes 1 for the first one."""

    def settle(
        self, item: Item, origin: Origin, guess: Guess | None, heading: Heading, shown: str
    ) -> Settled:
        """A question with its scale and direction, or with what is doubtful about them.

        Args:
            item: as far as it is known.
            origin: how it is known.
            guess: what its answers look like; None where there are none.
            heading: what the column's name says.
            shown: the column's name.
        """
        if guess is None:
            return Settled(self._by_heading(item, origin, heading))
        item = replace(item, units=item.units or guess.units)
        if not guess.figures:
            return self._words(item, origin, guess, heading, shown)
        return self._figures(item, origin, guess, heading, shown)

    def _by_heading(self, item: Item, origin: Origin, heading: Heading) -> Item:
        """A column without answers in the first rows: its scale is what its heading says."""
        if origin in ("told", "stored") or heading.ends is None:
            return item
        item = _with_ends(item, heading, None)
        return replace(item, reverse=heading.direction == "down")

    # figures -----------------------------------------------------------------------------

    def _figures(
        self, item: Item, origin: Origin, guess: Guess, heading: Heading, shown: str
    ) -> Settled:
        said = asking.answered(self._plan.answers, "scale_of_figures", shown)
        if origin != "told" and said:
            return Settled(self._answered(item, said, heading))
        if origin == "told":
            pass
        elif heading.ends:
            stated = _with_ends(item, heading, guess)
            if origin == "stored" and _ends(stated) != _ends(item):
                return Settled(item, _differs(item, shown), blocks=True)
            item = item if origin == "stored" else stated
        elif guess.turned is not None and guess.sure and origin != "stored":
            item = with_scale(item, guess.scale)
        elif self._is_doubtful(item, origin, guess):
            return self._ask_scale(item, origin, guess, heading, shown)
        return self._directed(item, origin, guess, heading, shown)

    def _answered(self, item: Item, said: str, heading: Heading) -> Item:
        if said == LEAVE:
            return replace(item, skip=True)
        item = with_scale(item, said)
        return replace(item, reverse=item.reverse or heading.direction == "down")

    def _is_doubtful(self, item: Item, origin: Origin, guess: Guess) -> bool:
        """Whether the figures of a question nobody described fit another scale as well."""
        ambiguous = _AMBIGUOUS.get(item.role)
        worded = bool(item.scale in SCALES and SCALES[item.scale].by_grade)
        if self._option_numbers and guess.within(1, 11) and (origin != "stored" or worded):
            return True
        if origin == "stored":
            return False
        if origin == "new" or (origin == "role" and item.role != ItemRole.NPS):
            return True
        if ambiguous and guess.within(1, ambiguous):
            return True
        return guess.outside(item.minimum, item.maximum) >= LARGELY

    def _ask_scale(
        self, item: Item, origin: Origin, guess: Guess, heading: Heading, shown: str
    ) -> Settled:
        holding = guess.holding
        turned = [flipped(name) for name in holding if name in _BEST_FIRST]
        if heading.direction == "down" and turned:
            fitting = turned
        elif heading.direction == "up":
            fitting = list(holding)
        else:
            fitting = [*holding, *turned]
        blocks = self._option_numbers or origin in ("stored", "usual")
        blocks = blocks or item.role in (ItemRole.NPS.value, ItemRole.EFFORT.value)
        if origin in ("new", "role") or guess.outside(item.minimum, item.maximum):
            item = with_scale(item, guess.scale or "0-100")
        if heading.direction == "down":
            item = replace(item, reverse=True)
        doubt = _doubt("scale_of_figures", shown, guess, [*fitting, LEAVE])
        return Settled(item, doubt, blocks)

    def _directed(
        self, item: Item, origin: Origin, guess: Guess, heading: Heading, shown: str
    ) -> Settled:
        """Which end of the figures is the best."""
        if origin == "told" and item.reverse is not None:
            return Settled(item)
        said = asking.answered(self._plan.answers, "scale_direction", shown)
        if said:
            return Settled(_so(item, said))
        if guess.turned is not None:
            return Settled(replace(item, reverse=guess.turned))
        if heading.direction in ("up", "down"):
            return Settled(replace(item, reverse=heading.direction == "down"))
        finds_fault = heading.negative or heading.opposed
        known = origin in ("told", "stored")
        if heading.direction == "unclear" or (finds_fault and not known):
            return Settled(item, _doubt("scale_direction", shown, guess), blocks=True)
        return Settled(item)

    # words -------------------------------------------------------------------------------

    def _words(
        self, item: Item, origin: Origin, guess: Guess, heading: Heading, shown: str
    ) -> Settled:
        said = asking.answered(self._plan.answers, "scale_unclear", shown)
        worded = item.words or (item.scale in SCALES and SCALES[item.scale].by_grade)
        if origin == "told" and worded:
            return self._agreed(item, origin, guess, heading, shown)
        if said:
            item = replace(item, skip=True) if said == LEAVE else with_scale(item, said)
            return self._agreed(item, origin, guess, heading, shown)
        if origin not in ("told", "stored") and guess.sure:
            item = with_scale(item, guess.scale)
        elif not worded:
            fitting = _fitting(guess, item)
            if origin in ("new", "role") or len(fitting) != 1 or not guess.scale:
                return self._ask_words(item, origin, guess, fitting, shown)
            item = replace(with_scale(item, fitting[0]), reverse=item.reverse)
        return self._agreed(item, origin, guess, heading, shown)

    def _ask_words(
        self, item: Item, origin: Origin, guess: Guess, fitting: list[str], shown: str
    ) -> Settled:
        blocks = origin in ("told", "stored", "usual")
        if not guess.scale or (blocks and not fitting):
            detail = {"least": f"{item.minimum:g}", "most": f"{item.maximum:g}"}
            seen = " ".join(guess.seen)[:60]
            return Settled(item, Issue("scale_mixed", shown, value=seen, detail=detail), blocks)
        if not blocks:
            item = with_scale(item, guess.scale)
            fitting = [*five_levels(guess.grades), "words7"]
        return Settled(item, _doubt("scale_unclear", shown, guess, [*fitting, LEAVE]), blocks)

    def _agreed(
        self, item: Item, origin: Origin, guess: Guess, heading: Heading, shown: str
    ) -> Settled:
        """Words say themselves which is best, but to agree with a complaint is bad."""
        how_much = bool(guess.families & AGREEING)
        if item.skip or (origin == "told" and item.reverse is not None):
            return Settled(item)
        said = asking.answered(self._plan.answers, "scale_direction", shown)
        if how_much and said:
            return Settled(_so(item, said))
        finds_fault = heading.negative or heading.opposed
        if how_much and finds_fault and origin not in ("told", "stored"):
            return Settled(item, _doubt("scale_direction", shown, guess), blocks=True)
        return Settled(replace(item, reverse=bool(item.reverse and how_much and finds_fault)))


def _fitting(guess: Guess, item: Item) -> list[str]:
    """Scales of words that a question with these ends may use."""
    if _ends(item) == (1, 7):
        return ["words7"]
    return five_levels(guess.grades) if _ends(item) == (1, 5) else []


def _doubt(reason: str, shown: str, guess: Guess, answers: Collection[str] = ()) -> Issue:
    """What is asked; `answers` are those of the question that fit this column."""
    seen = " ".join(guess.seen)[:60]
    return Issue(reason, shown, value=seen, detail={"seen": seen, "answers": " ".join(answers)})


def _differs(item: Item, shown: str) -> Issue:
    detail = {"least": f"{item.minimum:g}", "most": f"{item.maximum:g}"}
    return Issue("item_scale_differs", shown, detail=detail)


def _so(item: Item, said: str) -> Item:
    """The question as somebody answered which end is the best."""
    if said == LEAVE:
        return replace(item, skip=True)
    return replace(item, reverse=said == "less_is_better")


def _ends(item: Item) -> tuple[float, float]:
    return item.minimum, item.maximum


def _with_ends(item: Item, heading: Heading, guess: Guess | None) -> Item:
    """A question with the ends its heading states."""
    assert heading.ends is not None
    low, high = heading.ends
    if heading.open_low and guess is not None and not guess.within(low, high):
        low = 0
    name = f"{low:g}-{high:g}"
    if name in SCALES:
        return with_scale(item, name)
    return replace(item, scale="", minimum=low, maximum=high, step=1, words={}, reverse=None)


def flipped(name: str) -> str:
    """`5-1` for `1-5`, and the other way round."""
    low, _dash, high = name.partition("-")
    return f"{high}-{low}"


def with_scale(item: Item, name: str) -> Item:
    """A question on a scale by name; `5-1` is 1 to 5 with 1 as the best."""
    turned = name not in SCALES
    scale = SCALES[flipped(name) if turned else name]
    return replace(
        item,
        scale=scale.name,
        minimum=scale.minimum,
        maximum=scale.maximum,
        step=scale.step,
        words={},
        reverse=turned or None,
    )


def by_options(options: Options, item: Item) -> Item | None:
    """The question on the scale the options give to those that say nothing themselves."""
    if options.scale:
        item = with_scale(item, options.scale)
    elif options.minimum is not None and options.maximum is not None:
        item = replace(item, minimum=options.minimum, maximum=options.maximum)
    else:
        return None
    return replace(item, reverse=options.reverse)
