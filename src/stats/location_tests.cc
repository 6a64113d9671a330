#include "stats/location_tests.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "stats/distributions.h"
#include "stats/samples.h"

namespace yard::stats {
namespace {

struct RankSummary {
  double rank_sum = 0;  // of the first sample, mid-ranks
  double tie_term = 0;  // sum t^3 - t over groups of ties
};

RankSummary RankBoth(std::span<const double> first, std::span<const double> second) {
  RankSummary summary;
  size_t i = 0, j = 0;
  while (i < first.size() || j < second.size()) {
    const bool from_first = j == second.size() || (i < first.size() && first[i] <= second[j]);
    const double value = from_first ? first[i] : second[j];
    const size_t start_first = i, start = i + j;
    while (i < first.size() && first[i] == value) ++i;
    while (j < second.size() && second[j] == value) ++j;
    const double ties = static_cast<double>(i + j - start);
    const double middle = static_cast<double>(start) + (ties + 1) / 2;
    summary.rank_sum += static_cast<double>(i - start_first) * middle;
    summary.tie_term += ties * ties * ties - ties;
  }
  return summary;
}

// How many orders of n and m values give each U from 0 to n m, as shares of all orders.
std::vector<double> RankSumShares(size_t n, size_t m) {
  // The generating function: product over k of (1 - q^(m + k)) / (1 - q^k), one factor at a time.
  const size_t size = n * m + 1;
  std::vector<double> counts(size, 0.0);
  counts[0] = 1;
  for (size_t k = 1; k <= n; ++k) {
    for (size_t u = size; u-- > m + k;) counts[u] -= counts[u - m - k];
    for (size_t u = k; u < size; ++u) counts[u] += counts[u - k];
  }
  double total = 0;
  for (const double count : counts) total += count;
  for (double& count : counts) count /= total;
  return counts;
}

double ExactTail(double u, size_t n, size_t m) {
  const std::vector<double> shares = RankSumShares(std::min(n, m), std::max(n, m));
  double tail = 0;
  // Symmetric: the upper tail from u is the lower tail up to n m - u, summed from its small end.
  const auto last = static_cast<size_t>(static_cast<double>(n * m) - u);
  for (size_t i = 0; i <= last && i < shares.size(); ++i) tail += shares[i];
  return tail;
}

double NormalTail(double u, double n, double m, double tie_term) {
  const double total = n + m;
  const double variance = n * m / 12 * (total + 1 - tie_term / (total * (total - 1)));
  return NormalSurvival((u - n * m / 2 - 0.5) / std::sqrt(variance));
}

}  // namespace

TestResult WelchTest(std::span<const double> first, std::span<const double> second) {
  const Sample one = SortedSample(first), two = SortedSample(second);
  const size_t dropped = one.dropped + two.dropped;
  if (one.values.size() < 2 || two.values.size() < 2) {
    return {Status::kInsufficientData, kNaN, kNaN, dropped};
  }
  const Moments a = MomentsOf(one.values), b = MomentsOf(two.values);
  const double va = a.variance / static_cast<double>(a.count);
  const double vb = b.variance / static_cast<double>(b.count);
  const double gap = a.mean - b.mean;
  if (va + vb <= 0) {
    if (gap == 0) return {Status::kConstant, 0, 1, dropped};
    return {Status::kConstant, std::copysign(INFINITY, gap), 0, dropped};
  }
  const double t = gap / std::sqrt(va + vb);
  const double degrees =
      (va + vb) * (va + vb) /
      (va * va / (static_cast<double>(a.count) - 1) + vb * vb / (static_cast<double>(b.count) - 1));
  return {Status::kOk, t, 2 * StudentSurvival(std::abs(t), degrees), dropped};
}

TestResult MannWhitneyTest(std::span<const double> first, std::span<const double> second) {
  const Sample one = SortedSample(first), two = SortedSample(second);
  const size_t dropped = one.dropped + two.dropped;
  if (one.values.empty() || two.values.empty()) {
    return {Status::kInsufficientData, kNaN, kNaN, dropped};
  }
  const double n = static_cast<double>(one.values.size());
  const double m = static_cast<double>(two.values.size());
  const RankSummary ranks = RankBoth(one.values, two.values);
  const double u = ranks.rank_sum - n * (n + 1) / 2;
  const double larger = std::max(u, n * m - u);
  const double smallest = std::min(one.values.front(), two.values.front());
  const double largest = std::max(one.values.back(), two.values.back());
  if (smallest == largest) return {Status::kConstant, u, 1, dropped};
  const bool exact = std::min(n, m) <= 8 && ranks.tie_term == 0;
  const double tail = exact ? ExactTail(larger, one.values.size(), two.values.size())
                            : NormalTail(larger, n, m, ranks.tie_term);
  return {Status::kOk, u, std::min(1.0, 2 * tail), dropped};
}

}  // namespace yard::stats
