#include "inference/estimators/links.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace yard::inference::estimators {

double Expit(double x) { return 1.0 / (1.0 + std::exp(-x)); }

double Logit(double p, LogitForm form) {
  const bool is_near_half = p >= 0.3 && p <= 0.65;
  if (form == LogitForm::kPlain || !is_near_half) return std::log(p / (1.0 - p));
  const double s = 2.0 * (p - 0.5);
  return std::log1p(s) - std::log1p(-s);
}

double PairwiseSum(std::span<const double> values) {
  constexpr size_t kLanes = 8;
  constexpr size_t kBlock = 128;
  const size_t count = values.size();
  if (count < kLanes) {
    double sum = 0;
    for (const double value : values) sum += value;
    return sum;
  }
  if (count > kBlock) {
    const size_t half = count / 2 - (count / 2) % kLanes;
    return PairwiseSum(values.first(half)) + PairwiseSum(values.subspan(half));
  }
  std::array<double, kLanes> lane;
  std::copy_n(values.begin(), kLanes, lane.begin());
  size_t i = kLanes;
  for (; i + kLanes <= count; i += kLanes) {
    for (size_t k = 0; k < kLanes; ++k) lane[k] += values[i + k];
  }
  double sum =
      ((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7]));
  for (; i < count; ++i) sum += values[i];
  return sum;
}

void Softmax(std::span<double> scores) {
  const double largest = *std::max_element(scores.begin(), scores.end());
  for (double& score : scores) score = std::exp(score - largest);
  const double sum = PairwiseSum(scores);
  for (double& score : scores) score /= sum;
}

Matrix BothProbabilities(std::span<const double> second, Scratch& scratch) {
  const auto both = scratch.Allocate<double>(2 * second.size());
  for (size_t row = 0; row < second.size(); ++row) {
    both[2 * row] = 1.0 - second[row];
    both[2 * row + 1] = second[row];
  }
  return {both, 2, true};
}

}  // namespace yard::inference::estimators
