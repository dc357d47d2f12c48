-- High-risk medication classes of a patient, at home and on the discharge list.
-- Rule: a drug is of a class by its ATC code (any below the class's), its RxNorm code, or a word of its name that begins with
--   one of the class's names: morphine is not found in apomorphine. Words are parted by blanks and - / ( , +.
-- Grain: one row per prediction point and class.
-- Source: features.medication_list (rule there); reference.high_risk_medication.
with drug as (
    select distinct code_system, code, name, ' ' || translate(lower(name), '-/(,+', '     ') as words
    from features.medication_list
),
classed as (
    select distinct d.code_system, d.code, d.name, h.medication_class, h.medication_group
    from drug as d
    join reference.high_risk_medication as h
        on (h.code_system = 'ATC' and d.code_system = 'ATC' and starts_with(d.code, h.code))
        or (h.code_system = 'RxNorm' and d.code_system = 'RxNorm' and d.code = h.code)
        or (h.code_system = 'name' and contains(d.words, ' ' || h.code))
)
select
    u.point_key, c.medication_class, any_value(c.medication_group) as medication_group, bool_or(u.role = 'home') as is_home,
    bool_or(u.role = 'discharge') as is_discharge, bool_or(u.is_current) as is_current
from features.medication_list as u
join classed as c
    on c.code_system is not distinct from u.code_system and c.code is not distinct from u.code and c.name is not distinct from u.name
where u.role in ('home', 'discharge')
group by u.point_key, c.medication_class
