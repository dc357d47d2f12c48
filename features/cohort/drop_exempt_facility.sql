-- Drop rule exempt_facility: the facility kind is exempt from the measure (hwr_medicare: cancer_exempt; hwr_adapted: none).
-- Grain: one row per stay that the rule drops; `known_from` is when the rule could be applied first.
-- Source: clinical-definitions.md, section 1 (index eligibility).
select s.stay_key, s.discharged_at as known_from
from cohort.stay as s
join core.facility as f on f.facility_id = s.facility_id
where list_contains($exempt_facility_kinds::varchar[], f.kind)
