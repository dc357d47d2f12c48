"""From raw text parts to checked core tables: ledger of loads, one scan per table, quarantine, versions, reports."""

from data_contracts.engine.build import build_core
from data_contracts.engine.failures import ContractFailure, TableFailure
from data_contracts.engine.ledger import StagedLoad, accept_load, refuse_load
from data_contracts.engine.report import LoadCounts, LoadReport
from data_contracts.engine.touched import Touched, mark_consumed, read_touched
from data_contracts.engine.workshop import BuildSettings

__all__ = [
    "BuildSettings",
    "ContractFailure",
    "LoadCounts",
    "LoadReport",
    "StagedLoad",
    "TableFailure",
    "Touched",
    "accept_load",
    "build_core",
    "mark_consumed",
    "read_touched",
    "refuse_load",
]
