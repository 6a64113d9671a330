#pragma once

#include <span>

#include "stats/result.h"

namespace yard::stats {

/// Welch's t-test of two means with unequal variances, two-sided. Equal to
/// scipy.stats.ttest_ind(equal_var=False). Status: kInsufficientData below two values a side;
/// kConstant when both sides are constant (statistic 0 and p 1 when equal, infinite and p 0 when
/// not).
TestResult WelchTest(std::span<const double> first, std::span<const double> second);

/// The Mann-Whitney U test, two-sided; the statistic is U of the first sample. Exact (counting all
/// orders) when a sample has at most 8 values and there are no ties, else normal with tie and
/// continuity correction. Equal to scipy.stats.mannwhitneyu. Status: kInsufficientData when a
/// sample is empty, kConstant (p 1) when all values are the same.
TestResult MannWhitneyTest(std::span<const double> first, std::span<const double> second);

}  // namespace yard::stats
