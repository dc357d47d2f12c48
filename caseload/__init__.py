"""The caseload: tiers, acuity, assignment, due dates, needs and the published list."""
