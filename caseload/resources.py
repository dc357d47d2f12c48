"""The local directory of community resources, looked up by category, ZIP code and language."""

from collections.abc import Iterable

import pandas as pd

from caseload.languages import read_language
from caseload.policy import Policy

_ZIP_DIGITS = 5
_Resource = tuple[str, str]


class ResourceDirectory:
    """Community resources, indexed once and asked many times.

    Parameters
    ----------
    resources : DataFrame or None, one row per resource
        ``core.resource``: ``resource_id``, ``domain``, ``name``, ``zip_codes`` and ``languages`` (lists; empty = all).
    policy : Policy
        Aliases of domains and languages.
    """

    def __init__(self, resources: pd.DataFrame | None, policy: Policy) -> None:
        self._by_domain: dict[str, list[tuple[str, str, frozenset[str], frozenset[str]]]] = {}
        self._answers: dict[tuple[str, str | None, str | None], _Resource | None] = {}
        if resources is None or resources.empty:
            return
        for row in resources.sort_values("resource_id").to_dict("records"):
            domain = policy.needs.aliases.get(row["domain"], row["domain"])
            zips = frozenset(zip_code[:_ZIP_DIGITS] for zip_code in read_list(row["zip_codes"]))
            spoken = {read_language(word, policy) for word in read_list(row["languages"])}
            languages = frozenset(word for word in spoken if word is not None)
            self._by_domain.setdefault(domain, []).append((row["resource_id"], row["name"], zips, languages))

    def find(self, category: str, zip_code: object, language: object) -> _Resource | None:
        """Name the resource (id, name) that serves a ZIP code, or None.

        One that speaks the language comes before one that says nothing of languages, one that names the ZIP before one
        that serves everywhere, then the smaller id. A resource that speaks only other languages is not named.
        """
        zip5 = zip_code[:_ZIP_DIGITS] if isinstance(zip_code, str) else None
        word = language if isinstance(language, str) else None
        key = (category, zip5, word)
        if key not in self._answers:
            self._answers[key] = self._search(*key)
        return self._answers[key]

    def _search(self, category: str, zip5: str | None, language: str | None) -> _Resource | None:
        best: tuple[int, int, _Resource] | None = None
        for resource_id, name, zips, languages in self._by_domain.get(category, []):
            if (zips and zip5 not in zips) or (languages and language is not None and language not in languages):
                continue
            place = (0 if language in languages else 1, 0 if zips else 1, (resource_id, name))
            if best is None or place < best:
                best = place
        return best[2] if best else None


def read_list(value: Iterable[object] | float | None) -> list[str]:
    """Read a list column's cell (list, array or missing) as a list of texts."""
    if value is None or isinstance(value, float):  # pandas writes a missing cell as NaN
        return []
    return [str(item) for item in value if str(item).strip()]
