"""The commands (命令), one file each: a file here is a command, nothing else to register.

A file holds `app`, a Typer application, and is called like the command (`imports.py` is
`manage.py import`, `import_folder.py` is `manage.py import-folder`). With a single command in
it, that command stands at the top (`manage.py refresh`); with several, they stand under the
file's name (`manage.py user add`).

A file is run only when its command is: the list of commands is read from the first lines
of the files, so `manage.py --help` answers before pandas could be imported.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from errors import AppError
from jobs.cli.console import trouble

FILES = Path(__file__).parent
QUIET = {"console", "import_report"}
"""Files here that are no command."""


class Commands(TyperGroup):
    """All commands, each loaded when it is called; known errors end in a sentence."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.files = {
            found.name.removesuffix("s").replace("_", "-"): found.name
            for found in sorted(pkgutil.iter_modules([str(FILES)]), key=lambda file: file.name)
            if found.name not in QUIET
        }
        for name, file in self.files.items():
            self.add_command(TyperCommand(name, help=purpose(FILES / f"{file}.py")))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command called for, with its file run now."""
        file = self.files.get(args[0])
        if file is not None:
            self.add_command(_loaded(importlib.import_module(f"{__name__}.{file}").app), args[0])
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run the command; an error a reader may see becomes words and an exit code."""
        try:
            return super().invoke(ctx)
        except AppError as error:
            raise typer.Exit(trouble(error)) from error


def _loaded(app: typer.Typer) -> Any:
    """The one command of a file, or the group of its commands."""
    holder = typer.Typer(add_completion=False)
    holder.callback()(lambda: None)
    if len(app.registered_commands) == 1 and not app.registered_callback:
        holder.registered_commands += app.registered_commands
    else:
        holder.add_typer(app, name="group")
    return next(iter(typer.main.get_group(holder).commands.values()))


def purpose(file: Path) -> str:
    """What a command is for: the first sentence of its file, after the command's own name."""
    said = (ast.get_docstring(ast.parse(file.read_text("utf-8"))) or "").partition("\n")[0]
    words = said.partition(": ")[2] or said
    return words[:1].upper() + words[1:]
