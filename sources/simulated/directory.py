"""The people and places of the system: patients, facilities, case managers, resources, interventions, areas."""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from sources.simulated.columns import dates, frame, masked, numbered, stamps, words
from sources.simulated.encounters import Encounters
from sources.simulated.parameters import Parameters, draw
from sources.simulated.people import People, county_svi, language_values
from sources.simulated.stays import History
from sources.simulated.units import DAY, NEVER


def zip_codes(p: Parameters) -> list[str]:
    """Return the invented ZIP codes (a prefix the post office does not use), four to a county."""
    counties = p["population"]["counties"]
    return [f"{counties['first_zip'] + at:05d}" for at in range(counties["number"] * counties["zips_per_county"])]


def county_codes(p: Parameters) -> list[str]:
    """Return the invented five-digit county codes: a state number nobody has, odd county numbers."""
    counties = p["population"]["counties"]
    return [f"{counties['state_fips']}{2 * at + 1:03d}" for at in range(counties["number"])]


def patient_frame(rng: np.random.Generator, people: People, history: History, end: int, p: Parameters) -> pd.DataFrame:
    """Return the landing table ``patients``; deaths at or after minute ``end`` are not known yet."""
    population, size = p["population"], people.size
    missing, names = population["missing"], population["names"]
    counties = county_codes(p)
    tracts = [
        f"{county}{(at + 1) * 100:06d}"
        for county in counties
        for at in range(population["counties"]["tracts_per_county"])
    ]
    tract = people.county * population["counties"]["tracts_per_county"] + people.tract
    given = rng.integers(0, len(names["given"]), size)
    family = rng.integers(0, len(names["family"]), size)
    full = [f"{first} {last}" for first in names["given"] for last in names["family"]]
    death = np.where(history.death < end, history.death // DAY, NEVER)
    return frame(
        "patients",
        {
            "patient_id": numbered("P", 7, np.arange(size) + 1),
            "birth_date": dates(people.birth_day),
            "sex": words(list(population["sex"]), people.sex),
            "race": words(list(population["race"]), people.race),
            "ethnicity": words(list(population["ethnicity"]), people.ethnicity),
            "language": words(language_values(population), people.language),
            "zip_code": masked(words(zip_codes(p), people.zip_index), rng.random(size) < missing["zip"]),
            "county_fips": masked(words(counties, people.county), rng.random(size) < missing["county"]),
            "census_tract": masked(words(tracts, tract), rng.random(size) < missing["tract"]),
            "death_date": dates(death),
            "primary_care_provider_id": masked(
                numbered("PCP", 4, rng.integers(1, population["providers"] + 1, size)),
                rng.random(size) < missing["provider"],
            ),
            "name": words(full, given * len(names["family"]) + family),
            "mrn": numbered("MRN", 8, rng.permutation(size) + 10_000_000 // 10),
            "phone": masked(numbered("555-01", 2, rng.integers(0, 100, size)), rng.random(size) < missing["phone"]),
        },
    )


def facility_frame(p: Parameters) -> pd.DataFrame:
    """Return the landing table ``facilities``."""
    return frame(
        "facilities", {name: pa.array(p.facilities[name]) for name in ("facility_id", "name", "kind", "system_id")}
    )


def area_frame(rng: np.random.Generator, p: Parameters) -> pd.DataFrame:
    """Return the landing table ``area_sdoh``: county vulnerability, overall and four themes, for two vintages."""
    counties = p["population"]["counties"]
    svi, number = county_svi(counties["number"]), counties["number"]
    latest = max(counties["svi_vintages"])
    parts = []
    for vintage in counties["svi_vintages"]:
        drift = counties["svi_drift"] * rng.standard_normal(number) * (vintage != latest)
        themes = [svi + drift] + [svi + 0.12 * rng.standard_normal(number) for _ in range(4)]
        for name, value in zip(("svi_overall", *(f"svi_theme{at}" for at in range(1, 5))), themes, strict=True):
            parts.append(
                pd.DataFrame({"area_id": county_codes(p), "index_name": name, "vintage": vintage, "value": value})
            )
    table = pd.concat(parts, ignore_index=True)
    table["value"] = table["value"].clip(0, 1).round(4)
    table.insert(0, "area_type", "county")
    return frame("area_sdoh", {str(name): pa.array(table[name]) for name in table})


def _some(rng: np.random.Generator, shares: dict[str, float], size: int) -> list[str]:
    """Return for each entry the names that apply, by their shares, joined by semicolons."""
    has = rng.random((size, len(shares))) < np.array(list(shares.values()))
    return [";".join(name for name, yes in zip(shares, row, strict=True) if yes) for row in has]


def case_manager_frame(rng: np.random.Generator, patients: int, p: Parameters) -> pd.DataFrame:
    """Return the landing table ``case_managers``, scaled with the number of patients."""
    staff: dict[str, Any] = p["hospital"]["case_managers"]
    size = max(staff["least"], round(patients / staff["per_patients"]))
    ours = p.facilities[(p.facilities["system_id"] == "S01") & (p.facilities["weight"] > 0)]
    own, volume = ours["facility_id"].tolist(), ours["weight"].to_numpy(dtype=float)
    novice = rng.random(size) < staff["novice_share"]
    heads = np.where(
        novice, staff["novice_heads"], rng.integers(staff["capacity_heads"][0], staff["capacity_heads"][1] + 1, size)
    )
    names = p["population"]["names"]
    first, last = rng.integers(0, len(names["given"]), size), rng.integers(0, len(names["family"]), size)
    # Staff follow the work: each hospital gets its share of managers by volume, each manager a second hospital.
    share = np.cumsum(volume) / volume.sum()
    main = np.searchsorted(share, (np.arange(size) + 0.5) / size)
    second = (main + 1 + np.arange(size) % (len(own) - 1)) % len(own)
    places = [";".join(sorted({own[a], own[b]})) for a, b in zip(main, second, strict=True)]
    units = _some(rng, dict.fromkeys(staff["units"], 0.6), size)
    covers_all = rng.random(size) < staff["all_units_share"]
    return frame(
        "case_managers",
        {
            "case_manager_id": numbered("CM", 3, np.arange(size) + 1),
            "name": pa.array([f"{names['given'][a]} {names['family'][b]}" for a, b in zip(first, last, strict=True)]),
            "role": words(list(staff["roles"]), draw(rng, staff["roles"], size)),
            "facility_ids": pa.array(places),
            "units": pa.array(["" if all_units else some for all_units, some in zip(covers_all, units, strict=True)]),
            "languages": pa.array(_some(rng, staff["languages"], size)),
            "skills": pa.array(_some(rng, dict.fromkeys(staff["skills"], 0.35), size)),
            "capacity_points": np.rint(rng.uniform(staff["capacity_points"][0], staff["capacity_points"][1], size)),
            "capacity_heads": heads.astype(np.int64),
            "active": pa.array((rng.random(size) >= staff["inactive_share"]) | (np.arange(size) < staff["least"])),
        },
    )


def resource_frame(rng: np.random.Generator, p: Parameters) -> pd.DataFrame:
    """Return the landing table ``resources``: a few per need domain; no ZIP codes means everywhere."""
    plan = p["hospital"]["resources"]
    domains = [domain for domain in plan["domains"] for _ in range(plan["per_domain"])]
    size, zips = len(domains), zip_codes(p)
    everywhere = rng.random(size) < plan["everywhere_share"]
    covered = [";".join(np.sort(rng.choice(zips, size=12, replace=False))) for _ in range(size)]
    return frame(
        "resources",
        {
            "resource_id": numbered("R", 4, np.arange(size) + 1),
            "domain": pa.array(domains),
            "name": pa.array(
                [f"{plan['domains'][domain]} {at % plan['per_domain'] + 1}" for at, domain in enumerate(domains)]
            ),
            "zip_codes": masked(pa.array(covered), everywhere),
            "languages": pa.array(_some(rng, plan["languages"], size)),
            "contact": numbered("555-01", 2, np.arange(size) % 100),
        },
    )


def intervention_frame(
    rng: np.random.Generator, history: History, encounters: Encounters, end: int, p: Parameters
) -> pd.DataFrame:
    """Return the landing table ``interventions``: enrolments at discharge, which lower the risk (hospital.yaml)."""
    stays, programme = history.stays, p["hospital"]["interventions"]
    stay = np.flatnonzero(stays["treated"] & ~stays["died"] & (stays["discharge"] < end))
    start = stays["discharge"][stay]
    low, high = programme["days"]
    stop = start + rng.integers(low * DAY, high * DAY, len(stay))
    stop = np.minimum(stop, np.maximum(history.death[stays["patient"][stay]] - 1, start))
    over = stop < end
    return frame(
        "interventions",
        {
            "patient_id": numbered("P", 7, stays["patient"][stay] + 1),
            "encounter_id": encounters.ids(encounters.last[stay]),
            "kind": words(list(programme["kinds"]), draw(rng, programme["kinds"], len(stay))),
            "started_at": stamps(start),
            "ended_at": stamps(np.where(over, stop, NEVER)),
            "outcome": masked(words(list(programme["outcomes"]), draw(rng, programme["outcomes"], len(stay))), ~over),
        },
    )
