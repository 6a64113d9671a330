#include "stats/proportions.h"

#include <algorithm>
#include <cmath>

#include "stats/distributions.h"

namespace yard::stats {
namespace {

Status CheckTrials(size_t successes, size_t trials) {
  if (trials == 0) return Status::kInsufficientData;
  return successes > trials ? Status::kUndefined : Status::kOk;
}

}  // namespace

Estimate WilsonInterval(size_t successes, size_t trials, double confidence) {
  if (const Status status = CheckTrials(successes, trials); status != Status::kOk) return {status};
  const double n = static_cast<double>(trials);
  const double p = static_cast<double>(successes) / n;
  const double z = NormalUpperQuantile((1 - confidence) / 2);
  const double z2 = z * z;
  const double centre = (p + z2 / (2 * n)) / (1 + z2 / n);
  const double half = z / (1 + z2 / n) * std::sqrt(p * (1 - p) / n + z2 / (4 * n * n));
  const double lower = successes == 0 ? 0 : std::max(0.0, centre - half);
  const double upper = successes == trials ? 1 : std::min(1.0, centre + half);
  return {Status::kOk, p, lower, upper, trials};
}

Estimate ClopperPearsonInterval(size_t successes, size_t trials, double confidence) {
  if (const Status status = CheckTrials(successes, trials); status != Status::kOk) return {status};
  const double k = static_cast<double>(successes), n = static_cast<double>(trials);
  const double tail = (1 - confidence) / 2;
  const double lower = successes == 0 ? 0 : BetaQuantile(tail, k, n - k + 1);
  const double upper = successes == trials ? 1 : BetaQuantile(1 - tail, k + 1, n - k);
  return {Status::kOk, k / n, lower, upper, trials};
}

TestResult TwoProportionTest(size_t first_successes, size_t first_trials, size_t second_successes,
                             size_t second_trials) {
  for (const Status status :
       {CheckTrials(first_successes, first_trials), CheckTrials(second_successes, second_trials)}) {
    if (status != Status::kOk) return {status};
  }
  const double n = static_cast<double>(first_trials), m = static_cast<double>(second_trials);
  const double pooled = static_cast<double>(first_successes + second_successes) / (n + m);
  const double variance = pooled * (1 - pooled) * (1 / n + 1 / m);
  if (variance <= 0) return {Status::kConstant, 0, 1};
  const double gap =
      static_cast<double>(first_successes) / n - static_cast<double>(second_successes) / m;
  const double z = gap / std::sqrt(variance);
  return {Status::kOk, z, 2 * NormalSurvival(std::abs(z))};
}

}  // namespace yard::stats
