"""Run one function in this process: ``python -m benchmarks.run_one MODULE:FUNCTION DATA WORK ANSWER``.

The answer is a JSON file: the result, and the CPU and wall seconds that starting Python and importing took, which are
taken off so that small sizes compare.
"""

import importlib
import json
import sys
import time
from pathlib import Path


def main(target: str, data: Path, work: Path, answer: Path) -> None:
    """Import, note the time, run."""
    module, function = target.split(":")
    run = getattr(importlib.import_module(module), function)
    started_cpu, started_at = time.process_time(), time.monotonic()
    result = run(data, work)
    content = {"result": result, "start_up_cpu": started_cpu, "wall": time.monotonic() - started_at}
    answer.write_text(json.dumps(content), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], *map(Path, sys.argv[2:]))
