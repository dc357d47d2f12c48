"""The connection a build works in, and where the rows of each table lie between scan and writing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import duckdb

from data_contracts.contract import Contract
from data_contracts.engine.parse_sql import clean_sql, quote, read_sql, value_sql
from data_contracts.errors import UsageError

FAR_FUTURE = date(2299, 12, 31)
# A core cut into fewer parts than wanted is cut anew only when its buckets are more than so many times too large: a new
# number of buckets moves every patient, so that nothing made bucket by bucket can be kept.
BUCKET_OUTGROWN = 2
UTC_NAMES = frozenset({"UTC", "Etc/UTC", "GMT", "Etc/GMT"})


@dataclass(frozen=True)
class BuildSettings:
    """How a build runs.

    ``cut_off`` : data cut-off day, that day included; None takes the last day on which an encounter began or ended.
    ``memory_limit`` in DuckDB's words ("2GB"). ``n_buckets`` : parts wanted of a patient-local table; a core that is
    there keeps its own number until that is too small by far. ``site_timezone`` : IANA name; text without a zone is
    in it. ``largest_share`` : share of the patients up to which a load is laid beside the core that stands; beyond,
    building anew costs less than the many small reads, and tidies up.
    """

    site_timezone: str = "UTC"
    cut_off: date | None = None
    n_buckets: int = 1
    memory_limit: str = "2GB"
    threads: int = 2
    largest_share: float = 0.2

    @property
    def in_utc(self) -> bool:
        """Whether the site keeps UTC, which makes reading times cheaper."""
        return self.site_timezone in UTC_NAMES


def settle_bucket_count(current: int, wanted: int) -> int:
    """Keep the number of buckets a core has (0: there is no core) until more than twice as many are wanted."""
    return current if current > 0 and wanted <= current * BUCKET_OUTGROWN else wanted


@contextmanager
def open_workshop(folder: Path, settings: BuildSettings) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a scratch database on disk, so that memory stays bounded, with the functions contracts use.

    Raises
    ------
    UsageError
        There is no such time zone.
    """
    try:
        ZoneInfo(settings.site_timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise UsageError(
            "there is no such time zone",
            where=f"site_timezone = {settings.site_timezone}",
            next_step="use an IANA name",
        ) from error
    folder.mkdir(parents=True, exist_ok=True)
    con = duckdb.connect(str(folder / "scratch.duckdb"))
    try:
        con.execute(f"SET memory_limit = {quote(settings.memory_limit)}")
        con.execute(f"SET threads = {int(settings.threads)}")
        con.execute(f"SET temp_directory = {quote(str(folder / 'spill'))}")
        con.execute("SET preserve_insertion_order = false")
        con.execute(f"SET TimeZone = {quote(settings.site_timezone)}")
        zoned = f"timezone({quote(settings.site_timezone)}, timezone('UTC', instant))"
        day = "instant" if settings.in_utc else zoned
        con.execute(f"CREATE MACRO local_day(instant) AS CAST({day} AS DATE)")
        con.execute(
            f"CREATE MACRO patient_bucket(id) AS CAST(md5_number_lower(id) % {int(settings.n_buckets)} AS INTEGER)"
        )
        yield con
    finally:
        con.close()


def find_last_instant(
    con: duckdb.DuckDBPyConnection, settings: BuildSettings, encounter: Contract, raw: str | None
) -> datetime | None:
    """Find when the last visit that took place began or ended, in UTC, over a relation of raw encounters."""
    if raw is None:
        return None
    columns = [encounter.column(name) for name in ("started_at", "ended_at", "status")]
    cleaned = ", ".join(f"{clean_sql(c)} AS {c.name}" for c in columns)
    read = ", ".join(expression for c in columns for expression in read_sql(c, settings.in_utc))
    values = ", ".join(f"{value_sql(c, encounter.sentinels, settings.in_utc)} AS {c.name}" for c in columns)
    rows: list[tuple[datetime | None]] = con.execute(
        f"WITH cleaned AS (SELECT {cleaned} FROM {raw}), "
        f"read AS (SELECT *, {read} FROM cleaned), parsed AS (SELECT {values} FROM read) "
        "SELECT greatest(max(started_at), max(ended_at)) FROM parsed "
        "WHERE coalesce(status, 'finished') IN ('finished', 'in_progress')"
    ).fetchall()
    return rows[0][0]


def set_cut_off(con: duckdb.DuckDBPyConnection, settings: BuildSettings, last: datetime | None) -> date:
    """Define ``data_cut_off()``: the last day on which a visit that took place began or ended, or the day set if later.

    A cut-off in the past is for the cohort; it does not make the rows that came after it wrong.
    """
    last_day = con.execute("SELECT local_day(?::TIMESTAMP)", [last]).fetchall()[0][0] if last else None
    cut_off: date = max((day for day in (settings.cut_off, last_day) if day), default=FAR_FUTURE)
    define_cut_off(con, cut_off)
    return cut_off


def define_cut_off(con: duckdb.DuckDBPyConnection, day: date) -> None:
    """Define ``data_cut_off()`` as a day."""
    con.execute(f"CREATE OR REPLACE MACRO data_cut_off() AS DATE '{day.isoformat()}'")
