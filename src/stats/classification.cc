#include "stats/classification.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include "stats/distributions.h"
#include "stats/proportions.h"
#include "stats/samples.h"

namespace yard::stats {
namespace {

struct Pairs {
  std::vector<double> positive;  // sorted scores of each class
  std::vector<double> negative;
  size_t dropped = 0;
};

Pairs SplitByOutcome(std::span<const double> scores, std::span<const uint8_t> outcomes) {
  Pairs pairs;
  for (size_t i = 0; i < std::min(scores.size(), outcomes.size()); ++i) {
    if (std::isnan(scores[i])) {
      ++pairs.dropped;
    } else {
      (outcomes[i] != 0 ? pairs.positive : pairs.negative).push_back(scores[i]);
    }
  }
  std::sort(pairs.positive.begin(), pairs.positive.end());
  std::sort(pairs.negative.begin(), pairs.negative.end());
  return pairs;
}

// For each value the share of `others` below it, ties counting half. Both are sorted.
std::vector<double> SharesBelow(std::span<const double> values, std::span<const double> others) {
  std::vector<double> shares;
  shares.reserve(values.size());
  size_t below = 0, not_above = 0;
  for (const double value : values) {
    while (below < others.size() && others[below] < value) ++below;
    not_above = std::max(not_above, below);
    while (not_above < others.size() && others[not_above] <= value) ++not_above;
    shares.push_back(static_cast<double>(below + not_above) /
                     (2 * static_cast<double>(others.size())));
  }
  return shares;
}

double StandardError(const Pairs& pairs, const Moments& positive) {
  const Moments negative = MomentsOf(SharesBelow(pairs.negative, pairs.positive));
  return std::sqrt(positive.variance / static_cast<double>(pairs.positive.size()) +
                   negative.variance / static_cast<double>(pairs.negative.size()));
}

template <typename Loss>
Estimate MeanLoss(std::span<const double> scores, std::span<const uint8_t> outcomes,
                  double confidence, Loss loss) {
  std::vector<double> losses;
  for (size_t i = 0; i < std::min(scores.size(), outcomes.size()); ++i) {
    if (!std::isnan(scores[i])) losses.push_back(loss(scores[i], outcomes[i] != 0));
  }
  const size_t dropped = std::min(scores.size(), outcomes.size()) - losses.size();
  if (losses.empty()) return {Status::kInsufficientData, kNaN, kNaN, kNaN, 0, dropped};
  const Moments moments = MomentsOf(losses);
  const double half = NormalUpperQuantile((1 - confidence) / 2) *
                      std::sqrt(moments.variance / static_cast<double>(moments.count));
  return {Status::kOk,         moments.mean,  std::max(0.0, moments.mean - half),
          moments.mean + half, moments.count, dropped};
}

}  // namespace

Estimate RocAuc(std::span<const double> scores, std::span<const uint8_t> outcomes,
                double confidence) {
  const Pairs pairs = SplitByOutcome(scores, outcomes);
  const size_t count = pairs.positive.size() + pairs.negative.size();
  if (count == 0) return {Status::kInsufficientData, kNaN, kNaN, kNaN, 0, pairs.dropped};
  if (pairs.positive.empty() || pairs.negative.empty()) {
    return {Status::kUndefined, kNaN, kNaN, kNaN, count, pairs.dropped};
  }
  const Moments positive = MomentsOf(SharesBelow(pairs.positive, pairs.negative));
  const double area = positive.mean;
  if (area <= 0 || area >= 1) {
    const size_t smaller = std::min(pairs.positive.size(), pairs.negative.size());
    const Estimate exact = ClopperPearsonInterval(area >= 1 ? smaller : 0, smaller, confidence);
    return {Status::kOk, area, exact.lower, exact.upper, count, pairs.dropped};
  }
  const double half = NormalUpperQuantile((1 - confidence) / 2) * StandardError(pairs, positive);
  return {Status::kOk, area,         std::max(0.0, area - half), std::min(1.0, area + half),
          count,       pairs.dropped};
}

Estimate LogLoss(std::span<const double> scores, std::span<const uint8_t> outcomes,
                 double confidence) {
  return MeanLoss(scores, outcomes, confidence, [](double score, bool positive) {
    constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
    const double clipped = std::clamp(score, kEpsilon, 1 - kEpsilon);
    return -std::log(positive ? clipped : 1 - clipped);
  });
}

Estimate BrierScore(std::span<const double> scores, std::span<const uint8_t> outcomes,
                    double confidence) {
  return MeanLoss(scores, outcomes, confidence, [](double score, bool positive) {
    const double gap = score - (positive ? 1 : 0);
    return gap * gap;
  });
}

}  // namespace yard::stats
