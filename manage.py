"""Kehu's command line (命令行): `python manage.py --help`.

Each command lives in its own file under `jobs/cli/`; that folder gathers them. The exit
code is 0 when all went well, 2 when what was handed in cannot be used and 3 when the
store or a rule stands in the way; commands say which others they use.
"""

from __future__ import annotations

import typer

from jobs.cli import Commands

app = typer.Typer(
    name="kehu",
    cls=Commands,
    help="Kehu (客户管理): customer-management cockpit. The same figures without a browser.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
)
app.callback()(lambda: None)  # without a callback Typer takes an app without commands for empty


def main() -> None:
    """Run one command."""
    app()


if __name__ == "__main__":
    main()
