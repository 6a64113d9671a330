#include "stats/distances.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "stats/distributions.h"

namespace yard::stats {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// The sum of non-negative weights, or NaN.
double Total(std::span<const double> weights) {
  double total = 0;
  for (const double weight : weights) {
    if (!(weight >= 0) || std::isinf(weight)) return kNaN;
    total += weight;
  }
  return total > 0 ? total : kNaN;
}

// Sums term(p, q) over both distributions; NaN when they cannot be compared.
template <typename Term>
double SumOver(std::span<const double> first, std::span<const double> second, Term term) {
  const double first_total = Total(first), second_total = Total(second);
  if (first.size() != second.size() || std::isnan(first_total) || std::isnan(second_total)) {
    return kNaN;
  }
  double sum = 0;
  for (size_t i = 0; i < first.size(); ++i) {
    sum += term(first[i] / first_total, second[i] / second_total);
  }
  return sum;
}

double RelativeEntropyTerm(double p, double q) {
  if (p == 0) return 0;
  return q == 0 ? kInfinity : p * std::log(p / q);
}

}  // namespace

double JensenShannonDistance(std::span<const double> first, std::span<const double> second) {
  const double divergence = SumOver(first, second, [](double p, double q) {
    const double middle = (p + q) / 2;
    return (RelativeEntropyTerm(p, middle) + RelativeEntropyTerm(q, middle)) / 2;
  });
  return std::isnan(divergence) ? kNaN : std::sqrt(std::max(divergence, 0.0));
}

double KullbackLeibler(std::span<const double> first, std::span<const double> second) {
  return SumOver(first, second, RelativeEntropyTerm);
}

double Hellinger(std::span<const double> first, std::span<const double> second) {
  // Half of sum (sqrt p - sqrt q)^2 equals 1 - sum sqrt(p q) without its cancellation.
  const double squares = SumOver(first, second, [](double p, double q) {
    const double gap = std::sqrt(p) - std::sqrt(q);
    return gap * gap;
  });
  return std::sqrt(squares / 2);
}

double TotalVariation(std::span<const double> first, std::span<const double> second) {
  return SumOver(first, second, [](double p, double q) { return std::abs(p - q); }) / 2;
}

double PopulationStability(std::span<const double> first, std::span<const double> second) {
  return SumOver(first, second, [](double p, double q) {
    if (p == q) return 0.0;
    if (p == 0 || q == 0) return kInfinity;
    return (p - q) * std::log(p / q);
  });
}

CalibratedStability CalibratedPopulationStability(std::span<const double> reference,
                                                  std::span<const double> current, double alpha) {
  const double n = Total(reference), m = Total(current);
  if (reference.size() != current.size()) return {Status::kUndefined};
  if (std::isnan(n) || std::isnan(m)) return {Status::kInsufficientData};
  std::vector<double> smooth_reference, smooth_current;
  for (size_t i = 0; i < reference.size(); ++i) {
    if (reference[i] + current[i] <= 0) continue;
    smooth_reference.push_back(reference[i] + 0.5);
    smooth_current.push_back(current[i] + 0.5);
  }
  if (smooth_reference.size() < 2) return {Status::kConstant, 0, 0, 1};
  const double scale = 1 / n + 1 / m;
  const double degrees = static_cast<double>(smooth_reference.size()) - 1;
  const double value = PopulationStability(smooth_reference, smooth_current);
  return {Status::kOk, value, ChiSquareUpperQuantile(alpha, degrees) * scale,
          ChiSquareSurvival(value / scale, degrees)};
}

double WassersteinSorted(std::span<const double> first, std::span<const double> second) {
  if (first.empty() || second.empty()) return kNaN;
  const double n = static_cast<double>(first.size()), m = static_cast<double>(second.size());
  size_t i = 0, j = 0;
  double area = 0;
  double previous = std::min(first.front(), second.front());
  while (i < first.size() || j < second.size()) {
    const double next_first = i < first.size() ? first[i] : kInfinity;
    const double next_second = j < second.size() ? second[j] : kInfinity;
    const double value = std::min(next_first, next_second);
    const double gap = std::abs(static_cast<double>(i) / n - static_cast<double>(j) / m);
    if (value > previous) area += gap * (value - previous);
    if (next_first <= value) ++i;
    if (next_second <= value) ++j;
    previous = value;
  }
  return area;
}

}  // namespace yard::stats
