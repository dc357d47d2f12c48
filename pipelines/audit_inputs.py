"""Gather what the audit measures: held-out stays with their risks, subgroups, counts, provenance."""

import datetime as dt
import json
from typing import Any

import pandas as pd

from audit.inputs import AuditInputs, Capacity, Feature, ModelInfo, Provenance
from pipelines.cut_off import find_cut_off
from pipelines.frames import read_points, read_table
from pipelines.home import Home
from pipelines.hospital_inputs import read_conditions, read_hospital_stays
from pipelines.identity_of_run import code_version, contract_version
from pipelines.policy import load_audit_settings, load_models_config
from pipelines.resource import Homeward

AGE_EDGES, AGE_BANDS = (0, 45, 65, 75, 85, 200), ("18-44", "45-64", "65-74", "75-84", "85 and over")
QUARTILE_EDGES = (-0.001, 0.25, 0.5, 0.75, 1.0)
QUARTILES = ("least vulnerable", "second", "third", "most vulnerable")
PUBLISHED_SCORES = ("lace", "hospital")
EXPLAINED_STAYS = 2000
KINDS = {
    "lightgbm": "gradient-boosted trees (LightGBM)",
    "logistic": "logistic regression",
    "lace": "the LACE score",
    "hospital": "the HOSPITAL score",
}


def collect_inputs(homeward: Homeward) -> AuditInputs:
    """Read the tables of a finished run into the audit's inputs."""
    home = homeward.at
    decision = _read_json(home, "scores/decision.json")
    evaluation = _evaluation(home, decision["model_name"])
    matrix = read_points(home)
    matrix = matrix[matrix["stay_key"].isin(evaluation["stay_key"])].reset_index(drop=True)
    evaluation = evaluation.merge(
        matrix[["stay_key", "elixhauser_count", "inpatient_day_count_365d"]].rename(
            columns={"elixhauser_count": "active_conditions", "inpatient_day_count_365d": "unplanned_days"}
        ),
        on="stay_key",
        how="left",
    )
    as_of = find_cut_off(home.lake, homeward.requested_as_of)
    published = _read_json(home, "caseload/published.json")["folder"]
    current = _read_json_at(home.root / published / "manifest.json")
    return AuditInputs(
        evaluation=evaluation,
        subgroups=_subgroups(matrix),
        attrition=read_table(home, "cohort.attrition"),
        cohort_rates=_rates(home),
        load_report=_load_counts(home),
        source_notes=_source_notes(home),
        model=_model_info(home, decision, matrix),
        capacity=_capacity(home, len(evaluation)),
        provenance=Provenance(
            run_id=current["run_id"],
            as_of=as_of,
            data_cut_off=as_of,
            generated_at=as_of.isoformat(),
            policy_version=str(current.get("policy_version")),
            contract_version=contract_version(),
            code_version=code_version(),
        ),
        seed=homeward.settings.seed,
        hospital_stays=read_hospital_stays(home, load_audit_settings().hospital_ratio.case_mix),
        conditions=read_conditions(home),
        leakage_accepted=homeward.settings.accept_suspected_leakage or None,
    )


def _evaluation(home: Home, champion: str) -> pd.DataFrame:
    risks = read_table(home, "scores.evaluation").drop(columns=["readmitted_30d", "stay_id", "patient_id"])
    risks = risks.rename(columns={f"risk_{champion}": "risk"})
    labels = read_table(
        home, "cohort.label", "stay_key,patient_key,discharge_date,readmitted_30d,died_30d,any_return_30d"
    )
    points = read_points(home)[["stay_key", "lace", "hospital"]]
    return risks.merge(labels, on="stay_key", how="left").merge(points, on="stay_key", how="left")


def _subgroups(matrix: pd.DataFrame) -> pd.DataFrame:
    groups = matrix[["stay_key", "race", "ethnicity", "sex", "payer_class", "language", "facility_id"]].copy()
    groups["age_band"] = pd.cut(matrix["age_years"], AGE_EDGES, right=False, labels=AGE_BANDS)
    svi = pd.to_numeric(matrix["area_svi_overall"])
    groups["svi_quartile"] = pd.cut(svi, QUARTILE_EDGES, labels=QUARTILES)
    return groups


def _rates(home: Home) -> dict[str, int]:
    con = home.read(
        """
        select count(*), count(*) filter (where l.readmitted_30d),
            count(*) filter (where l.any_return_30d and not l.readmitted_30d),
            count(*) filter (where l.died_30d), count(*) filter (where l.any_return_30d)
        from cohort.label as l join cohort.index_stay as i on i.stay_key = l.stay_key and i.is_index
        """
    )
    names = ("index_stays", "readmissions", "planned_returns", "deaths", "any_returns")
    return dict(zip(names, map(int, con.fetchall()[0]), strict=True))


def _load_counts(home: Home) -> dict[str, dict[str, int]]:
    totals: dict[str, dict[str, int]] = {}
    for entry in _read_json(home, "core/load_report.json")["tables"]:
        table = totals.setdefault(entry["source"], dict.fromkeys(("rows_in", "kept", "quarantined", "superseded"), 0))
        for name in table:
            table[name] += entry[name]
    return totals


def _source_notes(home: Home) -> list[str]:
    notes = list(_read_json(home, "raw/source_report.json").get("missing", []))
    report = _read_json(home, "core/load_report.json")
    notes += [f"No {table}: what it would have fed is missing, not zero." for table in report["absent_tables"]]
    for table, counts in report["unmapped"].items():
        if counts["codes"]:
            notes.append(f"{table}: {counts['codes']:,} codes on {counts['rows']:,} rows map to no CCS category.")
    return notes


def _model_info(home: Home, decision: dict[str, Any], matrix: pd.DataFrame) -> ModelInfo:
    from models.registry import Registry

    champion = Registry(home.tracking_uri, str(home.artifacts)).load()
    metadata = decision["metadata"]
    name = decision["model_name"]
    is_trained = name not in PUBLISHED_SCORES
    cut = decision["time_cut"]
    share = load_models_config()["split"]["held_out_share"]
    share = share["value"] if isinstance(share, dict) else share
    return ModelInfo(
        name=name,
        version=decision["model_version"],
        is_trained=is_trained,
        kind=KINDS.get(name, name),
        training_rows=int(metadata.get("training_stays", 0)),
        training_events=int(metadata.get("training_readmissions", 0)),
        features=_importances(champion, matrix) if champion is not None and is_trained and len(matrix) else (),
        calibration=None if champion is None or champion.calibrator.method == "none" else champion.calibrator.method,
        decision=f"{decision['decision']} {decision['verdict']}".strip(),
        split=(
            f"{share:.0%} of the patients are held out by a hash of their id; the others' stays discharged up to {cut} "
            f"train, the held-out patients' stays discharged later evaluate. No patient is on both sides."
        ),
        training_to=dt.date.fromisoformat(metadata["time_cut"]) if metadata.get("time_cut") else None,
    )


def _importances(champion: Any, matrix: pd.DataFrame) -> list[Feature]:  # noqa: ANN401  RiskModel, imported lazily
    contributions, _ = champion.contributions(matrix.head(EXPLAINED_STAYS))
    weights = contributions.abs().mean()
    weights = weights / weights.sum() if weights.sum() else weights
    labels = {feature.name: feature.label for feature in champion.catalogue}
    return [
        Feature(name, labels.get(name, name), float(share))
        for name, share in sorted(weights.items(), key=lambda pair: (-pair[1], pair[0]))
    ]


def _capacity(home: Home, evaluation_stays: int) -> Capacity:
    tiers = read_table(home, "caseload.worklist", "rank,tier")
    intensive = int((tiers["tier"] == 1).sum())
    share = intensive / len(tiers) if len(tiers) else 0.0
    return Capacity(list_size=len(tiers), places=round(share * evaluation_stays))


def _read_json(home: Home, path: str) -> dict[str, Any]:
    return _read_json_at(home.lake / path)


def _read_json_at(path: Any) -> dict[str, Any]:  # noqa: ANN401  Path
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content
