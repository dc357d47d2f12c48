"""Risk models: splits, candidates, calibration, reasons, metrics, registry."""
