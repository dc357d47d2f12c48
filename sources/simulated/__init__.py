"""A made-up hospital system in canonical landing tables, with the true risk kept apart."""

from sources.simulated.hospital import SimulatedHospital, simulate
from sources.simulated.write import write_landing, write_truth

__all__ = ["SimulatedHospital", "simulate", "write_landing", "write_truth"]
