"""The published list in memory: read once per publication, every file checked against its manifest."""

import io
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data_contracts.published import WORKLIST_PARQUET, Published, StaleStatus, read_current, read_status


@dataclass(frozen=True)
class CurrentList:
    """One published list with its rows in rank order; ``stale`` says why there is no newer one."""

    published: Published
    columns: list[str]
    rows: list[dict[str, Any]]
    stale: StaleStatus | None

    @property
    def manifest(self) -> dict[str, Any]:
        """The manifest of the list."""
        return self.published.manifest


class ListStore:
    """Follows ``published/current`` of a home.

    Parameters
    ----------
    home : Path
        HOMEWARD_HOME.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self._lock = threading.Lock()
        self._known: tuple[dict[str, Any], Path, list[str], list[dict[str, Any]]] | None = None

    def read(self) -> CurrentList:
        """Read the current list, from memory while the pointer and the manifest stay the same.

        Raises
        ------
        NothingPublishedError, BrokenPublicationError
            See `data_contracts.published.read_current`.
        """
        published, stale = read_current(self._home), read_status(self._home)
        with self._lock:
            if self._known is None or self._known[:2] != (published.manifest, published.folder):
                self._known = (published.manifest, published.folder, *_read_rows(published))
            _, _, columns, rows = self._known
        return CurrentList(published, columns, rows, stale)


def _read_rows(published: Published) -> tuple[list[str], list[dict[str, Any]]]:
    import pyarrow.parquet as pq

    table = pq.read_table(io.BytesIO(published.read(WORKLIST_PARQUET)))
    return table.column_names, table.sort_by("rank").to_pylist()
