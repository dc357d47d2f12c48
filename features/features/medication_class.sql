-- High-risk medication classes of a patient, at home and on the discharge list.
-- Grain: one row per prediction point and class.
-- Source: features.medication_use, features.product_class (rules there).
select
    u.point_key, c.medication_class, any_value(c.medication_group) as medication_group, bool_or(u.is_home) as is_home,
    bool_or(u.is_discharge) as is_discharge
from features.medication_use as u
join features.product_class as c on c.product_number = u.product_number
where u.is_home or u.is_discharge
group by u.point_key, c.medication_class
