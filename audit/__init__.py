"""The audit: report, metrics and model card."""
