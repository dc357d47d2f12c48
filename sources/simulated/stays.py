"""The acute stays of everybody, in waves: the k-th stay of all patients at once, each leading to the next event."""

from dataclasses import dataclass

import numpy as np

from sources.simulated import facts as draw_facts
from sources.simulated import hazard
from sources.simulated.facts import Facts
from sources.simulated.parameters import Parameters
from sources.simulated.people import ADULT_AGE, People, age_at, frailty_grid
from sources.simulated.social import Screening, draw_known_needs
from sources.simulated.timeline import Ring, SeasonalClock, draw_gap, draw_visits
from sources.simulated.units import DAY, DIED, HOUR, NEVER, NOTHING, PLANNED, UNPLANNED, WINDOW_DAYS

RING_DEPTH = 24


@dataclass
class History:
    """What the waves leave: one entry per stay in ``stays``, emergency visits without admission, deaths."""

    stays: Facts
    visit_patient: np.ndarray
    visit_minute: np.ndarray
    death: np.ndarray


class Hospital:
    """The state of every patient between two waves (one array entry per patient)."""

    def __init__(
        self, rng: np.random.Generator, people: People, screening: Screening, span: tuple[int, int], p: Parameters
    ) -> None:
        size = people.size
        self.rng, self.people, self.screening, self.p = rng, people, screening, p
        self.start, self.end = (day * DAY for day in span)
        self.clock = SeasonalClock(span[0], span[1], p)
        self.last_discharge = np.full(size, self.start)
        self.last_facility = np.full(size, -1)
        self.last_reason = np.full(size, -1)
        self.stay_count = np.zeros(size, dtype=np.int64)
        self.next_admit = np.full(size, NEVER)
        self.next_kind = np.zeros(size, dtype=np.int64)
        self.is_return = np.zeros(size, dtype=bool)
        self.death = np.full(size, NEVER)
        self.admissions, self.emergencies = Ring(size, RING_DEPTH), Ring(size, RING_DEPTH)
        self.nodes, self.node_shares = frailty_grid(p)
        self.log_seen = np.zeros((size, len(self.nodes)))
        self.visits: list[tuple[np.ndarray, np.ndarray]] = []

    def wait_for_next(self, who: np.ndarray, from_day: np.ndarray) -> None:
        """Draw the next event of ``who`` from their own admission and death rates, at the earliest on ``from_day``."""
        after = self.p["population"]["admission"]
        more = np.exp(after["after_stay"] * np.minimum(self.stay_count[who], after["after_stays_most"]))
        day, death = draw_gap(
            self.rng, self.clock, from_day, self.people.admission_rate[who] * more, self.people.death_rate[who]
        )
        elective = self.rng.random(len(who)) < self.p["population"]["elective_share"]
        minute = np.floor(day).astype(np.int64) * DAY + hazard.arrival_minute(self.rng, elective)
        self.next_kind[who] = np.where(elective, PLANNED, UNPLANNED)
        self.is_return[who] = False
        self.death[who] = death
        self.next_admit[who] = np.where((death < NEVER) | (minute >= self.end), NEVER, minute)

    def visit_between(self, who: np.ndarray, start: np.ndarray) -> None:
        """Draw the emergency visits without admission between ``start`` and the next event."""
        before = np.minimum(np.minimum(self.next_admit[who], self.death[who]), self.end) - 36 * HOUR
        gap, minute = draw_visits(self.rng, start, before, self.people.emergency_rate[who])
        self.emergencies.add(who[gap], minute)
        self.visits.append((who[gap], minute))

    def describe(self, who: np.ndarray) -> Facts:
        """Draw everything about the stays that begin now, up to the discharge."""
        rng, people, p = self.rng, self.people, self.p
        admit = self.next_admit[who]
        apart = admit // DAY - self.last_discharge[who] // DAY
        returning = np.where(self.is_return[who], self.last_reason[who], -1)
        facts: Facts = {"patient": who, "admit": admit, "kind": self.next_kind[who], "age": age_at(people, who, admit)}
        facts["reason"] = draw_facts.draw_reason(rng, people, facts, returning, self.is_return[who] & (apart == 0), p)
        last = {"facility": np.where(self.is_return[who], self.last_facility[who], -1)}
        last["next_day"] = self.is_return[who] & (apart <= 1)
        facts["facility_first"] = draw_facts.draw_place(rng, people, facts, last, p)
        facts.update(draw_facts.draw_admission(rng, facts, p))
        since = np.where(self.stay_count[who] > 0, admit - self.last_discharge[who], NEVER)
        facts["emergency_minutes"] = np.minimum(facts["emergency_minutes"], (0.7 * since).astype(np.int64))
        facts.update(draw_facts.draw_codes(rng, people, facts, p))
        facts.update(draw_facts.draw_dates(rng, facts, p))
        facts["facility"] = draw_facts.draw_transfer_target(rng, facts, p)
        facts.update(draw_facts.draw_end(rng, facts, p))
        facts.update(draw_facts.draw_labs(rng, people, facts, p))
        facts["drugs"] = draw_facts.draw_drugs(rng, people, facts, p)
        facts.update(draw_known_needs(rng, people, self.screening, facts, p))
        facts.update(self.count_earlier_use(who, admit))
        facts["svi"] = people.svi[who]
        return facts

    def count_earlier_use(self, who: np.ndarray, admit: np.ndarray) -> Facts:
        """Count earlier admissions and emergency visits in the calendar days before admission."""
        today, risk = admit // DAY, self.p["risk"]
        admissions = self.admissions.count(who, (today - risk["prior_admissions"]["days"]) * DAY)
        visits = self.emergencies.count(who, (today - risk["emergency_visits"]["days"]) * DAY)
        return {"prior_admissions": admissions, "emergency_visits": visits}

    def judge(self, facts: Facts) -> None:
        """Add the true risk, the treatment, what really happens, and learn about frailty from it."""
        who, rng = facts["patient"], self.rng
        logit = hazard.structural_logit(facts, self.p)
        at_nodes = 1 / (1 + np.exp(-(logit[:, None] + self.nodes)))
        belief = self.node_shares * np.exp(self.log_seen[who])
        belief /= belief.sum(axis=1, keepdims=True)
        offer = self.treatment_share(facts)
        benefit = self.p["hospital"]["interventions"]["relative_risk_reduction"]
        facts["treated"] = rng.random(len(who)) < offer
        kept = 1 - benefit * facts["treated"]
        facts["true_risk"] = (belief * at_nodes).sum(axis=1) * (1 - benefit * offer)
        own = at_nodes[np.arange(len(who)), self.people.frailty[who]]
        facts["true_risk_with_frailty"] = own * kept
        facts["outcome"] = hazard.draw_outcome(rng, own * kept, facts, self.p)
        happened = at_nodes * kept[:, None]
        returned = (facts["outcome"] == UNPLANNED)[:, None]
        self.log_seen[who] += np.log(np.where(returned, happened, 1 - happened))

    def treatment_share(self, facts: Facts) -> np.ndarray:
        """Return the probability of being enrolled in a transitional programme at discharge."""
        programme = self.p["hospital"]["interventions"]
        codes = draw_facts.disposition_codes(self.p)
        never = [codes.index(code) for code in programme["not_after"]]
        recent = facts["discharge"] >= self.end - programme["last_days"] * DAY
        open_to = recent & ~np.isin(facts["disposition"], never) & (facts["age"] >= ADULT_AGE)
        return np.where(open_to, programme["share"], 0.0)

    def move_on(self, facts: Facts) -> None:
        """Set each patient's next event according to the outcome of the stay."""
        self.admissions.add(facts["patient"], facts["admit"])
        through = facts["via_emergency"]
        self.emergencies.add(facts["patient"][through], (facts["admit"] - facts["emergency_minutes"])[through])
        who, discharge = facts["patient"], facts["discharge"]
        self.stay_count[who] += 1
        self.last_discharge[who] = discharge
        self.last_facility[who], self.last_reason[who] = facts["facility"], facts["reason"]
        gone = facts["died"] | (discharge >= self.end)
        self.death[who] = np.where(facts["died"], discharge, NEVER)
        self.next_admit[who] = NEVER
        for outcome, act in (
            (UNPLANNED, self._return),
            (PLANNED, self._plan),
            (DIED, self._die),
            (NOTHING, self._rest),
        ):
            chosen = ~gone & (facts["outcome"] == outcome)
            act(who[chosen], {name: facts[name][chosen] for name in ("discharge", "reason")})
        left = who[~gone]
        self.visit_between(left, self.last_discharge[left] + 8 * HOUR)

    def _return(self, who: np.ndarray, facts: Facts) -> None:
        self._come_back(who, hazard.draw_return_minute(self.rng, facts["discharge"], self.p), UNPLANNED)

    def _plan(self, who: np.ndarray, facts: Facts) -> None:
        planned = self.p["risk"]["planned_return"]
        day = self.rng.integers(planned["earliest_day"], planned["latest_day"] + 1, len(who))
        cycle = planned["chemotherapy_day"] + self.rng.integers(-2, 3, len(who))
        day = np.where(facts["reason"] == self.p.reason_at("chemotherapy"), cycle, day)
        morning = hazard.arrival_minute(self.rng, np.ones(len(who), dtype=bool))
        self._come_back(who, (facts["discharge"] // DAY + day) * DAY + morning, PLANNED)

    def _come_back(self, who: np.ndarray, minute: np.ndarray, kind: int) -> None:
        self.next_admit[who] = np.where(minute < self.end, minute, NEVER)
        self.next_kind[who] = kind
        self.is_return[who] = True

    def _die(self, who: np.ndarray, facts: Facts) -> None:
        wait = (self.rng.random(len(who)) * WINDOW_DAYS * DAY).astype(np.int64)
        self.death[who] = facts["discharge"] + 2 * HOUR + wait.clip(0, WINDOW_DAYS * DAY - 3 * HOUR)

    def _rest(self, who: np.ndarray, facts: Facts) -> None:
        self.wait_for_next(who, facts["discharge"] // DAY + WINDOW_DAYS + 1.0)


def simulate_stays(
    rng: np.random.Generator, people: People, screening: Screening, span: tuple[int, int], p: Parameters
) -> History:
    """Run waves until nobody is admitted any more before the end of ``span`` (first day, day after the last).

    Returns
    -------
    History
        Stays sorted by patient and admission; a stay that ends after the span is in progress.
    """
    hospital = Hospital(rng, people, screening, span, p)
    everyone = np.arange(people.size)
    hospital.wait_for_next(everyone, np.full(people.size, float(span[0])))
    hospital.visit_between(everyone, hospital.last_discharge)
    waves: list[Facts] = []
    while len(who := np.flatnonzero(hospital.next_admit < NEVER)):
        facts = hospital.describe(who)
        hospital.judge(facts)
        hospital.move_on(facts)
        waves.append(facts)
    stays = {name: np.concatenate([wave[name] for wave in waves]) for name in waves[0]}
    order = np.lexsort((stays["admit"], stays["patient"]))
    patient, minute = (np.concatenate(part) for part in zip(*hospital.visits, strict=True))
    return History({name: value[order] for name, value in stays.items()}, patient, minute, hospital.death)
