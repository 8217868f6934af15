"""Every reference case kept here is used by a test that carries its id."""

from __future__ import annotations

import json
import re

from tests.analytics.cases import HERE


def test_no_reference_number_lies_idle() -> None:
    ids = {each["id"] for each in json.loads((HERE / "cases.json").read_text("utf-8"))}
    used = {
        case_id
        for path in HERE.glob("test_*.py")
        for case_id in re.findall(r'"case_id", \["([A-Z0-9-]+)"\]', path.read_text("utf-8"))
    }
    assert used == ids
