"""Who lives around the hospitals: demographics, chronic conditions, needs and propensities."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from sources.simulated.parameters import Parameters, draw
from sources.simulated.units import DAY, DAYS_PER_YEAR

REFERENCE_AGE = 60
ADULT_AGE = 18
SENIOR_AGE = 65


@dataclass
class People:
    """One entry per patient in every array; rates are per day, ages in years at the start of the simulation."""

    birth_day: np.ndarray
    age: np.ndarray
    sex: np.ndarray
    race: np.ndarray
    ethnicity: np.ndarray
    language: np.ndarray
    payer: np.ndarray
    county: np.ndarray
    zip_index: np.ndarray
    tract: np.ndarray
    home_facility: np.ndarray
    svi: np.ndarray
    chronic: np.ndarray
    needs: np.ndarray
    lives_alone: np.ndarray
    admission_rate: np.ndarray
    emergency_rate: np.ndarray
    death_rate: np.ndarray
    frailty: np.ndarray

    @property
    def size(self) -> int:
        """Number of patients."""
        return len(self.age)


def sigmoid(x: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + exp(-x))."""
    return 1.0 / (1.0 + np.exp(-x))


def decades(age: np.ndarray) -> np.ndarray:
    """Return the age in decades over 60, the scale of every age slope."""
    return (age - REFERENCE_AGE) / 10


def county_svi(number: int) -> np.ndarray:
    """Return the overall vulnerability (0-1) of each invented county: evenly spread ranks in a scrambled order."""
    return (np.arange(number) * 7 % number + 0.5) / number


def draw_people(rng: np.random.Generator, size: int, start_day: int, p: Parameters) -> People:
    """Draw ``size`` patients as they are on ``start_day`` (days since 1970)."""
    population = p["population"]
    bands = np.array(population["age"]["bands"], dtype=float)
    band = draw(rng, dict(enumerate(population["age"]["shares"])), size)
    age = bands[band, 0] + rng.random(size) * (bands[band, 1] - bands[band, 0])
    county = rng.integers(0, population["counties"]["number"], size)
    svi = county_svi(population["counties"]["number"])[county]
    ethnicity = draw(rng, population["ethnicity"], size)
    chronic = _draw_chronic(rng, age, p)
    needs, lives_alone = _draw_needs(rng, age, svi, p)
    rates = _draw_rates(rng, age, chronic, needs, p)
    return People(
        birth_day=(start_day - np.floor(age * DAYS_PER_YEAR)).astype(np.int64),
        age=age,
        sex=draw(rng, population["sex"], size),
        race=draw(rng, population["race"], size),
        ethnicity=ethnicity,
        language=_draw_language(rng, ethnicity, population),
        payer=_draw_payer(rng, age, population),
        county=county,
        zip_index=county * population["counties"]["zips_per_county"]
        + rng.integers(0, population["counties"]["zips_per_county"], size),
        tract=rng.integers(0, population["counties"]["tracts_per_county"], size),
        home_facility=_home_facility(rng, county, p),
        svi=svi,
        chronic=chronic,
        needs=needs,
        lives_alone=lives_alone,
        admission_rate=rates[0],
        emergency_rate=rates[1],
        death_rate=rates[2],
        frailty=_draw_frailty(rng, size, p),
    )


def language_values(population: dict[str, Any]) -> list[str | None]:
    """Return the spellings of languages in use, in the order the people's index refers to."""
    spellings: dict[str | None, None] = {}
    for weights in population["language_by_ethnicity"].values():
        spellings.update(dict.fromkeys(weights))
    return list(spellings)


def frailty_grid(p: Parameters) -> tuple[np.ndarray, np.ndarray]:
    """Return the values frailty can take (log-odds) and their shares: Gauss-Hermite nodes of a normal.

    Frailty is drawn from these very nodes, so that the filter over a person's history is exact.
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(p["risk"]["frailty"]["nodes"])
    return nodes * p["risk"]["frailty"]["sd"], weights / weights.sum()


def _draw_language(rng: np.random.Generator, ethnicity: np.ndarray, population: dict[str, Any]) -> np.ndarray:
    values, groups = language_values(population), list(population["ethnicity"])
    by_group = population["language_by_ethnicity"]
    language = np.zeros(len(ethnicity), dtype=np.int64)
    fallback = next(iter(by_group.values()))
    for position, group in enumerate(groups):
        weights = by_group.get(group, fallback)
        positions = np.array([values.index(value) for value in weights])
        chosen = positions[draw(rng, weights, len(ethnicity))]
        language = np.where(ethnicity == position, chosen, language)
    return language


def _draw_payer(rng: np.random.Generator, age: np.ndarray, population: dict[str, Any]) -> np.ndarray:
    younger, older = (draw(rng, population["payer"][group], len(age)) for group in ("younger", "older"))
    return np.where(age >= SENIOR_AGE, older, younger)


def _home_facility(rng: np.random.Generator, county: np.ndarray, p: Parameters) -> np.ndarray:
    """Give most people of a county the same hospital, so facilities differ in whom they see."""
    cumulative = np.cumsum(p.facilities["weight"].to_numpy())
    number = p["population"]["counties"]["number"]
    of_county = np.searchsorted(cumulative, (np.arange(number) + 0.5) / number * cumulative[-1])
    anywhere = np.searchsorted(cumulative, rng.random(len(county)) * cumulative[-1])
    return np.where(rng.random(len(county)) < p["hospital"]["home_share"], of_county[county], anywhere)


def _draw_chronic(rng: np.random.Generator, age: np.ndarray, p: Parameters) -> np.ndarray:
    logits = p.chronic["log_odds"].to_numpy() + p.chronic["slope"].to_numpy() * decades(age)[:, None]
    present = rng.random(logits.shape) < sigmoid(logits)
    for severe, mild in p["chronic"]["excludes"].items():
        present[:, p.chronic_at(mild)] &= ~present[:, p.chronic_at(severe)]
    return present


def _draw_needs(
    rng: np.random.Generator, age: np.ndarray, svi: np.ndarray, p: Parameters
) -> tuple[np.ndarray, np.ndarray]:
    adult = age >= ADULT_AGE
    shared = rng.standard_normal(len(age)) * p["social"]["shared_sd"]
    logits = (
        p.domains["log_odds"].to_numpy()
        + p.domains["svi"].to_numpy() * (svi - 0.5)[:, None]
        + p.domains["age"].to_numpy() * decades(age)[:, None]
        + shared[:, None]
    )
    alone = p["social"]["lives_alone"]
    lives_alone = adult & (rng.random(len(age)) < sigmoid(alone["log_odds"] + alone["age"] * decades(age)))
    return (rng.random(logits.shape) < sigmoid(logits)) & adult[:, None], lives_alone


def _draw_rates(
    rng: np.random.Generator, age: np.ndarray, chronic: np.ndarray, needs: np.ndarray, p: Parameters
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return admissions, emergency visits and deaths per day, from conditions, needs and a personal propensity."""
    admission, emergency, mortality = (p["population"][key] for key in ("admission", "emergency", "mortality"))
    burden = chronic @ p.chronic["admission"].to_numpy()
    open_needs = needs.sum(axis=1)
    propensity = rng.standard_normal(len(age))
    log_admission = (
        admission["base"]
        + admission["age_slope"] * decades(age)
        + admission["child"] * (age < ADULT_AGE)
        + admission["need"] * open_needs
        + admission["propensity_sd"] * propensity
        + burden
    )
    shared = emergency["shared"]
    own = shared * propensity + np.sqrt(1 - shared**2) * rng.standard_normal(len(age))
    log_emergency = (
        emergency["base"]
        + emergency["age_slope"] * decades(age)
        + emergency["need"] * open_needs
        + emergency["propensity_sd"] * own
        + emergency["burden"] * burden
    )
    points = chronic @ p.chronic["points"].to_numpy()
    log_death = mortality["base"] + mortality["age_slope"] * decades(age) + mortality["points"] * points
    per_day = 1 / DAYS_PER_YEAR
    return np.exp(log_admission) * per_day, np.exp(log_emergency) * per_day, np.exp(log_death) * per_day


def age_at(people: People, patient: np.ndarray, minute: np.ndarray) -> np.ndarray:
    """Return ages in years (with fraction) of ``patient`` at ``minute`` (minutes since 1970)."""
    return (minute // DAY - people.birth_day[patient]) / DAYS_PER_YEAR


def _draw_frailty(rng: np.random.Generator, size: int, p: Parameters) -> np.ndarray:
    """Draw the position of each person's frailty on the grid of ``frailty_grid``."""
    return np.searchsorted(np.cumsum(frailty_grid(p)[1])[:-1], rng.random(size), side="right")
