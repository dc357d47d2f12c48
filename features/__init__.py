"""Cohort and features: SQL files, one rule each, run bucket by bucket."""
