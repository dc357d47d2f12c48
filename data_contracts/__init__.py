"""Contracts: what every table must be, and the small code that turns them into checks and quarantine."""
