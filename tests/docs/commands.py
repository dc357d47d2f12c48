"""Find what the pages tell a reader to type."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
SKIPPED = {".venv", ".git", "homeward-home", ".pytest_cache"}
INLINE = re.compile(r"`([^`\n]+)`")
FENCE = re.compile(r"```.*?```", re.DOTALL)


def pages() -> list[Path]:
    """Every Markdown page of the repository."""
    found = (p for p in PROJECT.rglob("*.md") if not SKIPPED & set(p.relative_to(PROJECT).parts))
    return sorted(found)


def name(page: Path) -> str:
    """Path of a page within the repository."""
    return str(page.relative_to(PROJECT))


def code_lines(text: str) -> Iterator[str]:
    """Lines indented as code, and code within lines; examples of output (fenced) are left out."""
    for line in FENCE.sub("", text).splitlines():
        if line.startswith("    "):
            yield line.strip()
        else:
            yield from INLINE.findall(line)


def commands(text: str, program: str) -> list[list[str]]:
    """Arguments of every call of a program: without what stands before it, comments, and what follows in a chain."""
    call = re.compile(rf"(?:\w+=\S+\s+)*(?:\S+/)?{program}(?:\s+(.*))?")
    parts = [part.strip() for line in code_lines(text) for part in re.split(r"&&|\||;", line.split(" #")[0])]
    return [shlex.split(found[1] or "") for part in parts if (found := call.fullmatch(part))]
