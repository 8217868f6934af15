"""`manage.py bench`: measure refresh, pages and import at growing sizes (性能测量).

    manage.py bench
    manage.py bench --sizes 1000,100000 --keep

Prints a table and leaves all figures in var/bench.json. A million customers need about
6 GB of disk and half an hour. Exit codes: 0 measured; 2 a size is no number.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from errors import BadInput, Issue
from jobs.cli.console import say, table
from settings import ROOT

if TYPE_CHECKING:
    from jobs.bench.whole import Size

app = typer.Typer()


@app.command()
def bench(
    sizes: Annotated[str, typer.Option(help="Numbers of customers.")] = "1000,100000,1000000",
    folder: Annotated[Path, typer.Option(help="Where the stores go.")] = ROOT / "var" / "bench",
    keep: Annotated[bool, typer.Option("--keep", help="Leave the stores for next time.")] = False,
    pages: Annotated[bool, typer.Option(help="Open the screens too.")] = True,
) -> None:
    """Measure refresh against plain DuckDB sums, every main screen, and the import."""
    from jobs.bench import whole

    measured = whole.measure(_sizes(sizes), folder, say, keep=keep, pages=pages)
    _speeds(measured)
    if pages:
        _screens(measured)
    target = ROOT / "var" / "bench.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(whole.as_json(measured), indent=2) + "\n", encoding="utf-8")
    say(f"All figures: {target}")


def _sizes(text: str) -> list[int]:
    try:
        return [int(part) for part in text.split(",")]
    except ValueError as error:
        raise BadInput(Issue("not_a_number", column="--sizes", value=text)) from error


def _speeds(measured: list[Size]) -> None:
    table(
        "Refresh and import, wall seconds",
        ("customers", "facts", "MB", "plain sums", "refresh", "ratio", "ratio (CPU)",
         "import rows/s"),
        [
            (
                f"{size.customers:,}",
                f"{size.facts:,}",
                f"{size.megabytes:,.0f}",
                f"{size.bare.wall:.1f}",
                f"{size.refresh.wall:.1f}",
                f"{size.ratio:.1f}",
                f"{size.cpu_ratio:.1f}",
                f"{size.brought.rows_per_second:,.0f}" if size.brought else "—",
            )
            for size in measured
        ],
    )  # fmt: skip


def _screens(measured: list[Size]) -> None:
    first, last = measured[0], measured[-1]
    rows = []
    for place, page in enumerate(first.pages):
        cold = [size.pages[place].cold for size in measured]
        warm = [size.pages[place].warm for size in measured]
        rows.append(
            (
                page.screen,
                *(f"{c:.2f} / {w:.2f}" for c, w in zip(cold, warm, strict=True)),
                f"{cold[-1] / cold[0]:.1f}",
                f"{warm[-1] / warm[0]:.1f}",
            )
        )
    names = [f"{size.customers:,}" for size in measured]
    title = f"Screens, seconds on the server, cold / warm; {last.customers:,} ÷ {first.customers:,}"
    table(title, ("screen", *names, "cold ×", "warm ×"), rows)
