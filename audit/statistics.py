"""Every statistic of the audit as one function of row weights: all see the same resamples, differences are paired."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from audit.scores import FloatArray, Sample, Score
from audit.settings import AuditSettings
from models.metrics import Metric, Smoother, net_benefit, summarise
from models.metrics.capacity import list_of, net_benefit_of
from models.metrics.evaluation import ranking_metrics_of, risk_statistic
from models.metrics.weighting import Ranking

CURVE_POINTS = 41
# The outermost rows would have the curve drawn from a handful of people.
CURVE_TAIL = 0.01


class ScoreStatistics:
    """Statistics of one score on some rows.

    Parameters
    ----------
    outcome : array of shape (rows,)
    score : Score
        Ranks; a probability is measured as a risk too.
    rows : bool array of shape (rows,)
        Rows to measure on.
    share : float
        Capacity.
    shares : sequence of float
        Other lengths of the list to measure: ``@<share>.<metric>``.
    thresholds : array
        Where to measure net benefit; empty for nowhere.
    """

    def __init__(
        self,
        outcome: FloatArray,
        score: Score,
        rows: npt.NDArray[np.bool_],
        share: float,
        shares: Sequence[float] = (),
        thresholds: FloatArray | None = None,
    ) -> None:
        self.outcome, self.rows, self.share, self.shares = outcome[rows], rows, share, shares
        self.thresholds = thresholds
        self.ranking = Ranking(score.values[rows])
        self.risks = score.decision_risk[rows][self.ranking.order][self.ranking.starts]
        self.of_risk = risk_statistic(self.outcome, score.values[rows]) if score.is_probability else None

    def __call__(self, weights: FloatArray) -> dict[str, FloatArray]:
        """Compute everything for a block of resamples."""
        chosen = weights if self.rows.all() else weights[:, self.rows]
        rows, events = self.ranking.counts(self.outcome, chosen)
        results = {f".{name}": value for name, value in ranking_metrics_of(rows, events, self.share).items()}
        for share in self.shares:
            results |= {f"@{share}.{name}": value for name, value in list_of(rows, events, share).items()}
        if self.thresholds is not None:
            of = (rows, events, self.risks, self.thresholds)
            results[".net_benefit"] = net_benefit_of(*of)
            results[".realised_net_benefit"] = net_benefit_of(*of, share=self.share)
        if self.of_risk is not None:
            results |= {f".{name}": value for name, value in self.of_risk(chosen).items()}
        return results


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
    ``<score>.net_benefit`` and ``<score>.realised_net_benefit`` over `thresholds`; ``<score>@<share>.<metric>`` of
    lists of other lengths; ``curve`` over `grid`.
    """

    def __init__(self, sample: Sample, scores: list[Score], settings: AuditSettings) -> None:
        self.sample, self.scores = sample, scores
        champion, outcome = scores[0], sample.outcome
        self.thresholds = np.unique([*settings.thresholds, settings.headline])
        self.shares = sorted({*settings.shares, sample.share})
        self.parts: dict[str, ScoreStatistics] = {}
        for score in scores:
            shares = self.shares if score in scores[:2] else ()
            # A missing score decides nothing; a net benefit over fewer people would not be comparable.
            thresholds = self.thresholds if score.known.all() else None
            self.parts[score.name] = ScoreStatistics(outcome, score, score.known, sample.share, shares, thresholds)
            if not score.known.all():
                self.parts[f"matched.{score.name}"] = ScoreStatistics(outcome, champion, score.known, sample.share)
        self.smoother = Smoother(outcome, champion.values) if champion.is_probability else None
        low, high = np.quantile(champion.values[champion.known], [CURVE_TAIL, 1 - CURVE_TAIL])
        # Rounded: exact, the ends would be two people's risks.
        self.grid = np.linspace(np.round(low, 3), np.round(high, 3), CURVE_POINTS)

    def __call__(self, weights: FloatArray) -> dict[str, FloatArray]:
        """Compute everything for a block of resamples."""
        outcome = self.sample.outcome
        everybody = net_benefit(outcome, np.ones(outcome.size), weights, thresholds=self.thresholds)
        results: dict[str, FloatArray] = {"treat_all.net_benefit": everybody}
        with np.errstate(divide="ignore", invalid="ignore"):
            for name, part in self.parts.items():
                results |= {f"{name}{metric}": value for metric, value in part(weights).items()}
        if self.smoother is not None:
            curve = self.smoother.curve(weights)
            results["curve"] = np.array([np.interp(self.grid, curve.risk, row) for row in curve.observed])
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
