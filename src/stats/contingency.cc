#include "stats/contingency.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "stats/distributions.h"

namespace yard::stats {
namespace {

double Sum(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

bool AreCounts(std::span<const double> values) {
  return std::all_of(values.begin(), values.end(),
                     [](double value) { return std::isfinite(value) && value >= 0; });
}

double CellTerm(double observed, double expected, Divergence divergence) {
  if (divergence == Divergence::kPearson) {
    return (observed - expected) * (observed - expected) / expected;
  }
  return observed == 0 ? 0 : 2 * observed * std::log(observed / expected);
}

double Corrected(double observed, double expected) {
  const double gap = expected - observed;
  return observed + std::copysign(std::min(0.5, std::abs(gap)), gap);
}

size_t UsedCategories(std::span<const double> first, std::span<const double> second) {
  size_t used = 0;
  for (size_t i = 0; i < first.size(); ++i) used += first[i] + second[i] > 0 ? 1 : 0;
  return used;
}

}  // namespace

ContingencyResult ChiSquareTwoSample(std::span<const double> first, std::span<const double> second,
                                     Divergence divergence, Correction correction) {
  if (first.size() != second.size() || !AreCounts(first) || !AreCounts(second)) {
    return {{Status::kUndefined}, 0};
  }
  const double first_total = Sum(first), second_total = Sum(second);
  const double total = first_total + second_total;
  if (first_total <= 0 || second_total <= 0) return {{Status::kInsufficientData}, 0};
  const size_t degrees = UsedCategories(first, second) - 1;
  if (degrees == 0) return {{Status::kConstant, 0, 1}, 0};

  const bool corrects = correction == Correction::kYates && degrees == 1;
  double statistic = 0;
  for (size_t i = 0; i < first.size(); ++i) {
    const double column = first[i] + second[i];
    if (column <= 0) continue;
    for (const auto& [observed, row] :
         {std::pair{first[i], first_total}, std::pair{second[i], second_total}}) {
      const double expected = row * column / total;
      statistic +=
          CellTerm(corrects ? Corrected(observed, expected) : observed, expected, divergence);
    }
  }
  statistic = std::max(statistic, 0.0);
  const double p_value = ChiSquareSurvival(statistic, static_cast<double>(degrees));
  return {{Status::kOk, statistic, p_value}, degrees};
}

TestResult ChiSquareGoodnessOfFit(std::span<const double> observed,
                                  std::span<const double> expected) {
  if (observed.size() != expected.size() || !AreCounts(observed) || !AreCounts(expected)) {
    return {Status::kUndefined};
  }
  if (observed.empty() || Sum(observed) <= 0) return {Status::kInsufficientData};
  const double gap = std::abs(Sum(observed) - Sum(expected));
  if (gap > 1.49e-8 * std::min(Sum(observed), Sum(expected))) return {Status::kUndefined};
  if (observed.size() == 1) return {Status::kConstant, 0, 1};
  double statistic = 0;
  for (size_t i = 0; i < observed.size(); ++i) {
    if (observed[i] == 0 && expected[i] == 0) return {Status::kUndefined};
    statistic += CellTerm(observed[i], expected[i], Divergence::kPearson);
  }
  const double degrees = static_cast<double>(observed.size()) - 1;
  return {Status::kOk, statistic, ChiSquareSurvival(statistic, degrees)};
}

double CramersV(std::span<const double> first, std::span<const double> second) {
  const ContingencyResult result =
      ChiSquareTwoSample(first, second, Divergence::kPearson, Correction::kNone);
  if (result.test.status == Status::kConstant) return 0;
  if (result.test.status != Status::kOk) return kNaN;
  return std::sqrt(result.test.statistic / (Sum(first) + Sum(second)));
}

}  // namespace yard::stats
