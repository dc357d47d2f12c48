"""The policy: every clinical and operational number of the caseload, read from config/policy.yaml."""

import datetime as dt
import hashlib
import json
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from data_contracts.errors import UsageError

_HASH_DIGITS = 8


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Section(_Frozen):
    """Numbers that share an owner, a date and a source."""

    owner: str = Field(min_length=1)
    date: dt.date
    source: str = Field(min_length=1)


class Listing(Section):
    """Who is on the list."""

    window_days: int = Field(ge=0)
    hospice_dispositions: list[str]


class TransitionalCare(Section):
    """What is due when after discharge."""

    contact_business_days: int = Field(ge=0)
    visit_days_high: int = Field(ge=0)
    visit_days_moderate: int = Field(ge=0)
    holiday_country: str


class CommunitySetting(Section):
    """Discharge dispositions to which transitional care applies."""

    dispositions: list[str]
    missing_is_community: bool


class VisitComplexity(Section):
    """When the first visit counts as high complexity."""

    high_at_tier: int
    high_at_charlson: float


class Completion(Section):
    """Intervention kinds that count as the due item done."""

    contact: list[str]
    visit: list[str]
    medication_reconciliation: list[str]


class Capacity(Section):
    """Caps of a manager whose row names none."""

    default_points: float = Field(gt=0)
    default_heads: int = Field(gt=0)
    managers_without_table: int = Field(ge=0)


class Tiers(Section):
    """How the staff's open capacity is split into tiers."""

    intensive_points_share: float = Field(ge=0, le=1)
    intensive_heads_share: float = Field(ge=0, le=1)
    automated_heads: int = Field(ge=0)
    names: dict[int, str]


class ComorbidityStep(_Frozen):
    """Points from a Charlson score upwards."""

    at_least: float
    points: float = Field(ge=0)


class RecencyStep(_Frozen):
    """Points up to a number of days since discharge."""

    days_at_most: int
    points: float = Field(ge=0)


class Acuity(Section):
    """Weights of the acuity points."""

    tier_points: dict[int, float]
    charlson_points: list[ComorbidityStep]
    points_per_need: float = Field(ge=0)
    needs_points_max: float = Field(ge=0)
    interpreter_points: float = Field(ge=0)
    recency_points: list[RecencyStep]


class Languages(Section):
    """How languages are read and matched."""

    no_interpreter: list[str]
    aliases: dict[str, str]
    unknown: list[str]
    match: Literal["prefer", "require"]


class Effect(_Frozen):
    """A relative risk reduction with its interval and citation."""

    value: float = Field(ge=0, le=1)
    low: float = Field(ge=-1, le=1)
    high: float = Field(ge=-1, le=1)
    citation: str = Field(min_length=1)


class GroupEffect(Effect):
    """An effect for the patients whose feature reaches a value."""

    name: str
    column: str
    at_least: float


class Impact(Section):
    """Relative risk reduction by group."""

    default: Effect
    groups: list[GroupEffect]


class SkillRule(_Frozen):
    """A skill asked for when a need is open or a feature reaches a value."""

    skill: str
    any_need: list[str] = []
    column: str | None = None
    at_least: float | None = None


class Skills(Section):
    """Which patients ask for which skill."""

    rules: list[SkillRule]


class Reasons(Section):
    """How many reasons a row shows."""

    most: int = Field(ge=1)


class NeedPathway(_Frozen):
    """What is done about a need, by whom, within how many days after discharge."""

    label: str
    action: str
    resource: str
    owner: str
    due_days: int = Field(ge=0)


class Needs(Section):
    """Pathway per need domain."""

    domains: dict[str, NeedPathway]
    other: NeedPathway
    aliases: dict[str, str]


class Policy(_Frozen):
    """The whole policy; ``policy_version`` names it on every published row."""

    version: str = Field(min_length=1)
    listing: Listing
    transitional_care: TransitionalCare
    community_setting: CommunitySetting
    visit_complexity: VisitComplexity
    completion: Completion
    capacity: Capacity
    tiers: Tiers
    acuity: Acuity
    languages: Languages
    impact: Impact
    skills: Skills
    reasons: Reasons
    needs: Needs

    @property
    def policy_version(self) -> str:
        """Version and a short hash of the content: a changed number is a changed version."""
        content = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=True)
        return f"{self.version}+{hashlib.sha256(content.encode()).hexdigest()[:_HASH_DIGITS]}"


def parse_policy(text: str) -> Policy:
    """Read a policy from its YAML text.

    Parameters
    ----------
    text : str
        Content of ``config/policy.yaml``.

    Returns
    -------
    Policy
        Frozen; unknown keys are refused.

    Raises
    ------
    UsageError
        The text is no YAML, or a number is missing, unknown or out of range; names the settings.
    """
    try:
        return Policy.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise UsageError("not readable as YAML", where="config/policy.yaml", next_step="fix its indentation") from error
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise UsageError(problems, where="config/policy.yaml", next_step="correct these settings") from error
