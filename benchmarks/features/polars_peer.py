"""The polars peer: large tables lazily through the streaming engine, then the flat look-backs of the pandas peer.

Stays of a patient do not overlap, so each fact counts for one range of stays: +1 where it begins, -1 behind its end,
and a running sum gives every stay's number. The data have no stay in progress and no diagnosis without a time, so what
only those need is left out.
"""

import datetime as dt
from pathlib import Path

import polars as pl

from benchmarks.features.data import read_cut_off
from benchmarks.features.polars_stays import (
    DAY_SECONDS,
    add_outcomes,
    build_stays,
    day,
    pack,
    read_visits,
    scan,
    seconds,
    stitch,
)
from benchmarks.features.rules import ANALYTES, COUNT_WINDOWS, Rules, read_rules

EPOCH = dt.date(1970, 1, 1)
HOUR_SECONDS = 3600


def run(data: Path, work: Path) -> dict[str, int]:
    """Do W on all cores that polars finds."""
    core, rules = data / "lake" / "core", read_rules()
    cut_off_day = (dt.date.fromisoformat(read_cut_off(data)) - EPOCH).days
    acute, emergency = read_visits(core, rules)
    linked = stitch(acute)
    stays = add_outcomes(core, build_stays(linked), linked, rules, cut_off_day).with_columns(
        pack("patient_key", pl.col("admitted")).alias("admitted_packed"),
        pack("patient_key", pl.col("discharged")).alias("discharged_packed"),
        pack("patient_key", pl.col("admission_day") * DAY_SECONDS).alias("day_packed"),
    )
    stay_of = linked.select("encounter_key", "stay")
    columns = pl.concat(
        [
            stays.select("stay_key", "readmitted_30d"),
            count_admissions(stays),
            count_emergencies(stays, emergency, rules.parameters["emergency_lead_hours"]),
            flag_conditions(core, stays, stay_of, rules),
            find_last_values(core, stays, rules),
            count_home_drugs(core, stays, rules.parameters["home_medication_days"]),
        ],
        how="horizontal",
    )
    folder = work / "features" / "work"
    folder.mkdir(parents=True)
    index = columns.filter(stays["is_index"])
    index.write_parquet(folder / "all.parquet")
    return {"rows": index.height}


def count_admissions(stays: pl.DataFrame) -> pl.DataFrame:
    """Count earlier stays in each window, with what else they say: days since the last one, their days."""
    own = pl.Series(range(stays.height), dtype=pl.Int64)
    earliest = {w: _find(stays["admitted_packed"], _window_start(stays, w)) for w in COUNT_WINDOWS}
    counts = [(own - earliest[w]).alias(f"acute_admission_count_{w}d") for w in COUNT_WINDOWS]
    days = (stays["discharge_day"] - stays["admission_day"]).cum_sum().shift(1, fill_value=0)
    since = stays["admission_day"] - stays["discharge_day"].shift(1)
    return pl.DataFrame([*counts, (days - days.gather(earliest[365])).alias("inpatient_day_count_365d")]).with_columns(
        pl.when(own > earliest[365]).then(since).alias("days_since_discharge")
    )


def count_emergencies(stays: pl.DataFrame, visits: pl.DataFrame, lead_hours: int) -> pl.DataFrame:
    """Count earlier emergency visits in each window, without the one that led to the admission."""
    before = _find(visits["begin"], stays["admitted_packed"])
    lead = _find_lead(visits, before, stays["admitted_packed"] - lead_hours * HOUR_SECONDS)
    lead_day = visits["started_day"].gather(lead)
    counts = []
    for window in COUNT_WINDOWS:
        led = (lead_day >= stays["admission_day"] - window).fill_null(value=False).cast(pl.Int64)
        count = before - _find(visits["begin"], _window_start(stays, window)) - led
        counts.append(count.alias(f"emergency_visit_count_{window}d"))
    return pl.DataFrame(counts)


def flag_conditions(core: Path, stays: pl.DataFrame, stay_of: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Charlson conditions from diagnoses of the stay and of stays that ended in the year before, known at discharge."""
    codes = scan(core, "diagnosis_code").select("code_key", "code_system", "code").collect()
    masks = [rules.mask_of_code(system, code) for _, system, code in codes.iter_rows()]
    masked = codes.select("code_key", pl.Series("mask", masks, dtype=pl.Int64)).filter(pl.col("mask") > 0)
    found = (
        scan(core, "diagnosis")
        .select("encounter_key", "code_key", seconds("recorded_at"))
        .join(masked.lazy(), on="code_key")
        .join(stay_of.lazy(), on="encounter_key")
        .join(stays.lazy().select("stay", "patient_key", "discharge_day"), on="stay")
        .collect(engine="streaming")
    )
    last_day = pl.col("discharge_day") + rules.parameters["look_back_days"]
    ends = found.select(
        pack("patient_key", pl.col("recorded_at")).alias("known"),
        pack("patient_key", last_day * DAY_SECONDS).alias("end"),
    )
    known = _find(stays["discharged_packed"], ends["known"])
    found = found.select(
        "mask", pl.max_horizontal("stay", known).alias("begin"),
        _find(stays["day_packed"], ends["end"], side="right").alias("end"),
    ).filter(pl.col("begin") < pl.col("end"))  # fmt: skip
    bits = {f"charlson_{name}": pl.col("mask") // 2**p % 2 for p, name in enumerate(rules.charlson_conditions)}
    facts = found.select("begin", "end", **bits)
    return _run_up(facts, list(bits), stays.height).select(pl.all() > 0)


def find_last_values(core: Path, stays: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Last usable value of each analyte collected in the stay and resulted by its end, for index stays."""
    loincs = pl.LazyFrame(list(rules.analyte_of_loinc.items()), schema=["loinc_code", "analyte"], orient="row")
    factors = pl.LazyFrame(
        [(*key, factor) for key, factor in rules.factor_of_unit.items()],
        schema={"analyte": pl.Int64, "unit_key": pl.String, "factor": pl.Float64}, orient="row",
    )  # fmt: skip
    admitted = stays["admitted_packed"]
    results = (
        scan(core, "lab_result")
        .filter(pl.col("value") >= 0)
        .select(
            "patient_key", "loinc_code", "value", seconds("collected_at"), seconds("resulted_at"),
            pl.col("unit").str.replace_all(" ", "", literal=True).str.to_lowercase().alias("unit_key"),
        )
        .join(loincs, on="loinc_code")
        .join(factors, on=["analyte", "unit_key"])
        .with_columns(
            pack("patient_key", pl.col("collected_at"))
            .map_batches(lambda s: _find(admitted, s, side="right") - 1, return_dtype=pl.Int64, is_elementwise=True)
            .alias("stay")
        )
        .join(stays.lazy().filter("is_index").select("stay", "discharged", "patient_key"), on=["stay", "patient_key"])
        .filter(pl.max_horizontal("collected_at", "resulted_at") <= pl.col("discharged"))
        .with_columns((pl.col("value") * pl.col("factor")).round(6).alias("amount"))
        .select("stay", "analyte", "collected_at", "resulted_at", "amount")
        .collect(engine="streaming")
    )  # fmt: skip
    last = results.sort("stay", "analyte", "collected_at", "resulted_at", "amount")
    is_last = (pl.col("stay") != pl.col("stay").shift(-1)) | (pl.col("analyte") != pl.col("analyte").shift(-1))
    last = last.filter(is_last.fill_null(value=True))
    wide = last.group_by("stay").agg(
        pl.col("amount").filter(pl.col("analyte") == place).first().alias(f"lab_{name}")
        for place, name in enumerate(ANALYTES)
    )
    return stays.select("stay").join(wide, on="stay", how="left", maintain_order="left").drop("stay")


def count_home_drugs(core: Path, stays: pl.DataFrame, days: int) -> pl.DataFrame:
    """Distinct drugs ordered outside hospital stays, or at discharge, in so many days before the admission."""
    last_day = (day("started_date") + days) * DAY_SECONDS
    orders = (
        scan(core, "medication")
        .filter(pl.col("kind") != "inpatient")
        .select(
            "patient_key", pl.coalesce("code", pl.col("name").str.strip_chars().str.to_lowercase()).alias("drug"),
            seconds("started_at"),
            _position(stays["admitted_packed"], pack("patient_key", seconds("started_at"))).alias("begin"),
            _position(stays["day_packed"], pack("patient_key", last_day)).alias("end"),
        )
        .filter(pl.col("begin") < pl.col("end"), pl.col("drug").is_not_null())
        .sort("patient_key", "drug", "started_at")
        .collect(engine="streaming")
    )  # fmt: skip
    again = (pl.col("patient_key") == pl.col("patient_key").shift(1)) & (pl.col("drug") == pl.col("drug").shift(1))
    clipped = pl.when(again).then(pl.max_horizontal("begin", pl.col("end").shift(1))).otherwise("begin")
    facts = orders.select(clipped.alias("begin"), "end", pl.lit(1).alias("home_medication_count"))
    return _run_up(facts.filter(pl.col("begin") < pl.col("end")), ["home_medication_count"], stays.height)


def _find(sorted_keys: pl.Series, keys: pl.Series, side: str = "left") -> pl.Series:
    """Place of each key in sorted ones."""
    return sorted_keys.search_sorted(keys, side=side).cast(pl.Int64)


def _position(sorted_keys: pl.Series, key: pl.Expr) -> pl.Expr:
    """Find the first place behind a key, as an expression that streams."""
    return key.map_batches(lambda s: _find(sorted_keys, s, side="right"), return_dtype=pl.Int64, is_elementwise=True)


def _window_start(stays: pl.DataFrame, window: int) -> pl.Series:
    return stays["day_packed"] - window * DAY_SECONDS


def _find_lead(visits: pl.DataFrame, before: pl.Series, soon: pl.Series) -> pl.Series:
    """Latest visit that began before the admission and ended soon before it or later; null when there is none.

    Steps back over visits that ended too early, as long as an earlier one of the patient may have ended later.
    """
    longest = visits["end"].cum_max()
    lead = pl.DataFrame({"stay": range(before.len()), "lead": before - 1, "soon": soon}).filter(pl.col("lead") >= 0)
    waiting = lead.filter(longest.gather(lead["lead"]) >= lead["soon"])
    found = []
    while waiting.height:
        is_soon = visits["end"].gather(waiting["lead"]) >= waiting["soon"]
        found.append(waiting.filter(is_soon))
        waiting = waiting.filter(~is_soon).with_columns(pl.col("lead") - 1)
    all_found = pl.concat([lead.clear(), *found]).select("stay", "lead")
    stays = pl.DataFrame({"stay": range(before.len())})
    return stays.join(all_found, on="stay", how="left", maintain_order="left")["lead"]


def _run_up(facts: pl.DataFrame, names: list[str], stays: int) -> pl.DataFrame:
    """Add each fact to the stays from its ``begin`` to before its ``end``."""
    changes = pl.concat(
        [
            facts.select(pl.col("begin").alias("stay"), *names),
            facts.select(pl.col("end").alias("stay"), *(-pl.col(name) for name in names)),
        ]
    )
    sums = changes.group_by("stay").agg(pl.col(name).sum() for name in names)
    every = pl.DataFrame({"stay": range(stays)}).join(sums, on="stay", how="left", maintain_order="left")
    return every.select(pl.col(name).fill_null(0).cum_sum() for name in names)
