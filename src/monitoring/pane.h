#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "monitoring/window.h"

namespace yard::monitoring {

inline constexpr double kNoNumber = std::numeric_limits<double>::quiet_NaN();

enum class FeatureType { kNumeric, kCategorical };

/// What a comparison came to.
enum class Verdict {
  kStable,
  kDrift,             // significant and large enough
  kInsufficientData,  // too few rows, or no baseline for the feature
  kConstant,          // one and the same value on both sides
  kUndefined,         // cannot be compared: the reason says why
};
/// "stable", "drift", "insufficient_data", "constant" or "undefined".
std::string_view VerdictName(Verdict verdict);

/// A test's numbers; NaN where there is none.
struct TestNumbers {
  double statistic = kNoNumber;
  double p_value = kNoNumber;
  double p_adjusted = kNoNumber;  // Benjamini-Hochberg over the tests of the pane
};

/// Counts of both sides over the same bins.
///
/// Numbers: bin i holds edges[i] < x <= edges[i + 1], the first one its lower edge too; edges are
/// the baseline's minimum and quantiles, so the first two may be equal. Categories: bin i is
/// categories[i].
struct PairedHistogram {
  std::vector<double> edges;
  std::vector<std::string> categories;
  std::vector<double> baseline;
  std::vector<double> current;
  // Outside the bins. For categories `above` counts values beyond the kept ones or never seen.
  double baseline_below = 0, current_below = 0;
  double baseline_above = 0, current_above = 0;
  double baseline_missing = 0, current_missing = 0;
};

/// One feature of one pane against the baseline.
struct FeatureReport {
  std::string name;
  FeatureType type = FeatureType::kNumeric;
  int64_t rows = 0;
  int64_t baseline_rows = 0;
  double missing_share = kNoNumber;
  double baseline_missing_share = kNoNumber;
  TestNumbers ks;       // numbers only
  TestNumbers chi2;     // over the bins, with those for missing and out-of-range values
  TestNumbers missing;  // two-proportion z of the shares of missing values
  double psi = kNoNumber;
  double psi_critical = kNoNumber;
  double wasserstein = kNoNumber;  // numbers only, in the feature's unit
  double effect = kNoNumber;       // D for numbers, total variation for categories
  Verdict verdict = Verdict::kInsufficientData;
  std::string reason;  // for people, one sentence
  PairedHistogram histogram;
};

/// A measure with its 95 % confidence interval.
struct Measure {
  double value = kNoNumber;
  double lower = kNoNumber;
  double upper = kNoNumber;
};

/// What one version on one arm did in a pane.
struct ArmReport {
  std::string arm;
  std::string model;
  std::string version;
  int64_t rows = 0;
  int64_t labelled = 0;
  Measure accuracy;             // classifiers
  Measure auc;                  // two classes, with scores
  Measure log_loss;             // two classes, with scores
  Measure mean_absolute_error;  // regressors
  double mean_prediction = kNoNumber;
  /// Its predictions against those of the pane's reference group (see PaneReport); the baseline
  /// side of the histogram is that group. Absent for the reference group itself.
  std::optional<FeatureReport> against_reference;
};

/// Everything that is known of a pane.
struct PaneReport {
  PaneSpan span;
  bool is_closed = false;
  int64_t rows = 0;
  std::string status;          // "ok", "drift", "no_baseline" or "insufficient_data"
  std::string model, version;  // whose baseline the pane was compared with
  std::vector<std::string> drifted_features;
  std::vector<FeatureReport> features;
  /// Predictions of the baseline's version against its predictions on the training data.
  std::optional<FeatureReport> prediction;
  /// One entry a version and arm. The first is the reference: the version that answered first on
  /// the arm "champion", or on the busiest arm where there is none of that name.
  std::vector<ArmReport> arms;
  base::Millis evaluated;
};

}  // namespace yard::monitoring
