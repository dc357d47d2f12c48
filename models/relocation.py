"""Where a tracking store of files lies: it remembers absolute paths, and a home folder may be moved or restored.

MLflow has no call that changes where an experiment keeps its files, so the few columns that hold the path are changed
in its SQLite file. A server's store is never touched.
"""

import sqlite3
from pathlib import Path

SQLITE = "sqlite:///"
# Every column of MLflow 3.17 that holds a place of artifacts.
PLACES = (
    ("experiments", "artifact_location"),
    ("runs", "artifact_uri"),
    ("model_versions", "source"),
    ("model_versions", "storage_location"),
)


def relocate(tracking_uri: str, experiment: str, artifact_location: str) -> bool:
    """Point a store of files at the folder its artifacts are in now.

    Parameters
    ----------
    tracking_uri : str
        ``sqlite:///...``; anything else is left alone.
    experiment : str
        Name of the experiment whose artifacts were moved.
    artifact_location : str
        The folder they are in now.

    Returns
    -------
    bool
        Whether anything had to be changed.
    """
    path = Path(tracking_uri.removeprefix(SQLITE))
    if not tracking_uri.startswith(SQLITE) or not path.exists():
        return False
    with sqlite3.connect(path) as con:
        try:
            found = con.execute("select artifact_location from experiments where name = ?", [experiment]).fetchone()
        except sqlite3.OperationalError:  # a store without tables yet
            found = None
        old = found[0] if found else artifact_location
        new = f"file://{artifact_location}" if old.startswith("file://") else artifact_location
        if old == new:
            return False
        for table, column in PLACES:
            con.execute(
                f"update {table} set {column} = ? || substr({column}, ?) where substr({column}, 1, ?) = ?",  # noqa: S608
                [new, len(old) + 1, len(old), old],
            )
    con.close()
    return True
