"""Measure a contestant as a process of its own: wall, CPU and peak memory, without what Python takes to start."""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from benchmarks.places import PROJECT

# Linux gives ru_maxrss in KiB, macOS in bytes.
RSS_PER_MB = 1024**2 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Measurement:
    """One run: seconds, megabytes, and what the contestant says it found."""

    wall_seconds: float
    cpu_seconds: float
    peak_mb: float
    result: dict[str, int]


def measure(target: str, data: Path, check: str | None = None) -> Measurement:
    """Run a function ``module:function`` of (data, work) in a process of its own, in an empty folder of its own.

    Parameters
    ----------
    target : str
        What is measured; it gives a JSON object.
    data : Path
        Folder it reads.
    check : str, optional
        A function of (data, work) that looks afterwards, unmeasured, at what was left in the work folder; what it
        gives is the result then.

    Raises
    ------
    RuntimeError
        The process failed; its last words are in the text.
    """
    with tempfile.TemporaryDirectory(dir=data) as folder:
        work = Path(folder, "work")
        work.mkdir()
        measured = _run(target, data, work)
        return replace(measured, result=_run(check, data, work).result) if check else measured


def _run(target: str, data: Path, work: Path) -> Measurement:
    answer, words = work.with_name("answer.json"), work.with_name("stderr.txt")
    command = [sys.executable, "-m", "benchmarks.run_one", target, str(data), str(work), str(answer)]
    with words.open("w") as stderr:
        process = subprocess.Popen(command, cwd=PROJECT, stderr=stderr, stdout=stderr)
        # Of this child alone; RUSAGE_CHILDREN would give the peak of all children so far.
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{target} failed ({process.returncode}): {words.read_text()[-1500:]}")
    content = json.loads(answer.read_text(encoding="utf-8"))
    return Measurement(
        wall_seconds=content["wall"],
        cpu_seconds=max(0.001, usage.ru_utime + usage.ru_stime - content["start_up_cpu"]),
        peak_mb=usage.ru_maxrss / RSS_PER_MB,
        result=content["result"],
    )


def take_median(runs: list[Measurement]) -> Measurement:
    """Medians of each quantity over several runs.

    Raises
    ------
    RuntimeError
        The runs disagree in their result.
    """
    if any(run.result != runs[0].result for run in runs):
        raise RuntimeError("two runs of one contestant gave different results")
    return Measurement(
        wall_seconds=median(run.wall_seconds for run in runs),
        cpu_seconds=median(run.cpu_seconds for run in runs),
        peak_mb=median(run.peak_mb for run in runs),
        result=runs[0].result,
    )
