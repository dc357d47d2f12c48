"""Where the project keeps what benchmarks read."""

from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
REFERENCE = PROJECT / "reference"
CONTRACTS = PROJECT / "data_contracts"
