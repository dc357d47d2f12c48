-- The stay itself, as far as it had come by the prediction time.
-- Rule: where the patient went, the DRG and the weekday and month of discharge are known from discharge; the DRG and the
--   specialty cohort follow from codes, so they count as known only when the principal diagnosis is. A procedure without a
--   time is known from the end of its encounter.
-- Grain: one row per prediction point.
-- Source: features.point_stay, core.procedure; reference.ms_drg, mdc_label, discharge_disposition, acute_admission_type,
--   intensive_care_unit, hwr_specialty_cohort.
with unit_kind as (
    select unit.unit, bool_or(regexp_matches(lower(unit.unit), i.name_pattern)) as is_intensive
    from (select distinct unit from core.encounter where unit is not null and encounter_class = 'inpatient') as unit
    cross join reference.intensive_care_unit as i
    group by unit.unit
),
intensive as (
    select e.point_key, bool_or(k.is_intensive) as is_intensive
    from features.own_encounter as e
    join core.encounter as c on c.encounter_key = e.encounter_key
    join unit_kind as k on k.unit = c.unit
    group by e.point_key
),
done as (
    select
        e.point_key, count(*) as procedure_count,
        bool_or(d.ccs::varchar in (
            select code from reference.hwr_specialty_cohort where cohort = 'Surgery/Gynecology' and system = 'procedure_ccs'
        ) or d.icd10pcs_code in (
            select code from reference.hwr_specialty_cohort where cohort = 'Surgery/Gynecology' and system = 'icd10pcs'
        )) as is_surgical
    from features.own_encounter as e
    join core.procedure as d on d.encounter_key = e.encounter_key
    where coalesce(d.performed_at, e.ended_at) <= e.known_at
    group by e.point_key
),
listed as (
    select code as ccs, arg_min(cohort, list_position(['Cardiorespiratory', 'Cardiovascular', 'Neurology'], cohort)) as cohort
    from reference.hwr_specialty_cohort
    where system = 'diagnosis_ccs' and cohort in ('Cardiorespiratory', 'Cardiovascular', 'Neurology')
    group by code
)
select
    p.point_key, (p.known_date - p.admission_date)::integer as length_of_stay_days, o.encounter_count, a.admission_type,
    a.admission_source, z.service, z.unit,
    if(p.is_over, d.category, null) as disposition_category,
    if(p.is_over and principal.point_key is not null, m.label, null) as drg_mdc,
    if(p.is_over and principal.point_key is not null, g.medical_surgical, null) as drg_type,
    case
        when principal.point_key is null then null
        when done.is_surgical then 'Surgery/Gynecology'
        when principal.principal_ccs is null then 'Unmapped'
        else coalesce(listed.cohort, 'Medicine')
    end as specialty_cohort,
    (a.admission_type is not null and acute.admission_type is not null)::integer as is_acute_admission,
    dayname(p.admission_date) as admission_weekday, if(p.is_over, dayname(p.known_date), null) as discharge_weekday,
    if(p.is_over, (isodow(p.known_date) >= 6)::integer, null) as is_weekend_discharge,
    if(p.is_over, (isodow(p.known_date) = 5)::integer, null) as is_friday_discharge,
    clock.is_night_admission, clock.is_night_discharge,
    if(p.is_over, monthname(p.known_date), null) as discharge_month,
    (z.facility_id is distinct from a.facility_id)::integer as was_transferred,
    intensive.is_intensive::integer as is_intensive_care,
    if(source.has_procedures, coalesce(done.procedure_count, 0), null) as procedure_count
from features.prediction_point as p
join features.point_stay as o on o.point_key = p.point_key
join core.encounter as a on a.encounter_key = o.first_encounter_key
join core.encounter as z on z.encounter_key = o.last_encounter_key
cross join features.source_presence as source
join features.stay_clock as clock on clock.point_key = p.point_key
left join features.principal as principal on principal.point_key = p.point_key
left join listed on listed.ccs = principal.principal_ccs::varchar
left join intensive on intensive.point_key = p.point_key
left join done on done.point_key = p.point_key
left join reference.ms_drg as g on g.ms_drg = z.drg_code
left join reference.mdc_label as m on m.mdc = g.mdc
left join reference.discharge_disposition as d on d.code = z.discharge_disposition
left join reference.acute_admission_type as acute on acute.admission_type = a.admission_type
