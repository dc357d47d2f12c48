"""Publishing: a whole list or the old one. Written beside, moved into place, pointer swapped last."""

import datetime as dt
import hashlib
import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from caseload.worklist_frame import make_worklist_table
from data_contracts.errors import HomewardError, UsageError
from data_contracts.published import (
    CURRENT,
    FORMAT_VERSION,
    MANIFEST,
    SCORES_PARQUET,
    STATUS,
    WORKLIST_CSV,
    WORKLIST_PARQUET,
    BrokenPublicationError,
    find_published_folder,
    read_manifest,
    read_status,
)
from data_contracts.worklist_text import render_worklist_csv

_RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


def publish(
    home: Path, as_of: dt.date, run_id: str, worklist: pd.DataFrame, scores: pd.DataFrame, manifest: dict[str, Any]
) -> Path:
    """Publish a list: all of it, or nothing.

    Parameters
    ----------
    home : Path
        HOMEWARD_HOME; ``published/`` is made in it.
    as_of : date
        The day of the list.
    run_id : str
        Letters, digits, dot, dash, underscore; names the folder.
    worklist : DataFrame
        Contract ``caseload.worklist``.
    scores : DataFrame
        Contract ``scores.risk``; written ordered by ``stay_id`` and ``prediction_point``.
    manifest : dict
        What the run adds: versions, data cut-off, created time, `describe_caseload`. No patient values.

    Returns
    -------
    Path
        ``published/<as_of>/<run_id>``.

    Raises
    ------
    UsageError
        The run id cannot name a folder.
    HomewardError
        The run id is already published for that day with other content: a published list never changes.

    Notes
    -----
    Same inputs, same bytes. Publishing the same run again changes nothing but repairs the pointer and clears the
    stale status. ``current`` never goes back in time: a list of an earlier day than the current one is published, and
    ``current`` stays. One writer at a time.
    """
    if not _RUN_ID.fullmatch(run_id):
        raise UsageError("cannot name a folder", where="run_id", next_step="use letters, digits, dot, dash, underscore")
    published = find_published_folder(home)
    files = {
        WORKLIST_PARQUET: (_to_parquet(make_worklist_table(worklist)), len(worklist)),
        WORKLIST_CSV: (_to_csv(worklist), len(worklist)),
        SCORES_PARQUET: (_to_parquet(_make_scores_table(scores)), len(scores)),
    }
    content = {name: data for name, (data, _) in files.items()}
    content[MANIFEST] = _make_manifest(as_of, run_id, files, manifest)
    folder = published / as_of.isoformat() / run_id
    if folder.exists():
        _check_same(folder, content)
    else:
        _write_folder(folder, content)
    if _may_point_to(published, as_of):
        _swap_link(published, f"{as_of.isoformat()}/{run_id}")
        _clear_status(home, as_of)
    return folder


def mark_stale(home: Path, reason_code: str, message: str, as_of: dt.date | None) -> Path:
    """Write ``published/status.json``: the last list stands, and this is why no newer one came.

    Parameters
    ----------
    home : Path
        HOMEWARD_HOME.
    reason_code : str
        For programs, for example ``contract_failed``.
    message : str
        For people: tables, columns and counts, never a patient's value.
    as_of : date or None
        The day whose list failed.

    Returns
    -------
    Path
        The status file; `publish` of that day or a later one removes it.
    """
    published = find_published_folder(home)
    published.mkdir(parents=True, exist_ok=True)
    status = {"as_of": as_of.isoformat() if as_of else None, "message": message, "reason_code": reason_code}
    temporary = published / f".{STATUS}.tmp"
    _write_synced(temporary, _to_json(status))
    temporary.replace(published / STATUS)
    _sync_folder(published)
    return published / STATUS


def _make_scores_table(scores: pd.DataFrame) -> pa.Table:
    order = [column for column in ("stay_id", "prediction_point", "scored_at") if column in scores]
    ordered = scores.sort_values(order, ignore_index=True) if order else scores
    return pa.Table.from_pandas(ordered, preserve_index=False).replace_schema_metadata(None)


def _to_parquet(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue().to_pybytes()


def _to_csv(worklist: pd.DataFrame) -> bytes:
    table = make_worklist_table(worklist)
    return render_worklist_csv(table.column_names, table.to_pylist()).encode()


def _to_json(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False, default=str) + "\n").encode()


def _make_manifest(as_of: dt.date, run_id: str, files: dict[str, tuple[bytes, int]], known: dict[str, Any]) -> bytes:
    described = {
        name: {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data), "rows": rows}
        for name, (data, rows) in files.items()
    }
    fixed = {"format_version": FORMAT_VERSION, "as_of": as_of.isoformat(), "run_id": run_id, "files": described}
    return _to_json({**known, **fixed})


def _check_same(folder: Path, content: dict[str, bytes]) -> None:
    """Accept a folder that is there only if it holds these very files (the manifest's created time may differ)."""
    try:
        known = read_manifest(folder)["files"]
        is_same = known == json.loads(content[MANIFEST])["files"] and all(
            (folder / name).read_bytes() == data for name, data in content.items() if name != MANIFEST
        )
    except (BrokenPublicationError, OSError):
        is_same = False
    if not is_same:
        raise HomewardError(
            "this run is already published for that day with other content",
            where=f"published/{folder.parent.name}/{folder.name}",
            next_step="publish under a new run id; a published list never changes",
        )


def _write_folder(folder: Path, content: dict[str, bytes]) -> None:
    """Write beside and rename; what a killed run left beside is thrown away."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = folder.parent / f".{folder.name}.tmp"
    if temporary.exists():
        shutil.rmtree(temporary)
    temporary.mkdir()
    for name, data in content.items():
        _write_synced(temporary / name, data)
    _sync_folder(temporary)
    temporary.rename(folder)
    _sync_folder(folder.parent)
    _sync_folder(folder.parent.parent)


def _may_point_to(published: Path, as_of: dt.date) -> bool:
    """Whether ``current`` may move to this day: yes unless it leads to a whole list of a later day."""
    try:
        folder = published / (published / CURRENT).readlink()
        return read_manifest(folder)["as_of"] <= as_of.isoformat()
    except (OSError, BrokenPublicationError):
        return True


def _swap_link(published: Path, target: str) -> None:
    temporary = published / f".{CURRENT}.tmp"
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target)
    temporary.replace(published / CURRENT)
    _sync_folder(published)


def _clear_status(home: Path, as_of: dt.date) -> None:
    status = read_status(home)
    if status is not None and (status.as_of is None or status.as_of <= as_of.isoformat()):
        (find_published_folder(home) / STATUS).unlink()
        _sync_folder(find_published_folder(home))


def _write_synced(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
