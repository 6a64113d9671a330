#pragma once

#include <cstddef>
#include <span>

#include "stats/result.h"

namespace yard::stats {

enum class Divergence {
  kPearson,        // chi-square: sum (o - e)^2 / e
  kLogLikelihood,  // G: 2 sum o ln(o / e)
};

enum class Correction {
  kNone,
  kYates,  // one degree of freedom only: moves each cell by up to 0.5 towards its expectation
};

struct ContingencyResult {
  TestResult test;
  size_t degrees_of_freedom = 0;
};

/// Do two samples fall into the same categories equally often? `first` and `second` hold counts of
/// the same categories in the same order; categories that are empty in both are left out. Equal to
/// scipy.stats.chi2_contingency of the two rows. Status: kInsufficientData when a sample has no
/// counts; kConstant (statistic 0, p 1) when only one category is left; kUndefined when the lengths
/// differ or a count is negative or not finite.
ContingencyResult ChiSquareTwoSample(std::span<const double> first, std::span<const double> second,
                                     Divergence divergence = Divergence::kPearson,
                                     Correction correction = Correction::kYates);

/// Pearson's goodness of fit of `observed` to `expected` counts, k - 1 degrees of freedom. Equal to
/// scipy.stats.chisquare: an expected count of 0 under an observed one gives infinity and p 0.
/// Status: kUndefined when the lengths differ or the sums differ by more than 1.5e-8 of them.
TestResult ChiSquareGoodnessOfFit(std::span<const double> observed,
                                  std::span<const double> expected);

/// Cramer's V of a two-sample table: sqrt(chi-square / total), 0 (same) to 1 (disjoint); without
/// Yates' correction.
double CramersV(std::span<const double> first, std::span<const double> second);

}  // namespace yard::stats
