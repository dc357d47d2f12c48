"""The rule book of the cohort: the examples that the tests run, put together as a page for people."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from features.cohort import SQL_FOLDER
from tests.spec.tables import SQL_LINE, Example, read_examples

FOLDER = Path(__file__).parent
RULE_BOOK = Path(__file__).parents[3] / "docs" / "reference" / "rule-book.md"

HEADER = """\
# Rule book of the cohort

How stays, index stays and labels are made, rule by rule, each with the rows before and after. Every example on this
page is a test: it is run against the SQL and against an independent naive implementation. Times are the site's.
Under each title stand the SQL files that carry out the rule, and its source.
What an example does not show is: an inpatient encounter, finished, at an acute hospital (A, B, C), of a patient born
on 1 January 1950, measure `hwr_adapted`, data cut-off 31 December 2024. `-` is a missing value.

Generated from tests/spec/cohort/*.md by `python -m tests.spec.cohort.rule_book`; edit there.
"""


@dataclass(frozen=True)
class SqlRule:
    """What the header of a SQL file says."""

    name: str
    words: str
    grain: str
    source: str

    @property
    def link(self) -> str:
        """Link from the rule book to the file."""
        return f"[`{self.name}.sql`](../../features/cohort/{self.name}.sql)"


def read_rules() -> list[tuple[str, list[Example]]]:
    """Read the examples of every chapter, in order: (text of the chapter before its first example, examples)."""
    return [
        (path.read_text(encoding="utf-8").split("\n## ")[0], read_examples(path))
        for path in sorted(FOLDER.glob("*.md"))
    ]


def read_sql_rules() -> list[SqlRule]:
    """Read the header of every SQL file of the cohort."""
    return [_read_header(path) for path in sorted([*SQL_FOLDER.glob("*.sql"), *SQL_FOLDER.glob("across/*.sql")])]


def _read_header(path: Path) -> SqlRule:
    """Read a file's opening comment: what it makes, then what follows `Rule:`, `Grain:` and `Source:`."""
    parts = {"": "", "Rule": "", "Grain": "", "Source": ""}
    part = ""
    for line in takewhile(lambda line: line.startswith("--"), path.read_text(encoding="utf-8").splitlines()):
        words = line.removeprefix("--").strip()
        if words.split(":")[0] in parts:
            part, words = words.split(":", 1)
        parts[part] += f" {words.strip()}"
    name = path.relative_to(SQL_FOLDER).with_suffix("").as_posix()
    return SqlRule(name, *(parts[part].strip() for part in ("", "Grain", "Source")))


def render() -> str:
    """Render the rule book: contents, the chapters one level down, the table of SQL files."""
    contents, bodies = [], []
    sql_rules = {rule.name: rule for rule in read_sql_rules()}
    for path, (opening, examples) in zip(sorted(FOLDER.glob("*.md")), read_rules(), strict=True):
        contents.append(f"- **{opening.splitlines()[0].removeprefix('# ')}**")
        contents += [f"  - [{example.title}](#{anchor(example.title)})" for example in examples]
        lines = path.read_text(encoding="utf-8").splitlines()
        bodies.append("\n".join(_render_line(line, sql_rules) for line in lines))
    contents.append("- [**Rules and their files**](#rules-and-their-files)")
    return "\n".join([HEADER, "\n".join(contents), "", "\n\n".join(bodies), "", _render_table(sql_rules)]) + "\n"


def _render_line(line: str, sql_rules: dict[str, SqlRule]) -> str:
    """Put headings one level down, and say for the line `sql:` which files carry out the rule, and their source."""
    if line.startswith("#"):
        return f"#{line}"
    if not line.startswith(SQL_LINE):
        return line
    rules = [sql_rules[name] for name in line.removeprefix(SQL_LINE).split(", ")]
    sources = "; ".join(dict.fromkeys(rule.source.rstrip(".") for rule in rules))
    return f"*Rule* {', '.join(rule.link for rule in rules)}. *Source* {sources}."


def _render_table(sql_rules: dict[str, SqlRule]) -> str:
    """Render what every SQL file makes, and the examples that show it."""
    lines = [
        "## Rules and their files",
        "",
        "Every SQL file of `features/cohort`; its header says the rule in full.",
        "",
        "| file | what it makes | one row per | source | examples |",
        "|---|---|---|---|---|",
    ]
    examples = [example for _, chapter in read_rules() for example in chapter]
    for rule in sql_rules.values():
        shown = ", ".join(f"[{one.title}](#{anchor(one.title)})" for one in examples if rule.name in one.sql)
        grain = rule.grain.removeprefix("one row per ").split(". ")[0].rstrip(".")
        cells = (rule.link, rule.words.replace("|", "\\|"), grain, rule.source, shown)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def anchor(title: str) -> str:
    """Make the anchor that Markdown renderers make of a heading."""
    kept = "".join(letter for letter in title.lower() if letter.isalnum() or letter in " -")
    return kept.replace(" ", "-")


if __name__ == "__main__":
    RULE_BOOK.write_text(render(), encoding="utf-8")
