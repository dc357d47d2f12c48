-- core.diagnosis_code: every code that diagnoses are drawn from. Grain: one row per code.
select code_key, 'ICD-10-CM' as code_system, code, code as icd10_code, ccs
from code
order by code_key
