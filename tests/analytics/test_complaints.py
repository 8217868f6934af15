"""Complaint figures on the hand-checked case."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.complaints import complaint_figures
from errors import BadInput
from tests.analytics.cases import case


@pytest.mark.parametrize("case_id", ["CMP-01"])
def test_handling(case_id: str) -> None:
    c = case(case_id)
    i = c.inputs
    column = {
        name: np.array([each[name] or "NaT" for each in i["cases"]], "M8[m]")
        for name in ("opened", "first", "closed")
    }
    result = complaint_figures(
        column["opened"],
        column["first"],
        column["closed"],
        [np.nan if each["ok"] is None else float(each["ok"]) for each in i["cases"]],
        as_of=np.datetime64(i["as_of"]),
        first_response_hours=i["sla_first_hours"],
        resolve_hours=i["sla_resolve_hours"],
    )
    found = {
        "median_first_response_h": result.median_first_response,
        "first_sla_pct": 100 * result.first_response_sla,
        "resolved": result.resolved,
        "resolve_sla_pct_of_due": 100 * result.resolve_sla,
        "mean_resolution_h": result.mean_resolution,
        "recovery_rate_pct": 100 * result.recovery,
        "open_overdue": result.open_late,
    }
    assert found == pytest.approx(c.expected, abs=c.tolerance)


def test_what_comes_later_is_unknown() -> None:
    opened = np.array(["2024-03-01T00", "2024-03-09T00", "2024-04-01T00"], "M8[h]")
    closed = np.array(["2024-03-20T00", "2024-03-09T12", "2024-04-02T00"], "M8[h]")
    result = complaint_figures(
        opened, closed, closed, [1, 1, 1], as_of=np.datetime64("2024-03-10T00")
    )
    assert result.complaints == 2
    assert result.resolved == 1
    assert result.open_late == 1
    assert result.resolve_sla == 0.5


def test_open_cases_not_yet_due_are_outside_the_base() -> None:
    never = np.array(["NaT"], "M8[h]")
    result = complaint_figures(
        np.array(["2024-03-09T12"], "M8[h]"),
        never,
        never,
        [np.nan],
        as_of=np.datetime64("2024-03-10T00"),
    )
    assert np.isnan(result.resolve_sla)
    assert np.isnan(result.recovery)
    assert np.isnan(result.mean_resolution)


def test_a_complaint_must_have_been_opened() -> None:
    never = np.array(["NaT"], "M8[h]")
    with pytest.raises(BadInput, match="missing_date"):
        complaint_figures(never, never, never, [np.nan], as_of=np.datetime64("2024-03-10"))
