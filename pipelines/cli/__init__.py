"""The `homeward` command."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from data_contracts.errors import HomewardError
from pipelines.cli import commands


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns
    -------
    int
        0 done; 1 a contract or a gate said no; 2 used wrongly; 130 interrupted.
    """
    arguments = build_parser().parse_args(argv)
    try:
        summary = arguments.command(arguments)
    except HomewardError as error:
        if arguments.json:
            sys.stdout.write(json.dumps({"ok": False, "problems": [error.message]}) + "\n")
        sys.stderr.write(f"homeward: {error.message}\n")
        return error.exit_code
    except KeyboardInterrupt:
        sys.stderr.write("homeward: interrupted; the last published list stands\n")
        return 130
    if arguments.json and summary is not None:
        sys.stdout.write(json.dumps(summary, default=str) + "\n")
    return 0


def build_parser() -> argparse.ArgumentParser:
    """Describe every command and option."""
    parser = argparse.ArgumentParser(
        prog="homeward",
        description="From encounters and social determinants to a staffed, explained, audited caseload list.",
        epilog="Exit codes: 0 done, 1 a contract or a gate said no, 2 used wrongly.",
    )
    actions = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_demo(actions)
    _add_run(actions)
    _add_simulate(actions)
    _add_serve(actions)
    _add_readers(actions)
    return parser


Actions = argparse._SubParsersAction  # the type has no public name


def _add(actions: Actions, name: str, words: str, command: object) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = actions.add_parser(name, help=words, description=words)
    parser.set_defaults(command=command)
    parser.add_argument("--json", action="store_true", help="print a summary as JSON on standard output")
    return parser


def _add_home(parser: argparse.ArgumentParser) -> None:
    default = os.environ.get("HOMEWARD_HOME", "homeward-home")
    parser.add_argument(
        "--home", type=Path, default=Path(default), help=f"folder of everything a run leaves ({default})"
    )


def _add_overrides(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE",
        help="change a setting of config/settings.yaml, or policy.<path> of config/policy.yaml; may be repeated",
    )  # fmt: skip


def _add_demo(actions: Actions) -> None:
    parser = _add(actions, "demo", "simulate a hospital, run everything, say where to look", commands.demo)
    _add_home(parser)
    parser.add_argument("--patients", type=int, default=20_000, help="size of the simulated hospital (20000)")
    parser.add_argument("--seed", type=int, default=7, help="seed of the simulation (7)")
    _add_overrides(parser)


def _add_run(actions: Actions) -> None:
    parser = _add(actions, "run", "from an extract to the published caseload list", commands.run)
    parser.add_argument(
        "--landing", type=Path, metavar="DIR", help="folder of the extract (not for --source simulated)"
    )
    parser.add_argument(
        "--source", default="canonical", help="format of the extract: canonical, desynpuf, omop, simulated"
    )
    parser.add_argument(
        "--as-of", default="", metavar="DATE", help="data cut-off, that day included (last day of the data)"
    )
    _add_home(parser)
    _add_overrides(parser)


def _add_simulate(actions: Actions) -> None:
    parser = _add(actions, "simulate", "write a simulated hospital in the canonical landing format", commands.simulate)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="landing folder to write")
    parser.add_argument("--patients", type=int, default=20_000, metavar="N", help="number of patients (20000)")
    parser.add_argument("--years", type=int, default=3, metavar="Y", help="years of history (3)")
    parser.add_argument("--seed", type=int, default=7, metavar="S", help="same seed, same hospital (7)")
    parser.add_argument("--truth", type=Path, metavar="FILE", help="also write the true risk of every discharge here")
    parser.add_argument("--format", choices=("parquet", "csv"), default="parquet", help="file format (parquet)")


def _add_serve(actions: Actions) -> None:
    parser = _add(actions, "serve", "open the worklist page on this machine", commands.serve)
    _add_home(parser)
    parser.add_argument("--port", type=int, default=8300, help="port on 127.0.0.1 (8300)")


def _add_readers(actions: Actions) -> None:
    parser = _add(actions, "audit", "say how good the current model is and where its report lies", commands.audit)
    _add_home(parser)
    parser = _add(actions, "export", "write the current list to a CSV file", commands.export)
    _add_home(parser)
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="file to write")
    parser.add_argument("--case-manager", default="", metavar="ID", help="only this case manager's patients")
    parser = _add(actions, "doctor", "check the set-up and the home folder", commands.doctor)
    _add_home(parser)
    parser = _add(actions, "backup", "copy the home folder into one archive", commands.backup)
    _add_home(parser)
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="archive to write (.tar.gz)")
    parser = _add(actions, "restore", "bring a home folder back from an archive", commands.restore)
    _add_home(parser)
    parser.add_argument("archive", type=Path, metavar="FILE", help="archive made by backup")
