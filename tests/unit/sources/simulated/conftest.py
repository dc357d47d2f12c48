"""Simulated hospitals the tests share: one to look at, one large enough to count."""

from datetime import date

import pandas as pd
import pytest

from sources.simulated import SimulatedHospital, simulate
from sources.simulated.parameters import Parameters, load_parameters

END = date(2025, 12, 31)


@pytest.fixture(scope="session")
def parameters() -> Parameters:
    """The numbers as they are in reference/simulation."""
    return load_parameters()


@pytest.fixture(scope="session")
def hospital() -> SimulatedHospital:
    return simulate(patients=6000, years=3, seed=7, end=END)


@pytest.fixture(scope="session")
def discharges() -> pd.DataFrame:
    """The truth of a larger hospital, discharges whose 30 days are over."""
    truth = simulate(patients=25_000, years=3, seed=20, end=END).truth
    return truth[truth["window_complete"]].reset_index(drop=True)
