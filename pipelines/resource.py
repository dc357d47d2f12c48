"""The one resource: which home, which landing folder, which day, which settings."""

import datetime as dt
import os
from functools import cached_property
from pathlib import Path
from typing import Any

import dagster as dg

from data_contracts.errors import UsageError
from pipelines.home import Home
from pipelines.settings import SOURCES, Settings, load_measure, load_settings, parse_as_of


class Homeward(dg.ConfigurableResource):
    """What a run works on. In `dg dev` the values come from HOMEWARD_* variables, in `homeward run` from options."""

    home: str = "homeward-home"
    landing: str = ""
    source: str = "canonical"
    as_of: str = ""
    overrides: dict[str, str] = {}

    @cached_property
    def at(self) -> Home:
        """The home folder."""
        return Home(Path(self.home).expanduser().resolve())

    @cached_property
    def settings(self) -> Settings:
        """Settings of this run."""
        return load_settings(self.overrides, os.environ)

    @cached_property
    def measure(self) -> dict[str, Any]:
        """The readmission measure in force."""
        return load_measure(self.settings)

    @property
    def requested_as_of(self) -> dt.date | None:
        """The day asked for; None means the last day of the data."""
        return parse_as_of(self.as_of)

    @property
    def checked_source(self) -> str:
        """The source's format.

        Raises
        ------
        UsageError
            There is no adapter of that name.
        """
        if self.source not in SOURCES:
            raise UsageError(f"unknown source {self.source!r}", next_step=f"choose one of {', '.join(SOURCES)}")
        return self.source

    @property
    def landing_folder(self) -> Path:
        """Where the extract lies; a simulated hospital needs none.

        Raises
        ------
        UsageError
            None was given, or it is not a folder.
        """
        if self.source == "simulated":
            return Path()
        if not self.landing:
            raise UsageError(
                "no landing folder given", where="landing", next_step="give --landing DIR or set HOMEWARD_LANDING"
            )
        folder = Path(self.landing).expanduser()
        if not folder.is_dir():
            raise UsageError("there is no such folder", where=str(folder), next_step="check the path of the extract")
        return folder


def from_environment() -> Homeward:
    """Build the resource for `dg dev` and the daemon."""
    return Homeward(
        home=os.environ.get("HOMEWARD_HOME", "homeward-home"),
        landing=os.environ.get("HOMEWARD_LANDING", ""),
        source=os.environ.get("HOMEWARD_SOURCE", "canonical"),
        as_of=os.environ.get("HOMEWARD_AS_OF", ""),
    )
