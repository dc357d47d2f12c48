"""Read and write the text tables of the spec: Markdown files whose examples are both the rule book and the tests.

A file holds a title (`# ...`), then examples (`## ...`), each with prose and named tables:

    sql: stay, stay_encounter

    stays:

    | stay | admitted | discharged |
    |---|---|---|
    | e1 | 2024-03-01 | 2024-03-05 |

An empty cell or `-` is a missing value. The line `sql:` names the files whose rule the example shows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

Table = list[dict[str, str | None]]
SQL_LINE = "sql: "


@dataclass
class Example:
    """One rule shown: what it says, the rows before, the rows after."""

    file: str
    title: str
    text: str = ""
    sql: tuple[str, ...] = ()
    tables: dict[str, Table] = field(default_factory=dict)


def read_cells(line: str) -> list[str | None]:
    """Split a table row into its cells."""
    cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
    return [None if cell in ("", "-") else cell for cell in cells]


def read_table(lines: list[str]) -> Table:
    """Read a Markdown table, its header first.

    Raises
    ------
    ValueError
        A row has more or fewer cells than the header.
    """
    header, *rows = [read_cells(line) for line in lines]
    names = [str(name) for name in header]
    return [dict(zip(names, row, strict=True)) for row in rows[1:]]


def read_examples(path: Path) -> list[Example]:
    """Read the examples of one Markdown file."""
    return [_read_example(path.name, part) for part in path.read_text(encoding="utf-8").split("\n## ")[1:]]


def _read_example(file: str, part: str) -> Example:
    """Read one example: title line, prose, named tables."""
    title, *lines = part.splitlines()
    example = Example(file, title.strip())
    name = ""
    collected: list[str] = []
    prose: list[str] = []
    for line in [*lines, ""]:
        if line.startswith("|"):
            collected.append(line)
            continue
        if collected:
            example.tables[name] = read_table(collected)
            collected = []
        if line.startswith(SQL_LINE):
            example.sql = tuple(line.removeprefix(SQL_LINE).split(", "))
        elif line.endswith(":") and " " not in line:
            name = line[:-1]
        else:
            prose.append(line)
    example.text = "\n".join(prose).strip()
    return example
