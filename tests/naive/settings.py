"""What a run may choose: the cut-off and the measure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Settings:
    """Data cut-off and measure options; the defaults are the measure `hwr_adapted`."""

    cut_off: date
    minimum_age_years: int = 18
    drops_cancer_exempt: bool = False
    counts_hours: bool = False
    """False: 30 calendar days (the CMS convention). True: 30 x 24 h."""


def hwr_medicare(cut_off: date) -> Settings:
    """`hwr_medicare` sets age >= 65 and also drops index stays of `cancer_exempt` facilities."""
    return Settings(cut_off, minimum_age_years=65, drops_cancer_exempt=True)
