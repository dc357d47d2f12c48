"""What each command does. Heavy imports wait until their command runs."""

import argparse
import shutil
import tarfile
from pathlib import Path
from typing import Any

from data_contracts.errors import HomewardError, UsageError
from pipelines.cli.console import console, progress_bars
from pipelines.home import Home

Summary = dict[str, Any]


def demo(arguments: argparse.Namespace) -> Summary:
    """Simulate a hospital into the home folder and run everything on it."""
    landing = arguments.home / "landing"
    _simulate(landing, arguments.patients, 3, arguments.seed, None, "parquet")
    arguments.landing, arguments.source, arguments.as_of = landing, "canonical", ""
    return run(arguments)


def run(arguments: argparse.Namespace) -> Summary:
    """Execute the assets and say what was made and where."""
    from pipelines.cli.summary import print_summary, summarise
    from pipelines.execution import execute
    from pipelines.policy import load_policy
    from pipelines.resource import Homeward

    homeward = Homeward(
        home=str(arguments.home),
        landing=str(arguments.landing or ""),
        source=arguments.source,
        as_of=arguments.as_of,
        overrides=_overrides(arguments.set),
    )
    # What was typed wrongly is refused before anything is read.
    load_policy(homeward.settings), homeward.requested_as_of, homeward.checked_source, homeward.landing_folder
    with progress_bars():
        outcome = execute(homeward)
    if not outcome.succeeded:
        standing = Home(arguments.home).current
        stands = (
            f"the list {standing.readlink()} still stands, marked stale"
            if standing.exists()
            else "there is no list yet"
        )
        raise HomewardError("\n".join(outcome.problems) or "the run failed", next_step=stands)
    summary = summarise(homeward.at)
    print_summary(summary)
    return summary


def simulate(arguments: argparse.Namespace) -> Summary:
    """Write a simulated hospital."""
    if arguments.patients < 1 or arguments.years < 1:
        raise UsageError("patients and years must be at least 1", where="simulate")
    if arguments.truth and arguments.out.resolve() in arguments.truth.resolve().parents:
        raise UsageError(
            "the truth must lie outside the landing folder", where="--truth", next_step="choose another path"
        )
    rows = _simulate(
        arguments.out, arguments.patients, arguments.years, arguments.seed, arguments.truth, arguments.format
    )
    console.print(f"Simulated hospital in {arguments.out}: {sum(rows.values()):,} rows in {len(rows)} tables")
    if arguments.truth:
        console.print(f"True risk of every discharge in {arguments.truth} (the pipeline never reads it)")
    return {"out": str(arguments.out), "rows": rows, "truth": str(arguments.truth or "")}


def serve(arguments: argparse.Namespace) -> None:
    """Serve the worklist page until interrupted."""
    from worklist.app import serve as serve_page

    console.print(f"Worklist page at http://127.0.0.1:{arguments.port} (Ctrl-C to stop)")
    serve_page(arguments.home, arguments.port)


def audit(arguments: argparse.Namespace) -> Summary:
    """Print the verdict of the current model's audit."""
    from pipelines.cli.summary import read_audit, verdict_words

    found = read_audit(Home(arguments.home))
    console.print(verdict_words(found["verdict"]))
    console.print(f"Report: {found['report']}")
    return found


def export(arguments: argparse.Namespace) -> Summary:
    """Write the current list, or one case manager's part of it, as CSV."""
    import pandas as pd

    source = Home(arguments.home).current / "worklist.csv"
    if not source.exists():
        raise HomewardError(
            "there is no published list", where=str(arguments.home), next_step="run `homeward run` first"
        )
    worklist = pd.read_csv(source, dtype=str, keep_default_na=False)
    if arguments.case_manager:
        worklist = worklist[worklist["case_manager_id"] == arguments.case_manager]
    worklist.to_csv(arguments.out, index=False)
    console.print(f"{len(worklist):,} patients written to {arguments.out}")
    return {"out": str(arguments.out), "rows": len(worklist)}


def doctor(arguments: argparse.Namespace) -> Summary:
    """Check the set-up and the home folder; every finding says what to do."""
    from pipelines.cli.doctor import examine

    findings = examine(Home(arguments.home))
    for finding in findings:
        mark = "[green]ok[/]  " if finding["ok"] else "[red]fix[/] "
        console.print(f"{mark} {finding['what']}" + (f"  next: {finding['next']}" if not finding["ok"] else ""))
    if broken := [f for f in findings if not f["ok"]]:
        raise HomewardError(f"{len(broken)} of {len(findings)} checks failed", where="doctor")
    return {"findings": findings}


def backup(arguments: argparse.Namespace) -> Summary:
    """Copy the home folder into one archive while no run writes to it."""
    home = Home(arguments.home)
    if not home.root.is_dir():
        raise HomewardError("there is no such home folder", where=str(home.root))
    target = arguments.out.with_name(f"{arguments.out.name}.part")
    with home.writing(), tarfile.open(target, "w:gz") as archive:
        archive.add(home.root, arcname="home")
    target.replace(arguments.out)
    console.print(f"Backup of {home.root} in {arguments.out} (it holds patient data: keep it as safe as the source)")
    return {"out": str(arguments.out), "bytes": arguments.out.stat().st_size}


def restore(arguments: argparse.Namespace) -> Summary:
    """Unpack an archive made by `backup` into a home folder that does not exist yet."""
    home = Home(arguments.home)
    if home.root.exists() and any(home.root.iterdir()):
        raise HomewardError("the home folder is not empty", where=str(home.root), next_step="give another --home")
    staging = home.root.with_name(f"{home.root.name}.restoring")
    shutil.rmtree(staging, ignore_errors=True)
    try:
        with tarfile.open(arguments.archive) as archive:
            archive.extractall(staging, filter="tar")
    except (tarfile.TarError, EOFError, OSError) as error:
        shutil.rmtree(staging, ignore_errors=True)
        raise HomewardError("not a readable backup", where=str(arguments.archive)) from error
    shutil.rmtree(home.root, ignore_errors=True)
    (staging / "home").rename(home.root)
    staging.rmdir()
    Home(home.root.resolve()).refresh_views()
    console.print(f"Restored into {home.root}")
    return {"home": str(home.root)}


def _simulate(out: Path, patients: int, years: int, seed: int, truth: Path | None, fmt: str) -> dict[str, int]:
    from pipelines.progress import announce
    from sources.simulated import simulate as simulate_hospital
    from sources.simulated import write_landing, write_truth

    with progress_bars():
        announce("simulate", f"{patients:,} patients, {years} years")
        hospital = simulate_hospital(patients=patients, years=years, seed=seed)
        write_landing(hospital, out, fmt=fmt)
        if truth:
            write_truth(hospital, truth)
        announce("simulate", "done", 1.0)
    return {name: len(table) for name, table in hospital.tables.items()}


def _overrides(pairs: list[str]) -> dict[str, str]:
    broken = [pair for pair in pairs if "=" not in pair]
    if broken:
        raise UsageError(f"{', '.join(broken)}: not KEY=VALUE", where="--set")
    return dict(pair.split("=", 1) for pair in pairs)
