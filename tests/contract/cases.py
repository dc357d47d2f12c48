"""What each core contract rejects and what it repairs, as one table to read.

``change`` is made to the good row of ``table``; ``expected`` is the check that must notice it, ``outcome`` what becomes
of the row: ``reject`` or what then stands in the column (``-`` for missing). Two mechanical kinds are not listed but
generated: a missing value in every column whose value must be present, and -999 in every column.
"""

from dataclasses import dataclass

from tests.contract.landing import BY_SOURCE

LONG = "x" * 65

TEXT = f"""
patients       | patient_id={LONG}                      | malformed_id(patient_id)                 | reject
patients       | birth_date=1931-02-30                  | unreadable_date(birth_date)              | reject
patients       | birth_date=01/02/1950                  | unreadable_date(birth_date)              | reject
patients       | birth_date=1950/01/02                  | unreadable_date(birth_date)              | reject
patients       | birth_date=infinity                    | unreadable_date(birth_date)              | reject
patients       | birth_date=0050-01-02                  | out_of_range(birth_date)                 | reject
patients       | birth_date=2298-01-01                  | birth_in_future(birth_date)              | reject
patients       | sex=F                                  | unknown_value(sex)                       | reject
patients       | zip_code=2139                          | malformed_value(zip_code)                | -
patients       | county_fips=1234                       | malformed_value(county_fips)             | -
patients       | census_tract=123                       | malformed_value(census_tract)            | -
patients       | death_date=unknown                     | unreadable_date(death_date)              | -
patients       | death_date=9999-12-31                  | out_of_range(death_date)                 | -
patients       | death_date=1949-01-01                  | death_before_birth(death_date)           | -
patients       | primary_care_provider_id={LONG}        | malformed_id(primary_care_provider_id)   | -
encounters     | encounter_id={LONG}                    | malformed_id(encounter_id)               | reject
encounters     | patient_id={LONG}                      | malformed_id(patient_id)                 | reject
encounters     | patient_id=NOBODY                      | orphan_patient(patient_id)               | reject
encounters     | encounter_class=IP                     | unknown_value(encounter_class)           | reject
encounters     | started_at=2024-01-05T25:00:00         | unreadable_time(started_at)              | reject
encounters     | started_at=2024-01-05 10:00 EST        | unreadable_time(started_at)              | reject
encounters     | started_at=1024-01-05T10:00:00         | out_of_range(started_at)                 | reject
encounters     | facility_id={LONG}                     | malformed_id(facility_id)                | reject
encounters     | ended_at=2024-01-04T10:00:00           | ended_before_started(ended_at)           | reject
encounters     | ended_at=                              | finished_without_end(ended_at)           | reject
encounters     | ended_at=soon; status=cancelled        | unreadable_time(ended_at)                | -
encounters     | ended_at=9999-12-31T00:00:00; status=  | out_of_range(ended_at)                   | -
encounters     | status=done                            | unknown_value(status)                    | finished
encounters     | admission_type=walk-in                 | unknown_value(admission_type)            | -
encounters     | discharge_disposition=1                | padded(discharge_disposition)            | 01
encounters     | discharge_disposition=home             | malformed_value(discharge_disposition)   | -
encounters     | drg_code=65                            | padded(drg_code)                         | 065
encounters     | drg_code=OTH9                          | malformed_code(drg_code)                 | -
encounters     | payer_class=gold                       | unknown_value(payer_class)               | -
encounters     | attending_provider_id={LONG}           | malformed_id(attending_provider_id)      | -
encounters     | source_updated_at=yesterday            | unreadable_time(source_updated_at)       | -
encounters     | source_updated_at=1024-01-01           | out_of_range(source_updated_at)          | -
encounters     | started_at=2024-12-31; ended_at=2024-12-31 | starts_after_death(started_at)       | 2024-12-31 00:00:00
diagnoses      | encounter_id={LONG}                    | malformed_id(encounter_id)               | reject
diagnoses      | encounter_id=NONE                      | orphan_encounter(encounter_id)           | reject
diagnoses      | patient_id={LONG}                      | malformed_id(patient_id)                 | reject
diagnoses      | patient_id=P1                          | patient_is_not_its_encounters(patient_id) | reject
diagnoses      | code_system=SNOMED                     | unknown_value(code_system)               | reject
diagnoses      | code=heart failure                     | malformed_code(code)                     | reject
diagnoses      | code=428.0                             | malformed_code(code)                     | reject
diagnoses      | code_system=ICD-9-CM                   | malformed_code(code)                     | reject
diagnoses      | sequence=first                         | unreadable_number(sequence)              | reject
diagnoses      | sequence=1.5                           | unreadable_number(sequence)              | reject
diagnoses      | sequence=0                             | out_of_range(sequence)                   | reject
diagnoses      | present_on_admission=maybe             | unknown_value(present_on_admission)      | -
diagnoses      | recorded_at=2024-13-01                 | unreadable_time(recorded_at)             | -
diagnoses      | recorded_at=3024-01-01                 | out_of_range(recorded_at)                | -
procedures     | encounter_id={LONG}                    | malformed_id(encounter_id)               | reject
procedures     | encounter_id=NONE                      | orphan_encounter(encounter_id)           | reject
procedures     | patient_id={LONG}                      | malformed_id(patient_id)                 | reject
procedures     | patient_id=P1                          | patient_is_not_its_encounters(patient_id) | reject
procedures     | code_system=OPCS                       | unknown_value(code_system)               | reject
procedures     | code=0270                              | malformed_code(code)                     | reject
procedures     | code_system=CPT                        | malformed_code(code)                     | reject
procedures     | performed_at=2024-02-30                | unreadable_time(performed_at)            | -
procedures     | performed_at=1024-02-20                | out_of_range(performed_at)               | -
procedures     | performed_at=2024-12-31                | performed_after_death(performed_at)      | 2024-12-31 00:00:00
medications    | patient_id={LONG}                      | malformed_id(patient_id)                 | reject
medications    | patient_id=NOBODY                      | orphan_patient(patient_id)               | reject
medications    | encounter_id={LONG}                    | malformed_id(encounter_id)               | -
medications    | encounter_id=NONE                      | unknown_encounter(encounter_id)          | -
medications    | encounter_id=E1                        | patient_differs_from_encounter(encounter_id) | -
medications    | kind=standing                          | unknown_value(kind)                      | reject
medications    | code_system=GPI                        | unknown_value(code_system)               | -
medications    | code={LONG}                            | malformed_code(code)                     | -
medications    | started_at=soon                        | unreadable_time(started_at)              | reject
medications    | started_at=1024-01-01                  | out_of_range(started_at)                 | reject
medications    | ended_at=later                         | unreadable_time(ended_at)                | -
medications    | ended_at=9999-12-31                    | out_of_range(ended_at)                   | -
medications    | ended_at=2024-01-01                    | ended_before_started(ended_at)           | reject
medications    | started_at=2024-12-31; ended_at=       | starts_after_death(started_at)           | 2024-12-31 00:00:00
lab_results    | patient_id={LONG}                      | malformed_id(patient_id)                 | reject
lab_results    | patient_id=NOBODY                      | orphan_patient(patient_id)               | reject
lab_results    | encounter_id={LONG}                    | malformed_id(encounter_id)               | -
lab_results    | encounter_id=NONE                      | unknown_encounter(encounter_id)          | -
lab_results    | encounter_id=E1                        | patient_differs_from_encounter(encounter_id) | -
lab_results    | loinc_code=sodium                      | malformed_code(loinc_code)               | reject
lab_results    | value=positive                         | unreadable_number(value)                 | -
lab_results    | value=inf                              | unreadable_number(value)                 | -
lab_results    | collected_at=soon                      | unreadable_time(collected_at)            | reject
lab_results    | collected_at=1024-01-01                | out_of_range(collected_at)               | reject
lab_results    | collected_at=2024-12-31                | collected_after_death(collected_at)      | 2024-12-31 00:00:00
lab_results    | resulted_at=pending                    | unreadable_time(resulted_at)             | -
lab_results    | resulted_at=1024-01-01                 | out_of_range(resulted_at)                | -
sdoh_screenings | patient_id={LONG}                     | malformed_id(patient_id)                 | reject
sdoh_screenings | patient_id=NOBODY                     | orphan_patient(patient_id)               | reject
sdoh_screenings | encounter_id={LONG}                   | malformed_id(encounter_id)               | -
sdoh_screenings | encounter_id=NONE                     | unknown_encounter(encounter_id)          | -
sdoh_screenings | encounter_id=E1                       | patient_differs_from_encounter(encounter_id) | -
sdoh_screenings | instrument=local form                 | unknown_value(instrument)                | -
sdoh_screenings | question_loinc=housing                | malformed_code(question_loinc)           | reject
sdoh_screenings | answer_loinc=yes                      | malformed_code(answer_loinc)             | -
sdoh_screenings | answer_state=refused                  | unknown_value(answer_state)              | answered
sdoh_screenings | screened_at=soon                      | unreadable_time(screened_at)             | reject
sdoh_screenings | screened_at=1024-01-01                | out_of_range(screened_at)                | reject
sdoh_screenings | screened_at=2024-12-31                | screened_after_death(screened_at)        | 2024-12-31 00:00:00
interventions  | patient_id={LONG}                      | malformed_id(patient_id)                 | reject
interventions  | patient_id=NOBODY                      | orphan_patient(patient_id)               | reject
interventions  | encounter_id={LONG}                    | malformed_id(encounter_id)               | -
interventions  | encounter_id=NONE                      | unknown_encounter(encounter_id)          | -
interventions  | encounter_id=E1                        | patient_differs_from_encounter(encounter_id) | -
interventions  | started_at=soon                        | unreadable_time(started_at)              | reject
interventions  | started_at=1024-01-01                  | out_of_range(started_at)                 | reject
interventions  | ended_at=later                         | unreadable_time(ended_at)                | -
interventions  | ended_at=9999-12-31                    | out_of_range(ended_at)                   | -
interventions  | ended_at=2024-01-01                    | ended_before_started(ended_at)           | reject
area_sdoh      | area_type=state                        | unknown_value(area_type)                 | reject
area_sdoh      | area_id=2139                           | malformed_value(area_id)                 | reject
area_sdoh      | area_type=tract                        | malformed_value(area_id)                 | reject
area_sdoh      | index_name=social index                | malformed_value(index_name)              | reject
area_sdoh      | vintage=latest                         | unreadable_number(vintage)               | reject
area_sdoh      | vintage=22                             | out_of_range(vintage)                    | reject
area_sdoh      | value=high                             | unreadable_number(value)                 | reject
facilities     | facility_id={LONG}                     | malformed_id(facility_id)                | reject
facilities     | kind=clinic                            | unknown_value(kind)                      | -
facilities     | system_id={LONG}                       | malformed_id(system_id)                  | -
case_managers  | case_manager_id={LONG}                 | malformed_id(case_manager_id)            | reject
case_managers  | capacity_points=many                   | unreadable_number(capacity_points)       | -
case_managers  | capacity_points=-4                     | out_of_range(capacity_points)            | -
case_managers  | capacity_heads=2.5                     | unreadable_number(capacity_heads)        | -
case_managers  | capacity_heads=-1                      | out_of_range(capacity_heads)             | -
case_managers  | active=perhaps                         | unknown_value(active)                    | True
resources      | resource_id={LONG}                     | malformed_id(resource_id)                | reject
resources      | domain=pets                            | unknown_value(domain)                    | reject
"""

# What stands in a column whose missing value the contract settles.
DEFAULTS = {"status": "finished", "answer_state": "answered", "active": "True"}


@dataclass(frozen=True)
class Case:
    """One change to a good row and what must come of it."""

    table: str
    change: dict[str, str]
    expected: str
    outcome: str

    def __str__(self) -> str:
        changed = ",".join(f"{name}={value[:12]}" for name, value in self.change.items())
        return f"{self.table}-{changed}-{self.expected}"


def listed_cases() -> list[Case]:
    """Cases written out above."""
    cases = []
    for line in TEXT.strip().splitlines():
        table, change, expected, outcome = (part.strip() for part in line.split("|"))
        changes = dict(pair.strip().split("=", 1) for pair in change.split(";"))
        cases.append(Case(table, changes, expected, outcome))
    return cases


def mechanical_cases() -> list[Case]:
    """No value where one must be present, and the sentinel -999, in every column of every table."""
    cases = []
    for table, contract in BY_SOURCE.items():
        for column in contract.landing_columns:
            if column.identifying:
                continue
            if column.present:
                cases.append(Case(table, {column.name: ""}, f"missing_value({column.name})", "reject"))
            change = {column.name: "-999"}
            if column.name == "ended_at" and table == "encounters":
                change["status"] = "cancelled"
            outcome = "reject" if column.present else DEFAULTS.get(column.name, "-")
            cases.append(Case(table, change, f"sentinel_value({column.name})", outcome))
    return cases


CASES = listed_cases() + mechanical_cases()
