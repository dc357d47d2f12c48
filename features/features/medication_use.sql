-- Medications that a patient had around a stay, by their role.
-- Grain: one row per prediction point and medication.
-- Source: features.medication_order (rule there).
select
    point_key, product_number, any_value(drug_number) as drug_number, bool_or(is_home) as is_home,
    bool_or(is_discharge) as is_discharge
from features.medication_order
group by point_key, product_number
