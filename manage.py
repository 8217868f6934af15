"""Kehu's command line (命令行): `python manage.py --help`.

Each command lives in its own file under `jobs/cli/`; this file only gathers them. The
exit code is 0 when all went well; commands say which others they use.
"""

from __future__ import annotations

import sys

import typer

from errors import AppError, BadInput
from jobs.cli import gather
from jobs.cli.console import complain

app = typer.Typer(
    name="kehu",
    help="Kehu (客户管理): customer-management cockpit. The same figures without a browser.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
)
gather(app)


def main() -> None:
    """Run one command; errors a reader may see become one sentence each."""
    try:
        app()
    except BadInput as error:
        for issue in error.issues:
            complain(str(issue))
        sys.exit(2)
    except AppError as error:
        complain(f"{type(error).__name__}: {error}")
        sys.exit(3)


if __name__ == "__main__":
    main()
