-- HOSPITAL score, 0-13, variants 2016 and 2013 (they differ in the bands of earlier admissions).
-- Rule: haemoglobin and sodium are the last collected in the stay and resulted by discharge; a missing item scores 0 and sets
--   its flag. Oncology by the service that discharged. Any procedure of the stay; any acute or urgent admission.
-- Grain: one row per prediction point.
-- Source: Donze 2013, 2016 (reference.score_point); clinical-definitions.md, section 2.
with value as (
    select
        p.point_key, coalesce(lab.lab_hemoglobin < $hospital_hemoglobin_below, false)::integer as hemoglobin_below_cutoff,
        coalesce(lab.lab_sodium < $hospital_sodium_below, false)::integer as sodium_below_cutoff,
        exists (
            select 1 from reference.oncology_service as o where contains(lower(s.service), o.name_contains)
        )::integer as oncology_service,
        coalesce(s.procedure_count > 0, false)::integer as any_procedure, s.is_acute_admission as acute_admission,
        u.acute_admission_count_365d as admission_count, s.length_of_stay_days,
        (lab.lab_hemoglobin is null)::integer as hospital_hemoglobin_missing,
        (lab.lab_sodium is null)::integer as hospital_sodium_missing,
        (s.procedure_count is null)::integer as hospital_procedure_missing,
        (s.service is null)::integer as hospital_service_missing
    from features.prediction_point as p
    join features.index_stay as s on s.point_key = p.point_key
    join features.prior_use as u on u.point_key = p.point_key
    join features.lab as lab on lab.point_key = p.point_key
),
point as (select score, item, from_value, coalesce(to_value, 2147483647) as to_value, points from reference.score_point),
long as (
    unpivot (
        select
            point_key, hemoglobin_below_cutoff, sodium_below_cutoff, oncology_service, any_procedure, acute_admission,
            admission_count::integer as admission_count, length_of_stay_days
        from value
    )
    on hemoglobin_below_cutoff, sodium_below_cutoff, oncology_service, any_procedure, acute_admission, admission_count, length_of_stay_days
    into name item value amount
),
scored as (
    select
        long.point_key,
        coalesce(sum(p.points) filter (where long.item = 'hemoglobin_below_cutoff'), 0)::integer as hospital_hemoglobin_points,
        coalesce(sum(p.points) filter (where long.item = 'oncology_service'), 0)::integer as hospital_oncology_points,
        coalesce(sum(p.points) filter (where long.item = 'sodium_below_cutoff'), 0)::integer as hospital_sodium_points,
        coalesce(sum(p.points) filter (where long.item = 'any_procedure'), 0)::integer as hospital_procedure_points,
        coalesce(sum(p.points) filter (where long.item = 'acute_admission'), 0)::integer as hospital_acute_points,
        coalesce(sum(p.points) filter (where long.item = 'admission_count' and p.score = 'hospital'), 0)::integer as hospital_admission_points,
        coalesce(sum(p.points) filter (where long.item = 'length_of_stay_days'), 0)::integer as hospital_length_of_stay_points,
        coalesce(sum(p.points) filter (where p.score = 'hospital'), 0)::integer as hospital,
        coalesce(sum(p.points) filter (where p.score = 'hospital_2013'), 0)::integer as admission_points_2013
    from long
    left join point as p
        on p.item = long.item and p.score in ('hospital', 'hospital_2013') and long.amount between p.from_value and p.to_value
    group by long.point_key
)
select
    s.point_key, s.hospital, s.hospital - s.hospital_admission_points + s.admission_points_2013 as hospital_2013,
    s.* exclude (point_key, hospital, admission_points_2013), value.hospital_hemoglobin_missing,
    value.hospital_sodium_missing, value.hospital_procedure_missing, value.hospital_service_missing
from scored as s
join value on value.point_key = s.point_key
