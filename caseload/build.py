"""The caseload of one day: from scores, stays, needs and staff to the worklist."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from caseload.acuity import acuity_points, base_acuity_points
from caseload.assignment import UNASSIGNED, assign_managers
from caseload.benefit import add_expected_benefit, add_rank
from caseload.due_dates import add_due_dates, add_overdue, contact_due_dates, is_community_discharge
from caseload.explain import explain_assignments
from caseload.languages import add_language
from caseload.listing import list_current_stays
from caseload.matching import Matching, add_wanted_skills, match_classes
from caseload.needs import collect_open_needs, describe_needs, find_screening_gaps
from caseload.policy import Policy
from caseload.staff import Staff, find_staff
from caseload.summary import summarise_capacity, summarise_unassigned
from caseload.tiers import CALL, INTENSIVE, assign_tiers
from caseload.worklist_frame import describe_reasons, finish_worklist


@dataclass(frozen=True)
class Caseload:
    """What `build_caseload` makes.

    ``worklist`` : contract ``caseload.worklist``. ``unassigned`` : one row per tier and reason with ``patient_count``
    and ``expected_benefit``. ``capacity`` : one row per active manager. ``attrition`` : one row per listing rule.
    ``status`` : ``published`` or ``no_current_stays``. ``notes`` : sentences for the lead, without patient values.
    """

    worklist: pd.DataFrame
    unassigned: pd.DataFrame
    capacity: pd.DataFrame
    attrition: pd.DataFrame
    status: str
    notes: list[str]


def build_caseload(
    scores: pd.DataFrame,
    reasons: pd.DataFrame | None,
    stays: pd.DataFrame,
    patients: pd.DataFrame,
    needs: pd.DataFrame | None,
    features: pd.DataFrame | None,
    managers: pd.DataFrame | None,
    resources: pd.DataFrame | None,
    previous: pd.DataFrame | None,
    policy: Policy,
    as_of: dt.date,
    run_id: str,
    *,
    interventions: pd.DataFrame | None = None,
    open_cases: pd.DataFrame | None = None,
) -> Caseload:
    """Build the list of one day.

    Parameters
    ----------
    scores, stays, patients : DataFrame
        See `caseload.listing.list_current_stays`.
    reasons : DataFrame or None, one row per stay and position
        ``scores.reason``: ``stay_key``, ``position``, ``words``, ``value``, ``direction``.
    needs : DataFrame or None, one row per stay and domain
        ``features.sdoh_need``.
    features : DataFrame or None, one row per stay
        ``stay_key``, ``charlson_365d`` and the columns that the policy's groups and skills name.
    managers : DataFrame or None, one row per manager
        ``core.case_manager``; None or no row = no table came.
    resources : DataFrame or None, one row per community resource
        ``core.resource``.
    previous : DataFrame or None, one row per patient
        The last published worklist: ``patient_id``, ``case_manager_id``.
    policy : Policy
        From `caseload.policy.parse_policy`.
    as_of : date
        The day of the list.
    run_id : str
        Written on every row.
    interventions : DataFrame or None
        ``core.intervention``; what was done after discharge is not overdue.
    open_cases : DataFrame or None, one row per open case
        ``patient_id``, ``case_manager_id``, ``acuity_points``: claimed and not closed. Listed patients stay with their
        manager; the points of the others lower the manager's room.

    Returns
    -------
    Caseload

    Raises
    ------
    HomewardError
        A current stay has no risk.
    """
    listed, attrition = list_current_stays(scores, stays, patients, policy, as_of)
    listed = add_language(_join_features(listed, features), policy)
    open_needs = collect_open_needs(listed, needs, policy)
    listed["open_need_count"] = listed["stay_key"].map(open_needs["stay_key"].value_counts()).fillna(0).astype("int64")
    listed["screening_gaps"] = _as_column(listed, find_screening_gaps(listed, needs, policy))
    listed = add_wanted_skills(listed, open_needs, policy)
    listed = _rank(listed, policy)
    has_table = managers is not None and not managers.empty
    staff = find_staff(managers, _cases_off_list(open_cases, listed), policy)
    matching = match_classes(listed, staff, policy)
    listed = _add_tiers(listed, matching, _open_capacity(staff, has_table, policy), policy)
    listed = _assign(listed, staff, matching, has_table, previous, open_cases)
    listed = add_overdue(add_due_dates(listed, policy), interventions, policy, as_of)
    listed["needs"] = _as_column(listed, describe_needs(listed, open_needs, resources, policy))
    listed["reasons"] = _as_column(listed, describe_reasons(listed, reasons, policy.reasons.most))
    worklist = finish_worklist(listed, policy, as_of, run_id)
    status = "published" if len(worklist) else "no_current_stays"
    return Caseload(
        worklist,
        summarise_unassigned(worklist),
        summarise_capacity(worklist, staff, policy),
        attrition,
        status,
        _describe(worklist, staff, has_table, policy),
    )


def _as_column(listed: pd.DataFrame, lists: list[list[dict[str, Any]]]) -> pd.Series:
    """Make one object column of lists of structs, also when there are no rows."""
    return pd.Series(lists, index=listed.index, dtype=object)


def _join_features(listed: pd.DataFrame, features: pd.DataFrame | None) -> pd.DataFrame:
    if features is None or features.empty:
        return listed.assign(charlson_365d=np.nan)
    new = [column for column in features.columns if column == "stay_key" or column not in listed.columns]
    joined = listed.merge(features[new], on="stay_key", how="left")
    return joined if "charlson_365d" in joined else joined.assign(charlson_365d=np.nan)


def _rank(listed: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    applies = is_community_discharge(listed["discharge_disposition"], policy)
    listed["contact_due"] = contact_due_dates(listed["discharge_date"].where(applies), policy)
    return add_rank(add_expected_benefit(listed, policy))


def _cases_off_list(open_cases: pd.DataFrame | None, listed: pd.DataFrame) -> pd.DataFrame | None:
    return None if open_cases is None else open_cases[~open_cases["patient_id"].isin(listed["patient_id"])]


def _open_capacity(staff: Staff, has_table: bool, policy: Policy) -> tuple[float, int]:
    if has_table:
        return float(staff.points_open.sum()), int(staff.heads_open.sum())
    count = policy.capacity.managers_without_table
    return count * policy.capacity.default_points, count * policy.capacity.default_heads


def _add_tiers(listed: pd.DataFrame, matching: Matching, capacity: tuple[float, int], policy: Policy) -> pd.DataFrame:
    out, base = listed.copy(), base_acuity_points(listed, policy)
    class_covered = np.asarray(matching.covers.any(axis=1))
    is_covered = pd.Series(class_covered[matching.patient_class], index=out.index)
    out["tier"] = assign_tiers(base, is_covered, *capacity, policy)
    out["acuity_points"] = acuity_points(base, out["tier"], policy)
    # Whoever a manager sees takes at least a call's work, whatever the tier.
    out["service_points"] = np.where(out["tier"] == INTENSIVE, out["acuity_points"], acuity_points(base, CALL, policy))
    return out


def _assign(
    listed: pd.DataFrame,
    staff: Staff,
    matching: Matching,
    has_table: bool,
    previous: pd.DataFrame | None,
    open_cases: pd.DataFrame | None,
) -> pd.DataFrame:
    kept, before = _manager_positions(listed, open_cases, staff), _manager_positions(listed, previous, staff)
    placement = assign_managers(listed, staff, matching, kept, before)
    out, is_assigned = listed.copy(), placement.manager != UNASSIGNED
    ids, names = np.array([*staff.ids, None], dtype=object), np.array([*staff.names, None], dtype=object)
    out["case_manager_id"], out["case_manager_name"] = ids[placement.manager], names[placement.manager]
    out["acuity_points"] = np.where(is_assigned, out["service_points"], out["acuity_points"])
    out["assignment_reason"] = explain_assignments(out, placement, has_table)
    return out


def _manager_positions(listed: pd.DataFrame, relations: pd.DataFrame | None, staff: Staff) -> np.ndarray:
    """Staff position of each row's manager in a table of (patient_id, case_manager_id); -1 where none is active."""
    if relations is None or relations.empty:
        return np.full(len(listed), UNASSIGNED)
    known = relations.dropna(subset=["case_manager_id"]).sort_values(["patient_id", "case_manager_id"])
    manager = known.drop_duplicates("patient_id").set_index("patient_id")["case_manager_id"]
    places = {manager_id: place for place, manager_id in enumerate(staff.ids)}
    return listed["patient_id"].map(manager).map(places).fillna(UNASSIGNED).to_numpy(dtype=int)


def _describe(worklist: pd.DataFrame, staff: Staff, has_table: bool, policy: Policy) -> list[str]:
    notes = []
    if worklist.empty:
        notes.append(f"No patient is at home within {policy.listing.window_days} days after a stay that can be scored.")
    if not has_table:
        notes.append("No case managers were supplied: tiers use the policy's default capacity and nobody is assigned.")
    elif not len(staff):
        notes.append("No case manager is active: nobody is assigned.")
    waiting = int((worklist["case_manager_id"].isna() & (worklist["tier"] <= CALL)).sum())
    if has_table and waiting:
        notes.append(f"{waiting} patients of tiers 1 and 2 have no case manager; see the reasons on their rows.")
    return notes
