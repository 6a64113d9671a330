#!/usr/bin/env python3
"""Prints random cases with the answers of scipy and scikit-learn, one a line, for src/stats/scipy_test.cc.

A line is `function|first|second|answers`, numbers separated by blanks. With the argument `cdnow FILE` it prints instead the monthly
Kolmogorov-Smirnov tests of the CDNOW customers (see examples/churn) for src/monitoring/cdnow_test.cc.
"""

import sys
import warnings

import numpy as np
from scipy import stats
from scipy.spatial.distance import jensenshannon

warnings.filterwarnings("ignore")
random = np.random.default_rng(20240117)


def emit(name, first, second, answers):
    texts = (" ".join(repr(float(v)) for v in np.atleast_1d(part)) for part in (first, second, answers))
    print("|".join((name, *texts)))


def sample(size):
    """A sample of one of several shapes, with and without ties."""
    shape = random.integers(5)
    if shape == 0:
        return random.normal(random.normal(0, 0.3), 1, size)
    if shape == 1:
        return np.round(random.normal(0, 2, size))
    if shape == 2:
        return random.exponential(1 + random.random(), size)
    if shape == 3:
        return random.integers(0, 4, size).astype(float)
    return np.round(random.lognormal(0, 1, size), 1)


def sizes():
    kind = random.integers(4)
    if kind == 0:
        return random.integers(1, 6, 2)
    if kind == 1:
        return np.repeat(random.integers(1, 200), 2)
    if kind == 2:
        return random.integers(1, 300, 2)
    return random.integers(1, 40), random.integers(100, 900)


def two_samples():
    for _ in range(1200):
        n, m = sizes()
        a, b = sample(n), sample(m) + random.choice([0, 0, 0.4, 3])
        for method in ("auto", "exact", "asymp"):
            result = stats.ks_2samp(a, b, method=method)
            if np.isfinite(result.pvalue):
                emit(f"ks_{method}", a, b, (result.statistic, result.pvalue))
        emit("wasserstein", a, b, stats.wasserstein_distance(a, b))
        if np.ptp(np.concatenate([a, b])) > 0:
            result = stats.mannwhitneyu(a, b)
            emit("mann_whitney", a, b, (result.statistic, result.pvalue))
        if min(n, m) > 1 and np.ptp(a) + np.ptp(b) > 0:
            result = stats.ttest_ind(a, b, equal_var=False)
            emit("welch", a, b, (result.statistic, result.pvalue))


def large_samples():
    for n, m, shift in (
        (3000, 3000, 0.1),
        (10000, 9999, 0.02),
        (5000, 7000, 0.5),
        (20000, 12001, 0.01),
        (40000, 3000, 1.5),
        (100000, 23570, 0.002),
        (60000, 60000, 0.03),
    ):
        a, b = np.round(random.normal(0, 1, n), 3), np.round(random.normal(shift, 1, m), 3)
        result = stats.ks_2samp(a, b)
        emit("ks_auto", a, b, (result.statistic, result.pvalue))


def kolmogorov_law():
    for _ in range(2500):
        n = int(np.exp(random.uniform(0, np.log(200000))))
        x = random.choice([random.uniform(0, 1), np.exp(random.uniform(-12, 0)), random.uniform(0, 3.5) / np.sqrt(n)])
        survival = stats.kstwo.sf(x, n)
        if x * np.sqrt(n) < 0.1 and survival < 0.5:
            continue  # scipy underflows to 0 here, where the probability is 1 to all digits
        emit("kstwo", x, n, (x, survival))


def counts_of(size):
    return random.integers(0, random.choice([3, 40, 3000]), size).astype(float)


def contingency_tables():
    for _ in range(1500):
        a, b = (counts_of(k) for k in np.repeat(random.integers(2, 12), 2))
        if not a.sum() or not b.sum():
            continue
        used = a + b > 0
        if used.sum() > 1:
            table = np.array([a[used], b[used]])
            for name, options in (
                ("chi2_yates", {}),
                ("chi2", {"correction": False}),
                ("g_test", {"correction": False, "lambda_": "log-likelihood"}),
            ):
                result = stats.chi2_contingency(table, **options)
                emit(name, a, b, (result.statistic, result.pvalue))
        emit("jensen_shannon", a, b, jensenshannon(a, b))
        emit("kullback_leibler", a, b, stats.entropy(a, b))
        expected = b + 1
        expected = expected * a.sum() / expected.sum()
        result = stats.chisquare(a, expected)
        emit("chisquare", a, expected, (result.statistic, result.pvalue))
        p = random.random(len(a)) ** 3
        emit("benjamini_hochberg", p, p, stats.false_discovery_control(p))


def proportions():
    for _ in range(600):
        trials = int(random.choice([random.integers(1, 12), random.integers(1, 5000)]))
        successes = int(random.integers(0, trials + 1))
        test = stats.binomtest(successes, trials)
        for name, method in (("wilson", "wilson"), ("clopper_pearson", "exact")):
            interval = test.proportion_ci(0.95, method)
            emit(name, successes, trials, (successes / trials, interval.low, interval.high))


def delong(scores, outcomes):
    """AUC and its DeLong interval straight from the definition, quadratic."""
    positive, negative = scores[outcomes == 1], scores[outcomes == 0]
    wins = (positive[:, None] > negative[None, :]) + 0.5 * (positive[:, None] == negative[None, :])
    area = wins.mean()
    variance = sum(part.var(ddof=1) / len(part) if len(part) > 1 else 0 for part in (wins.mean(1), wins.mean(0)))
    half = stats.norm.isf(0.025) * np.sqrt(variance)
    return area, max(0, area - half), min(1, area + half)


def classification():
    from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

    for _ in range(500):
        n = int(random.integers(2, 400))
        outcomes = random.integers(0, 2, n)
        scores = np.round(np.clip(random.normal(0.4 + 0.2 * outcomes, 0.25), 0, 1), random.integers(1, 8))
        emit("log_loss", scores, outcomes, log_loss(outcomes, scores, labels=[0, 1]))
        emit("brier", scores, outcomes, brier_score_loss(outcomes, scores))
        if 0 < outcomes.sum() < n:
            area, low, high = delong(scores, outcomes)
            assert abs(area - roc_auc_score(outcomes, scores)) < 1e-12
            if 0 < area < 1:
                emit("roc_auc", scores, outcomes, (area, low, high))


def cdnow(file):
    import pandas as pd

    sales = pd.read_csv(file, sep=r"\s+")
    sales["date"] = pd.to_datetime(sales["date"].astype(str))

    def features(cut):
        past = sales[sales["date"] < pd.Timestamp(cut)].sort_values(["customer_id", "date"], kind="stable")
        groups = past.groupby("customer_id")
        first, last, count = groups["date"].min(), groups["date"].max(), groups.size()
        cut = pd.Timestamp(cut)
        return pd.DataFrame(
            {
                "total_purchases": count,
                "avg_order_value": groups["dollar_value"].mean(),
                "total_spend": groups["dollar_value"].sum(),
                "recency_days": (cut - last).dt.days,
                "tenure_days": (cut - first).dt.days,
                "mean_gap_days": (last - first).dt.days / (count - 1).where(count > 1),
                "last_order_value": groups["dollar_value"].last(),
            }
        )

    reference = features("1997-09-30")
    for name in reference.columns:
        emit(f"reference {name}", reference[name], 0, 0)
    for cut in ("1997-10-31", "1997-11-30", "1997-12-31", "1998-01-31", "1998-02-28", "1998-03-31"):
        current = features(cut)
        for name in reference.columns:
            result = stats.ks_2samp(reference[name].dropna(), current[name].dropna())
            emit(f"{cut[:7]} {name}", current[name], 0, (result.statistic, result.pvalue))


if __name__ == "__main__":
    if sys.argv[1:2] == ["cdnow"]:
        cdnow(sys.argv[2])
    else:
        for part in (two_samples, large_samples, kolmogorov_law, contingency_tables, proportions, classification):
            part()
