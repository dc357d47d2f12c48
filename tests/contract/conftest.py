"""A landing folder and a lake, for tests of one load after another."""

from pathlib import Path

import pytest

from data_contracts.engine import BuildSettings, ContractFailure, LoadReport
from tests.contract.landing import CONTRACTS, Tables, load, write_landing


class Site:
    """A landing folder and a lake that loads go into."""

    def __init__(self, folder: Path) -> None:
        self.landing, self.lake = folder / "landing", folder / "lake"

    def load(self, tables: Tables, **settings: object) -> LoadReport:
        write_landing(self.landing, tables)
        return load(self.landing, self.lake, settings=BuildSettings(**{"n_buckets": 2, **settings}))

    def refused(self, tables: Tables) -> str:
        """The message of a load that must be refused, with the limits as they are."""
        write_landing(self.landing, tables)
        with pytest.raises(ContractFailure) as failure:
            load(self.landing, self.lake, CONTRACTS)
        return str(failure.value)

    def core_bytes(self) -> dict[str, bytes]:
        return {str(p.relative_to(self.lake)): p.read_bytes() for p in sorted(self.lake.glob("core/*/*.parquet"))}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)
