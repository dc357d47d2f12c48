"""The canonical landing format: a folder of one CSV or Parquet entry per table, read all as text."""

from sources.canonical.discover import LandingFile, discover
from sources.canonical.stage import stage_load

__all__ = ["LandingFile", "discover", "stage_load"]
