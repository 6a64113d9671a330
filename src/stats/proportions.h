#pragma once

#include <cstddef>

#include "stats/result.h"

namespace yard::stats {

/// Wilson's score interval of successes / trials. 0 < confidence < 1. Status: kInsufficientData
/// without trials, kUndefined when there are more successes than trials.
Estimate WilsonInterval(size_t successes, size_t trials, double confidence = 0.95);

/// The exact interval of Clopper and Pearson, by beta quantiles: never shorter than promised, also
/// for a handful of trials.
Estimate ClopperPearsonInterval(size_t successes, size_t trials, double confidence = 0.95);

/// Two-sided z-test of two proportions with the pooled variance; the statistic is positive when the
/// first proportion is larger. Status: kInsufficientData when a side has no trials; kConstant
/// (statistic 0, p 1) when all or none of both sides are successes.
TestResult TwoProportionTest(size_t first_successes, size_t first_trials, size_t second_successes,
                             size_t second_trials);

}  // namespace yard::stats
