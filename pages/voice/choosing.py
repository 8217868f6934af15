"""Which survey and wave the satisfaction page shows (期次选择), and what was answered in it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from components import filters, frame, survey_view, urls
from components.survey_state import Surveys
from data import load
from data.queries import runs, satisfaction
from data.queries.surveys import leading
from models.access import User
from models.filters import Filters
from models.policy import of_stored
from pages.voice import results
from words.i18n import _

MOST_WAVES = 8


def choose(user: User, choices: runs.Choices) -> tuple[Filters, Any]:
    """Filters on the title row, and among them the place for survey and wave."""
    with frame.slot():
        main = filters.draw(filters.Options(days=choices.days, tiers=True))
        place = st.container(width="content")
        with st.popover(_("More"), icon=":material/tune:"):
            more = filters.draw(
                filters.Options(
                    owners=choices.owners,
                    mine=user.scope.owner_id,
                    provinces=choices.provinces,
                    industries=choices.industries,
                    search=True,
                )
            )
            filters.clear_button("survey", "wave", "r")
    return replace(more, as_of=main.as_of, tiers=main.tiers), place


def view_of(user: User, run: runs.Run, chosen: Filters, place: Any) -> results.View | None:
    """The wave chosen and what was answered; None where no survey was held yet.

    The headline wave unless the reader chooses another one. Waves before it are those of the
    same survey: two questionnaires are never put side by side.
    """
    waves = load.ask(satisfaction.waves, as_of=run.as_of)
    if not waves:
        return None
    surveys = Surveys(
        run.totals.get("surveys") or {},
        run.totals.get("csi") or {},
        everybody=user.scope.owner_id is None,
    )
    with place:
        wave = pick_wave(waves, surveys)
    same = [w for w in waves if w.survey_id == wave.survey_id]
    same = same[same.index(wave) :][:MOST_WAVES]
    before = same[1] if len(same) > 1 else None
    ask = (chosen, user.scope)
    items = load.ask(satisfaction.items, wave.survey_id)
    ids = tuple(w.id for w in same)
    first = load.ask(leading, as_of=run.as_of, wave_ids=ids)

    def found(one: satisfaction.WaveInfo) -> survey_view.Results:
        counted = load.ask(satisfaction.answer_counts, *ask, as_of=run.as_of, wave_id=one.id)
        mine = satisfaction.asked_in(items, one.starts_on)
        return survey_view.results(mine, counted, first.get(one.id, {}))

    return results.View(
        user=user,
        as_of=run.as_of,
        chosen=chosen,
        policy=of_stored(run.policy),
        wave=wave,
        before=before,
        waves=tuple(reversed(same)),
        surveys=surveys,
        every={one.id: found(one) for one in same},
        responses=load.ask(satisfaction.response_indices, *ask, as_of=run.as_of, wave_ids=ids),
        takings=load.ask(satisfaction.takings, *ask, as_of=run.as_of, wave_ids=ids),
        narrowed=user.scope.owner_id is not None or chosen != Filters(as_of=run.as_of),
    )


def pick_wave(waves: tuple[satisfaction.WaveInfo, ...], surveys: Surveys) -> satisfaction.WaveInfo:
    """The wave of the URL; the headline by default, else the newest of the survey chosen.

    A wave that is named but no survey names its survey too, so that old links hold.
    """
    by_id = {str(wave.id): wave for wave in waves}
    first = by_id.get(str(surveys.headline), waves[0])
    named = by_id[urls.read("wave", list(by_id), str(first.id), label=_("Wave"))]
    names = {str(wave.survey_id): wave.survey for wave in waves}
    if len(names) > 1:
        survey = urls.selectbox(
            "survey",
            _("Survey"),
            list(names),
            default=str(named.survey_id),
            label_of=names.__getitem__,
            width=190,
        )
    else:
        survey = next(iter(names))
    mine = {number: wave for number, wave in by_id.items() if str(wave.survey_id) == survey}
    start = str(first.id) if str(first.id) in mine else next(iter(mine))

    def label(number: str) -> str:
        partial = surveys.is_partial(int(number))
        name = mine[number].name
        return _("{wave} (partial)", wave=name) if partial else name

    picked = urls.selectbox("wave", _("Wave"), list(mine), default=start, label_of=label, width=190)
    return mine[picked]
