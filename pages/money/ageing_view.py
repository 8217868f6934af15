"""What the receivables page looks at (应收视图): filters, buckets, what the list leaves out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import streamlit as st

from components import filters, frame, urls
from data.queries import runs
from data.queries.ageing import Ageing, Narrow
from data.queries.limitation import Term
from errors import BadInput
from models.access import User
from models.filters import Filters
from models.policy import Policy, with_values
from words import formats, vocabulary
from words.i18n import _

ONLY = ("all", "over_90", "promised", "broken", "over_limit")


@dataclass(frozen=True, slots=True)
class View:
    """What is looked at, by whom."""

    user: User
    run: runs.Run
    chosen: Filters
    ageing: Ageing
    narrow: Narrow
    names: tuple[str, ...]
    day: date
    owners: dict[int, str]

    @property
    def everybody(self) -> bool:
        """The reader sees the customers of all managers."""
        return self.user.scope.owner_id is None


def choose(user: User, choices: runs.Choices) -> tuple[Filters, str, str, bool]:
    """Filters on the title row, the rarer ones in a popover: (filters, basis, edges, not due)."""
    with frame.slot():
        main = filters.draw(
            filters.Options(
                days=choices.days,
                owners=choices.owners,
                mine=user.scope.owner_id,
                tiers=True,
            )
        )
        with st.popover(_("More"), icon=":material/tune:"):
            more = filters.draw(
                filters.Options(
                    provinces=choices.provinces,
                    industries=choices.industries,
                    search=True,
                )
            )
            grades = urls.multiselect(
                "grade",
                _("Credit grade"),
                vocabulary.codes("grade"),
                label_of=vocabulary.labeller("grade"),
            )
            least = urls.number("min", _("Overdue at least (CNY)"), step=10_000)
            basis = urls.segmented(
                "basis",
                _("Age by"),
                ("due", "invoice"),
                label_visibility="visible",
                label_of={"due": _("Due date"), "invoice": _("Invoice date")}.__getitem__,
            )
            edges = urls.text("edges", _("Buckets up to (days)"), placeholder="30,60,90,180,365")
            not_due = urls.toggle_box("notdue", _("Also customers with nothing overdue"))
            filters.clear_button("grade", "min", "basis", "edges", "notdue", "bucket", "only", "c")
    chosen = replace(
        main,
        provinces=more.provinces,
        industries=more.industries,
        search=more.search,
        grades=tuple("" if grade == "not_rated" else grade for grade in grades),
        min_overdue=least * formats.MINOR_PER_MAJOR,
    )
    return chosen, basis, edges, not_due


def ageing_of(policy: Policy, basis: str, edges: str) -> Ageing:
    """The buckets asked for; those of the settings where the URL names none that hold."""
    own = policy
    if edges:
        try:
            own = with_values(policy, {"ageing.edges": edges})
        except BadInput:
            st.warning(_("Buckets must be up to six rising numbers of days, such as 30,60,90."))
    by_invoice = basis == "invoice"
    return Ageing(
        edges=own.ageing_edges,
        basis="invoice" if by_invoice else "due",
        stored=own.ageing_edges == policy.ageing_edges and not by_invoice,
        limitation=Term(policy.limitation_years, policy.limitation_instalments),
    )


def only_words(code: str) -> str:
    """A choice of `ONLY` in words."""
    return {
        "all": _("All"),
        "over_90": _("Over 90 days"),
        "promised": _("Promised this week"),
        "broken": _("Promise broken"),
        "over_limit": _("Over limit"),
    }[code]


def narrowing(ageing: Ageing, not_due: bool) -> Narrow:
    """What the URL narrows the list to."""
    bucket = urls.read("bucket", map(str, range(ageing.size)), label=_("Receivables by age"))
    only = urls.read("only", ONLY, "all", label=_("Show"))
    return Narrow(
        bucket=int(bucket) if bucket else None,
        not_due=not_due,
        only=only if only in {"promised", "broken", "over_limit"} else "",
        over_days=90 if only == "over_90" else None,
    )
