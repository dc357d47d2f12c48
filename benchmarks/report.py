"""What was measured, as tables with ratios."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from benchmarks.measure import Measurement
from benchmarks.registry import COMPARISONS, Contestant

# Ratios to the floor and to ours; then how CPU and memory grow when the data is ten times as large.
HEADINGS = ("", "wall s", "CPU s", "peak MB", "CPU /floor", "CPU /ours", "MB /ours", "CPU x10", "MB x10")


def check_alike(full: Mapping[Contestant, Measurement]) -> None:
    """Hold the contestants that must agree to the same result.

    Raises
    ------
    RuntimeError
        They differ; both results are in the text.
    """
    alike = {c.name: m.result for c, m in full.items() if c.alike}
    if any(result != next(iter(alike.values())) for result in alike.values()):
        raise RuntimeError(f"the comparison is not honest, results differ: {alike}")


def tabulate(
    full: Mapping[Contestant, Measurement], small: Mapping[Contestant, Measurement]
) -> Iterator[tuple[str, list[list[str]]]]:
    """Give each comparison's title and rows of text, in the columns of ``HEADINGS``."""
    for comparison, title in COMPARISONS.items():
        sides = [c for c in full if c.comparison == comparison]
        if sides:
            floor = next(full[c] for c in sides if c.role == "floor")
            ours = next(full[c] for c in sides if c.role == "ours")
            yield title, [_row(c, full[c], small[c], floor, ours) for c in sides]


def _row(side: Contestant, this: Measurement, small: Measurement, floor: Measurement, ours: Measurement) -> list[str]:
    return [
        side.words,
        f"{this.wall_seconds:.2f}",
        f"{this.cpu_seconds:.2f}",
        f"{this.peak_mb:,.0f}",
        f"{this.cpu_seconds / floor.cpu_seconds:.1f}",
        f"{this.cpu_seconds / ours.cpu_seconds:.2f}",
        f"{this.peak_mb / ours.peak_mb:.2f}",
        f"{this.cpu_seconds / small.cpu_seconds:.1f}",
        f"{this.peak_mb / small.peak_mb:.1f}",
    ]


def render_markdown(
    full: Mapping[Contestant, Measurement], small: Mapping[Contestant, Measurement], header: str
) -> str:
    """Write the tables as Markdown."""
    lines = [header]
    for title, rows in tabulate(full, small):
        lines += ["", f"**{title}**", "", f"| {' | '.join(HEADINGS)} |", f"|---{'|--:' * (len(HEADINGS) - 1)}|"]
        lines += [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def to_json(
    full: Mapping[Contestant, Measurement], small: Mapping[Contestant, Measurement], encounters: Mapping[str, int]
) -> dict[str, Any]:
    """Give everything measured, by size and contestant."""
    return {
        "encounters": dict(encounters),
        "full": {c.name: asdict(m) for c, m in full.items()},
        "small": {c.name: asdict(m) for c, m in small.items()},
    }
