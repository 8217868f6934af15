"""Questions that are known (已知题目): of the survey, of other surveys of the store, everywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from data.imports.files import headers
from data.imports.surveys import questions, scale_words
from data.imports.surveys.known import DEFAULT_ITEMS, ITEM_ALIASES
from data.imports.surveys.questions import Question
from data.imports.surveys.settling import Origin
from data.imports.terms.items import Item, OtherItem
from models.enums import ItemRole

ONE_EACH = (ItemRole.NPS.value, ItemRole.OVERALL.value, ItemRole.EFFORT.value)
"""Roles a survey asks once, so that the store's question can be known by its role."""


class Known:
    """The questions a column may turn out to be."""

    def __init__(self, known: Sequence[Item]) -> None:
        self.own = tuple(item for item in known if not isinstance(item, OtherItem))
        self.others = tuple(item for item in known if isinstance(item, OtherItem))
        codes = {item.code for item in self.own}
        self.all = (*self.own, *(i for i in DEFAULT_ITEMS if i.code not in codes))

    def elsewhere(self, item: Item, origin: Origin) -> tuple[Item, Origin]:
        """A question that other surveys of the store ask in the same words has their scale.

        Which end is the best it has from them only if the heading says the same of it: 1分最满意
        there is no word about 1–5分 here.
        """
        if origin in ("told", "stored"):
            return item, origin
        usual = item.code if origin == "usual" else ""
        alike = [
            other
            for other in self.others
            if _worded(other.wording or other.code) == _worded(item.wording or item.code)
            or other.code == usual
        ]
        scaled = {other.scaled(item).scale_said: other for other in alike}
        if len(scaled) == 1:
            turned = any(other.reverse and not _same(other, item) for other in alike)
            return (item, "role") if turned else (alike[0].scaled(item), "stored")
        return item, "role" if scaled and origin == "usual" else origin

    def matching(self, question: Question, used: set[str]) -> tuple[Item | None, Origin]:
        """The question of the store that this is: by wording, by bare code, or by its role."""
        free = [item for item in self.all if item.code not in used]
        wording = _worded(question.wording)
        for item in free:
            origin: Origin = "stored" if item in self.own else "usual"
            if is_alias(question.wording, item):
                return item, origin
            said = _worded(item.wording)
            if wording and said == wording and item.role == question.role:
                return item, origin
            if item in self.own and item.code == question.code and not (wording and said):
                return item, origin
        if question.role not in ONE_EACH:
            return None, "new"
        stored = [item for item in self.own if item.role == question.role]
        if stored:
            mine = stored[0] if len(stored) == 1 and stored[0].code not in used else None
            return mine, "role" if mine else "new"
        return next((item for item in free if item.role == question.role), None), "role"


def places_of(
    header: Sequence[str],
    items: Sequence[Item],
    taken: set[int],
    names: Callable[[Item], Iterable[str]],
) -> dict[int, Item]:
    """Position → question, of the columns that are called by one of a question's names."""
    exact = {questions.key(name): place for place, name in enumerate(header)}
    plain: dict[str, list[int]] = {}
    for place, name in enumerate(header):
        if place not in taken:
            plain.setdefault(headers.plain(name), []).append(place)
    loose = {name: at[0] for name, at in plain.items() if len(at) == 1 and name}
    found: dict[int, Item] = {}
    for item in items:
        for name in filter(None, names(item)):
            at = exact.get(questions.key(name), loose.get(headers.plain(name)))
            if at is not None and at not in taken and at not in found:
                found[at] = item
                break
    return found


def _same(one: Item, other: Item) -> bool:
    """Whether two questions are written alike, what they say of their scale included."""
    return questions.key(one.wording or one.code) == questions.key(other.wording or other.code)


def _worded(text: str) -> str:
    """A wording as it is compared: what it says of its scale does not count."""
    return questions.key(scale_words.bare(text))


def is_alias(wording: str, item: Item) -> bool:
    """Whether a question is called by a name its like is always called by."""
    names = ITEM_ALIASES.get(item.code, ())
    return bool(wording) and headers.plain(wording) in map(headers.plain, names)
