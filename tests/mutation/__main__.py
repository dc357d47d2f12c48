"""``python -m tests.mutation [STEP ...]``: try the mutants of all SQL files, or of some, and write their rows."""

from __future__ import annotations

import argparse
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import yaml

from tests.mutation.report import make_row, read_rows, render
from tests.mutation.run import ROOT, MutationRun, Outcome, sql_files

EQUIVALENT = Path(__file__).parent / "equivalent.yaml"
PAGE = ROOT / "docs" / "reference" / "mutation.md"


def say(line: str) -> None:
    """Show progress."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Run; a survivor or a file without a mutant that some test notices makes the exit code 1."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation")
    parser.add_argument("steps", nargs="*", help="tables such as features.lab_course; if none, all")
    wanted = parser.parse_args().steps
    began = time.process_time()
    reasons = yaml.safe_load(EQUIVALENT.read_text(encoding="utf-8")) or {}
    equivalent = {step: {entry["mutant"] for entry in entries} for step, entries in reasons.items()}

    def keep(outcome: Outcome) -> None:
        row = make_row(outcome, datetime.now(UTC).date())
        rows = read_rows(PAGE.read_text(encoding="utf-8")) | {outcome.step: row}
        PAGE.write_text(render(rows, reasons, sql_files()), encoding="utf-8")

    outcomes = MutationRun(wanted or list(sql_files()), equivalent, say, keep).run()
    seconds = time.process_time() - began
    say(f"{len(outcomes)} files, {sum(outcome.mutants for outcome in outcomes)} mutants, {seconds:.0f} CPU s")
    return int(not outcomes or any(outcome.survivors or not outcome.killed_by for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
