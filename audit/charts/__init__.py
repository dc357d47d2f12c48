"""Pictures of the report: SVG written by hand, so that text stays text and the same data give the same bytes."""
