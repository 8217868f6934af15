"""`manage.py user …`: accounts from the command line (账号管理).

The first administrator is made here; everything is recorded in the audit trail as done by
the system. Passwords are never taken as arguments, where other programs could read them.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Engine

import settings
from data import account_list, accounts, store
from data.imports.parsing.texts import cleaned
from errors import BadInput, Issue
from jobs.cli.console import as_json, say, table
from models.access import Role

app = typer.Typer(no_args_is_help=True, help="Accounts: who may sign in.")

Login = Annotated[str, typer.Argument(help="The user name.")]
FromInput = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]


def _engine() -> Engine:
    return store.open_store(settings.get().database_url)


def _read(from_input: bool) -> str | None:
    return sys.stdin.readline().rstrip("\r\n") if from_input else None


def _tell(login: str, password: str, chosen: bool) -> None:
    if chosen:
        say(f"{login}: done.")
        return
    say(f"{login}: one-time password, to be changed at the first sign-in:")
    say(f"  {password}")


@app.command()
def add(
    login: Login,
    name: Annotated[str, typer.Option(help="As colleagues know them.")] = "",
    role: Annotated[Role, typer.Option(help="What they are here for.")] = Role.ACCOUNT_MANAGER,
    password_stdin: FromInput = False,
) -> None:
    """Make an account; prints a one-time password unless one is given."""
    given = accounts.create(
        _engine(), None, login=login, name=name or login, role=role, password=_read(password_stdin)
    )
    _tell(accounts.normal(login), given, password_stdin)


@app.command()
def disable(login: Login) -> None:
    """Keep somebody out; ends their sign-ins at once."""
    accounts.set_active(_engine(), None, login, active=False)
    say(f"{accounts.normal(login)}: disabled, signed out everywhere.")


@app.command()
def enable(login: Login) -> None:
    """Let somebody in again."""
    accounts.set_active(_engine(), None, login, active=True)
    say(f"{accounts.normal(login)}: enabled.")


@app.command("reset-password")
def reset_password(login: Login, password_stdin: FromInput = False) -> None:
    """Give a new password, to be changed at the next sign-in; ends their sign-ins at once."""
    given = accounts.reset_password(_engine(), None, login, _read(password_stdin))
    _tell(accounts.normal(login), given, password_stdin)


@app.command("set-role")
def set_role(login: Login, role: Role) -> None:
    """Change what somebody is here for; ends their sign-ins at once."""
    accounts.set_role(_engine(), None, login, role)
    say(f"{accounts.normal(login)}: {role.value}, signed out everywhere.")


@app.command("import")
def import_users(
    file: Annotated[Path, typer.Argument(help="CSV with login, name, role and active (yes, no).")],
) -> None:
    """Make the accounts of a list; each needs `user reset-password` before its first sign-in."""
    if not file.is_file():
        raise BadInput(Issue("file_missing", value=file.name))
    with file.open(encoding="utf-8-sig", newline="") as opened:
        lines = csv.DictReader(opened)
        rows = [{name: cleaned(cell or "") for name, cell in row.items() if name} for row in lines]
    missing = [name for name in account_list.HEADER[:3] if name not in (lines.fieldnames or ())]
    if missing:
        raise BadInput(*(Issue("column_missing", name, detail={"names": name}) for name in missing))
    done = account_list.take_in(_engine(), rows)
    say(f"{len(done.added)} accounts made, {len(done.there)} were there already.")
    if done.added:
        say("They have no password; give each one: manage.py user reset-password LOGIN")


@app.command("list")
def list_users(
    as_data: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List all accounts."""
    with store.reading(_engine()) as session:
        found = accounts.everyone(session)
    if as_data:
        as_json(
            [
                {
                    "login": one.login,
                    "name": one.name,
                    "role": one.role.value,
                    "active": one.active,
                    "demo": one.is_demo,
                    "last_sign_in": one.last_sign_in_at.isoformat()
                    if one.last_sign_in_at
                    else None,
                }
                for one in found
            ]
        )
        return
    table(
        "Accounts",
        ("login", "name", "role", "active", "last sign-in (UTC)"),
        [
            (
                one.login,
                one.name,
                one.role.value,
                "yes" if one.active else "no",
                f"{one.last_sign_in_at:%Y-%m-%d %H:%M}" if one.last_sign_in_at else "—",
            )
            for one in found
        ],
    )
