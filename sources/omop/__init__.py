"""OMOP Common Data Model, versions 5.3 and 5.4."""

from sources.omop.adapter import to_landing

__all__ = ["to_landing"]
