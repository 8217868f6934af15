"""Commands are found by their files, loaded when called, and say what is wrong in words."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from data.passwords import TooBusy
from errors import (
    AppError,
    BadInput,
    Conflict,
    Issue,
    NotAllowed,
    NotFound,
    StoreUnavailable,
    Unsafe,
)
from jobs.cli import FILES, Commands, console, purpose
from manage import app
from words import i18n

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = Commands(name="kehu").files
LANGUAGES = ("zh_Hans", "zh_Hant", "en")


def test_every_file_is_a_command() -> None:
    assert {"report", "user", "migrate"} <= set(COMMANDS)
    done = CliRunner().invoke(app, ["--help"])
    assert done.exit_code == 0
    for name in COMMANDS:
        assert f"│ {name} " in done.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_called_like_its_file(name: str) -> None:
    module = importlib.import_module(f"jobs.cli.{COMMANDS[name]}")
    assert isinstance(module.app, typer.Typer)
    assert purpose(FILES / f"{COMMANDS[name]}.py")
    done = CliRunner().invoke(app, [name, "--help"])
    assert done.exit_code == 0
    assert f" {name} " in done.stdout.splitlines()[1]
    assert "--install-completion" not in done.stdout


def test_the_list_of_commands_loads_none_of_them() -> None:
    """Nothing heavy is imported before a command is chosen."""
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from typer.testing import CliRunner; from manage import app\n"
            "assert CliRunner().invoke(app, ['--help']).exit_code == 0\n"
            "print({'pandas', 'numpy', 'sqlalchemy', 'streamlit', 'duckdb'} & set(sys.modules))",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.strip() == "set()"


def test_a_misspelt_command_is_guessed() -> None:
    done = CliRunner().invoke(app, ["repotr"])
    assert done.exit_code == 2
    assert "'report'" in done.stderr


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    "error",
    [
        NotAllowed("administrator"),
        NotFound("user"),
        NotFound("customer", 3),
        Conflict("customer", 3, 2),
        Conflict("job_running", "refresh", 1),
        *(
            StoreUnavailable(code)
            for code in ("locked", "full", "read_only", "not_migrated", "unreachable")
        ),
    ],
    ids=repr,
)
def test_errors_are_told_in_the_readers_language(error: AppError, lang: str) -> None:
    first, *details = console.sentences(error, lang)
    chinese = any("一" <= sign <= "鿿" for sign in first)
    assert chinese == (lang != "en")
    assert "_" not in first
    assert all(details)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_store_trouble_has_its_own_words(lang: str) -> None:
    codes = ("locked", "full", "read_only", "not_migrated", "unreachable")
    told = {tuple(console.sentences(StoreUnavailable(code), lang)) for code in codes}
    assert len(told) == len(codes)


def test_every_fault_of_an_input_has_its_line() -> None:
    faults = (
        Issue("not_a_number", column="amount", row=1234, value="x"),
        Issue("date_too_late", detail={"limit": "2026-11-21"}),
    )
    assert console.sentences(BadInput(*faults), "en") == [
        f"Line 1234 · amount · x: {i18n.reason('not_a_number', 'en')}",
        "There are no figures of this date yet: the last day that can be chosen is 2026-11-21",
    ]
    assert console.sentences(BadInput(*faults), "zh_Hans")[0].startswith("行号 1234 · amount · x: ")


def test_very_many_faults_are_cut_and_counted() -> None:
    many = [Issue("not_a_number", row=row) for row in range(1, console.SHOWN + 1001)]
    told = console.sentences(BadInput(*many), "en")
    assert (len(told), told[-1]) == (console.SHOWN + 1, "and 1,000 more")


def test_errors_that_explain_themselves_are_told_as_they_are() -> None:
    assert console.sentences(Unsafe("the cookie key is the default"), "en") == [
        "the cookie key is the default"
    ]
    assert console.sentences(TooBusy(), "en") == ["This could not be done."]


@pytest.mark.parametrize(
    ("surroundings", "lang"),
    [
        ({}, "zh_Hans"),
        ({"LANG": "C.UTF-8"}, "zh_Hans"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "zh_TW.UTF-8"}, "zh_Hant"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_CN"}, "zh_Hans"),
    ],
)
def test_the_locale_decides_the_language(
    monkeypatch: pytest.MonkeyPatch, surroundings: dict[str, str], lang: str
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in surroundings.items():
        monkeypatch.setenv(name, value)
    assert console.language() == lang


def test_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    assert console.trouble(BadInput(Issue("user_unknown", value="x")), "en") == 2
    assert console.trouble(StoreUnavailable("locked"), "en") == 3
    said = capsys.readouterr()
    assert said.out == ""
    assert "x: There is no account" in said.err


def test_wide_tables_stay_whole_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    console.table("Wide", [f"column {k}" for k in range(30)], [["[bold]" * 4] * 30])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Wide"
    assert sum(line.count("[bold]") for line in lines) == 120
