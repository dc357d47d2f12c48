"""What `homeward run` says at the end: the attrition, the model, the list, and where everything lies."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

from rich.table import Table

from data_contracts.errors import HomewardError
from pipelines.cli.console import console
from pipelines.cut_off import describe_cut_off
from pipelines.frames import read_table
from pipelines.home import Home

LONG_OPEN_DAYS = 90
LONG_OPEN = """
    select count(*) from cohort.stay where not is_finished and admission_date < $cut_off::date - $days::integer
"""

UNMAPPED = """
    select coalesce(sum(index_stay_count), 0) from cohort.return_rate
    where level = 'specialty' and specialty_cohort = 'Unmapped'
"""

RULE_WORDS = {
    "outside_condition": "not of the measure's condition",
    "age_under_18": "younger than the measure's minimum age",
    "not_finished": "still in hospital",
    "died_in_hospital": "died in hospital",
    "transferred_out": "transferred to another acute hospital",
    "against_medical_advice": "left against medical advice",
    "psychiatric": "psychiatric principal diagnosis",
    "rehabilitation": "rehabilitation principal diagnosis",
    "cancer_medical": "medical treatment of cancer",
    "exempt_facility": "facility exempt from the measure",
    "discharged_same_day": "discharged on the day of admission",
    "transferred_in": "came by transfer for the operation",
    "too_many_procedures": "more codes of the operation than two joints need",
    "prior_excluded_procedure": "an excluded procedure in a stay before",
    "later_operation": "not the first operation of the measurement period",
    "within_30_days_of_index": "begins within 30 days of an index stay's end",
    "no_full_follow_up": "follow-up not over at the data cut-off",
}


def summarise(home: Home) -> dict[str, Any]:
    """Collect the summary of the run that just finished, as plain JSON types; counts only."""
    folder = home.root / _read(home.lake / "caseload" / "published.json")["folder"]
    manifest = _read(folder / "manifest.json")
    decision = _read(home.lake / "scores" / "decision.json")
    load = _read(home.lake / "core" / "load_report.json")
    attrition = read_table(home, "cohort.attrition")
    return {
        "ok": True,
        "as_of": manifest["as_of"],
        "run_id": manifest["run_id"],
        "loads": load["tables"],
        "source_notes": _read(home.lake / "raw" / "source_report.json").get("missing", []),
        "absent_tables": load["absent_tables"],
        "attrition": attrition.to_dict(orient="records"),
        "model": {key: decision[key] for key in ("model_name", "model_version", "decision", "verdict")},
        "tiers": manifest["tiers"],
        "notes": manifest["notes"],
        "audit": read_audit(home),
        "checks": _checks(home, dt.date.fromisoformat(manifest["data_cut_off"])),
        "list": str(folder.resolve() / "worklist.csv"),
        "is_current": folder.resolve() == home.current.resolve(),
        "home": str(home.root),
    }


def read_audit(home: Home) -> dict[str, Any]:
    """Find the report of the model behind the current list, and its verdict.

    Raises
    ------
    HomewardError
        There is none.
    """
    decision = home.lake / "scores" / "decision.json"
    version = _read(decision)["model_version"] if decision.exists() else ""
    metrics = home.audit / version / "metrics.json"
    if not version or not metrics.exists():
        raise HomewardError("there is no audit yet", where=str(home.root), next_step="run `homeward run` first")
    content = _read(metrics)
    return {"verdict": content["verdict"], "report": str(metrics.with_name("report.html")), "metrics": str(metrics)}


def print_summary(summary: dict[str, Any]) -> None:
    """Print the summary for a person."""
    console.print()
    console.print(_load_table(summary["loads"]))
    for note in summary["source_notes"]:
        console.print(f"  [yellow]missing[/] {note}")
    if summary["absent_tables"]:
        console.print(
            f"  [yellow]absent[/]  {', '.join(summary['absent_tables'])}: what they feed is missing, not zero"
        )
    console.print(_attrition_table(summary["attrition"]))
    model = summary["model"]
    sentences = dict.fromkeys([model["decision"], model["verdict"]])
    console.print(f"\n[bold]Model[/] {model['model_version']}. {' '.join(sentences)}")
    console.print(f"[bold]Audit[/] {verdict_words(summary['audit']['verdict'])}")
    listed = sum(tier["patient_count"] for tier in summary["tiers"])
    tiers = ", ".join(f"{tier['patient_count']:,} {tier['name']}" for tier in summary["tiers"])
    console.print(f"[bold]List[/] of {summary['as_of']}: {listed:,} patients ({tiers})")
    for note in summary["notes"]:
        console.print(f"  {note}")
    for check in summary["checks"]:
        console.print(f"  [yellow]check[/]   {check}")
    if not summary["is_current"]:
        console.print("  A list of a later day is current and stays so; this one is published beside it.")
    for name, place in (
        ("\n  list  ", summary["list"]),
        ("  report", summary["audit"]["report"]),
        ("  page  ", f"homeward serve --home {summary['home']}, then http://127.0.0.1:8300"),
    ):
        console.print(f"{name}  {place}", soft_wrap=True)  # a path is copied: never broken over lines


def _checks(home: Home, cut_off: dt.date) -> list[str]:
    """Sentences on what a person should look at; counts only."""
    open_count = _count(home, LONG_OPEN, {"cut_off": cut_off, "days": LONG_OPEN_DAYS})
    long_open = (
        f"{open_count:,} stays have been in progress for more than {LONG_OPEN_DAYS} days. An encounter that was never "
        f"closed takes in every later one of its patient, who is then on no list: see cohort.stay, not is_finished."
    )
    unmapped_count = _count(home, UNMAPPED)
    unmapped = (
        f"{unmapped_count:,} index stays have no principal diagnosis that maps to a category: no rule on the "
        f"diagnosis can drop them, and no specialty cohort holds them. See cohort.index_stay, Unmapped."
    )
    sentences = (
        describe_cut_off(home.lake, cut_off),
        long_open if open_count else "",
        unmapped if unmapped_count else "",
    )
    return [sentence for sentence in sentences if sentence]


def _count(home: Home, sql: str, values: dict[str, object] | None = None) -> int:
    con = home.read(sql, values)
    count = int(con.fetchall()[0][0])
    con.close()
    return count


def _load_table(loads: list[dict[str, Any]]) -> Table:
    table = Table(title="Rows of the extract", title_justify="left", box=None, pad_edge=False)
    for name in ("table", "rows in", "kept", "quarantined", "superseded"):
        table.add_column(name, justify="left" if name == "table" else "right")
    totals: dict[str, list[int]] = {}
    for load in loads:
        row = totals.setdefault(load["source"], [0, 0, 0, 0])
        for place, name in enumerate(("rows_in", "kept", "quarantined", "superseded")):
            row[place] += load[name]
    for source, counts in totals.items():
        table.add_row(source, *(f"{count:,}" for count in counts))
    return table


def _attrition_table(attrition: list[dict[str, Any]]) -> Table:
    table = Table(title="\nAttrition: from stays to index stays", title_justify="left", box=None, pad_edge=False)
    for name in ("rule", "in", "dropped", "out", ""):
        table.add_column(name, justify="right" if name in {"in", "dropped", "out"} else "left")
    for line in attrition:
        numbers = (f"{line[name]:,}" for name in ("rows_in", "rows_dropped", "rows_out"))
        table.add_row(line["rule"], *numbers, f"[dim]{RULE_WORDS.get(line['rule'], '')}")
    return table


def verdict_words(verdict: Any) -> str:  # noqa: ANN401  a sentence, or a mapping that holds it
    """Give the audit's verdict as one sentence."""
    return str(verdict.get("sentence", verdict) if isinstance(verdict, dict) else verdict)


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content
