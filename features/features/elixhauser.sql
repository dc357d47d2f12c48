-- Elixhauser comorbidity, AHRQ refined: 38 measures of the stay and the finished stays of the year before.
-- Rule: a milder measure is 0 where its severe grade is there; the count is of what remains.
-- Grain: one row per prediction point.
-- Source: features.elixhauser_mask (rule and sources there); reference.elixhauser_measure, elixhauser_hierarchy.
with mask as (select distinct mask from features.elixhauser_mask union select 0::bigint),
kept as (
    select distinct mask.mask, m.measure
    from mask
    join reference.elixhauser_measure as m on (mask.mask >> m.position) & 1 = 1
    where m.measure is not null
        and not exists (
            select 1
            from reference.elixhauser_hierarchy as h
            join reference.elixhauser_measure as severe on severe.part = h.superseded_by
            where h.part = m.part and (mask.mask >> severe.position) & 1 = 1
        )
),
flag as (
    select
        mask.mask, count(k.measure) as elixhauser_count,
        count(*) filter (where k.measure = 'AIDS') as elixhauser_aids, count(*) filter (where k.measure = 'ALCOHOL') as elixhauser_alcohol,
        count(*) filter (where k.measure = 'ANEMDEF') as elixhauser_anemdef, count(*) filter (where k.measure = 'AUTOIMMUNE') as elixhauser_autoimmune,
        count(*) filter (where k.measure = 'BLDLOSS') as elixhauser_bldloss, count(*) filter (where k.measure = 'CANCER_LEUK') as elixhauser_cancer_leuk,
        count(*) filter (where k.measure = 'CANCER_LYMPH') as elixhauser_cancer_lymph, count(*) filter (where k.measure = 'CANCER_METS') as elixhauser_cancer_mets,
        count(*) filter (where k.measure = 'CANCER_NSITU') as elixhauser_cancer_nsitu, count(*) filter (where k.measure = 'CANCER_SOLID') as elixhauser_cancer_solid,
        count(*) filter (where k.measure = 'CBVD') as elixhauser_cbvd, count(*) filter (where k.measure = 'COAG') as elixhauser_coag,
        count(*) filter (where k.measure = 'DEMENTIA') as elixhauser_dementia, count(*) filter (where k.measure = 'DEPRESS') as elixhauser_depress,
        count(*) filter (where k.measure = 'DIAB_CX') as elixhauser_diab_cx, count(*) filter (where k.measure = 'DIAB_UNCX') as elixhauser_diab_uncx,
        count(*) filter (where k.measure = 'DRUG_ABUSE') as elixhauser_drug_abuse, count(*) filter (where k.measure = 'HF') as elixhauser_hf,
        count(*) filter (where k.measure = 'HTN_CX') as elixhauser_htn_cx, count(*) filter (where k.measure = 'HTN_UNCX') as elixhauser_htn_uncx,
        count(*) filter (where k.measure = 'LIVER_MLD') as elixhauser_liver_mld, count(*) filter (where k.measure = 'LIVER_SEV') as elixhauser_liver_sev,
        count(*) filter (where k.measure = 'LUNG_CHRONIC') as elixhauser_lung_chronic, count(*) filter (where k.measure = 'NEURO_MOVT') as elixhauser_neuro_movt,
        count(*) filter (where k.measure = 'NEURO_OTH') as elixhauser_neuro_oth, count(*) filter (where k.measure = 'NEURO_SEIZ') as elixhauser_neuro_seiz,
        count(*) filter (where k.measure = 'OBESE') as elixhauser_obese, count(*) filter (where k.measure = 'PARALYSIS') as elixhauser_paralysis,
        count(*) filter (where k.measure = 'PERIVASC') as elixhauser_perivasc, count(*) filter (where k.measure = 'PSYCHOSES') as elixhauser_psychoses,
        count(*) filter (where k.measure = 'PULMCIRC') as elixhauser_pulmcirc, count(*) filter (where k.measure = 'RENLFL_MOD') as elixhauser_renlfl_mod,
        count(*) filter (where k.measure = 'RENLFL_SEV') as elixhauser_renlfl_sev, count(*) filter (where k.measure = 'THYROID_HYPO') as elixhauser_thyroid_hypo,
        count(*) filter (where k.measure = 'THYROID_OTH') as elixhauser_thyroid_oth, count(*) filter (where k.measure = 'ULCER_PEPTIC') as elixhauser_ulcer_peptic,
        count(*) filter (where k.measure = 'VALVE') as elixhauser_valve, count(*) filter (where k.measure = 'WGHTLOSS') as elixhauser_wghtloss
    from mask
    left join kept as k on k.mask = mask.mask
    group by mask.mask
)
select p.point_key, columns(flag.* exclude (mask))::tinyint
from features.prediction_point as p
left join features.elixhauser_mask as found on found.point_key = p.point_key
join flag on flag.mask = coalesce(found.mask, 0)
