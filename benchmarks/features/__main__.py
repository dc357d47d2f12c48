"""Compare the fixed work W: ``python -m benchmarks.features [--sizes 100k,1M] [--shapes even] [--runs 3]``."""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from itertools import product
from pathlib import Path

from rich.console import Console

from benchmarks.features.data import BUCKET_ENCOUNTERS, prepare
from benchmarks.features.report import Case, Medians, describe, render, show, to_json
from benchmarks.measure import Measurement, measure, take_median

CHECK = "benchmarks.features.check:sum_columns"
# The scan first: everything is compared with it. Scans write nothing that could be checked.
FLOOR = "scan"
SCANS = (FLOOR, "scan_text")
CONTESTANTS = {
    FLOOR: "scan:run",
    "scan_text": "scan:run_text",
    "ours": "ours:run",
    "pandas": "pandas_peer:run",
    "pandas_buckets": "pandas_peer:run_buckets",
    "polars": "polars_peer:run",
}
SHAPES = ("even", "dense", "shared_unknown")
WIDTH = 100
UNITS = {"k": 1_000, "m": 1_000_000}


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the data, let the contestants run in turns, print medians and ratios.

    Returns
    -------
    int
        0; 1 when a contestant failed or two of them differ; 2 when used wrongly.
    """
    options = _parse(arguments)
    console = Console(width=max(WIDTH, Console().width))
    with tempfile.TemporaryDirectory(prefix="homeward-bench-") as scratch:
        folder = options.data or Path(scratch)
        try:
            medians = _compete(options, folder, console)
        except RuntimeError as error:
            console.print(str(error), style="red", markup=False)
            return 1
    header = describe(options.runs)
    show(medians, header, console)
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        (options.out / "features.json").write_text(to_json(medians), encoding="utf-8")
        (options.out / "features.md").write_text(render(medians, header), encoding="utf-8")
    return 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.features", description=__doc__)
    parser.add_argument("--sizes", type=_read_sizes, default=[100_000, 1_000_000], help="encounters, as 100k,1M,10M")
    parser.add_argument("--shapes", type=_one_of(SHAPES), default=["even"], help=", ".join(SHAPES))
    parser.add_argument(
        "--only", type=_one_of(tuple(CONTESTANTS)), default=_list_contestants(), help=", ".join(CONTESTANTS)
    )
    parser.add_argument("--runs", type=int, default=3, help="runs of each contestant, in turns; medians count")
    parser.add_argument("--data", type=Path, help="where the data is made and kept; default: made and removed")
    parser.add_argument("--out", type=Path, help="folder for features.json and features.md")
    parser.add_argument("--bucket-encounters", type=int, default=BUCKET_ENCOUNTERS, help="encounters a bucket holds")
    return parser.parse_args(arguments)


def _read_sizes(text: str) -> list[int]:
    return sorted(int(float(word.rstrip("kKmM")) * UNITS.get(word[-1].lower(), 1)) for word in text.split(","))


def _list_contestants() -> list[str]:
    """Name those that can run here; polars is installed by ``make bench`` only."""
    return [name for name in CONTESTANTS if name != "polars" or find_spec("polars")]


def _one_of(names: Sequence[str]):  # noqa: ANN202  a parser of one argument
    def read(text: str) -> list[str]:
        if unknown := [word for word in text.split(",") if word not in names]:
            raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: choose of {', '.join(names)}")
        return [name for name in names if name in text.split(",")]

    return read


def _compete(options: argparse.Namespace, folder: Path, console: Console) -> Medians:
    cases = [Case(shape, size) for shape, size in product(options.shapes, options.sizes)]
    places = {case: prepare(folder, case.encounters, case.shape, options.bucket_encounters) for case in cases}
    taken: dict[tuple[Case, str], list[Measurement]] = {key: [] for key in product(cases, options.only)}
    for turn in range(options.runs):
        for (case, name), measured in taken.items():
            check = None if name in SCANS else CHECK
            measured.append(measure(f"benchmarks.features.{CONTESTANTS[name]}", places[case], check))
            last = measured[-1]
            console.print(
                f"run {turn + 1} of {options.runs}: {case.words}: {name} {last.wall_seconds:.2f} s, "
                f"CPU {last.cpu_seconds:.2f} s, {last.peak_mb:,.0f} MB", highlight=False,
            )  # fmt: skip
    medians: Medians = {case: {} for case in cases}
    for (case, name), measured in taken.items():
        medians[case][name] = take_median(measured)
    for case, sides in medians.items():
        _check_alike(case, {name: m.result for name, m in sides.items() if name not in SCANS})
    return medians


def _check_alike(case: Case, results: dict[str, dict[str, int]]) -> None:
    """Hold all who did W to the same sum of every column."""
    first = next(iter(results), None)
    for name, result in results.items():
        differ = sorted(key for key in {*result, *results[first]} if result.get(key) != results[first].get(key))
        if differ:
            raise RuntimeError(f"{case.words}: {name} and {first} differ in {', '.join(differ)}")


if __name__ == "__main__":
    sys.exit(main())
