"""Name a run by what goes into it: same inputs, settings and code, same name."""

import functools
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pipelines.resource import Homeward
from pipelines.settings import CONFIG, PROJECT, REFERENCE

PACKAGES = ("audit", "caseload", "data_contracts", "features", "models", "pipelines", "sources", "worklist")
DIGITS = 12
# How fast a run is changes nothing of what it makes.
IMMATERIAL = ("workers", "memory_limit", "bucket_encounters")


@functools.cache
def code_version() -> str:
    """Version of this code: the package's version and a hash over every Python, SQL and template file."""
    files = [p for package in PACKAGES for p in (PROJECT / package).rglob("*") if p.suffix in {".py", ".sql", ".html"}]
    return f"0.1.0+{_hash_files(files)[:8]}"


@functools.cache
def contract_version() -> str:
    """Hash over all contracts."""
    return _hash_files((PROJECT / "data_contracts").rglob("*.yaml"))[:8]


@functools.cache
def reference_version() -> str:
    """Hash over all value sets and measures."""
    return _hash_files(p for p in REFERENCE.rglob("*") if p.is_file() and p.suffix != ".py")[:8]


def name_run(homeward: Homeward, as_of: str, previous: str | None) -> str:
    """Give the run's id.

    Parameters
    ----------
    homeward : Homeward
        Settings, measure and lake.
    as_of : str
        The day of the list.
    previous : str or None
        The list before, which assignment continues.

    Returns
    -------
    str
        ``r`` and twelve hexadecimal digits.
    """
    ledger = homeward.at.lake / "raw" / "loads.json"
    parts = json.loads(ledger.read_text(encoding="utf-8"))["parts"] if ledger.exists() else []
    material: dict[str, Any] = {
        "loads": sorted([part["load_id"], part["table"], part["sha256"]] for part in parts),
        "as_of": as_of,
        "previous": previous,
        "settings": {k: v for k, v in homeward.settings.model_dump().items() if k not in IMMATERIAL},
        "measure": homeward.measure,
        "config": _hash_files(p for p in CONFIG.rglob("*.yaml") if p.name != "settings.yaml"),
        "versions": [code_version(), contract_version(), reference_version()],
    }
    text = json.dumps(material, sort_keys=True, default=str)
    return "r" + hashlib.sha256(text.encode()).hexdigest()[:DIGITS]


def _hash_files(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.relative_to(PROJECT).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
