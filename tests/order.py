"""What is run together and what is run first (次序), when several processes run the tests.

The tests of a file go to one process: what they share is made once. Files marked with the
same `xdist_group`, because they ask one server, go to one process too. The longest come
first, so that the processes end together: what comes last is short.
"""

from __future__ import annotations

import pytest

LONGEST = (
    "browser/test_pages.py",
    "jobs/test_import_folder.py",
    "jobs/test_export_store.py",
    "browser/test_imports.py",
    "access/test_gate.py",
    "jobs/test_demo.py",
    "data/imports/test_undo.py",
    "data/imports/test_mutants.py",
    "pages/test_exports.py",
    "jobs/test_cli_imports.py",
    "data/imports/test_batches.py",
    "pages/test_not_there.py",
    "jobs/test_reports.py",
    "jobs/test_refresh.py",
    "jobs/test_imports.py",
    "jobs/test_import_limits.py",
    "data/imports/test_surveys.py",
    "data/imports/test_matching.py",
    "data/imports/test_movements.py",
    "data/imports/test_bad_inputs.py",
    "data/imports/test_kill.py",
    "data/imports/test_past.py",
)
"""Files by processor time, the longest first (the first two begin at once, and only one of them
needs the demo company); what is not here takes ten seconds at most."""
_PLACES = {f"tests/{file}": place for place, file in enumerate(LONGEST)}


def arrange(items: list[pytest.Item]) -> None:
    """Give every test its group, and sort the groups; within a group nothing moves."""
    places: dict[str, int] = {}
    groups: dict[pytest.Item, str] = {}
    for item in items:
        file = item.nodeid.split("::", 1)[0]
        mark = item.get_closest_marker("xdist_group")
        if mark is None:
            mark = pytest.mark.xdist_group(file).mark
            item.add_marker(pytest.mark.xdist_group(file))
        groups[item] = group = mark.args[0]
        place = _PLACES.get(file, len(_PLACES))
        places[group] = min(place, places.get(group, place))
    items.sort(key=lambda item: (places[groups[item]], groups[item]))
