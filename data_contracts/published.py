"""Readers of the published list: where it is, whether it is whole, and whether it is stale."""

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data_contracts.errors import HomewardError

FORMAT_VERSION = 1
WORKLIST_PARQUET, WORKLIST_CSV, SCORES_PARQUET, MANIFEST = (
    "worklist.parquet",
    "worklist.csv",
    "scores.parquet",
    "manifest.json",
)
CURRENT, STATUS = "current", "status.json"


class NothingPublishedError(HomewardError):
    """No list has been published in this home yet."""


class BrokenPublicationError(HomewardError):
    """The published list is incomplete or not what its manifest says."""


@dataclass(frozen=True)
class Published:
    """A published list: its folder (``<as_of>/<run>``, resolved once) and its manifest."""

    folder: Path
    manifest: dict[str, Any]

    @property
    def as_of(self) -> dt.date:
        """The day the list is about."""
        return dt.date.fromisoformat(self.manifest["as_of"])

    @property
    def run_id(self) -> str:
        """The run that made it."""
        return str(self.manifest["run_id"])

    def read(self, name: str) -> bytes:
        """Content of one of its files, checked against the manifest.

        Raises
        ------
        BrokenPublicationError
            The file is missing, not in the manifest, or its SHA-256 differs.
        """
        entry = self.manifest["files"].get(name)
        where = f"published/{self.manifest['as_of']}/{self.run_id}/{name}"
        if entry is None:
            raise BrokenPublicationError("is not in the manifest", where=where, next_step=_RERUN)
        try:
            content = (self.folder / name).read_bytes()
        except OSError as error:
            raise BrokenPublicationError("cannot be read", where=where, next_step=_RERUN) from error
        if hashlib.sha256(content).hexdigest() != entry["sha256"]:
            raise BrokenPublicationError("differs from its SHA-256 in the manifest", where=where, next_step=_RERUN)
        return content


_RERUN = "run `homeward run` again; it publishes a whole list or leaves the old one"


@dataclass(frozen=True)
class StaleStatus:
    """Why the list is not today's: a code for programs, a sentence for people, never a patient's value."""

    reason_code: str
    message: str
    as_of: str | None


def find_published_folder(home: Path) -> Path:
    """Folder of published lists in a home."""
    return home / "published"


def read_current(home: Path) -> Published:
    """Follow ``published/current`` and read the manifest.

    Parameters
    ----------
    home : Path
        HOMEWARD_HOME.

    Returns
    -------
    Published
        The pointer is followed once, so a swap in between cannot mix two lists.

    Raises
    ------
    NothingPublishedError
        There is no pointer.
    BrokenPublicationError
        The pointer leads nowhere, or the manifest cannot be read or is of another format.
    """
    published = find_published_folder(home)
    try:
        target = (published / CURRENT).readlink()
    except FileNotFoundError as error:
        raise NothingPublishedError(
            "no list has been published yet",
            where="published/current",
            next_step="run `homeward demo` or `homeward run`",
        ) from error
    except OSError as error:
        raise BrokenPublicationError("is not a symbolic link", where="published/current", next_step=_RERUN) from error
    return Published(published / target, read_manifest(published / target))


def read_manifest(folder: Path) -> dict[str, Any]:
    """Manifest of a published folder.

    Raises
    ------
    BrokenPublicationError
        It is missing, not JSON, or of a format this version does not know.
    """
    where = f"published/{folder.parent.name}/{folder.name}/{MANIFEST}"
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError) as error:
        raise BrokenPublicationError("cannot be read", where=where, next_step=_RERUN) from error
    is_known = isinstance(manifest, dict) and manifest.get("format_version") == FORMAT_VERSION
    if not is_known or not {"as_of", "run_id", "files"} <= manifest.keys():
        raise BrokenPublicationError("is of an unknown format", where=where, next_step=_RERUN)
    return manifest


def read_status(home: Path) -> StaleStatus | None:
    """Stale status of a home, or None when the last run published.

    An unreadable status counts as stale: something went wrong, and silence would look like a good day.
    """
    try:
        known = json.loads((find_published_folder(home) / STATUS).read_bytes())
        return StaleStatus(str(known["reason_code"]), str(known["message"]), known.get("as_of"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        return StaleStatus("status_unreadable", "The status of the last run cannot be read.", None)
