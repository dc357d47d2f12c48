"""The answers of the social screenings, as they land."""

from typing import Any

import numpy as np
import pandas as pd

from sources.simulated.columns import constant, frame, masked, numbered, stamps, words
from sources.simulated.encounters import Encounters
from sources.simulated.parameters import Parameters
from sources.simulated.people import People, age_at
from sources.simulated.social import ANSWERED, DECLINED, NOT_ASKED, Screening
from sources.simulated.stays import History

STATES = ("answered", "declined", "not_asked")


class Answers:
    """Every answer [code, text] in use, once; the last is the refusal."""

    def __init__(self, p: Parameters) -> None:
        questions, unmet = p["social"]["questions"], p["social"]["unmet_item"]
        listed = [q[key] for q in questions for key in ("yes", "no", "retired") if key in q]
        listed += [*unmet["answers"].values(), [None, unmet["none_text"]], p["social"]["declined_answer"]]
        self.all = [list(pair) for pair in dict.fromkeys(tuple(pair) for pair in listed)]

    def at(self, pair: list[str | None]) -> int:
        """Return the position of an answer."""
        return self.all.index(list(pair))


def screening_frame(
    rng: np.random.Generator,
    people: People,
    screening: Screening,
    history: History,
    encounters: Encounters,
    end: int,
    p: Parameters,
) -> pd.DataFrame:
    """Return the landing table ``sdoh_screenings``: one row per screening and answer, before minute ``end``."""
    stays = history.stays
    inside = np.flatnonzero(stays["screening_at"] < end)
    outside = np.flatnonzero(screening.before < np.minimum(end, history.death))
    who = np.concatenate([stays["patient"][inside], outside])
    minute = np.concatenate([stays["screening_at"][inside], screening.before[outside]])
    encounter = np.concatenate([encounters.last[inside], np.full(len(outside), -1)])
    answers = Answers(p)
    parts = _single(people, screening, who, minute, answers, p) + _unmet(people, screening, who, answers, p)
    event, question, answer, state = (np.concatenate(part) for part in zip(*parts, strict=True))
    order = np.lexsort((answer, question, minute[event], who[event]))
    event, question, answer, state = (values[order] for values in (event, question, answer, state))
    encounter = np.where(encounters.rows["start"][encounter] <= minute, encounter, -1)
    loincs = [*(q["loinc"] for q in p["social"]["questions"]), p["social"]["unmet_item"]["loinc"]]
    unsaid = (state == ANSWERED) & (rng.random(len(state)) < p["social"]["screening"]["state_missing"])
    return frame(
        "sdoh_screenings",
        {
            "patient_id": numbered("P", 7, who[event] + 1),
            "encounter_id": encounters.ids(encounter[event]),
            "instrument": constant("PRAPARE", len(event)),
            "question_loinc": words(loincs, question),
            "answer_loinc": words([pair[0] for pair in answers.all], answer),
            "answer_text": words([pair[1] for pair in answers.all], answer),
            "answer_state": masked(words(STATES, state), unsaid),
            "screened_at": stamps(minute[event]),
        },
    )


def _single(
    people: People,
    screening: Screening,
    who: np.ndarray,
    minute: np.ndarray,
    answers: Answers,
    p: Parameters,
) -> list[tuple[Any, ...]]:
    """Return (event, question, answer, state) of the questions with one answer each."""
    domains, parts = p.domains["domain"].tolist(), []
    retired = age_at(people, who, minute) >= p["social"]["retired_age"]
    spread = np.modf(who * 0.7548776662)[0]  # the same person answers the same way every time
    for number, question in enumerate(p["social"]["questions"]):
        domain = domains.index(question["domain"])
        need = people.needs[who, domain] & (spread < question["yes_share"])
        no = np.full(len(who), answers.at(question["no"]))
        if "retired" in question:
            no = np.where(retired, answers.at(question["retired"]), no)
        state = screening.response[who, domain]
        answer = np.where(need, answers.at(question["yes"]), no)
        answer = np.where(state == DECLINED, answers.at(p["social"]["declined_answer"]), answer)
        answer = np.where(state == NOT_ASKED, -1, answer)
        parts.append((np.arange(len(who)), np.full(len(who), number), answer, state))
    return parts


def _unmet(
    people: People, screening: Screening, who: np.ndarray, answers: Answers, p: Parameters
) -> list[tuple[Any, ...]]:
    """Return (event, question, answer, state) of the item with one row per unmet need, or one that says none."""
    domains, item = p.domains["domain"].tolist(), p["social"]["unmet_item"]
    number, parts = len(p["social"]["questions"]), []
    unmet = np.zeros(len(who), dtype=bool)
    state = screening.response[who, domains.index(next(iter(item["answers"])))]
    for domain, pair in item["answers"].items():
        need = people.needs[who, domains.index(domain)] & (state == ANSWERED)
        unmet |= need
        event = np.flatnonzero(need)
        parts.append((event, np.full(len(event), number), np.full(len(event), answers.at(pair)), state[event]))
    event = np.flatnonzero(~unmet)
    nothing = np.full(len(event), answers.at([None, item["none_text"]]))
    answer = np.where(state[event] == DECLINED, answers.at(p["social"]["declined_answer"]), nothing)
    answer = np.where(state[event] == NOT_ASKED, -1, answer)
    parts.append((event, np.full(len(event), number), answer, state[event]))
    return parts
