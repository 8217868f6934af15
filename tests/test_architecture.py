"""The rooms and what each may import (架构). Change it together with docs/architecture.md."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {
    "app": {"components", "words", "data", "models", "errors", "settings"},
    "asgi": {"app", "components", "words", "data", "models", "errors", "settings"},
    "manage": {"jobs", "errors", "settings"},
    "pages": {"components", "words", "data", "analytics", "models", "errors"},
    "components": {"words", "analytics", "models", "errors", "settings"},
    "words": {"analytics", "models", "errors"},
    "jobs": {"words", "data", "analytics", "models", "errors", "settings"},
    "data": {"models", "errors", "settings"},
    "analytics": {"errors"},
    "models": {"errors"},
    "errors": set(),
    "settings": set(),
}
# single files that may import one more thing, each with its reason in docs/architecture.md
EXTRA = {
    "app.py": {"jobs"},  # starts a process
    "pages/data/import_sheets.py": {"jobs"},  # copies an upload
    "pages/data/import_work.py": {"jobs"},  # starts a process
    "pages/data/undo_work.py": {"jobs"},  # starts a process
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
    "xlsxwriter": ("words/exports.py",),
    "typer": ("manage.py", "jobs/cli/"),
    "alembic": ("data/migrate.py",),
    "opencc": ("words/i18n.py",),
}
# the floors inside data/imports, lowest first: each may import those below it and itself
IMPORT_FLOORS = (
    {"files"},
    {"headings"},
    {"parsing"},
    {"terms"},
    {"staging"},
    {"receivables", "surveys", "matching", "sifting"},
    {"kinds"},
    {"columns", "storing"},
    {"history"},
    {"engine"},
    {"peek"},
)
FILES = [
    file
    for room in MAY_IMPORT
    for file in [ROOT / f"{room}.py", *sorted((ROOT / room).rglob("*.py"))]
    if file.exists()
]


def where(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"))


@cache
def modules(file: Path) -> frozenset[str]:
    names: set[str] = set()
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(names)


def tops(file: Path) -> set[str]:
    return {name.split(".")[0] for name in modules(file)}


def in_room(room: str) -> list[Path]:
    return [file for file in FILES if where(file).startswith(f"{room}/")]


def test_arrows_point_one_way() -> None:
    crossed = {}
    for file in FILES:
        room = where(file).split("/")[0].removesuffix(".py")
        ours = {name for name in tops(file) if name in MAY_IMPORT} - {room}
        crossed[where(file)] = ours - MAY_IMPORT[room] - EXTRA.get(where(file), set())
    assert {file: rooms for file, rooms in crossed.items() if rooms} == {}


def test_import_floors_carry_what_is_above_them() -> None:
    """Inside data/imports every file stands on a floor, and imports only what lies lower."""
    floor = {room: at for at, rooms in enumerate(IMPORT_FLOORS) for room in rooms}
    stray, crossed = [], []
    for file in in_room("data/imports"):
        own = where(file).split("/")[2].removesuffix(".py")
        if own == "__init__":
            continue
        if own not in floor:
            stray.append(where(file))
            continue
        for name in modules(file):
            parts = name.split(".")
            other = parts[2] if parts[:2] == ["data", "imports"] and len(parts) > 2 else own
            if other != own and floor.get(other, len(floor)) >= floor[own]:
                crossed.append((where(file), other))
    assert (stray, sorted(set(crossed))) == ([], [])


def test_no_circle_of_files() -> None:
    """No file of ours needs itself by way of others, wherever in it they are imported."""
    files = {".".join(file.relative_to(ROOT).with_suffix("").parts): file for file in FILES}
    left = {name: modules(file) & files.keys() for name, file in files.items()}
    while free := [name for name, needs in left.items() if not needs & left.keys()]:
        for name in free:
            del left[name]
    assert sorted(left) == []


@pytest.mark.parametrize("library", ONLY_IN)
def test_libraries_stay_in_their_rooms(library: str) -> None:
    strays = [where(file) for file in FILES if library in tops(file)]
    assert [name for name in strays if not name.startswith(ONLY_IN[library])] == []


def test_every_file_says_what_it_is_for() -> None:
    assert [where(file) for file in FILES if not ast.get_docstring(tree(file))] == []


def test_files_stay_small() -> None:
    long = {where(file): len(file.read_text("utf-8").splitlines()) for file in FILES}
    most = {name: 270 if name.startswith("pages/") else 400 for name in long}
    assert {name: lines for name, lines in long.items() if lines > most[name]} == {}


# what must not be written, where it still may, and why
FORBIDDEN = {
    r"unsafe_allow_html": ((), "stored text could become markup"),
    r"data_editor": ((), "its limits are not enforced on the server"),
    r"\bpickle\b": ((), "unpickling runs code"),
    r"#\s*fmt: ": ((), "the formatter decides how code is set"),
    r"st\.cache_": (("data/load.py", "components/"), "one cache boundary"),
}
FORBIDDEN_ON_SCREEN = {
    r"#[0-9a-fA-F]{6}\b": (("components/theme.py",), "colours live in the theme"),
    r"session_state": (("components/state.py",), "session keys live in one file"),
}
FORBIDDEN_ON_PAGES = {r"\bpd\.": ((), "frames are worked on in data and analytics")}


@pytest.mark.parametrize(
    ("files", "pattern", "homes", "why"),
    [
        *((FILES, pattern, *rest) for pattern, rest in FORBIDDEN.items()),
        *(
            ([*in_room("pages"), *in_room("components")], pattern, *rest)
            for pattern, rest in FORBIDDEN_ON_SCREEN.items()
        ),
        *((in_room("pages"), pattern, *rest) for pattern, rest in FORBIDDEN_ON_PAGES.items()),
        (in_room("analytics"), r"\b(today|now|utcnow)\(\)", (), "as_of is an argument"),
    ],
)
def test_house_rules(files: list[Path], pattern: str, homes: tuple[str, ...], why: str) -> None:
    found = [where(file) for file in files if re.search(pattern, file.read_text("utf-8"))]
    assert [name for name in found if not name.startswith(homes or ("\0",))] == [], why


def test_pages_speak_through_the_catalogues() -> None:
    said = []
    for file in in_room("pages"):
        docs = {
            ast.get_docstring(node, clean=False)
            for node in ast.walk(tree(file))
            if isinstance(node, (ast.Module, ast.FunctionDef, ast.ClassDef))
        }
        said += [
            (where(file), node.value)
            for node in ast.walk(tree(file))
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and node.value not in docs
            and re.search(r"[一-鿿]", node.value)
        ]
    assert said == []


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
