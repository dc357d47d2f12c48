"""A landing folder and a lake, for tests of one load after another."""

from pathlib import Path

import pytest

from data_contracts.engine import BuildSettings, ContractFailure, LoadReport
from tests.contract.landing import CONTRACTS, Tables, load, write_landing

# Largest share of concerned patients at which every load has core built anew, or every load is laid beside it.
ANEW, BESIDE = -1.0, 1000.0


class Site:
    """A landing folder and a lake that loads go into."""

    def __init__(self, folder: Path, largest_share: float = BESIDE) -> None:
        self.landing, self.lake = folder / "landing", folder / "lake"
        self.settings = {"n_buckets": 2, "largest_share": largest_share}

    def load(self, tables: Tables, **settings: object) -> LoadReport:
        write_landing(self.landing, tables)
        return load(self.landing, self.lake, settings=BuildSettings(**{**self.settings, **settings}))

    def refused(self, tables: Tables) -> str:
        """The message of a load that must be refused, with the limits as they are."""
        write_landing(self.landing, tables)
        with pytest.raises(ContractFailure) as failure:
            load(self.landing, self.lake, CONTRACTS, BuildSettings(**self.settings))
        return str(failure.value)

    def take(self, tables: Tables, is_strict: bool) -> LoadReport | str:
        """Load, with the limits as they are if strict; what was said when the load is refused."""
        write_landing(self.landing, tables)
        try:
            return load(self.landing, self.lake, CONTRACTS if is_strict else None, BuildSettings(**self.settings))
        except ContractFailure as failure:
            return str(failure)

    def core_bytes(self) -> dict[str, bytes]:
        parts = sorted(self.lake.glob("core/*/*.parquet"))
        return {str(p.relative_to(self.lake)): p.read_bytes() for p in parts if "." not in p.parent.name}


@pytest.fixture(params=[ANEW, BESIDE], ids=["anew", "beside"])
def site(tmp_path: Path, request: pytest.FixtureRequest) -> Site:
    return Site(tmp_path, request.param)
