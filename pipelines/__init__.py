"""Dagster definitions and the homeward command: the only place that knows both."""
