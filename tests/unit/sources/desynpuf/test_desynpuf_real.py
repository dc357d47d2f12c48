"""The shared DE-SynPUF samples, counted a second time with pandas."""

from pathlib import Path

import duckdb
import pandas as pd
import pytest

from sources.desynpuf import to_landing

pytestmark = pytest.mark.slow
DIAGNOSES = [f"ICD9_DGNS_CD_{number}" for number in range(1, 11)]
PROCEDURES = [f"ICD9_PRCDR_CD_{number}" for number in range(1, 7)]
OTHERS = ["CLM_ID", "SEGMENT", "PRVDR_NUM", "CLM_ADMSN_DT", "NCH_BENE_DSCHRG_DT", "CLM_DRG_CD"]


def _read(folder: Path, pattern: str, columns: list[str]) -> pd.DataFrame:
    parts = sorted((folder / "desynpuf").glob(pattern))
    return pd.concat([pd.read_csv(part, dtype=str, usecols=columns) for part in parts], ignore_index=True)


@pytest.fixture(scope="module")
def claims(shared_data: Path) -> pd.DataFrame:
    return _read(shared_data, "*Inpatient_Claims*", [*OTHERS, *DIAGNOSES, *PROCEDURES])


@pytest.fixture(scope="module")
def summaries(shared_data: Path) -> pd.DataFrame:
    return _read(shared_data, "*Beneficiary*", ["DESYNPUF_ID"])


def test_counts_agree_with_pandas(
    con: duckdb.DuckDBPyConnection, shared_data: Path, out: Path, claims: pd.DataFrame, summaries: pd.DataFrame
) -> None:
    report = to_landing(con, shared_data / "desynpuf", out)
    left_out = {(row.source_table, row.landing_table, row.reason.split(",")[0]): row.rows for row in report.left_out}

    assert report.rows_in == {"beneficiary_summary": len(summaries), "inpatient_claims": len(claims)}
    assert report.rows_out == {
        "patients": summaries["DESYNPUF_ID"].nunique(),
        "encounters": claims["CLM_ID"].nunique(),
        "diagnoses": int(claims[DIAGNOSES].notna().sum().sum()),
        "procedures": int(claims["ICD9_PRCDR_CD_1"].notna().sum()),
        "facilities": claims.loc[claims["SEGMENT"] == "1", "PRVDR_NUM"].nunique(),
    }
    assert left_out == {
        ("beneficiary_summary", "patients", "earlier year of the same beneficiary"): len(summaries) - 60_000,
        ("inpatient_claims", "encounters", "further segment of a claim"): int((claims["SEGMENT"] == "2").sum()),
        ("inpatient_claims", "procedures", "ICD9_PRCDR_CD_2 to _6"): int(claims[PROCEDURES[1:]].notna().sum().sum()),
    }

    landed = pd.read_parquet(out / "encounters.parquet")
    first = claims[claims["SEGMENT"] == "1"].set_index("CLM_ID").sort_index()
    landed = landed.set_index("encounter_id").sort_index()
    assert (landed["started_at"].str.replace("-", "") == first["CLM_ADMSN_DT"]).all()
    assert (landed["ended_at"].str.replace("-", "") == first["NCH_BENE_DSCHRG_DT"]).all()
    principal = pd.read_parquet(out / "diagnoses.parquet").query("sequence == 1").set_index("encounter_id")["code"]
    assert principal.sort_index().equals(first["ICD9_DGNS_CD_1"].dropna().rename("code").rename_axis("encounter_id"))


def test_further_procedure_fields_hold_diagnosis_codes(claims: pd.DataFrame, reference_folder: Path) -> None:
    """The reason they are left out: under a fifth could be procedures at all, against nearly every first field."""
    codes = set(pd.read_csv(reference_folder / "value_sets/gem_procedure.csv.gz", dtype=str)["icd9pcs_code"])
    share = {number: claims[f"ICD9_PRCDR_CD_{number}"].dropna().isin(codes).mean() for number in range(1, 7)}
    assert share[1] > 0.99
    assert all(share[number] < 0.2 for number in range(2, 7))


def test_provider_types_do_not_show_in_the_case_mix(claims: pd.DataFrame) -> None:
    """The reason facility kinds are unknown: numbers of psychiatric form have no more psychiatric stays than others."""
    stays = claims[claims["SEGMENT"] == "1"]
    looks_psychiatric = stays["PRVDR_NUM"].str[2].eq("S") | stays["PRVDR_NUM"].str[2:4].between("40", "44")
    is_psychiatric = stays["CLM_DRG_CD"].between("880", "887")
    assert looks_psychiatric.sum() > 1_000
    assert is_psychiatric[looks_psychiatric].mean() < 0.06
    assert is_psychiatric[~looks_psychiatric].mean() == pytest.approx(
        is_psychiatric[looks_psychiatric].mean(), abs=0.02
    )
