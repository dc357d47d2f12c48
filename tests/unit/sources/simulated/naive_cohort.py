"""The cohort rules of clinical-definitions.md section 1 as one slow, plain loop: stays, planned, first return."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pandas as pd

VALUE_SETS = Path(__file__).resolve().parents[4] / "reference" / "value_sets"
NOT_ACUTE = ("psychiatric", "rehabilitation", "skilled_nursing")
OPEN = pd.Timestamp("2200-01-01")


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(VALUE_SETS / name, dtype=str)


@dataclass
class Groups:
    """CCS categories and the planned-readmission lists."""

    diagnosis: dict[str, str] = field(default_factory=lambda: dict(read("ccs_diagnosis.csv.gz").iloc[:, :2].to_numpy()))
    procedure: dict[str, str] = field(default_factory=lambda: dict(read("ccs_procedure.csv.gz").iloc[:, :2].to_numpy()))
    planned: dict[tuple[str, str], set[str]] = field(
        default_factory=lambda: {
            key: set(part["code"]) for key, part in read("planned_readmission.csv.gz").groupby(["list", "system"])
        }
    )

    def is_planned(self, principal: str | None, procedures: list[str]) -> bool:
        ccs = self.diagnosis.get(principal or "")
        done = {self.procedure.get(code) for code in procedures}
        if (
            done & self.planned["always_planned", "procedure_ccs"]
            or ccs in self.planned["always_planned", "diagnosis_ccs"]
        ):
            return True
        maybe = done & self.planned["potentially_planned", "procedure_ccs"]
        maybe |= set(procedures) & self.planned["potentially_planned", "icd10pcs"]
        acute = ccs in self.planned["acute", "diagnosis_ccs"] or principal in self.planned["acute", "icd10cm"]
        return bool(maybe) and not acute


@cache
def load_groups() -> Groups:
    """Return the value sets, read once."""
    return Groups()


def follow_stays(tables: dict[str, pd.DataFrame], groups: Groups) -> pd.DataFrame:
    """Stitch encounters into stays and say what came first within 30 calendar days after each finished one."""
    kind = tables["facilities"].set_index("facility_id")["kind"]
    encounters = tables["encounters"]
    kept = encounters[
        (encounters["encounter_class"] == "inpatient")
        & ~encounters["status"].isin(["cancelled", "entered_in_error", "planned"])
        & ~encounters["facility_id"].map(kind).isin(NOT_ACUTE)
    ].sort_values(["patient_id", "started_at"])
    codes = tables["diagnoses"].assign(code=tables["diagnoses"]["code"].str.replace(".", "", regex=False))
    principal = codes[codes["sequence"] == 1].set_index("encounter_id")["code"].to_dict()
    procedures = tables["procedures"].groupby("encounter_id")["code"].agg(list).to_dict()
    stays: list[dict[str, object]] = []
    for row in kept.itertuples():
        end = OPEN if pd.isna(row.ended_at) else row.ended_at
        code = principal.get(row.encounter_id)
        ccs, stay = groups.diagnosis.get(code or ""), stays[-1] if stays else None
        if stay and stay["patient_id"] == row.patient_id:
            days = (row.started_at.normalize() - stay["end"].normalize()).days
            same = row.facility_id == stay["facility_id"]
            fold = same and days == 0 and ccs is not None and ccs == stay["ccs"]
            if row.started_at < stay["end"] or fold or (not same and days <= 1):
                stay["procedures"] += procedures.get(row.encounter_id, [])
                stay["count"] += 1
                if end > stay["end"]:
                    stay.update(end=end, encounter_id=row.encounter_id, facility_id=row.facility_id, ccs=ccs)
                continue
        stays.append(
            {"patient_id": row.patient_id, "start": row.started_at, "end": end, "encounter_id": row.encounter_id}
            | {"facility_id": row.facility_id, "ccs": ccs, "principal": code, "count": 1}
            | {"procedures": list(procedures.get(row.encounter_id, []))}
        )
    found = []
    for stay, following in zip(stays, [*stays[1:], None], strict=True):
        first = "none"
        if following and following["patient_id"] == stay["patient_id"]:
            days = (following["start"].normalize() - stay["end"].normalize()).days
            if days <= 30:
                planned = groups.is_planned(following["principal"], following["procedures"])
                first = "planned" if planned else "unplanned"
        if stay["end"] < OPEN:
            found.append({"encounter_id": stay["encounter_id"], "first": first, "count": stay["count"]})
    return pd.DataFrame(found)
