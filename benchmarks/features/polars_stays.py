"""Stays, planned care, index stays and labels for the polars peer: small tables, sorted once, no window per patient."""

from pathlib import Path

import polars as pl

from benchmarks.features.rules import Codes, Rules

SECOND_BITS = 31
DAY_SECONDS = 86_400
US_PER_SECOND = 1_000_000


def scan(core: Path, table: str) -> pl.LazyFrame:
    """Read a table lazily, all parts."""
    return pl.scan_parquet(core / table / "*.parquet")


def seconds(name: str) -> pl.Expr:
    """Give a time in whole seconds."""
    return pl.col(name).to_physical() // US_PER_SECOND


def pack(patient: str, second: pl.Expr) -> pl.Expr:
    """Put patient and second into one number that sorts by both."""
    return pl.col(patient).cast(pl.Int64) * 2**SECOND_BITS + second.cast(pl.Int64)


def day(name: str) -> pl.Expr:
    """Give a date in days since 1970."""
    return pl.col(name).to_physical().cast(pl.Int64)


def read_visits(core: Path, rules: Rules) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Read the acute inpatient encounters with their principal diagnosis, and the emergency encounters."""
    visits = scan(core, "encounter").filter(pl.col("status").is_in(["finished", "in_progress"]))
    visits = visits.select(
        "encounter_key", "patient_key", "encounter_class", "facility_id", "discharge_disposition",
        seconds("started_at").alias("started"), seconds("ended_at").alias("ended"),
        day("started_date").alias("started_day"), day("ended_date").alias("ended_day"),
    )  # fmt: skip
    kinds = scan(core, "facility").filter(pl.col("kind").is_in(rules.measure.non_acute_facility_kinds))
    principal = scan(core, "diagnosis").filter(pl.col("sequence") == 1).select("encounter_key", "code_key")
    principal = principal.join(scan(core, "diagnosis_code").select("code_key", "ccs", "icd10_code"), on="code_key")
    acute = (
        visits.filter(pl.col("encounter_class") == "inpatient")
        .join(kinds.select("facility_id"), on="facility_id", how="anti")
        .join(principal, on="encounter_key", how="left")
        .sort("patient_key", "started", "encounter_key")
    )
    emergency = visits.filter(pl.col("encounter_class") == "emergency").select(
        "patient_key", "started_day", pack("patient_key", pl.col("started")).alias("begin"),
        pack("patient_key", pl.col("ended")).alias("end"), "encounter_key",
    ).sort("begin", "encounter_key")  # fmt: skip
    return tuple(pl.collect_all([acute, emergency], engine="streaming"))


def stitch(acute: pl.DataFrame) -> pl.DataFrame:
    """Add the number of each acute encounter's stay, and the place of the one that ends last so far (``final``).

    Ranks by (patient, end, start, key) grow from patient to patient, so a running maximum begins anew with each. Those
    that begin at one instant go together: each is compared with what stood before ``lead``, the first of them, and all
    continue the stay if one does.
    """
    order = acute.select(pl.arg_sort_by("patient_key", "ended", "started", "encounter_key").alias("row"))["row"]
    ranked = acute.with_columns(order.arg_sort().alias("rank")).with_columns(pl.col("rank").cum_max().alias("best"))
    place, start = pl.int_range(pl.len()), pack("patient_key", pl.col("started"))
    ranked = ranked.with_columns(
        order.gather(ranked["best"]).alias("final"),
        pl.when(start == start.shift(1)).then(None).otherwise(place).forward_fill().alias("lead"),
    )
    last = ranked["final"].gather((ranked["lead"] - 1).clip(0))
    before = acute.select("patient_key", "ended", "ended_day", "facility_id", "ccs")[last].rename(lambda c: f"last_{c}")
    begun = (
        pl.when(pl.col("started") < pl.col("last_ended"))
        .then(statement=True)
        .when(pl.col("facility_id") != pl.col("last_facility_id"))
        .then(pl.col("started_day") <= pl.col("last_ended_day") + 1)
        .otherwise((pl.col("started_day") == pl.col("last_ended_day")) & (pl.col("ccs") == pl.col("last_ccs")))
        .fill_null(value=False)
    )
    continues = begun & (pl.col("patient_key") == pl.col("last_patient_key")) & (pl.col("lead") > 0)
    linked = ranked.hstack(before)
    joined = linked.filter(continues)["lead"].unique()
    linked = linked.with_columns(((pl.col("lead") == place) & ~place.is_in(joined.implode())).alias("begins"))
    return linked.with_columns((pl.col("begins").cum_sum() - 1).alias("stay").cast(pl.Int64))


def build_stays(linked: pl.DataFrame) -> pl.DataFrame:
    """Give one row per stay: the first encounter's admission and diagnosis, the last one's discharge."""
    first = linked.filter("begins").select(
        "stay", "patient_key", "ccs", "icd10_code", pl.col("encounter_key").alias("stay_key"),
        pl.col("started").alias("admitted"), pl.col("started_day").alias("admission_day"),
    )  # fmt: skip
    final = linked.filter(pl.col("begins").shift(-1, fill_value=True))["final"]
    discharge = linked.select(
        pl.col("ended").alias("discharged"), pl.col("ended_day").alias("discharge_day"), "discharge_disposition"
    )[final]
    return first.hstack(discharge)


def add_outcomes(core: Path, stays: pl.DataFrame, linked: pl.DataFrame, rules: Rules, cut_off_day: int) -> pl.DataFrame:
    """Add is_index and readmitted_30d."""
    measure = rules.measure
    done = _read_procedures(core, linked, rules)
    people = scan(core, "patient").select("patient_key", "birth_date").collect()
    stays = stays.join(done, on="stay", how="left", maintain_order="left").join(
        people, on="patient_key", how="left", maintain_order="left"
    )
    ccs, code = pl.col("ccs"), pl.col("icd10_code")
    diagnosis = {
        name: ccs.is_in(list(codes.ccs)) | code.is_in(list(codes.codes))
        for name, codes in (("always", rules.always_planned_diagnosis), ("acute", rules.acute_diagnosis))
    }
    always, potentially, surgical = (pl.col(n).fill_null(value=False) for n in ("always", "potentially", "surgical"))
    acute = diagnosis["acute"].fill_null(value=False)
    stays = stays.with_columns(
        (always | diagnosis["always"].fill_null(value=False) | (potentially & ~acute)).alias("is_planned")
    )
    admission = pl.from_epoch(pl.col("admission_day"), time_unit="d")
    age = (_as_number(admission) - _as_number(pl.col("birth_date"))) // 10_000
    cancer = ccs.is_in(list(rules.cancer_ccs)).fill_null(value=False)
    excluded = ccs.is_in(list(rules.excluded_ccs)).fill_null(value=False) | (cancer & ~surgical)
    dropped = pl.col("discharge_disposition").is_in(list(rules.dropped_dispositions)).fill_null(value=False)
    followed = pl.col("discharge_day") + measure.follow_up_days <= cut_off_day
    soon = (pl.col("admission_day").shift(-1) - pl.col("discharge_day")) <= measure.follow_up_days
    same = pl.col("patient_key").shift(-1) == pl.col("patient_key")
    return stays.with_columns(
        ((age >= measure.min_age_years) & ~dropped & ~excluded & followed).alias("is_index"),
        (same & soon & ~pl.col("is_planned").shift(-1)).fill_null(value=False).alias("readmitted_30d"),
    )


def _read_procedures(core: Path, linked: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Say what the procedures of each stay mean; a stay without any has no row."""
    done = scan(core, "procedure").select("encounter_key", "icd10pcs_code", "ccs")
    stay_of = linked.lazy().select("encounter_key", "stay")
    lists: dict[str, Codes] = {
        "always": rules.always_planned_procedure,
        "potentially": rules.potentially_planned_procedure,
        "surgical": rules.surgical_procedure,
    }
    listed = [
        (pl.col("ccs").is_in(list(codes.ccs)) | pl.col("icd10pcs_code").is_in(list(codes.codes))).any().alias(name)
        for name, codes in lists.items()
    ]
    return done.join(stay_of, on="encounter_key").group_by("stay").agg(listed).collect(engine="streaming")


def _as_number(date: pl.Expr) -> pl.Expr:
    """Give a date as yyyymmdd, whose differences give completed years."""
    return date.dt.year().cast(pl.Int64) * 10_000 + date.dt.month().cast(pl.Int64) * 100 + date.dt.day()
