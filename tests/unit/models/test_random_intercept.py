"""The random-intercept logistic model: against published values, against numerical integration, and at its limits."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import approx_fprime, minimize
from scipy.special import expit, gammaln

from models.metrics.grouped_logistic import GroupedLogistic
from models.metrics.random_intercept import fit_random_intercept

# Contagious bovine pleuropneumonia in 15 herds over four periods (Lesnoff 2004; data set cbpp of the R package lme4):
# herd, new cases, animals, period.
CBPP = """
1 2 14 1, 1 3 12 2, 1 4 9 3, 1 0 5 4, 2 3 22 1, 2 1 18 2, 2 1 21 3, 3 8 22 1, 3 2 16 2, 3 0 16 3, 3 2 20 4, 4 2 10 1,
4 0 10 2, 4 2 9 3, 4 0 6 4, 5 5 18 1, 5 0 25 2, 5 0 24 3, 5 1 4 4, 6 3 17 1, 6 0 17 2, 6 0 18 3, 6 1 20 4, 7 8 16 1,
7 1 10 2, 7 3 9 3, 7 0 5 4, 8 12 34 1, 9 2 9 1, 9 0 6 2, 9 0 8 3, 9 0 6 4, 10 1 22 1, 10 1 22 2, 10 0 18 3, 10 2 22 4,
11 0 25 1, 11 5 27 2, 11 3 22 3, 11 1 22 4, 12 2 10 1, 12 1 8 2, 12 0 6 3, 12 0 5 4, 13 1 21 1, 13 2 24 2, 13 0 19 3,
13 0 23 4, 14 11 19 1, 14 0 2 2, 14 0 3 3, 14 0 2 4, 15 1 19 1, 15 1 15 2, 15 1 15 3, 15 0 15 4
"""


@pytest.fixture(scope="module")
def cattle():
    """One row per animal, and the log of how many orders of the animals the counts leave open."""
    counts = np.array([[int(part) for part in row.split()] for row in CBPP.split(",")])
    herd, cases, animals, period = counts.T
    outcome = np.concatenate([np.arange(size) < ill for ill, size in zip(cases, animals, strict=True)]).astype(float)
    design = (np.repeat(period, animals)[:, None] == [2, 3, 4]).astype(float)
    orders = (gammaln(animals + 1) - gammaln(cases + 1) - gammaln(animals - cases + 1)).sum()
    return outcome, design, np.repeat(herd - 1, animals), orders


def make_groups(rng, sizes, spread, columns=3):
    """Return outcome, design, group and the true effects of groups of given sizes."""
    group = np.repeat(np.arange(len(sizes)), sizes)
    design = np.column_stack([rng.normal(size=group.size), rng.random((group.size, columns - 1)) < 0.3]).astype(float)
    effects = spread * rng.normal(size=len(sizes))
    risk = expit(-1.6 + design @ np.linspace(0.4, -0.3, columns) + effects[group])
    return (rng.random(group.size) < risk).astype(float), design, group, effects


def test_published_values_of_lme4(cattle):
    outcome, design, herd, orders = cattle
    fit = fit_random_intercept(outcome, design, herd, largest_spread=3.0)
    # The values lme4's own tests hold (tests/testthat/test-glmer.R); its manual prints -1.3983 ... and 0.6421, from a
    # search that ended a little earlier.
    lme4 = [-1.39854982537216, -0.992335519118859, -1.12867532780426, -1.58030423764517]
    assert fit.coefficients == pytest.approx(lme4, abs=1e-4)
    assert fit.spread == pytest.approx(0.642226809144453, abs=1e-4)
    assert -2 * (fit.log_likelihood + orders) == pytest.approx(184.052674598026, abs=2e-4)
    assert fit.coefficients == pytest.approx([-1.3983, -0.9919, -1.1282, -1.5797], abs=1e-3)


def test_the_likelihood_is_laplaces_and_close_to_the_integral():
    outcome, design, group, _ = make_groups(np.random.default_rng(4), [60, 90, 40], 0.5)
    model = GroupedLogistic(outcome, design, group)
    coefficients, spread = np.array([-1.5, 0.4, 0.1, -0.2]), 0.5
    place = model.evaluate(coefficients, spread, np.zeros(3))
    assert place.value == pytest.approx(slow_log_likelihood(outcome, design, group, coefficients, spread), abs=0.02)
    for number in range(3):
        of_group = row_log_likelihood(outcome, design, group == number, coefficients)
        likeliest = minimize(lambda u, f=of_group: u[0] ** 2 / 2 - f(spread * u[0]), [0.0]).x[0]
        assert place.scaled[number] == pytest.approx(likeliest, abs=1e-4)


def row_log_likelihood(outcome, design, rows, coefficients):
    fixed = coefficients[0] + design[rows] @ coefficients[1:]
    return lambda effect: float(np.log(np.where(outcome[rows], expit(fixed + effect), expit(-fixed - effect))).sum())


def slow_log_likelihood(outcome, design, group, coefficients, spread):
    """Integrate over each group's effect numerically: nothing shared with the code under test."""
    total = 0.0
    for number in np.unique(group):
        of_group = row_log_likelihood(outcome, design, group == number, coefficients)
        top = max(of_group(effect) for effect in np.linspace(-2, 2, 41))

        def density(effect, f=of_group, top=top):
            return np.exp(f(effect) - top - effect**2 / (2 * spread**2)) / (spread * np.sqrt(2 * np.pi))

        total += np.log(quad(density, -4, 4, points=[0], limit=200)[0]) + top
    return total


def test_the_fit_is_close_to_that_of_the_integral():
    outcome, design, group, _ = make_groups(np.random.default_rng(2), [80, 50, 120, 60, 90, 40], 0.6, columns=1)
    fit = fit_random_intercept(outcome, design, group, largest_spread=2.0)
    start = np.r_[fit.coefficients, fit.spread] + 0.05
    slow = minimize(lambda at: -slow_log_likelihood(outcome, design, group, at[:-1], at[-1]), start, tol=1e-5).x
    assert np.r_[fit.coefficients, fit.spread] == pytest.approx(slow, abs=0.02)


def test_the_slope_is_exact():
    model = GroupedLogistic(*make_groups(np.random.default_rng(5), [9, 30, 4, 15], 1.0)[:3])
    at, start = np.array([-1.0, 0.3, 0.5, -0.4]), np.zeros(4)
    numeric = approx_fprime(at, lambda coefficients: model.evaluate(coefficients, 0.8, start).value, 1e-6)
    assert model.evaluate(at, 0.8, start).slope == pytest.approx(numeric, abs=1e-4)


def test_known_effects_are_recovered_and_small_groups_drawn_to_the_middle():
    outcome, design, group, effects = make_groups(np.random.default_rng(6), [2500] * 20 + [25] * 20, 0.4)
    fit = fit_random_intercept(outcome, design, group)
    large, small = slice(0, 20), slice(20, 40)
    assert fit.spread == pytest.approx(0.4, abs=0.12)
    assert fit.coefficients == pytest.approx([-1.6, 0.4, 0.05, -0.3], abs=0.15)
    assert np.abs(fit.effects[large] - effects[large]).max() < 0.25
    assert fit.effects[small].std() < 0.7 * effects[small].std()


def test_intervals_hold_the_truth_though_the_likeliest_spread_is_often_nothing():
    held, spreads = [], []
    for seed in range(40):
        outcome, design, group, effects = make_groups(np.random.default_rng(seed), [400, 300, 900, 150, 700], 0.1)
        fit = fit_random_intercept(outcome, design, group)
        low, high = fit.posterior.quantile(0.025), fit.posterior.quantile(0.975)
        truth, found = effects - effects.mean(), fit.effects - fit.effects.mean()
        held += list((low <= truth) & (truth <= high))
        spreads.append(fit.spread)
        assert ((low <= found) & (found <= high)).all()
    assert np.mean(np.array(spreads) < 0.01) > 0.2
    assert np.mean(held) > 0.92


def test_the_posterior_is_the_dense_one_of_coefficients_and_effects_together():
    outcome, design, group, _ = make_groups(np.random.default_rng(13), [150, 60, 400, 90, 30], 0.5)
    fit = fit_random_intercept(outcome, design, group)
    posterior = fit.posterior
    node = np.abs(posterior.spreads - fit.spread).argmin()
    assert fit.spread > 0.2
    # All second derivatives of rows and prior at once, inverted: no shortcut by groups.
    columns = np.column_stack([np.ones(group.size), design, group[:, None] == np.arange(5)])
    risk = expit(columns @ np.r_[fit.coefficients, fit.effects])
    precision = columns.T @ (columns * (risk * (1 - risk))[:, None])
    precision[4:, 4:] += np.eye(5) / posterior.spreads[node] ** 2
    effects, less_mean = np.linalg.inv(precision)[4:, 4:], np.eye(5) - 1 / 5
    assert posterior.deviations[node] == pytest.approx(np.sqrt(np.diag(less_mean @ effects @ less_mean)), rel=0.001)
    assert posterior.means[node] == pytest.approx(fit.effects - fit.effects.mean(), abs=0.02)
    assert posterior.means.sum(axis=1) == pytest.approx(np.zeros(posterior.spreads.size), abs=1e-9)


def test_spreads_weigh_as_their_likelihood():
    outcome, design, group, _ = make_groups(np.random.default_rng(12), [90, 60, 120, 80], 0.5, columns=1)
    posterior = fit_random_intercept(outcome, design, group).posterior
    model = GroupedLogistic(outcome, design, group)
    place, curvature = model.climb_from_nothing()
    values = np.array([model.climb(spread, place, curvature)[0].value for spread in posterior.spreads])
    assert posterior.weights == pytest.approx(np.exp(values) / np.exp(values).sum(), rel=1e-4)
    assert posterior.weights.max() > 3 * posterior.weights.min()
    assert posterior.spread_quantile(0.025) < posterior.spread_quantile(0.5) < posterior.spread_quantile(0.975)


def test_order_of_rows_changes_nothing_but_rounding():
    rng = np.random.default_rng(7)
    outcome, design, group, _ = make_groups(rng, [200, 300, 100], 0.3)
    order = rng.permutation(group.size)
    one = fit_random_intercept(outcome, design, group)
    other = fit_random_intercept(outcome[order], design[order], group[order])
    assert other.effects == pytest.approx(one.effects, abs=1e-4)
    assert other.coefficients == pytest.approx(one.coefficients, abs=1e-4)


def test_a_repeated_column_and_one_that_separates_do_no_harm():
    outcome, design, group, _ = make_groups(np.random.default_rng(8), [300, 500, 200], 0.3)
    rare = np.zeros(outcome.size)
    rare[np.flatnonzero(outcome == 0)[:12]] = 1
    plain = fit_random_intercept(outcome, design, group)
    more = fit_random_intercept(outcome, np.column_stack([design, design[:, 0], rare]), group)
    assert more.effects == pytest.approx(plain.effects, abs=0.05)
