"""The rooms and what each may import (架构). Change it together with docs/architecture.md."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {
    "app": {"components", "data", "models", "errors", "settings"},
    "asgi": {"app", "components", "data", "models", "errors", "settings"},
    "manage": {"jobs", "errors", "settings"},
    "pages": {"components", "data", "analytics", "models", "errors"},
    "components": {"analytics", "models", "errors", "settings"},
    "jobs": {"data", "analytics", "models", "errors", "settings", "components"},
    "data": {"models", "errors", "settings"},
    "analytics": {"errors"},
    "models": {"errors"},
    "errors": set(),
    "settings": set(),
}
# single files that may import one more thing, each with its reason in docs/architecture.md
EXTRA = {
    "pages/data/imports.py": {"jobs"},  # starts a process
    "pages/overview/home.py": {"jobs"},  # starts a process
    "pages/admin/settings.py": {"jobs"},  # starts a process
}
ONLY_IN = {  # library -> the rooms (or files) that may import it
    "streamlit": ("app.py", "asgi.py", "pages/", "components/", "data/load.py", "jobs/bench/"),
    "plotly": ("components/charts/", "components/theme.py"),
    "sqlmodel": ("models/", "data/", "jobs/"),
    "sqlalchemy": ("models/", "data/", "jobs/"),
    "ibis": ("data/facts",),
    "duckdb": ("data/facts", "jobs/bench/"),
    "openpyxl": ("data/imports/", "jobs/"),
    "xlsxwriter": ("components/exports.py",),
    "typer": ("manage.py", "jobs/cli/"),
    "alembic": ("data/migrate.py",),
    "opencc": ("components/i18n.py",),
}
# what jobs may take from components: words, formats and files, never a screen
JOBS_MAY_USE = {
    "components.i18n",
    "components.formats",
    "components.exports",
    "components.vocabulary",
    "components.reasons",
}
FILES = [
    file
    for room in MAY_IMPORT
    for file in [ROOT / f"{room}.py", *sorted((ROOT / room).rglob("*.py"))]
    if file.exists()
]


def where(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def modules(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def tops(file: Path) -> set[str]:
    return {name.split(".")[0] for name in modules(file)}


@pytest.mark.parametrize("file", FILES, ids=where)
def test_arrows_point_one_way(file: Path) -> None:
    room = where(file).split("/")[0].removesuffix(".py")
    ours = {name for name in tops(file) if name in MAY_IMPORT} - {room}
    assert ours <= MAY_IMPORT[room] | EXTRA.get(where(file), set())


@pytest.mark.parametrize("file", FILES, ids=where)
def test_libraries_stay_in_their_rooms(file: Path) -> None:
    for library, homes in ONLY_IN.items():
        assert library not in tops(file) or where(file).startswith(homes), library


@pytest.mark.parametrize("file", [f for f in FILES if where(f).startswith("jobs/")], ids=where)
def test_jobs_take_words_not_screens(file: Path) -> None:
    taken = {name for name in modules(file) if name.startswith("components.")}
    assert {".".join(name.split(".")[:2]) for name in taken} <= JOBS_MAY_USE


@pytest.mark.parametrize("file", FILES, ids=where)
def test_house_rules(file: Path) -> None:
    source, name = file.read_text("utf-8"), where(file)
    assert ast.get_docstring(ast.parse(source)), "every file says what it is for"
    assert len(source.splitlines()) <= (220 if name.startswith("pages/") else 400)
    assert "unsafe_allow_html" not in source
    assert "st.cache_" not in source or name == "data/load.py" or name.startswith("components/")
    assert "data_editor" not in source, "a data_editor is not enforced on the server"
    assert not re.search(r"\bpickle\b", source)
    if name.startswith(("pages/", "components/")) and name != "components/theme.py":
        assert not re.search(r"#[0-9a-fA-F]{6}\b", source), "colours live in theme.py"
    if name.startswith("pages/") or (
        name.startswith("components/") and name != "components/state.py"
    ):
        assert "session_state" not in source, "session keys live in components/state.py"
    if name.startswith("pages/"):
        assert "pd." not in source, "frames are worked on in data and analytics"


@pytest.mark.parametrize("file", [f for f in FILES if where(f).startswith("analytics/")], ids=where)
def test_methods_know_no_clock(file: Path) -> None:
    source = file.read_text("utf-8")
    assert not re.search(r"\b(today|now|utcnow)\(\)", source), "as_of is an argument"


@pytest.mark.parametrize("file", [f for f in FILES if where(f).startswith("pages/")], ids=where)
def test_pages_speak_through_the_catalogues(file: Path) -> None:
    docs = {
        ast.get_docstring(node, clean=False)
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, (ast.Module, ast.FunctionDef, ast.ClassDef))
    }
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            chinese = re.search(r"[一-鿿]", node.value)
            assert node.value in docs or not chinese, node.value


def test_pages_sit_in_sections() -> None:
    """A file directly in pages/ can be opened by URL on a cold server before app.py runs."""
    assert [file.name for file in (ROOT / "pages").glob("*.py")] == []


def test_no_room_for_odds_and_ends() -> None:
    names = {file.stem for file in FILES} | {file.parent.name for file in FILES}
    assert not names & {"utils", "helpers", "common", "misc"}


def test_nothing_tells_of_this_machine() -> None:
    """No path of a developer's machine in anything we keep."""
    kept = [f for f in ROOT.rglob("*") if f.suffix in {".py", ".md", ".toml", ".po", ".yml"}]
    for file in kept:
        if {".venv", "var", ".git"} & set(file.relative_to(ROOT).parts) or file == Path(__file__):
            continue
        text = file.read_text("utf-8", errors="replace")
        assert not re.search(r"/(root|opt|home|work)/[a-z]", text), where(file)
