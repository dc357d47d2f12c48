"""Hypothesis strategies of patient histories, and how much of everything the tests do."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.generative.histories import choose_settings, make_history
from tests.naive import History, Settings
from tests.naive.settings import MEASURES, of_measure

IS_LONG = os.environ.get("HOMEWARD_LONG_TESTS") == "1"

Case = tuple[History, Settings]


def amount(normal: int, long: int) -> int:
    """Take the long amount when HOMEWARD_LONG_TESTS=1."""
    return long if IS_LONG else normal


def examples(normal: int, long: int) -> Callable[[Any], Any]:
    """Configure Hypothesis: how many examples; SQL has no steady pace, so no deadline."""
    return settings(
        max_examples=amount(normal, long),
        deadline=None,
        derandomize=not IS_LONG,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
    )


@st.composite
def cases(draw: st.DrawFn, max_patients: int = 4, max_encounters: int = 5) -> Case:
    """Draw a history and a cut-off near one of its edges."""
    choose = draw(st.randoms(use_true_random=False))
    measure = choose.choice(("hwr_adapted", *MEASURES))
    condition = of_measure(measure, date.max).condition
    history = make_history(choose, draw(st.integers(1, max_patients)), max_encounters, condition)
    return history, choose_settings(choose, history, measure)


def seeded_case(seed: int, n_patients: int, measure: str | None = None) -> Case:
    """Make the history of many patients from a seed, cut off 30 days after a day on which some were discharged."""
    choose = Random(seed)
    history = make_history(choose, n_patients, condition=of_measure(measure, date.max).condition if measure else None)
    cut_off = day_by_which(history, choose.choice((0.4, 0.6, 0.8))) + timedelta(days=30)
    whole = "hwr_medicare" if seed % 3 == 2 else "hwr_adapted"
    return history, replace(of_measure(measure or whole, cut_off), counts_hours=seed % 2 == 1)


def day_by_which(history: History, share: float) -> date:
    """Find the day by which this share of the encounters has ended."""
    ends = sorted(encounter.ended_date for encounter in history.encounters if encounter.ended_date)
    return ends[int(len(ends) * share)]
