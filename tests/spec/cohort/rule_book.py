"""The rule book of the cohort: the examples that the tests run, put together as a page for people."""

from __future__ import annotations

from pathlib import Path

from tests.spec.tables import Example, read_examples

FOLDER = Path(__file__).parent
RULE_BOOK = Path(__file__).parents[3] / "docs" / "reference" / "rule-book.md"

HEADER = """\
# Rule book of the cohort

How stays, index stays and labels are made, rule by rule, each with the rows before and after. Every example on this
page is a test: it is run against the SQL and against an independent naive implementation. Times are the site's.
What an example does not show is: an inpatient encounter, finished, at an acute hospital (A, B, C), of a patient born
on 1 January 1950, measure `hwr_adapted`, data cut-off 31 December 2024. `-` is a missing value.

Generated from tests/spec/cohort/*.md by `python -m tests.spec.cohort.rule_book`; edit there.
"""


def read_rules() -> list[tuple[str, list[Example]]]:
    """Read the examples of every chapter, in order: (text of the chapter before its first example, examples)."""
    return [
        (path.read_text(encoding="utf-8").split("\n## ")[0], read_examples(path))
        for path in sorted(FOLDER.glob("*.md"))
    ]


def render() -> str:
    """Render the rule book: contents, then the chapters one level down."""
    chapters = [path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.md"))]
    contents = []
    for opening, examples in read_rules():
        contents.append(f"- **{opening.splitlines()[0].removeprefix('# ')}**")
        contents += [f"  - [{example.title}](#{anchor(example.title)})" for example in examples]
    bodies = [
        "\n".join(f"#{line}" if line.startswith("#") else line for line in text.splitlines()) for text in chapters
    ]
    return "\n".join([HEADER, "\n".join(contents), "", "\n\n".join(bodies)]) + "\n"


def anchor(title: str) -> str:
    """Make the anchor that Markdown renderers make of a heading."""
    kept = "".join(letter for letter in title.lower() if letter.isalnum() or letter in " -")
    return kept.replace(" ", "-")


if __name__ == "__main__":
    RULE_BOOK.write_text(render(), encoding="utf-8")
