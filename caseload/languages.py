"""Languages as one short code, however a source spells them."""

import pandas as pd

from caseload.policy import Policy


def read_language(text: object, policy: Policy) -> str | None:
    """Turn BCP-47 tags and names into the primary subtag (``es-MX`` and ``Spanish`` -> ``es``); None if unknown.

    A name the policy does not know stays as it is, lower-cased, so that equal names still match.
    """
    if not isinstance(text, str) or not text.strip():
        return None
    word = text.strip().lower().replace("_", "-")
    word = policy.languages.aliases.get(word, word)
    word = policy.languages.aliases.get(word.split("-")[0], word.split("-")[0])
    return None if word in policy.languages.unknown else word


def add_language(listed: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """Add ``language_code`` (None if unknown) and ``needs_interpreter`` (known and not one the policy exempts)."""
    out = listed.copy()
    codes = {text: read_language(text, policy) for text in out["language"].dropna().unique()}
    out["language_code"] = out["language"].map(codes).astype(object)
    out["language_code"] = out["language_code"].where(out["language_code"].notna(), None)
    is_exempt = out["language_code"].isin(policy.languages.no_interpreter)
    out["needs_interpreter"] = out["language_code"].notna() & ~is_exempt
    return out
