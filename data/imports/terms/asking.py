"""What an import asks (导入时的询问): doubts a person settles once, and how a plan answers them.

A doubt is a fault whose reason stands in `QUESTIONS`. As long as nobody answers it speaks
against its row, column or file like any other fault; the answer stands in the plan under
the doubt's key, or under a shorter one that answers all doubts of the kind:

    [answers]
    "sum_of_above" = "pass"              # every row that is the sum of those above it
    "status_unknown:状态=挂起" = "keep"   # only this value of this column
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from errors import Issue

About = Literal["file", "column", "value"]


@dataclass(frozen=True, slots=True)
class Question:
    """A kind of doubt."""

    answers: tuple[str, ...]
    """Codes of what can be answered; their words are `answer.<reason>.<code>`."""
    about: About = "file"
    """What one answer settles: the whole file, one column, or one value of a column."""
    lasting: bool = True
    """Whether the next file with this header rests on the answer."""
    names: bool = False
    """Answered by a name out of the file, one of those its fault lists as `choices`."""


_LEAVE = "leave"
"""The column is left out."""

QUESTIONS: Mapping[str, Question] = {
    "scale_of_figures": Question(
        (
            "1-5",
            "5-1",
            "1-7",
            "7-1",
            "0-10",
            "1-10",
            "10-1",
            "0-100",
            "1-5/0.1",
            "0-100/0.1",
            _LEAVE,
        ),
        about="column",
    ),
    "scale_direction": Question(("more_is_better", "less_is_better", _LEAVE), about="column"),
    "scale_unclear": Question(
        ("words5", "words5plain", "words5uneven", "words7", _LEAVE), about="column"
    ),
    "sum_of_above": Question(("pass", "keep"), lasting=False),
    "state_unknown": Question(("take", "pass"), about="value"),
    "other_side": Question(("pass",), about="value"),
    "other_document": Question(("pass", "take"), about="value"),
    "paid_left_out": Question(("take",), about="column"),
    "rate_left_out": Question(("take",), about="column"),
    "code_like_another": Question(("same", "new"), about="value", lasting=False),
    "name_of_another": Question(("same", "new"), about="value", lasting=False),
    "may_be_total": Question(("pass", "keep"), about="value"),
    "may_be_heading": Question(("pass", "keep")),
    "another_table": Question(("pass",), lasting=False),
    "hidden_row": Question(("pass", "keep"), lasting=False),
    "other_sheets": Question(("all", "this"), lasting=False),
    "two_columns": Question((), about="column", names=True),
    "header_unknown": Question(("take", "leave"), about="column"),
    "currency_other": Question(("rate", "own"), about="column"),
    "net_amount": Question(("add", "take"), about="column"),
    "tax_beside": Question(("take", "add"), about="column"),
    "units_disagree": Question((), about="column", names=True),
    "shown_scaled": Question(("held", "shown"), about="column"),
}
"""By the reason of the fault that asks."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A doubt of a file that nobody has settled."""

    key: str
    """What the answer is kept under (`Plan.answers`)."""
    reason: str
    column: str
    value: str
    rows: int
    """How many rows wait for the answer."""
    detail: Mapping[str, object] = field(default_factory=dict)
    """What the reason's words name, of the first of them."""
    choices: tuple[str, ...] = ()
    """Of the answers those that can be given here; names out of the file where it is so asked."""
    fills: str = ""
    """The field whose column is in doubt."""

    @property
    def answers(self) -> tuple[str, ...]:
        """Codes, or names, of what can be answered: those that are possible here."""
        fitting = tuple(str(self.detail.get("answers", "")).split())
        return self.choices or fitting or QUESTIONS[self.reason].answers

    @property
    def about(self) -> About:
        """What one answer settles."""
        return QUESTIONS[self.reason].about

    @property
    def by_name(self) -> bool:
        """Whether the answers are names out of the file, not codes."""
        return QUESTIONS[self.reason].names


def key_of(reason: str, column: str | None = None, value: str | None = None) -> str:
    """What the answer to a doubt is kept under: `status_unknown:状态=挂起`."""
    about = QUESTIONS[reason].about
    value = Issue(reason, value=value).value  # cut as faults show it
    if about == "file" or not column:
        return reason
    return f"{reason}:{column}" + (f"={value}" if about == "value" and value else "")


def answered(
    answers: Mapping[str, str], reason: str, column: str | None = None, value: str | None = None
) -> str:
    """The answer a plan gives to a doubt, the closest first; empty where it gives none."""
    closest = key_of(reason, column, value)
    for key in (closest, f"{reason}:{column}" if column else reason, reason):
        if key in answers:
            return answers[key]
    return ""


def fault_of(key: str, answer: str) -> str:
    """Which of the two is not known: `key`, `answer`, or empty where both are."""
    question = QUESTIONS.get(key.partition(":")[0])
    if question is None:
        return "key"
    known = bool(answer.strip()) if question.names else answer in question.answers
    return "" if known else "answer"


def lasting(answers: Mapping[str, str]) -> dict[str, str]:
    """Those answers the next file with the same header may rest on."""
    return {k: v for k, v in answers.items() if QUESTIONS[k.partition(":")[0]].lasting}


def asks_of(faults: Iterable[tuple[Issue, int]]) -> tuple[Ask, ...]:
    """The doubts among faults, each once, those on most rows first.

    Args:
        faults: each with how many rows it stands for.
    """
    rows: Counter[tuple[str, str, str]] = Counter()
    details: dict[tuple[str, str, str], Mapping[str, object]] = {}
    for issue, many in faults:
        question = QUESTIONS.get(issue.reason)
        if question is not None:
            column = "" if question.about == "file" else issue.column or ""
            value = (issue.value or "") if question.about == "value" else ""
            rows[issue.reason, column, value] += many
            details.setdefault((issue.reason, column, value), dict(issue.detail))
    return tuple(_ask(details[key], *key, many) for key, many in rows.most_common())


def _ask(detail: Mapping[str, object], reason: str, column: str, value: str, rows: int) -> Ask:
    choices = detail.get("choices", ())
    return Ask(
        key_of(reason, column, value),
        reason,
        column,
        value,
        rows,
        {name: said for name, said in detail.items() if name not in ("choices", "field")},
        choices if isinstance(choices, tuple) else (),
        str(detail.get("field", "")),
    )
