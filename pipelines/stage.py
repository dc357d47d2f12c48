"""What surrounds the body of every asset: progress, and errors that people can read and that hold no patient value."""

import contextlib
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

import dagster as dg

from data_contracts.errors import HomewardError
from pipelines.progress import announce
from pipelines.resource import Homeward

RETRY = dg.RetryPolicy(max_retries=2, delay=5, backoff=dg.Backoff.EXPONENTIAL)
WRITER_POOL = "duckdb_writer"


class Clock:
    """Seconds since a stage began."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    @property
    def seconds(self) -> float:
        """Seconds so far."""
        return time.monotonic() - self._start


@contextlib.contextmanager
def stage(homeward: Homeward, name: str, words: str) -> Iterator[Clock]:
    """Run a stage's body; on failure mark the standing list stale and say why.

    Raises
    ------
    dagster.Failure
        With the message for people. A foreign exception's text may hold patient values (a cast names the value it
        refused), so only its type and place are passed on.
    """
    announce(name, words)
    clock = Clock()
    try:
        yield clock
    except HomewardError as error:
        _fail(homeward, name, error)
    except (dg.Failure, GeneratorExit):
        raise
    except Exception as error:  # the last gate before Dagster's event log
        if _is_lock(error):
            raise dg.RetryRequested(max_retries=RETRY.max_retries, seconds_to_wait=RETRY.delay) from None
        _fail(homeward, name, HomewardError(
            f"unexpected {type(error).__name__} at {_place(error)}",
            where=name,
            next_step="run `homeward doctor`; if it finds nothing, report this line (it holds no patient data)",
        ))  # fmt: skip
    announce(name, "done", 1.0)


def _fail(homeward: Homeward, name: str, error: HomewardError) -> None:
    from caseload.publish import mark_stale

    with contextlib.suppress(OSError):  # a full disk must not hide the reason
        mark_stale(homeward.at.root, f"{name}_failed", error.message, homeward.requested_as_of)
    raise dg.Failure(description=error.message, allow_retries=False) from None


def _place(error: BaseException) -> str:
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "site-packages" not in f.filename]
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "an unknown place"


def _is_lock(error: BaseException) -> bool:
    return type(error).__module__ == "_duckdb" and "set lock" in str(error)
