"""``python -m tests.mutation [STEP ...]``: try the mutants of all SQL files, or of some, and write the page."""

from __future__ import annotations

import argparse
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import yaml

from tests.mutation.report import render
from tests.mutation.run import ROOT, MutationRun, all_steps

EQUIVALENT = Path(__file__).parent / "equivalent.yaml"
PAGE = ROOT / "docs" / "reference" / "mutation.md"


def say(line: str) -> None:
    """Show progress."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Run; a survivor or a file without a mutant that some test notices makes the exit code 1."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation")
    parser.add_argument("steps", nargs="*", help="tables such as features.lab_last; all of them, and the page, if none")
    wanted = parser.parse_args().steps
    began = time.process_time()
    reasons = yaml.safe_load(EQUIVALENT.read_text(encoding="utf-8")) or {}
    equivalent = {step: {entry["mutant"] for entry in entries} for step, entries in reasons.items()}
    outcomes = MutationRun(wanted or list(all_steps()), equivalent, say).run()
    seconds = time.process_time() - began
    if not wanted:
        PAGE.write_text(render(outcomes, reasons, datetime.now(UTC).date(), seconds), encoding="utf-8")
    say(f"{len(outcomes)} files, {sum(outcome.mutants for outcome in outcomes)} mutants, {seconds:.0f} CPU s")
    return int(not outcomes or any(outcome.survivors or not outcome.killed_by for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
