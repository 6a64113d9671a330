#pragma once

#include <cstddef>
#include <span>

#include "inference/estimators/scratch.h"
#include "inference/estimators/table.h"

/// From scores to probabilities, with the C library's exp and in the order of scikit-learn's own
/// arithmetic.
namespace yard::inference::estimators {

/// 1 / (1 + exp(-x)), as scipy.special.expit.
double Expit(double x);

/// log(p / (1 - p)) as scipy.special.logit computes it: from release 1.15 on (which
/// scikit-learn 1.7 and newer usually run with) with log1p near one half, plainly before.
enum class LogitForm { kPlain, kAccurate };
double Logit(double p, LogitForm form);

/// numpy's sum of contiguous doubles (eight partial sums from eight values on, halves above 128).
double PairwiseSum(std::span<const double> values);

/// In place: exp(x - max) / sum, as sklearn.utils.extmath.softmax.
void Softmax(std::span<double> scores);

/// [1 - p, p] a row, from the probability p of the second class.
Matrix BothProbabilities(std::span<const double> second, Scratch& scratch);

}  // namespace yard::inference::estimators
