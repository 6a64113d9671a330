#include "inference/estimators/dummy.h"

#include <algorithm>

#include "inference/estimators/attributes.h"

namespace yard::inference::estimators {
namespace {

using formats::Object;

Matrix Repeat(std::span<const double> row, size_t row_count, bool is_matrix, Scratch& scratch) {
  const auto values = scratch.Allocate<double>(row.size() * row_count);
  for (size_t i = 0; i < row_count; ++i) {
    std::copy(row.begin(), row.end(), values.begin() + static_cast<ptrdiff_t>(i * row.size()));
  }
  return {values, row.size(), is_matrix};
}

class DummyClassifier final : public Predictor {
 public:
  DummyClassifier(Classes classes, std::vector<double> probabilities, double label)
      : classes_(std::move(classes)), probabilities_(std::move(probabilities)), label_(label) {}

  base::Result<Matrix> Predict(const Table& input, Scratch& scratch) const override {
    return Repeat({&label_, 1}, input.row_count, false, scratch);
  }
  base::Result<Matrix> PredictProba(const Table& input, Scratch& scratch) const override {
    return Repeat(probabilities_, input.row_count, true, scratch);
  }
  const Classes* classes() const override { return &classes_; }
  double row_microseconds() const override { return 0.05; }

 private:
  Classes classes_;
  std::vector<double> probabilities_;
  double label_;
};

class DummyRegressor final : public Predictor {
 public:
  explicit DummyRegressor(std::vector<double> values) : values_(std::move(values)) {}

  base::Result<Matrix> Predict(const Table& input, Scratch& scratch) const override {
    return Repeat(values_, input.row_count, values_.size() > 1, scratch);
  }
  double row_microseconds() const override { return 0.05; }

 private:
  std::vector<double> values_;
};

/// The position of `constant` in the classes.
base::Result<size_t> ConstantClass(const Object& estimator, const Classes& classes) {
  YARD_ASSIGN_OR_RETURN(const Object* attribute, formats::Attribute(estimator, "constant"));
  YARD_ASSIGN_OR_RETURN(const Value constant, ReadValue(*attribute));
  for (size_t i = 0; i < classes.size(); ++i) {
    const bool is_text = classes.kind == Predictions::Kind::kText;
    if (is_text ? classes.texts[i] == constant.text : classes.numbers[i] == constant.number) {
      return i;
    }
  }
  return BadAttribute(estimator, "constant", "the constant is none of the classes");
}

std::vector<double> Certain(size_t position, size_t count) {
  std::vector<double> probabilities(count, 0.0);
  probabilities[position] = 1.0;
  return probabilities;
}

}  // namespace

base::Result<PredictorPtr> ReadDummyClassifier(const Object& estimator, Reading&) {
  YARD_ASSIGN_OR_RETURN(const std::string strategy, TextOr(estimator, "strategy", "prior"));
  YARD_ASSIGN_OR_RETURN(Classes classes, ReadClasses(estimator, "classes_"));
  YARD_ASSIGN_OR_RETURN(std::vector<double> prior,
                        DoublesOfSize(estimator, "class_prior_", classes.size()));
  auto label = static_cast<size_t>(std::max_element(prior.begin(), prior.end()) - prior.begin());
  if (strategy == "constant") {
    YARD_ASSIGN_OR_RETURN(label, ConstantClass(estimator, classes));
  } else if (strategy != "prior" && strategy != "most_frequent") {
    return UnsupportedParameter("strategy", strategy);
  }
  if (strategy != "prior") prior = Certain(label, classes.size());
  return std::make_unique<DummyClassifier>(std::move(classes), std::move(prior),
                                           static_cast<double>(label));
}

base::Result<PredictorPtr> ReadDummyRegressor(const Object& estimator, Reading&) {
  YARD_ASSIGN_OR_RETURN(std::vector<double> values,
                        formats::DoublesAttribute(estimator, "constant_"));
  if (values.empty()) return BadAttribute(estimator, "constant_", "no constant");
  return std::make_unique<DummyRegressor>(std::move(values));
}

}  // namespace yard::inference::estimators
