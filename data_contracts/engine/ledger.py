"""Which loads the lake has accepted: lake/raw/loads.json, and what a killed run left behind.

A staged part is a Parquet file in lake/raw/<table>; it counts only once its load is in the ledger, which is replaced
atomically. So a run killed at any instant leaves files that nobody reads and the next start removes.
"""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from data_contracts.engine.failures import TableFailure

LINE_BITS = 36
PART_BITS = 12
LOAD_DIGITS = 4
OLD_CORE = "core.old.work"
MAX_PARTS = 2**PART_BITS - 1


@dataclass(frozen=True)
class Part:
    """One landing file as it stands in lake/raw: ``number`` counts the files of its table within the load, from 1."""

    table: str
    load_id: str
    number: int
    file: str
    sha256: str
    rows: int

    @property
    def first_arrival(self) -> int:
        """Arrival of line 0: load, part and line packed into one ordered integer."""
        return pack_arrival(int(self.load_id), self.number, 0)

    @property
    def path(self) -> str:
        """Path beneath lake/raw and lake/identity."""
        return f"{self.table}/{self.load_id}-{self.number}.parquet"


@dataclass(frozen=True)
class StagedLoad:
    """A landing folder read into lake/raw, not yet accepted.

    ``tables`` are the landing tables that were there, also those whose files were all known already; ``known_files``
    are (table, file) pairs.
    """

    load_id: str
    parts: tuple[Part, ...] = ()
    tables: tuple[str, ...] = ()
    known_files: tuple[tuple[str, str], ...] = ()
    unknown_files: tuple[str, ...] = ()
    extra_columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    failures: tuple[TableFailure, ...] = ()

    @property
    def brings_nothing(self) -> bool:
        """Whether every file had been accepted before."""
        return not self.parts and not self.failures


def pack_arrival(load: int, part: int, line: int) -> int:
    """Pack (load, part of the table, line) into one integer that sorts as they do."""
    return (load << (PART_BITS + LINE_BITS)) + (part << LINE_BITS) + line


def read_accepted(lake: Path) -> list[Part]:
    """Parts of all accepted loads, oldest first."""
    path = lake / "raw" / "loads.json"
    if not path.exists():
        return []
    return [Part(**part) for part in json.loads(path.read_text(encoding="utf-8"))["parts"]]


def next_load_id(lake: Path) -> str:
    """Give the id of the next load: one more than the last accepted."""
    last = max((int(part.load_id) for part in read_accepted(lake)), default=0)
    return f"{last + 1:0{LOAD_DIGITS}d}"


def accept_load(lake: Path, staged: StagedLoad) -> None:
    """Enter a staged load into the ledger; from now on its rows count. Accepting twice changes nothing."""
    accepted = read_accepted(lake)
    if not staged.parts or any(part.load_id == staged.load_id for part in accepted):
        return
    content = {"version": 1, "parts": [asdict(part) for part in (*accepted, *staged.parts)]}
    replace_text(lake / "raw" / "loads.json", json.dumps(content, indent=1))


def refuse_load(lake: Path, staged: StagedLoad) -> None:
    """Remove a staged load that was not accepted; its quarantine stays readable until the next load."""
    if all(part.load_id != staged.load_id for part in read_accepted(lake)):
        for part in staged.parts:
            for layer in ("raw", "identity"):
                (lake / layer / part.path).unlink(missing_ok=True)


def sweep(lake: Path) -> None:
    """Remove what killed or refused runs left: parts outside the ledger, work folders, quarantine of refused loads."""
    known = {part.path for part in read_accepted(lake)}
    for layer in ("raw", "identity"):
        for path in _part_files(lake / layer):
            if f"{path.parent.name}/{path.name}" not in known:
                path.unlink()
    for path in lake.glob("quarantine/*/refused-*.parquet"):
        path.unlink()
    # Killed between the two renames of the swap: the old core is still the core.
    if (lake / OLD_CORE).exists() and not (lake / "core").exists():
        (lake / OLD_CORE).rename(lake / "core")
    for path in lake.glob("*.work"):
        shutil.rmtree(path)


def _part_files(folder: Path) -> Iterator[Path]:
    """Files named as parts (digits-digits.parquet, or still being written), one level down."""
    for path in folder.glob("*/*.parquet*"):
        if path.name[:LOAD_DIGITS].isdigit():
            yield path


def replace_text(path: Path, text: str) -> None:
    """Write a file beside its place and move it there, so that readers see the old or the new one, never half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".next")
    with beside.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    beside.replace(path)
