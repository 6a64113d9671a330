#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/result.h"
#include "inference/estimators/reading.h"

namespace yard::inference::estimators {

/// Rows of coefficients and an intercept each: margin[k] = intercept[k] + sum of x[i] * coef[k][i].
///
/// The products are added from the first feature to the last, so a row has the same bits alone and
/// in a batch (which scikit-learn over OpenBLAS has not); both stay within 2 n 2^-53 sum |x w| of
/// the exact value.
class LinearMargins {
 public:
  /// `coef_` of shape [F] or [K, F] in either storage order, `intercept_` a scalar or [K]; a scalar
  /// counts for every output.
  static base::Result<LinearMargins> Read(const formats::Object& estimator);

  size_t feature_count() const { return feature_count_; }
  size_t output_count() const { return intercepts_.size(); }
  /// True when `coef_` has one dimension.
  bool is_vector() const { return is_vector_; }

  /// Errors: kInvalidArgument for missing or infinite values.
  base::Result<Matrix> Compute(const Table& input, Scratch& scratch) const;
  double row_microseconds() const;

 private:
  size_t feature_count_ = 0;
  bool is_vector_ = false;
  std::vector<double> coefficients_;  // output by output
  std::vector<double> intercepts_;
};

// sklearn.linear_model: LinearRegression, Ridge, RidgeCV, Lasso, LassoCV, ElasticNet,
// ElasticNetCV: margins as they are.
base::Result<PredictorPtr> ReadLinearRegressor(const formats::Object& estimator, Reading&);

}  // namespace yard::inference::estimators
