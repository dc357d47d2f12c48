"""The features: one SQL file per subject, everything as known at the prediction point (discharge)."""

from collections.abc import Mapping
from pathlib import Path

import yaml

from data_contracts.errors import HomewardError

SQL_FOLDER = Path(__file__).parent

PARAMETER_NAMES = (
    "look_back_days",
    "emergency_lead_hours",
    "readmission_days",
    "home_medication_days",
    "z_code_days",
    "hospital_hemoglobin_below",
    "hospital_sodium_below",
    "ahc_safety_above",
    "prapare_tally_max",
)

STEPS = (
    "features.source_presence",
    "features.prediction_point",
    "features.look_back_encounter",
    "features.demographic",
    "features.index_stay",
    "features.emergency_lead",
    "features.prior_use",
    "features.prior_stay",
    "features.charlson_mask",
    "features.comorbidity",
    "features.elixhauser_mask",
    "features.elixhauser",
    "features.diagnosis_group",
    "features.medication_use",
    "features.medication",
    "features.lab_last",
    "features.lab",
    "features.sdoh_answer",
    "features.sdoh_item",
    "features.z_code_need",
    "features.sdoh_need",
    "features.prapare_tally",
    "features.sdoh",
    "features.area",
    "features.lace",
    "features.hospital",
    "features.clinical_score",
    "features.matrix",
)

# Tables with one row per prediction point whose columns are features, in the order of the matrix.
SUBJECTS = (
    "features.demographic",
    "features.index_stay",
    "features.prior_use",
    "features.prior_stay",
    "features.comorbidity",
    "features.elixhauser",
    "features.diagnosis_group",
    "features.medication",
    "features.lab",
    "features.sdoh",
    "features.area",
    "features.clinical_score",
)

PUBLISHED = (*SUBJECTS, "features.sdoh_need", "features.matrix")

TRANSIENT = tuple(step for step in STEPS if step not in PUBLISHED)


def parameters(numbers: Mapping[str, object]) -> dict[str, object]:
    """Collect the named parameters of the features' SQL files.

    Parameters
    ----------
    numbers : mapping
        ``reference/measures/feature_parameters.yaml``: windows in days or hours, cut-offs in the unit noted there.

    Returns
    -------
    dict
        Parameter name to value.

    Raises
    ------
    HomewardError
        A number is missing.
    """
    if missing := [name for name in PARAMETER_NAMES if name not in numbers]:
        raise HomewardError(
            f"lacks {', '.join(missing)}",
            where="reference/measures/feature_parameters.yaml",
            next_step="add the missing numbers with their source",
        )
    return {name: numbers[name] for name in PARAMETER_NAMES}


def read_parameters(reference_folder: Path) -> dict[str, object]:
    """Read `parameters` from ``measures/feature_parameters.yaml`` of a reference folder."""
    path = reference_folder / "measures" / "feature_parameters.yaml"
    return parameters(yaml.safe_load(path.read_text(encoding="utf-8")))
