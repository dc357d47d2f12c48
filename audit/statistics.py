"""Every statistic of the audit as one function of row weights: all see the same resamples, so differences are paired."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from audit.scores import FloatArray, Sample, Score
from audit.settings import AuditSettings
from models.metrics import Metric, Smoother, net_benefit, summarise
from models.metrics.bootstrap import Statistic
from models.metrics.evaluation import list_statistic, ranking_statistic, risk_statistic

CURVE_POINTS = 41
# The outermost rows would have the curve drawn from a handful of people.
CURVE_TAIL = 0.01

Part = tuple[npt.NDArray[np.bool_], list[Statistic]]


class AuditStatistics:
    """Statistics of all scores of a sample.

    Parameters
    ----------
    sample : Sample
    scores : list of Score
        The champion first.
    settings : AuditSettings

    Notes
    -----
    Called with weights of shape (block, rows) it returns named arrays: ``<score>.<metric>``;
    ``matched.<score>.<metric>`` of the champion on the rows that have the other score;
    ``<score>.net_benefit`` and ``<score>.realised_net_benefit`` over `thresholds`; ``<score>@<share>.<metric>`` of lists
    of other lengths; ``curve`` over `grid`.
    """

    def __init__(self, sample: Sample, scores: list[Score], settings: AuditSettings) -> None:
        self.sample, self.scores = sample, scores
        champion = scores[0]
        self.thresholds = np.unique([*settings.thresholds, settings.headline])
        self.shares = sorted({*settings.shares, sample.share})
        self.parts: dict[str, Part] = {}
        for score in scores:
            self.parts[score.name] = (score.known, self._statistics(score, score.known))
            if not score.known.all():
                self.parts[f"matched.{score.name}"] = (score.known, self._statistics(champion, score.known))
            if score in scores[:2]:
                for share in self.shares:
                    part = list_statistic(sample.outcome[score.known], score.values[score.known], share)
                    self.parts[f"{score.name}@{share}"] = (score.known, [part])
        self.smoother = Smoother(sample.outcome, champion.values) if champion.is_probability else None
        low, high = np.quantile(champion.values[champion.known], [CURVE_TAIL, 1 - CURVE_TAIL])
        self.grid = np.linspace(low, high, CURVE_POINTS)

    def __call__(self, weights: FloatArray) -> dict[str, FloatArray]:
        """Compute everything for a block of resamples."""
        results = self._net_benefits(weights)
        for name, (rows, statistics) in self.parts.items():
            chosen = weights if rows.all() else weights[:, rows]
            for compute in statistics:
                results |= {f"{name}.{metric}": value for metric, value in compute(chosen).items()}
        if self.smoother is not None:
            curve = self.smoother.curve(weights)
            results["curve"] = np.array([np.interp(self.grid, curve.risk, row) for row in curve.observed])
        return results

    def _statistics(self, score: Score, rows: npt.NDArray[np.bool_]) -> list[Statistic]:
        outcome, values = self.sample.outcome[rows], score.values[rows]
        statistics = [ranking_statistic(outcome, values, self.sample.share)]
        if score.is_probability:
            statistics.append(risk_statistic(outcome, values))
        return statistics

    def _net_benefits(self, weights: FloatArray) -> dict[str, FloatArray]:
        outcome, at = self.sample.outcome, self.thresholds
        results = {"treat_all.net_benefit": net_benefit(outcome, np.ones(outcome.size), weights, thresholds=at)}
        for score in self.scores:
            # A missing score decides nothing; a net benefit over fewer people would not be comparable.
            if score.known.all():
                risk, name = score.decision_risk, score.name
                results[f"{name}.net_benefit"] = net_benefit(outcome, risk, weights, thresholds=at)
                results[f"{name}.realised_net_benefit"] = net_benefit(
                    outcome, risk, weights, thresholds=at, share=self.sample.share, priority=score.values
                )
        return results


class Resampled:
    """Point estimates and replicates by name, read as metrics."""

    def __init__(self, point: Mapping[str, FloatArray], replicates: Mapping[str, FloatArray]) -> None:
        self.point, self.replicates = point, replicates

    def __contains__(self, name: str) -> bool:
        return name in self.point

    def metric(self, name: str, undefined: str = "it is not defined for these data") -> Metric:
        """Return one statistic with its interval."""
        return summarise(float(self.point[name]), self.replicates[name], undefined=undefined)

    def difference(self, name: str, other: str, at: int | None = None) -> Metric:
        """Return a paired difference; ``at`` picks a place of a series."""
        place: int | tuple[()] = () if at is None else at
        column = (slice(None),) if at is None else (slice(None), at)
        return summarise(
            float(self.point[name][place] - self.point[other][place]),
            self.replicates[name][column] - self.replicates[other][column],
        )

    def place(self, name: str, place: int) -> Metric:
        """Return one place of a statistic that has many."""
        return summarise(float(self.point[name][place]), self.replicates[name][:, place])

    def series(self, name: str) -> list[Metric]:
        """Return a statistic that has many places, each with its interval."""
        return [self.place(name, place) for place in range(self.point[name].size)]
