"""Customers a file names that were not found (未匹配客户): leave out, choose, or make new.

Drawn below a check's report; what is decided becomes part of the plan of the next check.
"""

from __future__ import annotations

import streamlit as st

from components import frame
from data.imports.terms.plan import Plan
from data.imports.terms.report import ImportReport
from data.imports.terms.unmatched import NAME_CONTAINED, Unmatched
from pages.data import customer_choices, reading_form, unmatched_rows
from pages.data.customer_choices import LEAVE, NEW, SCREEN, confirm, decide, decided_now
from words import formats
from words.i18n import _, _n

_UNKNOWN = frozenset({"unknown_customer", "not_your_customer"})
"""Reasons that speak for nothing but a customer we do not have."""


def plan_of(plan: Plan, report: ImportReport) -> Plan:
    """The plan with what was decided; `report` is the check it was decided on."""
    return customer_choices.applied(plan, report)


def draw(report: ImportReport, plan: Plan) -> None:
    """The customers that were not found, each with what to do about it."""
    user = frame.require(SCREEN, edit=True)
    kept = {*plan.customers, *plan.create}
    listed = [*report.unmatched, *(one for one in report.settled if one.said in kept)]
    if not listed and not _by_name(report, plan):
        return
    st.markdown(f"**{_('Customers not found')}**")
    if report.unmatched_count:
        st.caption(
            _n(
                "{n} customer of the file was not found. Decide what to do, and check again.",
                "{n} customers of the file were not found. Decide what to do, and check again.",
                report.unmatched_count,
            )
        )
    _names_box(report, plan)
    _buttons(report)
    unmatched_rows.draw(listed, user, plan)
    if report.unmatched_count > len(report.unmatched):
        rest = report.unmatched_count - len(report.unmatched)
        st.caption(_("and {n} more", n=rest))


def _by_name(report: ImportReport, plan: Plan) -> int:
    """Rows that a name alone matches, or would."""
    if plan.options.match_names:
        return report.noted.get("matched_by_name", 0)
    return report.reasons.get("name_not_confirmed", 0)


def _names_box(report: ImportReport, plan: Plan) -> None:
    rows = _by_name(report, plan)
    if not rows and not plan.options.match_names:
        return
    st.checkbox(
        _n(
            "Match by exact name where the file gives nothing else ({n} row)",
            "Match by exact name where the file gives nothing else ({n} rows)",
            rows,
        ),
        value=decided_now().match_names is True or plan.options.match_names,
        key=reading_form.key("match_names"),
        on_change=confirm,
        help=_("Only where exactly one customer has the name."),
    )


def _buttons(report: ImportReport) -> None:
    sure = {one.said: code for one in report.unmatched if (code := _sure(one))}
    new = [one.said for one in report.unmatched if one.reason in _UNKNOWN]
    more = report.unmatched_count > len(report.unmatched)
    with st.container(horizontal=True):
        st.button(
            _("Take the suggested ones ({n})", n=len(sure)),
            disabled=not sure,
            key=reading_form.key("take"),
            on_click=decide,
            args=({said: f"={code}" for said, code in sure.items()},),
        )
        st.button(
            _("Make all of them new ({n})", n=formats.count(len(new))),
            disabled=not new,
            key=reading_form.key("make"),
            on_click=decide,
            args=(dict.fromkeys(new, NEW), more),
            help=_("But for those whose name or tax number a customer has already."),
        )
        st.button(
            _("Leave all out"),
            type="tertiary",
            key=reading_form.key("leave"),
            on_click=decide,
            args=({one.said: LEAVE for one in report.unmatched},),
        )


def _sure(one: Unmatched) -> str | None:
    """The one suggestion that rests on more than a part of a name."""
    strong = [each.code for each in one.suggestions if each.why != NAME_CONTAINED]
    return strong[0] if len(strong) == 1 else None
