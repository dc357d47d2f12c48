"""The landing tables as source-contract.md (version 1) spells them: columns (`*` required, `!` present), values."""

TABLES = {
    "patients": "patient_id*! birth_date*! sex*! race ethnicity language zip_code county_fips census_tract death_date "
    "primary_care_provider_id name mrn phone",
    "encounters": "encounter_id*! patient_id*! encounter_class*! started_at*! ended_at status facility_id* unit "
    "service admission_type admission_source discharge_disposition drg_code payer_class attending_provider_id "
    "source_updated_at",
    "diagnoses": "encounter_id*! patient_id*! code_system*! code*! sequence*! present_on_admission recorded_at",
    "procedures": "encounter_id! patient_id! code_system! code! performed_at",
    "medications": "patient_id! encounter_id kind! code_system code name started_at! ended_at",
    "lab_results": "patient_id! encounter_id loinc_code! value unit collected_at! resulted_at",
    "sdoh_screenings": "patient_id! encounter_id instrument question_loinc! answer_loinc answer_text answer_state "
    "screened_at!",
    "area_sdoh": "area_type! area_id! index_name! vintage! value!",
    "facilities": "facility_id! name kind system_id",
    "case_managers": "case_manager_id! name role facility_ids units languages skills capacity_points "
    "capacity_heads active",
    "resources": "resource_id! domain! name! zip_codes languages contact",
    "interventions": "patient_id! encounter_id kind! started_at! ended_at outcome",
}
KEYS = {
    "patients": ["patient_id"],
    "encounters": ["encounter_id"],
    "diagnoses": ["encounter_id", "code_system", "code"],
    "procedures": ["encounter_id", "code_system", "code"],
    "facilities": ["facility_id"],
    "case_managers": ["case_manager_id"],
    "resources": ["resource_id"],
    "area_sdoh": ["area_type", "area_id", "index_name", "vintage"],
}
VALUES = {
    ("patients", "sex"): "female male other unknown",
    ("encounters", "encounter_class"): "inpatient emergency observation outpatient home_health skilled_nursing "
    "rehabilitation psychiatric hospice telehealth other",
    ("encounters", "status"): "planned in_progress finished cancelled entered_in_error",
    ("encounters", "admission_type"): "emergency urgent elective newborn trauma other",
    ("encounters", "payer_class"): "medicare medicaid commercial self_pay other",
    ("diagnoses", "code_system"): "ICD-10-CM ICD-9-CM",
    ("diagnoses", "present_on_admission"): "Y N U W",
    ("procedures", "code_system"): "ICD-10-PCS ICD-9-PCS CPT",
    ("medications", "kind"): "inpatient discharge outpatient",
    ("medications", "code_system"): "RxNorm NDC ATC local",
    ("sdoh_screenings", "instrument"): "PRAPARE AHC-HRSN other",
    ("sdoh_screenings", "answer_state"): "answered declined not_asked",
    ("area_sdoh", "area_type"): "zip county tract",
    ("facilities", "kind"): "acute critical_access psychiatric rehabilitation skilled_nursing cancer_exempt other",
}
UB04 = [
    *("01 02 03 04 05 06 07 09 20 21 30 40 41 42 43 50 51 61 62 63 64 65 66 69 70".split()),  # noqa: SIM905
    *(str(code) for code in range(81, 96)),
]


def columns(table: str, mark: str = "") -> list[str]:
    """Return the table's columns in order; with a mark, those that carry it."""
    words = TABLES[table].split()
    return [word.rstrip("*!") for word in words if mark in word]
