#include "inference/estimators/linear.h"

#include "inference/estimators/attributes.h"

namespace yard::inference::estimators {
namespace {

using formats::Object;

class LinearRegressor final : public Predictor {
 public:
  explicit LinearRegressor(LinearMargins margins) : margins_(std::move(margins)) {}

  base::Result<Matrix> Predict(const Table& input, Scratch& scratch) const override {
    YARD_ASSIGN_OR_RETURN(Matrix values, margins_.Compute(input, scratch));
    values.is_matrix = !margins_.is_vector();
    return values;
  }
  double row_microseconds() const override { return margins_.row_microseconds(); }

 private:
  LinearMargins margins_;
};

}  // namespace

base::Result<LinearMargins> LinearMargins::Read(const Object& estimator) {
  YARD_ASSIGN_OR_RETURN(const formats::NumericArray* array,
                        formats::ArrayAttribute(estimator, "coef_"));
  const size_t rank = array->shape.size();
  if (rank < 1 || rank > 2) return BadAttribute(estimator, "coef_", "one or two dimensions");
  LinearMargins margins;
  margins.is_vector_ = rank == 1;
  margins.feature_count_ = array->shape.back();
  const size_t output_count = rank == 1 ? 1 : array->shape.front();
  if (output_count == 0) return BadAttribute(estimator, "coef_", "no coefficients");
  YARD_ASSIGN_OR_RETURN(margins.coefficients_, array->AsDoubles());
  YARD_ASSIGN_OR_RETURN(margins.intercepts_, formats::DoublesAttribute(estimator, "intercept_"));
  if (margins.intercepts_.size() == 1)
    margins.intercepts_.resize(output_count, margins.intercepts_.front());
  if (margins.intercepts_.size() == output_count) return margins;
  return BadAttribute(estimator, "intercept_", "as many intercepts as rows of coef_");
}

base::Result<Matrix> LinearMargins::Compute(const Table& input, Scratch& scratch) const {
  YARD_RETURN_IF_ERROR(RequireNumbers(input, feature_count_, Accepts::kFinite));
  const size_t width = output_count();
  const auto sums = scratch.Filled<double>(input.row_count * width, 0.0);
  for (size_t i = 0; i < feature_count_; ++i) {
    const std::span<const double> x = input.columns[i].numbers;
    for (size_t k = 0; k < width; ++k) {
      const double weight = coefficients_[k * feature_count_ + i];
      for (size_t row = 0; row < input.row_count; ++row) sums[row * width + k] += x[row] * weight;
    }
  }
  for (size_t i = 0; i < sums.size(); ++i) sums[i] += intercepts_[i % width];
  return Matrix{sums, width, width > 1};
}

double LinearMargins::row_microseconds() const {
  return 0.05 + 0.002 * static_cast<double>(coefficients_.size());
}

base::Result<PredictorPtr> ReadLinearRegressor(const Object& estimator, Reading&) {
  YARD_ASSIGN_OR_RETURN(LinearMargins margins, LinearMargins::Read(estimator));
  return std::make_unique<LinearRegressor>(std::move(margins));
}

}  // namespace yard::inference::estimators
