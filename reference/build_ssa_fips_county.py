"""Carry the SSA to FIPS county crosswalk over into reference/value_sets, reproducible byte for byte.

Run once, when the source file changes:

    python reference/build_ssa_fips_county.py ../shared/data/sdoh/ssa_fips_state_county2017.csv reference/value_sets
"""

import csv
import gzip
import io
import sys
from pathlib import Path

COLUMNS = {"ssa_county": "ssacounty", "county_fips": "fipscounty", "county_name": "county", "state": "state"}


def build(source: Path, target_folder: Path) -> int:
    """Write ssa_fips_county.csv.gz, sorted by SSA code; return its rows."""
    with source.open(encoding="utf-8", newline="") as lines:
        rows = sorted([line[name] for name in COLUMNS.values()] for line in csv.DictReader(lines))
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([list(COLUMNS), *rows])
    target = target_folder / "ssa_fips_county.csv.gz"
    # mtime=0 and no name: the same rows give the same bytes.
    target.write_bytes(gzip.compress(text.getvalue().encode("utf-8"), mtime=0))
    return len(rows)


if __name__ == "__main__":
    print(f"{build(Path(sys.argv[1]), Path(sys.argv[2]))} counties")  # noqa: T201
