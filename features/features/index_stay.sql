-- The stay itself, as known at discharge.
-- Rule: the DRG and the specialty cohort follow from final codes, so they count as known only when the principal diagnosis
--   had been recorded by discharge. A procedure without a time is known from the end of its encounter.
-- Grain: one row per prediction point.
-- Source: cohort.stay, core.procedure; reference.ms_drg, mdc_label, discharge_disposition, acute_admission_type, intensive_care_unit.
with unit as (
    select distinct c.unit
    from cohort.stay_encounter as e
    join core.encounter as c on c.encounter_key = e.encounter_key
    where c.unit is not null
),
unit_kind as (
    select unit.unit, bool_or(regexp_matches(lower(unit.unit), i.name_pattern)) as is_intensive
    from unit
    cross join reference.intensive_care_unit as i
    group by unit.unit
),
intensive as (
    select e.stay_key, bool_or(k.is_intensive) as is_intensive
    from cohort.stay_encounter as e
    join core.encounter as c on c.encounter_key = e.encounter_key
    join unit_kind as k on k.unit = c.unit
    group by e.stay_key
),
done as (
    select e.stay_key, count(*) as procedure_count
    from features.look_back_encounter as e
    join core.procedure as d on d.encounter_key = e.encounter_key
    where e.is_own and coalesce(d.performed_at, e.known_from) <= e.scored_at
    group by e.stay_key
),
coded as (
    select s.stay_key, s.specialty_cohort, m.label as drg_mdc, g.medical_surgical as drg_type
    from cohort.stay as s
    left join reference.ms_drg as g on g.ms_drg = s.drg_code
    left join reference.mdc_label as m on m.mdc = g.mdc
    where s.is_principal_known_at_discharge
)
select
    p.stay_key, s.length_of_stay_days, s.encounter_count, s.admission_type, s.admission_source, s.service, s.unit,
    d.category as disposition_category, coded.drg_mdc, coded.drg_type, coded.specialty_cohort,
    (s.admission_type is not null and a.admission_type is not null)::integer as is_acute_admission,
    dayname(s.admission_date) as admission_weekday, dayname(s.discharge_date) as discharge_weekday,
    (isodow(s.discharge_date) >= 6)::integer as is_weekend_discharge, monthname(s.discharge_date) as discharge_month,
    (s.facility_id is distinct from s.admission_facility_id)::integer as was_transferred,
    intensive.is_intensive::integer as is_intensive_care,
    if(source.has_procedures, coalesce(done.procedure_count, 0), null) as procedure_count
from features.prediction_point as p
join cohort.stay as s on s.stay_key = p.stay_key
cross join features.source_presence as source
left join coded on coded.stay_key = p.stay_key
left join intensive on intensive.stay_key = p.stay_key
left join done on done.stay_key = p.stay_key
left join reference.discharge_disposition as d on d.code = s.discharge_disposition
left join reference.acute_admission_type as a on a.admission_type = s.admission_type
