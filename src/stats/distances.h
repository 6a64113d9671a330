#pragma once

#include <span>

#include "stats/result.h"

namespace yard::stats {

// Distances of two distributions over the same categories or bins. Every function takes counts or
// weights and normalises them itself. NaN when the lengths differ, a weight is negative or a side
// sums to 0.

/// Jensen-Shannon distance: the square root of the divergence in nats, 0 to sqrt(ln 2). Equal to
/// scipy.spatial.distance.jensenshannon.
double JensenShannonDistance(std::span<const double> first, std::span<const double> second);
/// Kullback-Leibler divergence of `first` from `second` in nats; infinite where `second` is 0 and
/// `first` is not. Equal to scipy.stats.entropy(first, second).
double KullbackLeibler(std::span<const double> first, std::span<const double> second);
/// sqrt(1 - sum sqrt(p q)), 0 to 1.
double Hellinger(std::span<const double> first, std::span<const double> second);
/// Total variation: half of sum |p - q|, 0 to 1.
double TotalVariation(std::span<const double> first, std::span<const double> second);
/// Population stability index sum (p - q) ln(p / q), without smoothing; infinite where only one
/// side is 0.
double PopulationStability(std::span<const double> first, std::span<const double> second);

/// A population stability index that can be judged: counts are smoothed by (c + 1/2) / (n + B/2),
/// and under equal distributions value / (1/n + 1/m) follows chi-square with B - 1 degrees of
/// freedom (Yurdakul & Naranjo 2020), which gives the critical value of the sample sizes at hand.
struct CalibratedStability {
  Status status = Status::kOk;
  double value = kNaN;
  double critical = kNaN;  // of `alpha`
  double p_value = kNaN;
};
/// Bins that are empty on both sides are left out. 0 < alpha < 1.
CalibratedStability CalibratedPopulationStability(std::span<const double> reference,
                                                  std::span<const double> current, double alpha);

/// Wasserstein-1 (earth mover's) distance of two samples, in their unit: the area between the two
/// empirical distribution functions. The samples are sorted ascending, finite and without NaN; NaN
/// when one is empty. Equal to scipy.stats.wasserstein_distance.
double WassersteinSorted(std::span<const double> first, std::span<const double> second);

}  // namespace yard::stats
