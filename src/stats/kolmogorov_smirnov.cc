#include "stats/kolmogorov_smirnov.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <optional>
#include <vector>

#include "stats/samples.h"

namespace yard::stats {
namespace {

constexpr size_t kLargestAutoExact = 10'000;

double LargestDistance(std::span<const double> first, std::span<const double> second) {
  const double n = static_cast<double>(first.size()), m = static_cast<double>(second.size());
  double distance = 0;
  size_t i = 0, j = 0;
  while (i < first.size() && j < second.size()) {
    const double value = std::min(first[i], second[j]);
    while (i < first.size() && first[i] == value) ++i;
    while (j < second.size() && second[j] == value) ++j;
    distance =
        std::max(distance, std::abs(static_cast<double>(i) / n - static_cast<double>(j) / m));
  }
  return distance;
}

// The share of lattice paths of an n by n square that leave the band of half-width h.
double OutsideSquare(size_t n, size_t h) {
  const double size = static_cast<double>(n), width = static_cast<double>(h);
  double outside = 0;
  for (double k = std::floor(size / width); k >= 0; --k) {
    double product = 1;
    for (double j = 0; j < width; ++j) {
      product = (size - k * width - j) * product / (size + k * width + j + 1);
    }
    outside = product * (1 - outside);
  }
  return 2 * outside;
}

// The share of lattice paths of an m by n rectangle that touch or leave the band
// |ng x - mg y| < h. Row by row, cells hold the share of the paths to them that have left it.
double OutsideRectangle(size_t larger, size_t smaller, size_t divisor, int64_t h) {
  const auto m = static_cast<int64_t>(larger), n = static_cast<int64_t>(smaller);
  const int64_t mg = m / static_cast<int64_t>(divisor), ng = n / static_cast<int64_t>(divisor);
  std::vector<double> row(smaller + 1, 1.0);
  int64_t low = 0;
  int64_t high = std::min((h + mg - 1) / mg, n + 1);
  std::fill(row.begin(), row.begin() + std::min(high, n + 1), 0.0);
  for (int64_t i = 1; i <= m; ++i) {
    const int64_t previous_low = low, previous_high = high;
    const int64_t below = ng * i - h;
    low = std::max<int64_t>(below >= 0 ? below / mg + 1 : 0, 0);
    high = std::min((ng * i + h + mg - 1) / mg, n + 1);
    if (high <= low) return 1;
    double left = low == 0 ? 0.0 : 1.0;
    for (int64_t j = low; j < high; ++j) {
      const bool was_inside = j >= previous_low && j < previous_high;
      const double above = was_inside ? row[static_cast<size_t>(j)] : 1.0;
      const double steps = static_cast<double>(i + j);
      left = (above * static_cast<double>(i) + left * static_cast<double>(j)) / steps;
      row[static_cast<size_t>(j)] = left;
    }
  }
  return high == n + 1 ? row[smaller] : 1.0;
}

struct Exact {
  double statistic;
  double p_value;
};

std::optional<Exact> ExactTest(size_t n1, size_t n2, double distance) {
  const size_t divisor = std::gcd(n1, n2);
  // NOLINTNEXTLINE(bugprone-integer-division): whole numbers are meant.
  const double steps = static_cast<double>(n1 / divisor) * static_cast<double>(n2);
  const double rounded = std::nearbyint(distance * steps);
  const double statistic = rounded / steps;
  const auto h = static_cast<int64_t>(rounded);
  if (h == 0) return Exact{statistic, 1};
  const double p_value = n1 == n2
                             ? OutsideSquare(n1, static_cast<size_t>(h))
                             : OutsideRectangle(std::max(n1, n2), std::min(n1, n2), divisor, h);
  if (!(p_value >= 0 && p_value <= 1)) return std::nullopt;
  return Exact{statistic, p_value};
}

bool UsesExact(KsMethod method, size_t n1, size_t n2) {
  if (method == KsMethod::kAuto) return std::max(n1, n2) <= kLargestAutoExact;
  if (method == KsMethod::kAsymptotic) return false;
  const size_t divisor = std::gcd(n1, n2);
  const double largest = std::numeric_limits<int32_t>::max();
  // NOLINTNEXTLINE(bugprone-integer-division): whole numbers are meant.
  return static_cast<double>(n1 / divisor) < largest / static_cast<double>(n2 / divisor);
}

}  // namespace

TestResult KolmogorovSmirnovSorted(std::span<const double> first, std::span<const double> second,
                                   KsMethod method) {
  if (first.empty() || second.empty()) return {Status::kInsufficientData};
  const double distance = LargestDistance(first, second);
  if (UsesExact(method, first.size(), second.size())) {
    const auto exact = ExactTest(first.size(), second.size(), distance);
    if (exact) return {Status::kOk, exact->statistic, exact->p_value};
  }
  const double n = static_cast<double>(first.size()), m = static_cast<double>(second.size());
  const double effective = std::nearbyint(n * m / (n + m));
  return {Status::kOk, distance, KolmogorovSurvival(distance, std::max(effective, 1.0))};
}

TestResult KolmogorovSmirnov(std::span<const double> first, std::span<const double> second,
                             KsMethod method) {
  const Sample one = SortedSample(first), two = SortedSample(second);
  TestResult result = KolmogorovSmirnovSorted(one.values, two.values, method);
  result.dropped = one.dropped + two.dropped;
  return result;
}

}  // namespace yard::stats
