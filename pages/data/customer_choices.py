"""What was decided about the customers of a file (客户处置): kept until the next check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from components import frame, state
from data.imports.terms.plan import Plan
from data.imports.terms.report import ImportReport
from data.imports.terms.unmatched import Unmatched
from pages.data import reading_form

SCREEN = "imports"
LEAVE, NEW, SEARCH = "", "+", "?"
"""What to do, besides "=" and the code of a customer."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What the reader decided about the customers of one file."""

    choices: Mapping[str, str] = field(default_factory=dict)
    """What the file says → `LEAVE`, `NEW` or "=" and the code of a customer."""
    match_names: bool | None = None
    all_new: bool = False
    searching: str = ""
    """For whom a customer is being looked for."""


def _place() -> str:
    return f"imports.customers.{state.get(reading_form.SHOWN, '')[:8]}"


def decided_now() -> Decided:
    """What was decided about the file on the screen."""
    found: Decided = state.get(_place(), Decided())
    return found


def applied(plan: Plan, report: ImportReport) -> Plan:
    """The plan with what was decided; `report` is the check it was decided on."""
    decided = decided_now()
    said = {one.said for one in (*report.unmatched, *report.settled)}
    choices = {one: what for one, what in decided.choices.items() if one in said}
    kept = {one: code for one, code in plan.customers.items() if one not in choices}
    chosen = {one: what[1:] for one, what in choices.items() if what.startswith("=")}
    made = [one for one in plan.create if one not in choices]
    made += [one for one, what in choices.items() if what == NEW]
    options = plan.options
    if decided.match_names is not None:
        options = replace(options, match_names=decided.match_names)
    if decided.all_new:
        options = replace(options, create_customers=True)
    return replace(plan, customers=kept | chosen, create=tuple(made), options=options)


@frame.guard(SCREEN, edit=True)
def confirm() -> None:
    """Names may be matched, or not: as the box says."""
    agreed = bool(state.widget(reading_form.key("match_names")))
    state.put(_place(), replace(decided_now(), match_names=agreed))


@frame.guard(SCREEN, edit=True)
def decide(choices: Mapping[str, str], all_new: bool = False) -> None:
    """Keep decisions, what the file says → what to do; they replace earlier ones."""
    decided = decided_now()
    merged = {**decided.choices, **choices}
    state.put(_place(), replace(decided, choices=merged, all_new=all_new, searching=""))


def standing(one: Unmatched, plan: Plan) -> str:
    """What is decided about it: just now, else in the plan."""
    if one.said in plan.customers:
        before = f"={plan.customers[one.said]}"
    else:
        before = NEW if one.said in plan.create else LEAVE
    return decided_now().choices.get(one.said, before)


@frame.guard(SCREEN, edit=True)
def chose(said: str, key: str) -> None:
    """What was chosen in a box: a decision, or to look for somebody else."""
    what = state.widget(key)
    if what == SEARCH:
        state.put(_place(), replace(decided_now(), searching=said))
    elif what is not None:
        decide({said: str(what)})
