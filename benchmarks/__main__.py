"""Compare speed and memory: ``python -m benchmarks [--encounters N] [--runs R] [--only NAME] [--out FOLDER]``."""

import argparse
import json
import platform
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import duckdb
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from benchmarks.data import REQUEST
from benchmarks.measure import Measurement, measure, take_median
from benchmarks.registry import Contestant, select_contestants
from benchmarks.report import HEADINGS, check_alike, render_markdown, tabulate, to_json

GROWTH = 10
MAKE_DATA = "benchmarks.data:make_data"


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the data, let the contestants run in turns, print medians and ratios.

    Returns
    -------
    int
        0; 1 when a contestant failed or the results differ; 2 when used wrongly.
    """
    options = _parse(arguments)
    console = Console()
    try:
        contestants = select_contestants(options.only)
    except ValueError as error:
        console.print(str(error), style="red")
        return 2
    try:
        with tempfile.TemporaryDirectory(prefix="homeward-bench-", dir=options.scratch) as folder:
            full, small = _compete(contestants, options.encounters, options.runs, Path(folder), console)
        check_alike(full)
    except RuntimeError as error:
        console.print(str(error), style="red", markup=False)
        return 1
    header = _describe(options.encounters, options.runs, contestants)
    _show(full, small, header, console)
    if options.out:
        _write(options.out, full, small, header, options.encounters)
    return 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--encounters", type=int, default=1_000_000, help="full size; growth is against a tenth")
    parser.add_argument("--runs", type=int, default=3, help="runs of each contestant, in turns; medians count")
    parser.add_argument("--only", help="one comparison, or that of one contestant")
    parser.add_argument("--out", type=Path, help="folder for benchmarks.json and benchmarks.md")
    parser.add_argument("--scratch", type=Path, help="where the data is made and removed (default: the system's)")
    return parser.parse_args(arguments)


def _compete(
    contestants: Sequence[Contestant], encounters: int, runs: int, folder: Path, console: Console
) -> tuple[dict[Contestant, Measurement], dict[Contestant, Measurement]]:
    sizes = {"full": encounters, "small": max(1, encounters // GROWTH)}
    places = {
        (size, share): _make_data(contestants, share, int(number * share), folder / f"{size}-{share}", console)
        for size, number in sizes.items()
        for share in sorted({c.share for c in contestants})
    }
    taken: dict[tuple[str, Contestant], list[Measurement]] = {(s, c): [] for s in sizes for c in contestants}
    for turn in range(runs):
        for (size, contestant), measured in taken.items():
            console.print(f"run {turn + 1} of {runs}: {contestant.name}, {size} size", highlight=False)
            measured.append(measure(contestant.target, places[size, contestant.share]))
    medians = {key: take_median(measured) for key, measured in taken.items()}
    return {c: medians["full", c] for c in contestants}, {c: medians["small", c] for c in contestants}


def _make_data(contestants: Sequence[Contestant], share: float, encounters: int, data: Path, console: Console) -> Path:
    comparisons = {c.comparison for c in contestants if c.share == share}
    request = {
        "encounters": encounters,
        "cohort": "features" in comparisons,
        "features": "day" in comparisons,
        "landing": "ingest" in comparisons,
    }
    data.mkdir()
    (data / REQUEST).write_text(json.dumps(request), encoding="utf-8")
    made = measure(MAKE_DATA, data)
    console.print(f"made {made.result['encounters']:,} encounters in {made.wall_seconds:.0f} s", highlight=False)
    return data


def _describe(encounters: int, runs: int, contestants: Sequence[Contestant]) -> str:
    sizes = sorted({int(encounters * c.share) for c in contestants}, reverse=True)
    return (
        f"About {' and '.join(f'{n:,}' for n in sizes)} encounters; medians of {runs}; growth is from a tenth of that. "
        f"DuckDB {duckdb.__version__}, Python {platform.python_version()}. Starting Python is not counted."
    )


def _show(
    full: dict[Contestant, Measurement], small: dict[Contestant, Measurement], header: str, console: Console
) -> None:
    console.print(header, highlight=False)
    for title, rows in tabulate(full, small):
        # Headings break at spaces, so that nine columns fit a terminal of 80.
        table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
        table.add_column(HEADINGS[0], no_wrap=True)
        for heading in HEADINGS[1:]:
            table.add_column(heading.replace(" ", "\n"), justify="right", no_wrap=True)
        for row in rows:
            table.add_row(*row)
        console.print(table)


def _write(
    folder: Path,
    full: dict[Contestant, Measurement],
    small: dict[Contestant, Measurement],
    header: str,
    encounters: int,
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    content = to_json(full, small, {"full": encounters, "small": encounters // GROWTH})
    (folder / "benchmarks.json").write_text(json.dumps(content, indent=1), encoding="utf-8")
    (folder / "benchmarks.md").write_text(render_markdown(full, small, header), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
