"""`manage.py bench`: measure refresh, pages and import at growing sizes (性能测量).

    manage.py bench
    manage.py bench --sizes 1000,100000 --keep
    manage.py bench --rows 1000000

With --rows only an import of so many order lines is measured, next to a bare
`executemany` of the same rows. Otherwise all figures are left in var/bench.json too. A million
customers need about 6 GB of disk and half an hour. Exit codes: 0 measured; 2 a size is no number.
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
    from jobs.bench.bringing import Brought
    from jobs.bench.whole import Size

app = typer.Typer()


@app.command()
def bench(
    sizes: Annotated[str, typer.Option(help="Numbers of customers.")] = "1000,100000,1000000",
    folder: Annotated[Path, typer.Option(help="Where the stores go.")] = ROOT / "var" / "bench",
    keep: Annotated[bool, typer.Option("--keep", help="Leave the stores for next time.")] = False,
    pages: Annotated[bool, typer.Option(help="Open the screens too.")] = True,
    rows: Annotated[
        int | None, typer.Option(min=1, help="Only an import of so many order lines.")
    ] = None,
) -> None:
    """Measure refresh against plain DuckDB sums, every main screen, and the import."""
    from jobs.bench import whole

    if rows is not None:
        _imports([whole.bring(rows, say)])
        return
    measured = whole.measure(_sizes(sizes), folder, say, keep=keep, pages=pages)
    _speeds(measured)
    _imports([size.brought for size in measured if size.brought])
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
        "Refresh, wall seconds",
        ("customers", "facts", "MB", "plain sums", "refresh", "ratio", "ratio (CPU)"),
        [
            (
                f"{size.customers:,}",
                f"{size.facts:,}",
                f"{size.megabytes:,.0f}",
                f"{size.bare.wall:.1f}",
                f"{size.refresh.wall:.1f}",
                f"{size.ratio:.1f}",
                f"{size.cpu_ratio:.1f}",
            )
            for size in measured
        ],
    )


def _imports(measured: list[Brought]) -> None:
    table(
        "Import of order lines, rows a second; ratio to a bare executemany of the same rows",
        ("rows", "import", "bare", "ratio", "ratio (CPU)", "peak MB"),
        [
            (
                f"{one.rows:,}",
                f"{one.rows_per_second:,.0f}",
                f"{one.bare_rows_per_second:,.0f}",
                f"{one.ratio:.2f}",
                f"{one.cpu_ratio:.2f}",
                f"{one.peak_megabytes:,.0f}",
            )
            for one in measured
        ],
    )


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
