#pragma once

#include <span>

#include "stats/result.h"

namespace yard::stats {

enum class KsMethod {
  kAuto,        // exact when both samples have at most 10,000 values
  kExact,       // falls back to asymptotic when the sizes' least common multiple is too large
  kAsymptotic,  // the law of the one-sample statistic for round(n1 n2 / (n1 + n2)) values
};

/// The two-sample Kolmogorov-Smirnov test, two-sided: `statistic` is D, the largest distance of the
/// two empirical distribution functions. Ties are allowed (the p-value is then conservative). NaN
/// is dropped and counted; infinities are ordinary values. Equal to scipy.stats.ks_2samp, also in
/// which method is chosen.
/// Exact, n1 = n2: Hodges 1958; n1 != n2: Viehmann 2021 (arXiv 2102.08037), O(n1 n2) time at worst
/// and O(n) memory. Status: kInsufficientData when a sample is empty.
TestResult KolmogorovSmirnov(std::span<const double> first, std::span<const double> second,
                             KsMethod method = KsMethod::kAuto);

/// The same for samples that are sorted ascending and hold no NaN: no copy, no sort.
TestResult KolmogorovSmirnovSorted(std::span<const double> first, std::span<const double> second,
                                   KsMethod method = KsMethod::kAuto);

/// P(D_n >= x) of the two-sided one-sample statistic of n values (n >= 1), by the selection of
/// Simard & L'Ecuyer 2011: exact formulas where they are cheap, Pelz-Good (1976) in between.
double KolmogorovSurvival(double x, double n);

/// P(D_n^+ >= x) of the one-sided statistic: Smirnov's sum, in extended precision.
double SmirnovSurvival(double x, double n);

}  // namespace yard::stats
