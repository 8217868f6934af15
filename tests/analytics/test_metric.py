"""The catalogue of metric cards."""

from __future__ import annotations

from typing import get_args

from analytics.metric import Better, Unit, catalogue


def test_every_card_is_complete_and_keys_are_unique() -> None:
    cards = catalogue()
    assert len({card.key for card in cards}) == len(cards) > 40
    for card in cards:
        assert card.unit in get_args(Unit), card.key
        assert card.better in get_args(Better), card.key
        assert card.en.strip(), card.key
        assert card.formula.strip(), card.key
        assert card.source.strip(), card.key


def test_names_tell_the_cards_apart() -> None:
    names = [card.en for card in catalogue()]
    assert len(set(names)) == len(names)
