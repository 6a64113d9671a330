#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "monitoring/pane.h"
#include "monitoring/settings.h"
#include "monitoring/tally.h"

namespace yard::monitoring {

/// Tests what was tallied against its reference: every number of the report but the adjusted
/// p-values and the verdict, which need the whole pane. Numbers: exact Kolmogorov-Smirnov;
/// categories: chi-square over the categories; both: the shares of missing values (two-proportion
/// z), the population stability index with its critical value for `alpha`.
FeatureReport Compare(const Tally& tally, double alpha);

/// A feature that cannot be compared, and why.
FeatureReport Incomparable(std::string name, FeatureType type, int64_t rows, Verdict verdict,
                           std::string reason);

/// Adjusts the p-values over all reports (Benjamini-Hochberg) and gives each its verdict: drift
/// when its distribution or its share of missing values changed significantly and by at least the
/// minimum effect, and both sides have at least the minimum number of rows.
void Judge(std::vector<FeatureReport>& reports, const MonitorSettings& settings);

}  // namespace yard::monitoring
