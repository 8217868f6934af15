"""The commands (命令), one file each: a file here is a command, nothing else to register.

A file holds `app`, a Typer application. With a single command in it, that command stands
at the top (`manage.py refresh`); with several, they stand under the file's name
(`manage.py user add`).
"""

from __future__ import annotations

import importlib
import pkgutil

import typer


def gather(root: typer.Typer) -> None:
    """Put every command of this folder under `root`, in the order of their file names."""
    for found in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name):
        module = importlib.import_module(f"{__name__}.{found.name}")
        app = getattr(module, "app", None)
        if app is None:
            continue
        if len(app.registered_commands) == 1 and not app.registered_callback:
            root.registered_commands += app.registered_commands
        else:
            root.add_typer(app, name=found.name.removesuffix("s"))
