#pragma once

#include <span>
#include <vector>

namespace yard::stats {

/// Adjusts p-values of many tests so that rejecting those below alpha keeps the expected share of
/// false rejections below alpha (Benjamini & Hochberg 1995). The answer keeps the order; NaN (a
/// test that had no result) stays NaN and does not count. Equal to
/// scipy.stats.false_discovery_control.
std::vector<double> BenjaminiHochberg(std::span<const double> p_values);

}  // namespace yard::stats
