"""What is due when after discharge, and what is overdue (transitional care management)."""

import datetime as dt

import holidays
import numpy as np
import pandas as pd

from caseload.policy import Policy

DUE_ITEMS = {"contact": "contact_due", "visit": "visit_due", "med_rec": "med_rec_due"}


def find_federal_holidays(years: list[int], country: str) -> np.ndarray:
    """Public holidays of the years with their observed days, as ``datetime64[D]``."""
    days = holidays.country_holidays(country, years=years)
    return np.array(sorted(days), dtype="datetime64[D]")


def add_business_days(dates: pd.Series, count: int, closed: np.ndarray) -> pd.Series:
    """Move each date forward by business days (Monday to Friday, closed days left out); missing stays missing.

    The day itself never counts, so two business days after a Friday is the Tuesday, and after a Saturday too.
    """
    days = dates.to_numpy().astype("datetime64[D]")
    moved = np.full(len(days), np.datetime64("NaT", "D"))
    known = ~np.isnat(days)
    moved[known] = np.busday_offset(days[known], count, roll="backward", holidays=closed)
    return pd.Series(moved.astype("datetime64[us]"), index=dates.index)


def add_due_dates(listed: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """Add ``contact_due``, ``visit_due``, ``med_rec_due`` and ``visit_complexity``.

    Parameters
    ----------
    listed : DataFrame, one row per patient
        ``discharge_date``, ``discharge_disposition``, ``tier`` and ``charlson_365d`` (missing counts as 0).
    policy : Policy
        ``transitional_care``, ``community_setting``, ``visit_complexity``.

    Returns
    -------
    DataFrame
        The same rows; dates are missing where the patient did not go to a community setting.

    Notes
    -----
    Source : clinical definitions, section 4.
    """
    rules, out = policy.transitional_care, listed.copy()
    discharged = out["discharge_date"].where(is_community_discharge(out["discharge_disposition"], policy))
    is_high = (out["tier"] <= policy.visit_complexity.high_at_tier) | (
        out["charlson_365d"].fillna(0) >= policy.visit_complexity.high_at_charlson
    )
    days = np.where(is_high, rules.visit_days_high, rules.visit_days_moderate)
    out["visit_complexity"] = np.where(is_high, "high", "moderate")
    out["contact_due"] = contact_due_dates(discharged, policy)
    out["visit_due"] = (discharged + pd.to_timedelta(days, unit="D")).astype("datetime64[us]")
    out["med_rec_due"] = out["visit_due"]
    return out


def is_community_discharge(dispositions: pd.Series, policy: Policy) -> pd.Series:
    """Tell whether transitional care applies to a discharge disposition (UB-04, two digits)."""
    setting = policy.community_setting
    return dispositions.isin(setting.dispositions) | (dispositions.isna() & setting.missing_is_community)


def contact_due_dates(discharged: pd.Series, policy: Policy) -> pd.Series:
    """Last day for the interactive contact, per discharge date."""
    rules, known = policy.transitional_care, discharged.dropna()
    if known.empty:
        return discharged.astype("datetime64[us]")
    years = list(range(known.min().year - 1, known.max().year + 2))
    closed = find_federal_holidays(years, rules.holiday_country)
    return add_business_days(discharged, rules.contact_business_days, closed)


def add_overdue(
    listed: pd.DataFrame, interventions: pd.DataFrame | None, policy: Policy, as_of: dt.date
) -> pd.DataFrame:
    """Add ``overdue`` (bool) and ``overdue_items`` (which of contact, visit, med_rec).

    An item is overdue when its due date lies before ``as_of`` and no intervention of a kind that counts
    (``policy.completion``) was started from the day of discharge up to ``as_of``.

    Parameters
    ----------
    listed : DataFrame, one row per patient
        With the three due dates, ``patient_key`` and ``discharge_date``.
    interventions : DataFrame or None
        ``core.intervention``: ``patient_key``, ``kind``, ``started_at``; None = nothing is known to be done.
    policy : Policy
        ``completion``.
    as_of : date
        The day of the list; due on that day is not overdue.
    """
    out, day = listed.copy(), pd.Timestamp(as_of)
    kinds = {
        "contact": policy.completion.contact,
        "visit": policy.completion.visit,
        "med_rec": policy.completion.medication_reconciliation,
    }
    flags = pd.DataFrame(index=out.index)
    for item, column in DUE_ITEMS.items():
        flags[item] = (out[column] < day) & ~_is_done(out, interventions, kinds[item], day)
    items = np.array(list(DUE_ITEMS))
    out["overdue"] = flags.any(axis=1)
    out["overdue_items"] = [items[row].tolist() for row in flags.to_numpy(dtype=bool)]
    return out


def _is_done(
    listed: pd.DataFrame, interventions: pd.DataFrame | None, kinds: list[str], day: pd.Timestamp
) -> pd.Series:
    if interventions is None or interventions.empty:
        return pd.Series(False, index=listed.index)
    kind = interventions["kind"].str.strip().str.lower()
    given = interventions.loc[kind.isin(kinds), ["patient_key", "started_at"]].copy()
    given["given_on"] = pd.to_datetime(given["started_at"]).dt.normalize()
    given = given[given["given_on"] <= day]
    # The last one decides: what was given before this discharge does not settle what is due after it.
    last = given.groupby("patient_key")["given_on"].max()
    given_last = pd.Series(last.reindex(listed["patient_key"]).to_numpy(), index=listed.index)
    return given_last >= listed["discharge_date"]
