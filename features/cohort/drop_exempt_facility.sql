-- Drop rule exempt_facility: the facility kind is exempt from the measure (hwr_medicare: cancer_exempt; hwr_adapted: none).
-- Grain: one row per stay that the rule drops; `is_known_at_discharge` says whether the rule could already be applied then.
-- Source: clinical-definitions.md, section 1 (index eligibility).
select s.stay_key, true as is_known_at_discharge
from cohort.stay as s
join core.facility as f on f.facility_id = s.facility_id
where list_contains($exempt_facility_kinds::varchar[], f.kind)
