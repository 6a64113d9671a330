#pragma once

#include <cstdint>
#include <span>

#include "stats/result.h"

namespace yard::stats {

// How well scores match outcomes. `outcomes` holds 1 for the positive class and 0 for the other, as
// long as `scores`. Pairs whose score is NaN are left out and counted in Estimate::dropped.

/// Area under the ROC curve, exact (ties count half), with DeLong's interval (DeLong et al. 1988,
/// by mid-ranks in n log n) clipped to [0, 1]; where the classes are separated perfectly and that
/// interval has no width, Clopper-Pearson's for as many trials as the smaller class has members.
/// Status: kUndefined with one class only, kInsufficientData without pairs.
Estimate RocAuc(std::span<const double> scores, std::span<const uint8_t> outcomes,
                double confidence = 0.95);

/// Mean negative log likelihood in nats; scores are clipped to [2.2e-16, 1 - 2.2e-16] as
/// scikit-learn does. Normal interval of the mean.
Estimate LogLoss(std::span<const double> scores, std::span<const uint8_t> outcomes,
                 double confidence = 0.95);

/// Mean squared gap of score and outcome. Normal interval of the mean.
Estimate BrierScore(std::span<const double> scores, std::span<const uint8_t> outcomes,
                    double confidence = 0.95);

}  // namespace yard::stats
