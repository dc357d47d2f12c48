"""What is known of social needs: screenings, answers, Z codes."""

from dataclasses import dataclass

import numpy as np

from sources.simulated.parameters import Parameters
from sources.simulated.people import ADULT_AGE, People
from sources.simulated.units import DAY, NEVER

ANSWERED, DECLINED, NOT_ASKED = 0, 1, 2


@dataclass
class Screening:
    """Per patient: how each domain is answered (patients x domains) and what has come to be known so far.

    ``screened_at`` is the first screening (NEVER: none yet); ``coded`` are needs with a Z code on any stay so far.
    ``before`` is the moment of a screening outside hospital (NEVER: none).
    """

    response: np.ndarray
    before: np.ndarray
    screened_at: np.ndarray
    coded: np.ndarray


def start_screening(rng: np.random.Generator, people: People, span: tuple[int, int], p: Parameters) -> Screening:
    """Draw how people will answer, and who is screened outside hospital and when."""
    shares, shape = p["social"]["screening"], people.needs.shape
    first = rng.random(shape)
    declined = (first < shares["declined"]) | (rng.random(len(first)) < shares["refuses_all"])[:, None]
    response = np.where(declined, DECLINED, np.where(first > 1 - shares["not_asked"], NOT_ASKED, ANSWERED))
    domains = p.domains["domain"].tolist()
    together = [domains.index(domain) for domain in p["social"]["unmet_item"]["answers"]]
    response[:, together] = response[:, together[:1]]  # one question asks for all of them
    adult = people.age >= ADULT_AGE
    asked = adult & (rng.random(people.size) < shares["before_share"])
    moment = (span[0] + rng.random(people.size) * (span[1] - span[0])) * DAY
    before = np.where(asked, moment.astype(np.int64), NEVER)
    return Screening(response, before, before.copy(), np.zeros(shape, dtype=bool))


def draw_known_needs(
    rng: np.random.Generator, people: People, screening: Screening, facts: dict[str, np.ndarray], p: Parameters
) -> dict[str, np.ndarray]:
    """Draw screenings and Z codes of a wave, count the needs known at discharge; updates ``screening``."""
    who, shares, coded_share = facts["patient"], p["social"]["screening"], p["social"]["coded_share"]
    adult = facts["age"] >= ADULT_AGE
    seen = screening.screened_at[who] < facts["admit"]
    asked = adult & (rng.random(len(who)) < np.where(seen, shares["again"], shares["at_stay"]))
    stay = facts["discharge"] - facts["admit"]
    moment = facts["admit"] + (stay * (0.1 + 0.8 * rng.random(len(who)))).astype(np.int64)
    screening.screened_at[who] = np.where(
        asked & ~seen, np.minimum(moment, screening.screened_at[who]), screening.screened_at[who]
    )
    screened = screening.screened_at[who] <= facts["discharge"]
    positive = screened[:, None] & people.needs[who] & (screening.response[who] == ANSWERED)
    probability = np.where(positive, coded_share["known"], coded_share["unknown"])
    coded = people.needs[who] & (rng.random(positive.shape) < probability)
    screening.coded[who] |= coded
    known = (positive | screening.coded[who]).sum(axis=1)
    screening_at = np.where(asked, moment, NEVER)
    return {"screening_at": screening_at, "z_coded": coded, "needs_known": known, "screened": screened}
