"""What `homeward doctor` looks at: the set-up, the configuration, the home folder."""

import os
import shutil
import sys
from collections.abc import Callable
from typing import Any

from data_contracts.errors import HomewardError
from pipelines.home import Home

Finding = dict[str, Any]
FREE_BYTES = 2 * 1024**3
MINIMUM_PYTHON = (3, 11)


def examine(home: Home) -> list[Finding]:
    """Run every check.

    Returns
    -------
    list of dict
        ``what``, ``ok`` and, for what is not, ``next``; counts and names only.
    """
    checks: list[tuple[str, Callable[[], str], str]] = [
        ("Python", _python, "install Python 3.11 or later and run `make demo` again"),
        ("contracts", _contracts, "see the message; data_contracts/ was edited"),
        ("value sets", _reference, "see the message; reference/ was edited"),
        ("settings and policy", _configuration, "see the message; config/ was edited"),
        ("disk space", lambda: _disk(home), "free some space: a run needs room for a second copy of its tables"),
        ("home folder", lambda: _writable(home), "make the folder writable for this user, or give another --home"),
        (
            "warehouse",
            lambda: _warehouse(home),
            "close programs that hold it open; else delete it: the next run makes it anew",
        ),
        ("published list", lambda: _published(home), "run `homeward run`; a broken list is never served"),
    ]
    return [_examine_one(name, check, remedy) for name, check, remedy in checks]


def _examine_one(name: str, check: Callable[[], str], remedy: str) -> Finding:
    try:
        return {"what": f"{name}: {check()}", "ok": True, "next": ""}
    except HomewardError as error:
        return {"what": f"{name}: {error.message}", "ok": False, "next": remedy}
    except OSError as error:
        return {"what": f"{name}: {error.strerror}", "ok": False, "next": remedy}


def _python() -> str:
    if sys.version_info < MINIMUM_PYTHON:
        raise HomewardError(f"version {sys.version.split()[0]} is too old")
    return sys.version.split()[0]


def _contracts() -> str:
    from pipelines.tables import contracts

    return f"{len(contracts())} tables"


def _reference() -> str:
    import duckdb

    from data_contracts.reference import load_reference
    from pipelines.settings import REFERENCE

    con = duckdb.connect()
    load_reference(con, REFERENCE)
    count = con.execute("select count(*) from information_schema.tables where table_schema = 'reference'").fetchall()[
        0
    ][0]
    con.close()
    return f"{count} tables"


def _configuration() -> str:
    from pipelines.policy import load_audit_settings, load_models_config, load_policy
    from pipelines.settings import load_settings

    settings = load_settings(environment=os.environ)
    load_models_config(), load_audit_settings()
    return f"measure {settings.measure}, policy {load_policy(settings).policy_version}"


def _disk(home: Home) -> str:
    existing = next(path for path in (home.root.resolve(), *home.root.resolve().parents) if path.exists())
    free = shutil.disk_usage(existing).free
    if free < FREE_BYTES:
        raise HomewardError(f"{free / 1024**3:.1f} GB free")
    return f"{free / 1024**3:.0f} GB free"


def _writable(home: Home) -> str:
    if not home.root.exists():
        return f"{home.root} will be made by the first run"
    probe = home.root / ".doctor"
    probe.touch()
    probe.unlink()
    return str(home.root)


def _warehouse(home: Home) -> str:
    if not home.warehouse.exists():
        return "not made yet"
    return f"{home.refresh_views()} tables"


def _published(home: Home) -> str:
    from data_contracts.published import read_current, read_status

    if not home.current.exists():
        return "none yet"
    published = read_current(home.root)
    status = read_status(home.root)
    return f"{published.as_of}, run {published.run_id}" + (f", stale: {status.message}" if status else "")
