"""What was measured on W: seconds and memory, against the scan, a tenth of the rows, and the even case."""

import json
import platform
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from benchmarks.measure import Measurement

FLOOR = "scan"
EVEN = "even"
GROWTH = 10
HEADINGS = (
    "", "wall s", "CPU s", "peak MB", "wall /scan", "CPU /scan", "CPU x10", "MB x10", "wall /even", "CPU /even"
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """Data of one shape and size."""

    shape: str
    encounters: int

    @property
    def words(self) -> str:
        """Name it for people."""
        return f"{self.encounters:,} encounters, {self.shape.replace('_', ' ')}"


Medians = dict[Case, dict[str, Measurement]]


def describe(runs: int) -> str:
    """Say what was compared with what."""
    return (
        f"The fixed work W, all results equal; medians of {runs}, contestants in turns, each a process of its own, "
        f"starting Python not counted. /scan: against a plain scan of the columns. x10: growth from a tenth of the "
        f"encounters. /even: against the even case of the same size. Python {platform.python_version()}, "
        f"{', '.join(_versions())}."
    )


def tabulate(medians: Medians) -> Iterator[tuple[str, list[list[str]]]]:
    """Give each case's title and its rows of text, in the columns of ``HEADINGS``."""
    for case, sides in medians.items():
        tenth = medians.get(Case(case.shape, case.encounters // GROWTH), {})
        even = medians.get(Case(EVEN, case.encounters), {}) if case.shape != EVEN else {}
        yield (
            case.words,
            [_row(name, m, sides.get(FLOOR), tenth.get(name), even.get(name)) for name, m in sides.items()],
        )


def _row(
    name: str, this: Measurement, floor: Measurement | None, tenth: Measurement | None, even: Measurement | None
) -> list[str]:
    return [
        name,
        f"{this.wall_seconds:.2f}",
        f"{this.cpu_seconds:.2f}",
        f"{this.peak_mb:,.0f}",
        f"{this.wall_seconds / floor.wall_seconds:.1f}" if floor else "",
        f"{this.cpu_seconds / floor.cpu_seconds:.1f}" if floor else "",
        f"{this.cpu_seconds / tenth.cpu_seconds:.1f}" if tenth else "",
        f"{this.peak_mb / tenth.peak_mb:.1f}" if tenth else "",
        f"{this.wall_seconds / even.wall_seconds:.2f}" if even else "",
        f"{this.cpu_seconds / even.cpu_seconds:.2f}" if even else "",
    ]


def show(medians: Medians, header: str, console: Console) -> None:
    """Print the tables."""
    console.print(header, highlight=False)
    for title, rows in tabulate(medians):
        table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
        filled = [place for place in range(len(HEADINGS)) if any(row[place] for row in rows)]
        for place in filled:
            table.add_column(HEADINGS[place], justify="right" if HEADINGS[place] else "left", no_wrap=True)
        for row in rows:
            table.add_row(*(row[place] for place in filled))
        console.print(table)


def render(medians: Medians, header: str) -> str:
    """Write the tables as Markdown."""
    lines = [header]
    for title, rows in tabulate(medians):
        lines += ["", f"**{title}**", "", f"| {' | '.join(HEADINGS)} |", f"|---{'|--:' * (len(HEADINGS) - 1)}|"]
        lines += [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def to_json(medians: Medians) -> str:
    """Give everything measured, by case and contestant."""
    content = [
        {**asdict(case), "contestants": {name: asdict(m) for name, m in sides.items()}}
        for case, sides in medians.items()
    ]
    return json.dumps(content, indent=1)


def _versions() -> Iterator[str]:
    for name in ("duckdb", "pandas", "numpy", "polars"):
        try:
            yield f"{name} {version(name)}"
        except PackageNotFoundError:
            continue
