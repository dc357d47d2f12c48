"""Model metrics: pure, weighted, each a value with an interval or null with a reason."""

from models.metrics.accuracy import brier, log_loss, scaled_brier
from models.metrics.bootstrap import bootstrap, cluster_weights
from models.metrics.calibration import calibration_intercept, calibration_slope, expected_over_observed
from models.metrics.capacity import net_benefit, nne_at, ppv_at, selected_share, sensitivity_at
from models.metrics.discrimination import auroc, average_precision, roc_curve
from models.metrics.evaluation import RANKING_METRICS, RISK_METRICS, evaluate
from models.metrics.hospital_ratio import HospitalRatios, learn_risks, observed_over_expected, standardised_ratios
from models.metrics.loess import CalibrationCurve, Smoother, loess
from models.metrics.result import Metric, missing, summarise

__all__ = [
    "RANKING_METRICS",
    "RISK_METRICS",
    "CalibrationCurve",
    "HospitalRatios",
    "Metric",
    "Smoother",
    "auroc",
    "average_precision",
    "bootstrap",
    "brier",
    "calibration_intercept",
    "calibration_slope",
    "cluster_weights",
    "evaluate",
    "expected_over_observed",
    "learn_risks",
    "loess",
    "log_loss",
    "missing",
    "net_benefit",
    "nne_at",
    "observed_over_expected",
    "ppv_at",
    "roc_curve",
    "scaled_brier",
    "selected_share",
    "sensitivity_at",
    "standardised_ratios",
    "summarise",
]
