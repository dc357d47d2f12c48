"""Source formats: each yields the canonical landing tables."""
