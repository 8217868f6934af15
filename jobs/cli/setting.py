"""`manage.py setting …`: thresholds from the command line (规则设置), versioned and audited."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

import settings
from data import policies, store
from errors import BadInput, Issue
from jobs.cli.console import as_json, say, table
from models.policy import RULES, Policy

app = typer.Typer(no_args_is_help=True, help="Thresholds: show, change, who changed them.")

AsData = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
def list_settings(as_data: AsData = False) -> None:
    """Show every threshold in force, its default where it was changed, and what is allowed."""
    with store.reading(store.open_store(settings.get().database_url)) as session:
        version, policy = policies.current(session)
    if as_data:
        allowed = {key: rule.kind.allowed for key, rule in RULES.items()}
        as_json({"version": version, "values": policy.as_dict(), "allowed": allowed})
        return
    default = Policy().as_dict()
    rows = [
        (
            key,
            _written(value),
            "" if value == default[key] else _written(default[key]),
            RULES[key].kind.allowed,
        )
        for key, value in policy.as_dict().items()
    ]
    table(f"Thresholds, version {version}", ("key", "value", "default", "allowed"), rows)


@app.command("set")
def set_value(
    key: Annotated[str, typer.Argument(help="Such as loss.amber; see `setting list`.")],
    value: Annotated[str, typer.Argument(help="A number, a word, or numbers with commas.")],
    note: Annotated[str, typer.Option(help="Why; kept with the version.")],
) -> None:
    """Change one threshold; figures change with the next refresh."""
    with store.writing(store.open_store(settings.get().database_url)) as session:
        version = policies.change(session, None, {key: value}, note)
    say(f"Version {version}: {key} = {value}. Figures change with the next refresh.")


@app.command()
def load(
    file: Annotated[Path, typer.Argument(help="JSON: key → value, as `export` writes it.")],
    note: Annotated[str, typer.Option(help="Why; kept with the version.")],
) -> None:
    """Change the thresholds a file names, all in one version."""
    try:
        values = json.loads(file.read_text("utf-8-sig"), object_pairs_hook=_each_once)
    except (OSError, ValueError) as error:
        raise BadInput(Issue("settings_unreadable", value=file.name)) from error
    if not isinstance(values, dict):
        raise BadInput(Issue("settings_unreadable", value=file.name))
    if not values:
        say("The file names no threshold; nothing was changed.")
        return
    with store.writing(store.open_store(settings.get().database_url)) as session:
        version = policies.change(session, None, values, note)
    say(f"Version {version}: {len(values)} thresholds. Figures change with the next refresh.")


@app.command()
def history(as_data: AsData = False) -> None:
    """Show who changed what, when and why, newest first."""
    with store.reading(store.open_store(settings.get().database_url)) as session:
        versions = policies.history(session)
    if as_data:
        as_json([_as_dict(version) for version in versions])
        return
    rows = [
        (
            str(v.version),
            f"{v.changed_at:%Y-%m-%d %H:%M}",
            v.changed_by or "—",
            "; ".join(f"{c.key} {_written(c.before)} → {_written(c.after)}" for c in v.changes),
            v.note,
        )
        for v in versions
    ]
    table("Versions", ("version", "when (UTC)", "who", "what", "why"), rows)


def _as_dict(version: policies.Version) -> dict[str, Any]:
    return {
        "version": version.version,
        "changed_at": version.changed_at.isoformat(),
        "changed_by": version.changed_by,
        "note": version.note,
        "changes": {c.key: {"before": c.before, "after": c.after} for c in version.changes},
    }


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON; one that names a key twice is none."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found


def _written(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(f"{number:g}" for number in value)
    return value if isinstance(value, str) else f"{value:g}"
